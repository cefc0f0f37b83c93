//! What differs between two values of a document, field by field: `title: "old" → "new"`.
//!
//! Objects are compared by their keys, lists by the `id` of their elements if all have one, else by
//! what stays in order. Texts count as what they say, other values as they are spelled. Whatever the
//! values are, the work is bounded: their size, the levels, the differences that are kept, and the
//! comparing of lists.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::fold::collapsed;
use super::style::Style;
use super::{fit, harmless};
use crate::amount;
use crate::json::{Kind, Node, Path, Step};

/// How many differences are shown; more are counted.
const MOST: usize = 40;
/// How many levels are compared; what lies deeper is compared as a whole.
const DEEPEST: usize = 64;
/// How many values are compared one by one; larger ones differ as a whole.
const LARGEST: usize = 1 << 20;
/// How many comparisons may be spent on what stays in order in lists, of which one may need the
/// product of its lengths.
const COMPARISONS: usize = 1 << 24;
/// How many columns of a key in a path are shown.
const KEY_COLUMNS: usize = 60;
/// How many columns of the same text are shown before the place where two texts differ.
const LEAD: usize = 16;
/// The members that tell a person which object it is, before all others.
const TELLING: [&str; 6] = ["title", "name", "fullName", "email", "text", "id"];
/// How many of [`TELLING`] say what an object is called.
const CALLED: usize = 5;

/// One difference between an old and a new value.
#[derive(Debug, Clone)]
pub(crate) struct Difference<'o> {
    /// Where it is: in the new value, or for what was removed in the old one.
    pub(crate) path: Path,
    /// What differs.
    pub(crate) change: Change<'o>,
}

/// What differs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'o> {
    /// Another value.
    Changed(Node<'o>, Node<'o>),
    /// A value that was not there.
    Added(Node<'o>),
    /// A value that is no longer there.
    Removed(Node<'o>),
    /// A list's elements, with the same ids, in another order.
    Reordered,
}

/// The differences between two values, in the order of the old one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Differences<'o> {
    /// The first of them.
    pub(crate) found: Vec<Difference<'o>>,
    /// How many more there are.
    pub(crate) left_out: usize,
}

impl<'o> Differences<'o> {
    /// Compares two values.
    pub(crate) fn between(old: Node<'o>, new: Node<'o>) -> Self {
        let mut walk = Walk {
            at: Vec::new(),
            comparisons: COMPARISONS,
            differences: Self::default(),
        };
        match old.size() + new.size() > LARGEST && old.bytes() != new.bytes() {
            true => walk.record(Change::Changed(old, new)),
            false => walk.pair(old, new),
        }
        walk.differences
    }

    /// Whether the values are the same.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// The differences as text, a line each or three; none if there are none.
pub(crate) fn shown(differences: &Differences<'_>, style: Style, width: usize) -> String {
    let mut text = String::new();
    for difference in &differences.found {
        text.push_str(&one(difference, style, width));
    }
    if differences.left_out > 0 {
        let more = amount::count(differences.left_out);
        text.push_str(&format!(
            "  {}\n",
            style.dim(format!("… {more} more differences"))
        ));
    }
    text
}

fn one(difference: &Difference<'_>, style: Style, width: usize) -> String {
    let path = match difference.path.steps() {
        [] => "all".to_owned(),
        _ => fit::inline_middle(difference.path.to_string().as_bytes(), width / 2),
    };
    let is_time =
        matches!(difference.path.steps().last(), Some(Step::Key(key)) if key == "updatedAt");
    // Every update has a new time, so that it tells nothing.
    let line = Line {
        style: if is_time { Style::PLAIN } else { style },
        room: width.saturating_sub(6 + fit::columns(&path)),
        path,
        width,
    };
    let text = match difference.change {
        Change::Changed(old, new) => line.changed(old, new),
        Change::Added(new) => line.whole(line.style.added("+"), new),
        Change::Removed(old) => line.whole(line.style.removed("-"), old),
        Change::Reordered => line.with(line.style.odd("~"), "the same elements in another order"),
    };
    match is_time {
        true => text.lines().map(|line| style.dim(line) + "\n").collect(),
        false => text,
    }
}

/// The line of one difference.
struct Line {
    style: Style,
    path: String,
    /// The columns behind sign and path.
    room: usize,
    width: usize,
}

impl Line {
    fn with(&self, sign: String, value: &str) -> String {
        format!("  {sign} {}: {value}\n", self.style.name(&self.path))
    }

    fn whole(&self, sign: String, value: Node<'_>) -> String {
        self.with(sign, &brief(value, self.room, self.style))
    }

    /// Both on one line if they fit. Right-to-left text would swap its sides there, arrow and all.
    fn changed(&self, old: Node<'_>, new: Node<'_>) -> String {
        let sign = self.style.odd("~");
        let limit = self.room.saturating_sub(3);
        let sides = [old, new].map(|side| brief(side, limit.max(8), Style::PLAIN));
        let both: usize = sides.iter().map(|side| fit::columns(side)).sum();
        let cut = [old, new].iter().zip(&sides).any(|(value, side)| {
            !value.kind().is_container() && (side.ends_with('…') || side.ends_with("…\""))
        });
        let swaps = sides.iter().any(|side| fit::has_right_to_left(side));
        if both <= limit && !cut && !swaps {
            let [old, new] = [old, new].map(|side| brief(side, limit, self.style));
            return self.with(sign, &format!("{old} {} {new}", self.style.odd("→")));
        }
        let room = self.width.saturating_sub(8);
        let (old, new) = match (old.kind(), new.kind()) {
            (Kind::String, Kind::String) => {
                let (old, new) = near_the_difference(old.bytes(), new.bytes(), room);
                (old, new)
            }
            _ => (brief(old, room, self.style), brief(new, room, self.style)),
        };
        let (minus, plus) = (self.style.removed("-"), self.style.added("+"));
        format!(
            "  {sign} {}:\n      {minus} {old}\n      {plus} {new}\n",
            self.style.name(&self.path)
        )
    }
}

/// Two long texts from shortly before the place where they begin to differ.
fn near_the_difference(old: &[u8], new: &[u8], room: usize) -> (String, String) {
    let same = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    if same <= room / 2 {
        return (fit::token(old, room), fit::token(new, room));
    }
    let is_inside = |&at: &usize| old.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let mut from = same.saturating_sub(LEAD);
    // Neither a character nor an escape is begun in its middle.
    if let Some(escape) = old[from.saturating_sub(5)..from]
        .iter()
        .rposition(|&byte| byte == b'\\')
    {
        from = from.saturating_sub(5) + escape;
    }
    while is_inside(&from) {
        from -= 1;
    }
    let part = |text: &[u8]| format!("\"…{}", quoted_end(&text[from..], room.saturating_sub(2)));
    (part(old), part(new))
}

/// The end of a string token, which is cut as a whole one is.
fn quoted_end(end: &[u8], room: usize) -> String {
    let quoted = [b"\"", &end[..end.len().min(room * 16)]].concat();
    fit::token(&quoted, room + 1)[1..].to_owned()
}

/// A value in no more than about `room` columns: a short one as it stands, of an object what tells
/// most, of a list how long it is.
fn brief(value: Node<'_>, room: usize, style: Style) -> String {
    match value.kind() {
        Kind::ObjectStart => brief_object(value, room, style),
        Kind::ArrayStart => match value.entries().next() {
            None => "[]".into(),
            Some(_) => collapsed(Kind::ArrayStart, value.entries().count(), style),
        },
        _ => fit::token(value.bytes(), room.max(4)),
    }
}

/// `{"tag": {"title": "Urgent", …}, "id": "clb…", … 4 more}`.
fn brief_object(object: Node<'_>, room: usize, style: Style) -> String {
    let mut count = 0;
    let mut telling = [None; TELLING.len()];
    let mut inner = None;
    for (key, value) in object.entries() {
        count += 1;
        let Some(key) = key else { continue };
        let rank = TELLING.iter().position(|name| key.says(name));
        match (rank, value.kind()) {
            (Some(rank), Kind::String | Kind::Number) => telling[rank] = Some(value),
            (None, Kind::ObjectStart) if inner.is_none() => {
                inner = label(value).map(|label| (key, label))
            }
            _ => {}
        }
    }
    let mut parts = Vec::new();
    if let (Some((key, (name, value))), None) = (inner, telling[..CALLED].iter().flatten().next()) {
        let key = fit::token(key.bytes(), 20);
        let (columns, label) = member(name, value, 30, style);
        let columns = columns + fit::columns(&key) + 7;
        parts.push((columns, format!("{}: {{{label}, …}}", style.name(key))));
    }
    let told = TELLING.iter().zip(telling);
    parts.extend(told.filter_map(|(name, value)| Some(member(name, value?, 40, style))));
    let mut left = room.saturating_sub(16);
    parts.retain(|(columns, _)| {
        let fits = columns + 2 <= left;
        left -= if fits { columns + 2 } else { 0 };
        fits
    });
    let more = count - parts.len();
    let told = parts
        .into_iter()
        .map(|(_, part)| part)
        .collect::<Vec<_>>()
        .join(", ");
    match (told.as_str(), more) {
        ("", _) => collapsed(Kind::ObjectStart, count, style),
        (told, 0) => format!("{{{told}}}"),
        (told, more) => format!(
            "{{{told}, {}}}",
            style.dim(format!("… {} more", amount::count(more)))
        ),
    }
}

/// A member in a few columns, and how many.
fn member(name: &str, value: Node<'_>, limit: usize, style: Style) -> (usize, String) {
    let (name, value) = (format!("\"{name}\""), fit::token(value.bytes(), limit));
    let columns = fit::columns(&name) + 2 + fit::columns(&value);
    (columns, format!("{}: {value}", style.name(name)))
}

/// What an object is called, if it says so: the first of its telling members but the id.
fn label(object: Node<'_>) -> Option<(&'static str, Node<'_>)> {
    object.entries().find_map(|(key, value)| {
        let key = key.filter(|_| value.kind() == Kind::String)?;
        let name = TELLING[..CALLED].iter().find(|name| key.says(name))?;
        Some((*name, value))
    })
}

/// The walk down two values at once.
struct Walk<'o> {
    at: Vec<Spot<'o>>,
    /// How many are left of [`COMPARISONS`].
    comparisons: usize,
    differences: Differences<'o>,
}

#[derive(Clone, Copy)]
enum Spot<'o> {
    Key(Node<'o>),
    Index(usize),
}

impl<'o> Walk<'o> {
    /// Compares two values. Recursion ends at [`DEEPEST`] levels.
    fn pair(&mut self, old: Node<'o>, new: Node<'o>) {
        if old.bytes() == new.bytes() {
            return;
        }
        let may_descend = self.at.len() < DEEPEST;
        match (old.kind(), new.kind()) {
            (Kind::ObjectStart, Kind::ObjectStart) if may_descend => self.objects(old, new),
            (Kind::ArrayStart, Kind::ArrayStart) if may_descend => self.lists(old, new),
            (Kind::String, Kind::String) if old.text() == new.text() => {}
            _ => self.record(Change::Changed(old, new)),
        }
    }

    fn within(&mut self, spot: Spot<'o>, look: impl FnOnce(&mut Self)) {
        self.at.push(spot);
        look(self);
        self.at.pop();
    }

    fn record(&mut self, change: Change<'o>) {
        if self.differences.found.len() >= MOST {
            self.differences.left_out += 1;
            return;
        }
        let steps = self.at.iter().map(|spot| match spot {
            Spot::Key(key) => Step::Key(harmless::short(key.text().as_bytes(), KEY_COLUMNS)),
            Spot::Index(index) => Step::Index(*index),
        });
        let path = Path::from(steps.collect::<Vec<_>>());
        self.differences.found.push(Difference { path, change });
    }

    fn objects(&mut self, old: Node<'o>, new: Node<'o>) {
        let (olds, news) = (Members::of(old), Members::of(new));
        for (name, key, value) in &olds.in_order {
            self.within(Spot::Key(*key), |walk| match news.get(name) {
                Some(new) => walk.pair(*value, new),
                None => walk.record(Change::Removed(*value)),
            });
        }
        for (name, key, value) in &news.in_order {
            if olds.get(name).is_none() {
                self.within(Spot::Key(*key), |walk| walk.record(Change::Added(*value)));
            }
        }
    }

    fn lists(&mut self, old: Node<'o>, new: Node<'o>) {
        let [old, new] =
            [old, new].map(|list| list.entries().map(|(_, value)| value).collect::<Vec<_>>());
        match (ids(&old), ids(&new)) {
            (Some(old_ids), Some(new_ids)) => self.by_id((&old, &old_ids), (&new, &new_ids)),
            _ => self.by_place(&old, &new),
        }
    }

    fn by_id(&mut self, old: (&[Node<'o>], &[Cow<'o, str>]), new: (&[Node<'o>], &[Cow<'o, str>])) {
        let place: HashMap<&str, usize> = new
            .1
            .iter()
            .enumerate()
            .map(|(at, id)| (&**id, at))
            .collect();
        let known: HashSet<&str> = old.1.iter().map(|id| &**id).collect();
        let mut places = Vec::new();
        for (at, (&element, id)) in old.0.iter().zip(old.1).enumerate() {
            match place.get(&**id) {
                Some(&now) => {
                    places.push(now);
                    self.within(Spot::Index(now), |walk| walk.pair(element, new.0[now]));
                }
                None => self.removed(at, element),
            }
        }
        for (at, (&element, id)) in new.0.iter().zip(new.1).enumerate() {
            if !known.contains(&**id) {
                self.added(at, element);
            }
        }
        if !places.is_sorted() {
            self.record(Change::Reordered);
        }
    }

    /// Elements that stay in order are matched, and what is between them is compared in pairs.
    fn by_place(&mut self, old: &[Node<'o>], new: &[Node<'o>]) {
        let hasher = RandomState::new();
        let hash = |value: &Node<'_>| hasher.hash_one(value.bytes());
        let [olds, news] = [old, new].map(|list| list.iter().map(hash).collect::<Vec<_>>());
        let same = |(old, new): &(&u64, &u64)| old == new;
        let before = olds.iter().zip(&news).take_while(same).count();
        let ends = olds[before..].iter().rev().zip(news[before..].iter().rev());
        let after = ends.take_while(same).count();
        let all = (before..olds.len() - after, before..news.len() - after);
        let Some(left) = self
            .comparisons
            .checked_sub(all.0.len().saturating_mul(all.1.len()))
        else {
            return self.gap((old, all.0), (new, all.1));
        };
        self.comparisons = left;
        let steps = capture_diff_slices(Algorithm::Myers, &olds[..all.0.end], &news[..all.1.end]);
        for step in steps.iter().filter(|step| step.tag() != DiffTag::Equal) {
            self.gap((old, step.old_range()), (new, step.new_range()));
        }
    }

    fn gap(
        &mut self,
        (old, olds): (&[Node<'o>], Range<usize>),
        (new, news): (&[Node<'o>], Range<usize>),
    ) {
        let pairs = olds.len().min(news.len());
        for (was, is) in olds.clone().zip(news.clone()) {
            self.within(Spot::Index(is), |walk| walk.pair(old[was], new[is]));
        }
        for at in olds.skip(pairs) {
            self.removed(at, old[at]);
        }
        for at in news.skip(pairs) {
            self.added(at, new[at]);
        }
    }

    fn removed(&mut self, at: usize, element: Node<'o>) {
        self.within(Spot::Index(at), |walk| {
            walk.record(Change::Removed(element))
        });
    }

    fn added(&mut self, at: usize, element: Node<'o>) {
        self.within(Spot::Index(at), |walk| walk.record(Change::Added(element)));
    }
}

/// An object's members in order, each name once, with the value that counts: the last.
struct Members<'o> {
    in_order: Vec<(Cow<'o, str>, Node<'o>, Node<'o>)>,
    places: HashMap<Cow<'o, str>, usize>,
}

impl<'o> Members<'o> {
    fn of(object: Node<'o>) -> Self {
        let mut members = Self {
            in_order: Vec::new(),
            places: HashMap::new(),
        };
        for (key, value) in object.entries() {
            let Some(key) = key else { continue };
            let name = key.text();
            match members.places.get(&name) {
                Some(&at) => members.in_order[at].2 = value,
                None => {
                    members.places.insert(name.clone(), members.in_order.len());
                    members.in_order.push((name, key, value));
                }
            }
        }
        members
    }

    fn get(&self, name: &str) -> Option<Node<'o>> {
        let &at = self.places.get(name)?;
        self.in_order.get(at).map(|(_, _, value)| *value)
    }
}

/// The ids of a list's elements, if each is an object with an id of its own.
fn ids<'o>(list: &[Node<'o>]) -> Option<Vec<Cow<'o, str>>> {
    let mut seen = HashSet::new();
    let mut ids = Vec::with_capacity(list.len());
    for element in list {
        if element.kind() != Kind::ObjectStart {
            return None;
        }
        let id = element
            .member("id")
            .filter(|id| matches!(id.kind(), Kind::String | Kind::Number))?
            .text();
        if !seen.insert(id.clone()) {
            return None;
        }
        ids.push(id);
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blue::event::{self, Event};
    use crate::blue::sample::sample;
    use crate::json::Outline;

    fn diff(old: &str, new: &str) -> String {
        let (old, new) = (
            Outline::read(old.as_bytes()).unwrap(),
            Outline::read(new.as_bytes()).unwrap(),
        );
        shown(
            &Differences::between(old.root(), new.root()),
            Style::PLAIN,
            80,
        )
    }

    #[test]
    fn fields_are_compared_by_their_keys() {
        let old = r#"{"id":1,"title":"Call","done":false,"list":{"name":"A","gone":1},"a.b":1}"#;
        let new =
            r#"{"done":true,"list":{"name":"B","new":[1,2]},"title":"Call","id":1,"a.b":null}"#;
        assert_eq!(
            diff(old, new),
            "  ~ done: false → true\n  ~ list.name: \"A\" → \"B\"\n  - list.gone: 1\n  + list.new: [… 2 elements]\n  ~ a\\.b: 1 → null\n"
        );
    }

    #[test]
    fn order_of_keys_space_and_escapes_are_no_difference() {
        assert_eq!(
            diff(r#"{"a":1,"b":"\u00e9"}"#, "{ \"b\": \"é\",\n \"a\": 1 }"),
            ""
        );
        assert_eq!(diff(r#"{"a":1,"a":2}"#, r#"{"a":2}"#), "");
        assert_eq!(diff("[1.0]", "[1]"), "  ~ [0]: 1.0 → 1\n");
    }

    #[test]
    fn elements_with_ids_are_compared_by_them() {
        let old = r#"{"l":[{"id":"a","x":1},{"id":"b","x":1},{"id":"c","x":1}]}"#;
        let new =
            r#"{"l":[{"id":"c","x":1},{"id":"b","x":2},{"id":"d","title":"New","x":1,"y":1}]}"#;
        assert_eq!(
            diff(old, new),
            "  - l[0]: {\"id\": \"a\", … 1 more}\n  ~ l[1].x: 1 → 2\n  + l[2]: {\"title\": \"New\", \"id\": \"d\", … 2 more}\n  ~ l: the same elements in another order\n"
        );
    }

    #[test]
    fn other_elements_are_compared_by_what_stays_in_order() {
        assert_eq!(
            diff("[1,2,3,4,5]", "[1,3,4,9,5,6]"),
            "  - [1]: 2\n  + [3]: 9\n  + [5]: 6\n"
        );
        assert_eq!(diff("[1,2,3]", "[1,7,3]"), "  ~ [1]: 2 → 7\n");
        assert_eq!(
            diff(r#"[{"a":1},{"a":2}]"#, r#"[{"a":1},{"a":3}]"#),
            "  ~ [1].a: 2 → 3\n"
        );
        assert_eq!(diff("[]", "[{}]"), "  + [0]: {}\n");
    }

    #[test]
    fn long_texts_are_shown_from_where_they_differ() {
        let same =
            "The same long text at the beginning of both, which nobody needs to read again. "
                .repeat(3);
        let old = format!("{{\"html\":\"{same}old end\"}}");
        let new = format!("{{\"html\":\"{same}new end{}\"}}", " and more".repeat(20));
        assert_eq!(
            diff(&old, &new),
            "  ~ html:\n      - \"… to read again. old end\"\n      + \"… to read again. new end and more and more and more and more and more…\"\n"
        );
    }

    #[test]
    fn right_to_left_texts_have_lines_of_their_own() {
        assert_eq!(
            diff(r#"{"title":"שלום"}"#, r#"{"title":"עולם"}"#),
            "  ~ title:\n      - \"שלום\"\n      + \"עולם\"\n"
        );
    }

    #[test]
    fn every_update_among_the_samples_has_differences_that_fit() {
        for event in event::all()
            .iter()
            .filter(|event| event.kind == event::Kind::Changed)
        {
            let body = sample(event);
            let outline = Outline::read(&body).unwrap();
            let [old, new] =
                ["previousValue", "currentValue"].map(|key| outline.root().member(key).unwrap());
            let text = shown(&Differences::between(old, new), Style::PLAIN, 80);
            assert!(
                event.changes.iter().all(|field| text.contains(field)),
                "{}:\n{text}",
                event.name
            );
            assert!(
                text.lines().all(|line| fit::columns(line) <= 80),
                "{}:\n{text}",
                event.name
            );
        }
    }

    #[test]
    fn what_a_tag_or_person_is_called_is_told() {
        let body = sample(Event::named("TODO_TAG_ADDED").unwrap());
        let outline = Outline::read(&body).unwrap();
        let [old, new] =
            ["previousValue", "currentValue"].map(|key| outline.root().member(key).unwrap());
        let text = shown(&Differences::between(old, new), Style::PLAIN, 80);
        assert!(
            text.contains("+ todoTags[0]: {\"tag\": {\"title\": \"Urgent\", …}, … 6 more}\n"),
            "{text}"
        );
    }

    #[test]
    fn many_differences_are_counted_and_deep_ones_compared_as_a_whole() {
        let list = |from: usize| {
            format!(
                "[{}]",
                (from..from + 100_000)
                    .map(|n| n.to_string())
                    .collect::<Vec<_>>()
                    .join(",")
            )
        };
        let text = diff(&list(0), &list(200_000));
        assert_eq!(text.lines().count(), MOST + 1);
        assert!(text.ends_with("  … 99,960 more differences\n"));
        let deep = |value: &str| format!("{}{value}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(diff(&deep("1"), &deep("2")).lines().count(), 1);
        let wide = |value: &str| format!("[{}{value}]", "1,".repeat(1 << 19));
        assert_eq!(
            diff(&wide("1"), &wide("2")),
            "  ~ all: [… 524,289 elements] → [… 524,289 elements]\n"
        );
    }

    /// It takes minutes where each of the lists is searched for what stays in order.
    #[test]
    fn many_lists_without_anything_in_common_are_compared_in_pairs() {
        let body = |first: usize| {
            let list = |from: usize| (from..from + 2000).map(|n| format!("[{}]", first + n * 7));
            let lists = (0..100).map(|n| list(n * 13).collect::<Vec<_>>().join(","));
            format!("[[{}]]", lists.collect::<Vec<_>>().join("],["))
        };
        let text = diff(&body(0), &body(3));
        assert!(text.starts_with("  ~ [0][0][0]: 0 → 3\n"), "{text}");
        assert!(text.ends_with("  … 199,960 more differences\n"), "{text}");
    }

    #[test]
    fn updated_at_is_dimmed() {
        let (old, new) = (br#"{"updatedAt":1,"a":1}"#, br#"{"updatedAt":2,"a":2}"#);
        let (old, new) = (Outline::read(old).unwrap(), Outline::read(new).unwrap());
        let text = shown(
            &Differences::between(old.root(), new.root()),
            Style::new(true),
            80,
        );
        assert!(
            text.starts_with("\u{1b}[2m  ~ updatedAt: 1 → 2\u{1b}[0m\n"),
            "{text:?}"
        );
    }
}
