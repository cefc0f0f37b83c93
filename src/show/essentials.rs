//! What a person wants to know of one of Blue's deliveries: for an update what changed; else what the
//! entity is called, where it belongs and who is concerned. Never its ids.

use super::diff::{self, Change, Difference, Differences};
use super::fold::collapsed;
use super::style::Style;
use super::{fit, harmless};
use crate::amount;
use crate::json::{Kind, Node, Outline, Path, Step, unmarked};

/// How many lines they take at most.
const LINES: usize = 12;
/// How many values of one kind are named.
const VALUES: usize = 6;
/// The columns of a fact's name.
const LABEL_COLUMNS: usize = 9;
/// The members that say what an entity is called.
const CALLED: [&str; 4] = ["title", "name", "fullName", "text"];
/// The members that lead from an entity to what it belongs to.
const PARENTS: [&str; 3] = ["todoList", "checklist", "todo"];

/// The member that holds the values of custom fields.
const FIELDS: &str = "todoCustomFields";
/// The members of which one holds such a value.
const VALUE: [&str; 5] = ["text", "number", "checked", "regionCode", "countryCodes"];

/// What is told of an entity, where it is there and says something: its name, and where it stands.
/// `*` is each element of a list; `^` any of [`PARENTS`], one after another, as far as they go.
const FACTS: [(&str, &[&str]); 17] = [
    ("title", &["title"]),
    ("name", &["name"]),
    ("text", &["text"]),
    ("status", &["status"]),
    ("type", &["type"]),
    ("color", &["color"]),
    ("done", &["done"]),
    ("archived", &["archived"]),
    ("start", &["startedAt"]),
    ("due", &["duedAt"]),
    ("by", &["user", "fullName"]),
    ("who", &["todoUsers", "*", "user", "fullName"]),
    ("who", &["checklistItemUsers", "*", "user", "fullName"]),
    ("tags", &["todoTags", "*", "tag", "title"]),
    ("in", &["^", "title"]),
    ("project", &["^", "project", "name"]),
    ("company", &["^", "project", "company", "name"]),
];

/// What changed, or the entity's essentials, a line each; empty where there is nothing to tell.
pub(super) fn shown(body: &[u8], style: Style, width: usize) -> String {
    let Ok(outline) = Outline::read(unmarked(body).0) else {
        return String::new();
    };
    let root = outline.root();
    match (object(root, "previousValue"), object(root, "currentValue")) {
        (Some(old), Some(new)) => changes(old, new, style, width, false),
        (None, Some(one)) | (Some(one), None) => facts(one, style, width),
        (None, None) => object(root, "record")
            .or_else(|| object(root, "webhook"))
            .map_or(String::new(), |one| facts(one, style, width)),
    }
}

/// All that changed, if it is an update.
pub(super) fn all_changes(body: &[u8], style: Style, width: usize) -> Option<String> {
    let outline = Outline::read(unmarked(body).0).ok()?;
    let root = outline.root();
    let (old, new) = (
        object(root, "previousValue")?,
        object(root, "currentValue")?,
    );
    Some(changes(old, new, style, width, true))
}

/// What the entity is called.
pub(super) fn called(body: &[u8]) -> Option<String> {
    let outline = Outline::read(unmarked(body).0).ok()?;
    let root = outline.root();
    let entity = ["currentValue", "previousValue", "record", "webhook"]
        .into_iter()
        .find_map(|key| object(root, key))?;
    CALLED.into_iter().find_map(|name| {
        let value = entity.member(name)?;
        (value.kind() == Kind::String).then(|| value.text().into_owned())
    })
}

fn object<'o>(of: Node<'o>, name: &str) -> Option<Node<'o>> {
    of.member(name)
        .filter(|value| value.kind() == Kind::ObjectStart)
}

fn changes(old: Node<'_>, new: Node<'_>, style: Style, width: usize, all: bool) -> String {
    let mut differences = Differences::between(old, new);
    if all {
        return match differences.is_empty() {
            true => unchanged(style),
            false => diff::shown(&differences, style, width),
        };
    }
    // Every update has a new time, and ids tell a person nothing.
    let is_told = |difference: &Difference<'_>| {
        let mut steps = difference.path.steps().iter().rev();
        let key = steps.find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        key.is_none_or(|key| !["createdAt", "updatedAt"].contains(&key) && !is_id(key))
    };
    differences.found.retain(is_told);
    // A text that is there twice is told once.
    let is_text = |difference: &Difference<'_>| difference.path.to_string() == "text";
    if differences.found.iter().any(is_text) {
        differences
            .found
            .retain(|one| one.path.to_string() != "html");
    }
    if differences.is_empty() {
        return unchanged(style);
    }
    let more = differences.left_out + differences.found.len().saturating_sub(LINES - 1);
    let mut text = String::new();
    for mut difference in differences.found.into_iter().take(LINES - 1) {
        if let Some(path) = field_path(difference.path.steps(), old, new) {
            difference.path = path;
        }
        let (sign, value) = match difference.change {
            Change::Added(value) => (style.added("+"), value),
            Change::Removed(value) => (style.removed("-"), value),
            Change::Changed(..) | Change::Reordered => {
                let one = Differences {
                    found: vec![difference],
                    left_out: 0,
                };
                text.push_str(&diff::shown(&one, style, width));
                continue;
            }
        };
        let path = fit::inline_middle(difference.path.to_string().as_bytes(), width / 2);
        let room = width.saturating_sub(6 + fit::columns(&path));
        let value = match name_of(value) {
            Some(name) => fit::cut(&name, room).into_owned(),
            None => match value.kind().is_container() {
                true => collapsed(value.kind(), value.entries().count(), style),
                false => fit::token(value.bytes(), room),
            },
        };
        text.push_str(&format!("  {sign} {}: {value}\n", style.name(path)));
    }
    if more > 0 {
        let more = amount::counted(more, "more difference");
        text.push_str(&format!("  {}\n", style.dim(format!("… {more}"))));
    }
    text
}

/// The place of a custom field's value, by the field's name.
fn field_path(steps: &[Step], old: Node<'_>, new: Node<'_>) -> Option<Path> {
    let [Step::Key(list), Step::Index(at), rest @ ..] = steps else {
        return None;
    };
    let name = |of: Node<'_>| {
        let (_, field) = of.member(FIELDS)?.entries().nth(*at)?;
        said(object(field, "customField")?.member("name")?)
    };
    let named = (list == FIELDS).then(|| name(new).or_else(|| name(old)));
    let mut path = vec![Step::Key(named.flatten()?)];
    match rest {
        [Step::Key(member)] if VALUE.contains(&member.as_str()) => {}
        rest => path.extend_from_slice(rest),
    }
    Some(path.into())
}

fn unchanged(style: Style) -> String {
    let text = style.dim("no difference between previousValue and currentValue");
    format!("  {text}\n")
}

/// What an object is called, or what it is about: a user, a tag, a field.
fn name_of(object: Node<'_>) -> Option<String> {
    let own = |of: Node<'_>| CALLED.into_iter().find_map(|name| said(of.member(name)?));
    let inner = || {
        let mut entries = object.entries().map(|(_, value)| value);
        entries.find_map(own)
    };
    match object.kind() {
        Kind::ObjectStart => own(object).or_else(inner),
        _ => None,
    }
}

fn is_id(key: &str) -> bool {
    ["id", "uid"].contains(&key) || key.ends_with("Id") || key.ends_with("Ids")
}

fn facts(entity: Node<'_>, style: Style, width: usize) -> String {
    let mut lines = Vec::new();
    let mut tell = |label: &str, values: Vec<String>, more: usize| {
        if values.is_empty() {
            return;
        }
        let label = fit::padded(label, LABEL_COLUMNS);
        let more = match more {
            0 => String::new(),
            more => format!(" … {more} more"),
        };
        // What stands alone on its line may be written from right to left.
        let text = match &values[..] {
            [one] if more.is_empty() => one.clone(),
            some => fit::inline(format!("{}{more}", some.join(", ")).as_bytes(), width),
        };
        let room = width.saturating_sub(fit::columns(&label) + 3);
        let value = fit::cut(&text, room);
        lines.push(format!("  {} {value}\n", style.dim(label)));
    };
    for (label, path) in FACTS {
        let mut found = Vec::new();
        reach(entity, path, 0, &mut found);
        let more = found.len().saturating_sub(VALUES);
        let values = found.into_iter().take(VALUES).filter_map(said);
        tell(label, values.collect(), more);
    }
    let fields = entity.member(FIELDS);
    for field in fields
        .iter()
        .flat_map(Node::entries)
        .map(|(_, field)| field)
    {
        let name = object(field, "customField").and_then(|of| said(of.member("name")?));
        if let (Some(name), Some(value)) = (name, field_value(field)) {
            tell(&fit::inline(name.as_bytes(), 24), vec![value], 0);
        }
    }
    lines.truncate(LINES);
    lines.concat()
}

/// Gathers the values at a path.
fn reach<'o>(from: Node<'o>, path: &[&str], depth: usize, found: &mut Vec<Node<'o>>) {
    match path {
        [] => found.push(from),
        ["*", rest @ ..] => {
            for (_, element) in from.entries() {
                reach(element, rest, depth, found);
            }
        }
        ["^", rest @ ..] => {
            // The nearest one that leads on is meant; a project is reached without a parent, too.
            if depth > 0 || rest[0] != "title" {
                reach(from, rest, depth, found);
            }
            let parent = PARENTS.into_iter().find_map(|name| object(from, name));
            if let Some(parent) = parent.filter(|_| found.is_empty() && depth < PARENTS.len()) {
                reach(parent, path, depth + 1, found);
            }
        }
        [name, rest @ ..] => {
            if let Some(value) = from.member(name) {
                reach(value, rest, depth, found);
            }
        }
    }
}

/// What a value says to a person; `None` for what says nothing.
fn said(value: Node<'_>) -> Option<String> {
    let text = match value.kind() {
        Kind::String => fit::last(value.text().trim().as_bytes(), 200),
        Kind::True if value.bytes() == b"true" => "yes".into(),
        Kind::Number => harmless::short(value.bytes(), 40),
        _ => String::new(),
    };
    (!text.is_empty()).then_some(text)
}

/// The value of a custom field: whichever member has one.
fn field_value(field: Node<'_>) -> Option<String> {
    let option = || said(object(field, "customFieldOption")?.member("title")?);
    let one = || VALUE.into_iter().find_map(|name| said(field.member(name)?));
    let place = || {
        let part = |name| said(field.member(name)?);
        Some(format!("{}, {}", part("latitude")?, part("longitude")?))
    };
    option().or_else(one).or_else(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blue::event::Event;
    use crate::blue::sample::sample;

    fn of(name: &str) -> String {
        shown(&sample(Event::named(name).unwrap()), Style::PLAIN, 80)
    }

    #[test]
    fn a_new_record_is_told_by_its_essentials() {
        assert_eq!(
            of("TODO_CREATED"),
            "  title     GGGG\n  in        ETEST\n  project   TEEST\n  company   Rogue\n"
        );
        let body = br#"{"event":"TODO_DELETED","webhook":{},"previousValue":{"id":"c1","title":"A","duedAt":"2026-01-01T00:00:00.000Z","done":true,
            "todoUsers":[{"id":"x","user":{"fullName":"Noor"}},{"user":{"fullName":"Ada"}}],"todoTags":[{"tag":{"title":"urgent"}}],
            "todoCustomFields":[{"customField":{"name":"Budget"},"number":12.50},{"customField":{"name":"Stage"},"text":null,"customFieldOption":{"title":"Won"}}]}}"#;
        assert_eq!(
            shown(body, Style::PLAIN, 80),
            "  title     A\n  done      yes\n  due       2026-01-01T00:00:00.000Z\n  who       Noor, Ada\n  tags      urgent\n  Budget    12.50\n  Stage     Won\n"
        );
    }

    #[test]
    fn an_update_is_told_by_what_changed_without_ids_and_its_time() {
        assert_eq!(
            of("TODO_NAME_CHANGED"),
            "  ~ title: \"GGGG\" → \"Prepare the launch\"\n"
        );
    }

    #[test]
    fn a_custom_field_is_told_by_its_name() {
        assert_eq!(
            of("TODO_CUSTOM_FIELD_UPDATED"),
            "  ~ Budget: 1200 → 1450.5\n"
        );
    }

    #[test]
    fn no_event_is_told_by_ids_or_at_length() {
        for event in crate::blue::event::all() {
            let text = of(event.name);
            assert!(!text.is_empty(), "{}", event.name);
            assert!(text.lines().count() <= LINES, "{text}");
            assert!(!text.contains("clb4") && !text.contains("clak"), "{text}");
        }
    }
}
