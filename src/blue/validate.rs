//! What is odd about a delivery's body, judged by Blue's rules, as findings.
//!
//! It owns the table of findings with their fixed prose. A finding never refuses a delivery, and
//! what is done about one is the caller's. Bodies come from anybody: whatever the bytes, depth or
//! size, this takes linear time, does not recurse and does not panic.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use jiff::Timestamp;

use super::event::{Entity, Event, HEALTH_CHECK, Kind};
use super::facts::Facts;
use super::scope::OutOfScope;
use crate::json::{self, Kind as Json, Node, Nodes, Outline, Path, Step, Tokens};

/// The event of the simplified picture in Blue's guide, which no real delivery has.
const SIMPLIFIED_EVENT: &str = "RECORD_CREATED";

/// How many findings a report holds; more are counted.
const MOST_FINDINGS: usize = 50;

/// How deep duplicate keys and malformed times are looked for. Blue's own payloads have 8 levels.
const DEEPEST: usize = 128;

/// How many characters of a peer's value a message quotes.
const LONGEST_QUOTE: usize = 60;

/// The values in which times are looked for, by their key in the payload.
const PARTS: [&str; 3] = ["webhook", "previousValue", "currentValue"];

/// The fields that hold a time.
const TIMES: [&str; 9] = [
    "createdAt",
    "updatedAt",
    "startedAt",
    "duedAt",
    "deletedAt",
    "subscribedAt",
    "freeTrialStartedAt",
    "freeTrialExpiredAt",
    "freeTrialExtendedAt",
];

/// What a body says, and what is odd about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Which event it tells of, and of which project.
    pub(crate) facts: Facts,
    /// What the event is about by the catalogue, else what the value looks like.
    pub(crate) entity: Option<Entity>,
    /// What is odd, the envelope first; at most 50.
    pub(crate) findings: Vec<Finding>,
    /// How many more findings there would be.
    pub(crate) left_out: usize,
}

/// One thing that is odd about a body. Shown, it is the rule's sentence, and after a colon the
/// evidence if there is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What is the matter.
    pub(crate) rule: &'static Rule,
    /// Where it is, as a dotted path (`currentValue.todoList.id`); empty for the whole body.
    pub(crate) path: String,
    /// What makes it so. Quoted values are shortened.
    pub(crate) evidence: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule.about)?;
        match self.evidence.as_str() {
            "" => Ok(()),
            evidence => write!(f, ": {evidence}"),
        }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Worth knowing.
    Info,
    /// Unusual, and receivers may stumble over it.
    Warning,
    /// Not as Blue sends it.
    Error,
}

impl Level {
    /// The level's name for machines: `warning`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The code of its findings: `unknown-event`.
    pub(crate) code: &'static str,
    /// The level of its findings.
    pub(crate) level: Level,
    /// What is the matter, and why it is, in a sentence without capital or full stop.
    pub(crate) about: &'static str,
}

macro_rules! rules {
    ($($name:ident $level:ident $code:literal $about:literal;)*) => {
        $(static $name: Rule = Rule { code: $code, level: Level::$level, about: $about };)*
        /// Every kind of finding.
        #[cfg(test)]
        static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    NOT_JSON Error "not-json" "the body is not JSON";
    TOO_MANY_VALUES Info "too-many-values" "the body has too many values to be looked through";
    NOT_AN_OBJECT Error "not-an-object" "the body must be a JSON object";
    BODY_BOM Warning "body-bom" "the body begins with a byte order mark, which many JSON parsers refuse";
    EVENT_MISSING Error "event-missing" "the payload names no event";
    EVENT_NOT_A_STRING Error "event-not-a-string" "the event must be a string";
    UNKNOWN_EVENT Warning "unknown-event" "the event is not in the catalogue; receivers must treat unknown events as harmless";
    SIMPLIFIED_PICTURE Info "simplified-picture" "this is the simplified picture of a payload; real deliveries carry a webhook, a previousValue and a currentValue";
    WEBHOOK_MISSING Error "webhook-missing" "the payload does not say which webhook it comes from";
    WEBHOOK_NOT_AN_OBJECT Error "webhook-not-an-object" "the webhook must be an object";
    SECRET_NOT_BLANK Warning "secret-not-blank" "the webhook's secret must be blank or left out, for whoever reads a delivery could forge the next";
    WEBHOOK_DISABLED Info "webhook-disabled" "the webhook is switched off, and Blue sends nothing to such a one";
    WEBHOOK_UNHEALTHY Info "webhook-unhealthy" "the webhook is marked as unhealthy: earlier deliveries failed";
    EVENT_OUT_OF_SCOPE Warning "event-out-of-scope" "the webhook is not subscribed to the event";
    PROJECT_OUT_OF_SCOPE Warning "project-out-of-scope" "the webhook is not for the project";
    PREVIOUS_VALUE_MISSING Error "previous-value-missing" "the event needs the entity as it was before";
    PREVIOUS_VALUE_PRESENT Error "previous-value-present" "there is nothing before a creation, so the previous value must be null or left out";
    CURRENT_VALUE_MISSING Error "current-value-missing" "the event needs the entity as it is now";
    CURRENT_VALUE_PRESENT Error "current-value-present" "there is nothing after a deletion, so the current value must be null";
    HEALTH_CHECK_WITH_VALUES Error "health-check-with-values" "a health check is about no entity and carries no value";
    VALUES_EQUAL Warning "values-equal" "the previous and the current value are the same, so nothing was changed";
    WRONG_ENTITY Error "wrong-entity" "the value is not what the event is about";
    DUPLICATE_KEY Warning "duplicate-key" "the object has the key more than once, and most parsers keep the last only";
    TIME_MALFORMED Error "time-malformed" "the time must be ISO 8601, such as 2022-12-01T11:23:09.241Z";
    EVENT_OUT_OF_PROFILE Warning "event-out-of-profile" "the profile leaves it out";
    PROJECT_OUT_OF_PROFILE Warning "project-out-of-profile" "the profile leaves it out";
}

/// Reads a body as one of Blue's and reports what is odd about it.
pub(crate) fn validate(body: &[u8]) -> Report {
    let mut report = Report::default();
    let (text, mark) = json::unmarked(body);
    if mark > 0 {
        report.add(&BODY_BOM, "", "");
    }
    match Outline::read(text) {
        Ok(outline) if outline.root().kind() == Json::ObjectStart => {
            report.envelope(outline.root());
            report.depths(outline.root());
        }
        Ok(outline) => report.add(&NOT_AN_OBJECT, "", it_is(outline.root())),
        Err(error) if error.kind == json::ErrorKind::TooLong => {
            report.add(&TOO_MANY_VALUES, "", "");
        }
        Err(error) => report.add(&NOT_JSON, "", error.behind(mark).to_string()),
    }
    report
}

impl Report {
    /// Adds that a profile would have kept the delivery out.
    pub(crate) fn add_out_of_profile(&mut self, why: &OutOfScope) {
        let rule = match why.what {
            "event" => &EVENT_OUT_OF_PROFILE,
            _ => &PROJECT_OUT_OF_PROFILE,
        };
        self.add(rule, "", why.to_string());
    }

    fn add(&mut self, rule: &'static Rule, path: &str, evidence: impl Into<String>) {
        self.add_with(rule, || (path.to_owned(), evidence.into()));
    }

    /// Path and evidence are made only for what is kept.
    fn add_with(&mut self, rule: &'static Rule, made: impl FnOnce() -> (String, String)) {
        if self.findings.len() >= MOST_FINDINGS {
            self.left_out += 1;
            return;
        }
        let (path, evidence) = made();
        self.findings.push(Finding {
            rule,
            path,
            evidence,
        });
    }

    fn envelope(&mut self, root: Node<'_>) {
        let [previous, current] = ["previousValue", "currentValue"].map(|key| value(root, key));
        self.facts = Facts::told_by(root);
        let name = self.facts.event.clone();
        let event = name.as_deref().and_then(Event::named);
        self.entity = match event {
            Some(event) => Some(event.entity),
            None => current.or(previous).and_then(recognised),
        };
        match (root.member("event"), name) {
            (None, _) => self.add(&EVENT_MISSING, "", ""),
            (Some(other), None) => self.add(&EVENT_NOT_A_STRING, "event", it_is(other)),
            (_, Some(name)) if name == SIMPLIFIED_EVENT && root.member("record").is_some() => {
                self.entity = Some(Entity::Todo);
                return self.add(&SIMPLIFIED_PICTURE, "event", "");
            }
            (_, Some(name)) if event.is_none() => {
                let near = Event::nearest(&name);
                let meant = near.map(|near| format!(", did you mean {}?", near.name));
                self.add(
                    &UNKNOWN_EVENT,
                    "event",
                    quoted(&name) + &meant.unwrap_or_default(),
                );
            }
            _ => {}
        }
        self.webhook(root);
        if let Some(event) = event {
            self.values(event, previous, current);
        }
    }

    fn webhook(&mut self, root: Node<'_>) {
        let Some(webhook) = root.member("webhook") else {
            return self.add(&WEBHOOK_MISSING, "", "");
        };
        if webhook.kind() != Json::ObjectStart {
            return self.add(&WEBHOOK_NOT_AN_OBJECT, "webhook", it_is(webhook));
        }
        let odd = |key, is_odd: fn(Node<'_>) -> bool| value(webhook, key).is_some_and(is_odd);
        if odd("secret", |secret| secret.bytes() != b"\"\"") {
            self.add(&SECRET_NOT_BLANK, "webhook.secret", "");
        }
        if odd("enabled", |enabled| enabled.kind() == Json::False) {
            self.add(&WEBHOOK_DISABLED, "webhook.enabled", "");
        }
        if odd("status", |status| status.says("UNHEALTHY")) {
            self.add(&WEBHOOK_UNHEALTHY, "webhook.status", "");
        }
        let Some(metadata) = webhook.member("metadata") else {
            return;
        };
        // The payload's own webhook has plain names on its lists: no globs as in a profile's scope.
        let Facts { event, project } = self.facts.clone();
        let event = event.filter(|event| event != HEALTH_CHECK);
        for (rule, list, wanted) in [
            (&EVENT_OUT_OF_SCOPE, "events", event),
            (&PROJECT_OUT_OF_SCOPE, "projectIds", project),
        ] {
            let (Some(wanted), Some(names)) = (wanted, metadata.member(list)) else {
                continue;
            };
            if leaves_out(names, &wanted) {
                self.add(rule, &format!("webhook.metadata.{list}"), quoted(&wanted));
            }
        }
    }

    fn values(&mut self, event: &Event, previous: Option<Node<'_>>, current: Option<Node<'_>>) {
        let needed = [event.kind.has_previous(), event.kind.has_current()];
        let rules = [&PREVIOUS_VALUE_MISSING, &PREVIOUS_VALUE_PRESENT];
        self.side(event, "previousValue", previous, needed[0], rules);
        let rules = [&CURRENT_VALUE_MISSING, &CURRENT_VALUE_PRESENT];
        self.side(event, "currentValue", current, needed[1], rules);
        if let (Kind::Changed, Some(previous), Some(current)) = (event.kind, previous, current)
            && tokens(previous.bytes()).eq(tokens(current.bytes()))
        {
            self.add(&VALUES_EQUAL, "currentValue", event.name);
        }
    }

    fn side(
        &mut self,
        event: &Event,
        key: &str,
        value: Option<Node<'_>>,
        is_needed: bool,
        [missing, present]: [&'static Rule; 2],
    ) {
        match value {
            None if is_needed => self.add(missing, key, event.name),
            Some(_) if event.kind == Kind::HealthCheck => {
                self.add(&HEALTH_CHECK_WITH_VALUES, key, "")
            }
            Some(_) if !is_needed => self.add(present, key, event.name),
            Some(value) => self.entity_of(event, key, value),
            None => {}
        }
    }

    /// Only what clearly is something else counts: an entity with unknown or few fields does not.
    fn entity_of(&mut self, event: &Event, key: &str, value: Node<'_>) {
        let found = if value.kind() != Json::ObjectStart {
            value.kind().noun()
        } else {
            let mut fitting = LOOKS.iter().filter(|look| look.fits(value));
            let Some(first) = fitting.clone().next() else {
                return;
            };
            if fitting.any(|look| look.entity == Some(event.entity)) {
                return;
            }
            first.name
        };
        let (name, entity) = (event.name, event.entity.name());
        let evidence = format!("{name} is about a {entity}, and this is {found}");
        self.add(&WRONG_ENTITY, key, evidence);
    }

    /// Walks the payload for what may be wrong at any place.
    fn depths(&mut self, root: Node<'_>) {
        let hasher = RandomState::new();
        let mut open = vec![Place::of(root)];
        let mut is_part = false;
        self.duplicates(root, &open, &hasher);
        while let Some(place) = open.last_mut() {
            let Some(value) = place.next() else {
                open.pop();
                continue;
            };
            let key = place.key;
            match key {
                Some(key) if open.len() == 1 => is_part = PARTS.iter().any(|part| key.says(part)),
                Some(key) if is_part => self.time(key, value, &open),
                _ => {}
            }
            if value.kind().is_container() && open.len() < DEEPEST {
                self.duplicates(value, &open, &hasher);
                open.push(Place::of(value));
            }
        }
    }

    /// `open` ends with the place that was reached: that of the object.
    fn duplicates(&mut self, object: Node<'_>, open: &[Place<'_>], hasher: &RandomState) {
        // Of a million keys no two share 64 bits of a hash that nobody can foresee.
        let keys = || object.entries().filter_map(|(key, _)| key);
        let hashes: Vec<u64> = keys().map(|key| hasher.hash_one(key.wtf8())).collect();
        let mut sorted = hashes.clone();
        sorted.sort_unstable();
        if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
            return;
        }
        let mut seen = HashSet::new();
        for (key, hash) in keys().zip(hashes) {
            if !seen.insert(hash) {
                self.add_with(&DUPLICATE_KEY, || {
                    let name = shortened(&key.text());
                    let evidence = format!("\"{name}\"");
                    (path_to(open, Some(Step::Key(name))), evidence)
                });
            }
        }
    }

    fn time(&mut self, key: Node<'_>, value: Node<'_>, open: &[Place<'_>]) {
        let Some(name) = TIMES.iter().find(|name| key.says(name)) else {
            return;
        };
        let is_right = match value.kind() {
            Json::Null => !matches!(*name, "createdAt" | "updatedAt"),
            Json::String => is_time(&value.text()),
            _ => false,
        };
        if !is_right {
            self.add_with(&TIME_MALFORMED, || {
                let evidence = match value.kind() {
                    Json::String => quoted(&value.text()),
                    _ => it_is(value),
                };
                (path_to(open, None), evidence)
            });
        }
    }
}

/// A container that is being walked, and which of its entries was reached.
struct Place<'o> {
    entries: Nodes<'o>,
    key: Option<Node<'o>>,
    seen: usize,
}

impl<'o> Place<'o> {
    fn of(container: Node<'o>) -> Self {
        Self {
            entries: container.entries(),
            key: None,
            seen: 0,
        }
    }

    fn next(&mut self) -> Option<Node<'o>> {
        let (key, value) = self.entries.next()?;
        self.key = key;
        self.seen += 1;
        Some(value)
    }

    /// The step to the entry that was reached.
    fn step(&self) -> Option<Step> {
        match self.key {
            Some(key) => Some(Step::Key(shortened(&key.text()))),
            None => self.seen.checked_sub(1).map(Step::Index),
        }
    }
}

/// What an entity of one kind looks like: it has all fields of at least one of these sets.
struct Look {
    name: &'static str,
    entity: Option<Entity>,
    marks: &'static [&'static [&'static str]],
}

/// The looks, the more telling first: the first that fits counts.
#[rustfmt::skip] // One line a look.
static LOOKS: [Look; 10] = [
    look("a ChecklistItem", Some(Entity::ChecklistItem), &[&["checklistId"], &["checklistItemUsers"], &["checklist", "title"]]),
    look("a Checklist", Some(Entity::Checklist), &[&["checklistItems"], &["todoId", "title"], &["todo", "title"]]),
    look("a Todo", Some(Entity::Todo), &[&["todoListId"], &["todoList"], &["todoUsers"], &["todoTags"], &["todoCustomFields"]]),
    look("a Tag", Some(Entity::Tag), &[&["color", "title"]]),
    look("a Project", None, &[&["companyId"], &["isTemplate"]]),
    look("a User", None, &[&["email"], &["username"]]),
    look("a Webhook", Some(Entity::Webhook), &[&["url", "metadata"], &["url", "enabled"]]),
    look("a Comment", Some(Entity::Comment), &[&["category", "text"], &["category", "html"]]),
    look("a CustomField", Some(Entity::CustomField), &[&["name", "type"]]),
    look("a TodoList", Some(Entity::TodoList), &[&["projectId", "title", "position"], &["project", "title", "position"]]),
];

const fn look(
    name: &'static str,
    entity: Option<Entity>,
    marks: &'static [&'static [&'static str]],
) -> Look {
    Look {
        name,
        entity,
        marks,
    }
}

impl Look {
    fn fits(&self, value: Node<'_>) -> bool {
        let mut marks = self.marks.iter();
        marks.any(|mark| mark.iter().all(|field| value.has(field)))
    }
}

fn recognised(value: Node<'_>) -> Option<Entity> {
    LOOKS.iter().find(|look| look.fits(value))?.entity
}

/// A member that is there and not `null`.
fn value<'o>(object: Node<'o>, key: &str) -> Option<Node<'o>> {
    object
        .member(key)
        .filter(|value| value.kind() != Json::Null)
}

/// Whether a list is a restriction, and one that does not name `wanted`.
fn leaves_out(list: Node<'_>, wanted: &str) -> bool {
    let mut names = list.entries().map(|(_, name)| name).peekable();
    list.kind() == Json::ArrayStart
        && names.peek().is_some()
        && !names.any(|name| name.says(wanted))
}

/// The tokens of a JSON value as they stand.
fn tokens(json: &[u8]) -> impl Iterator<Item = &[u8]> {
    Tokens::new(json)
        .flatten()
        .map(|token| &json[token.range()])
}

/// jiff also takes a space for the `T`, which ISO 8601 does not.
fn is_time(text: &str) -> bool {
    text.len() <= LONGEST_QUOTE && text.contains('T') && text.parse::<Timestamp>().is_ok()
}

/// The path to the place that was reached, or one step further.
fn path_to(open: &[Place<'_>], further: Option<Step>) -> String {
    let steps = open.iter().filter_map(Place::step).chain(further);
    Path::from(steps.collect::<Vec<_>>()).to_string()
}

fn it_is(value: Node<'_>) -> String {
    format!("it is {}", value.kind().noun())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::blue::event::all;
    use crate::blue::sample::sample;
    use crate::blue::scope::Scope;

    const PROJECT: &str = "clakt90vu000bvt64hhffqleq";

    fn text_of(event: &str) -> String {
        String::from_utf8(sample(Event::named(event).unwrap())).unwrap()
    }

    /// The sample of an event with one piece of its text exchanged.
    fn edited(event: &str, from: &str, to: &str) -> String {
        let text = text_of(event);
        assert!(text.contains(from), "{event} has no {from}");
        text.replacen(from, to, 1)
    }

    fn codes(body: impl AsRef<[u8]>) -> Vec<(&'static str, String)> {
        let findings = validate(body.as_ref()).findings;
        findings
            .into_iter()
            .map(|finding| (finding.rule.code, finding.path))
            .collect()
    }

    fn message(body: impl AsRef<[u8]>) -> String {
        validate(body.as_ref()).findings.remove(0).to_string()
    }

    /// One body a finding: the code, its path, and a body that has just this finding.
    fn cases() -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let todo = &text_of("TODO_CREATED");
        let current = &todo[todo.find(",\"currentValue\":").unwrap()..todo.len() - 1];
        let text: Vec<(&str, &str, String)> = vec![
            ("not-json", "", "{\"event\":\"TODO_CREATED\"".into()),
            ("not-an-object", "", "[]".into()),
            ("body-bom", "", format!("\u{feff}{todo}")),
            ("event-missing", "", edited("TODO_CREATED", "\"event\":\"TODO_CREATED\",", "")),
            ("event-not-a-string", "event", edited("TODO_CREATED", "\"event\":\"TODO_CREATED\"", "\"event\":7")),
            ("unknown-event", "event", edited("TAG_CREATED", "TAG_CREATED", "TAG_CREATD")),
            ("simplified-picture", "event", r#"{"event":"RECORD_CREATED","record":{"id":"r","title":"t"},"company":{"id":"c"},"project":{"id":"p"},"user":{"id":"u"}}"#.into()),
            ("webhook-missing", "", format!("{{\"event\":\"TODO_CREATED\"{current}}}")),
            ("webhook-not-an-object", "webhook", format!("{{\"event\":\"TODO_CREATED\",\"webhook\":\"w\"{current}}}")),
            ("secret-not-blank", "webhook.secret", edited("TODO_CREATED", "\"secret\":\"\"", "\"secret\":\"pat_a1b2\"")),
            ("webhook-disabled", "webhook.enabled", edited("TODO_CREATED", "\"enabled\":true", "\"enabled\":false")),
            ("webhook-unhealthy", "webhook.status", edited("TODO_CREATED", "HEALTHY", "UNHEALTHY")),
            ("event-out-of-scope", "webhook.metadata.events", edited("TAG_CREATED", "\"events\":[]", "\"events\":[\"TAG_DELETED\"]")),
            ("project-out-of-scope", "webhook.metadata.projectIds", edited("TAG_CREATED", PROJECT, "another")),
            ("previous-value-missing", "previousValue", edited("TAG_DELETED", "\"previousValue\"", "\"previous\"")),
            ("previous-value-present", "previousValue", edited("TAG_CREATED", "\"currentValue\"", "\"previousValue\":{},\"currentValue\"")),
            ("current-value-missing", "currentValue", format!("{},\"currentValue\":null}}", &todo[..todo.len() - current.len() - 1])),
            ("current-value-present", "currentValue", edited("TAG_DELETED", "\"currentValue\":null", "\"currentValue\":{}")),
            ("health-check-with-values", "currentValue", edited("WEBHOOK_HEALTH_CHECK", "\"webhook\"", "\"currentValue\":{},\"webhook\"")),
            ("values-equal", "currentValue", {
                let deleted = text_of("TAG_DELETED").replace("TAG_DELETED", "TAG_UPDATED");
                let start = deleted.find("\"previousValue\":").unwrap() + 16;
                let value = &deleted[start..deleted.find(",\"currentValue\"").unwrap()];
                deleted.replace("\"currentValue\":null", &format!("\"currentValue\": {}", value.replace("\":\"", "\" : \"")))
            }),
            ("wrong-entity", "currentValue", edited("TAG_CREATED", "TAG_CREATED", "COMMENT_CREATED")),
            ("duplicate-key", "currentValue.todoList.title", edited("TODO_CREATED", "\"title\":\"ETEST\"", "\"title\":\"old\",\"title\":\"ETEST\"")),
            ("time-malformed", "currentValue.duedAt", edited("TODO_CREATED", "\"duedAt\":null", "\"duedAt\":\"next Friday\"")),
        ];
        text.into_iter()
            .map(|(code, path, body)| (code, path, body.into_bytes()))
            .collect()
    }

    #[test]
    fn every_sample_is_right_and_tells_its_event_entity_and_project() {
        for event in all() {
            let report = validate(&sample(event));
            assert_eq!(report.findings, [], "{}", event.name);
            assert_eq!(report.facts.event.as_deref(), Some(event.name));
            assert_eq!(report.entity, Some(event.entity));
            let project = (event.kind != Kind::HealthCheck).then_some(PROJECT);
            assert_eq!(report.facts.project.as_deref(), project, "{}", event.name);
        }
    }

    #[test]
    fn every_rule_finds_its_case_and_nothing_else() {
        let cases = cases();
        for (code, path, body) in &cases {
            assert_eq!(codes(body), [(*code, (*path).to_owned())]);
        }
        let elsewhere = [
            "too-many-values",
            "event-out-of-profile",
            "project-out-of-profile",
        ];
        for rule in RULES {
            let cases = cases.iter().filter(|(code, ..)| *code == rule.code);
            let expected = usize::from(!elsewhere.contains(&rule.code));
            assert_eq!(cases.count(), expected, "{}", rule.code);
        }
    }

    #[test]
    fn what_a_profile_leaves_out_is_told() {
        for (scope, code) in [
            (Scope::new(["TAG_*"], [""; 0]), "event-out-of-profile"),
            (Scope::new([""; 0], ["p"]), "project-out-of-profile"),
        ] {
            let why = scope.unwrap().admits(Some("TODO_MOVED"), Some("q"));
            let why = why.unwrap_err();
            let mut report = Report::default();
            report.add_out_of_profile(&why);
            let finding = report.findings.remove(0);
            assert_eq!(finding.rule.code, code);
            assert_eq!(
                finding.to_string(),
                format!("the profile leaves it out: {why}")
            );
        }
    }

    #[test]
    fn a_message_is_the_rules_sentence_and_the_evidence() {
        for (code, _, body) in cases() {
            let rule = RULES.iter().find(|rule| rule.code == code).unwrap();
            let finding = validate(&body).findings.remove(0);
            assert!(finding.to_string().starts_with(rule.about), "{}", finding);
            assert_eq!(finding.rule.level, rule.level);
        }
        assert_eq!(
            message("[1]"),
            "the body must be a JSON object: it is an array"
        );
        assert!(
            message(edited("TAG_CREATED", "TAG_CREATED", "TAG_CREATD"))
                .ends_with(": \"TAG_CREATD\", did you mean TAG_CREATED?")
        );
        assert!(
            message(edited("TAG_CREATED", "TAG_CREATED", "MOON_LANDED"))
                .ends_with(": \"MOON_LANDED\"")
        );
        assert!(
            message(edited("TAG_CREATED", "TAG_CREATED", "COMMENT_CREATED"))
                .ends_with(": COMMENT_CREATED is about a Comment, and this is a Tag")
        );
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place_in_the_body() {
        assert!(
            message("{\n  \"event\" 1}").contains("byte 12 (line 2, column 11)"),
            "{}",
            message("{\n  \"event\" 1}")
        );
        let marked = validate(b"\xEF\xBB\xBF{\"event\" 1}").findings;
        assert_eq!(marked[0].rule.code, "body-bom");
        assert!(marked[1].to_string().contains("byte 12"), "{}", marked[1]);
    }

    #[test]
    fn every_sample_under_another_entitys_event_is_the_wrong_entity() {
        for event in all().iter().filter(|event| event.kind == Kind::Created) {
            for other in all()
                .iter()
                .filter(|other| other.kind == Kind::Created && other.entity != event.entity)
            {
                let body = edited(event.name, event.name, other.name);
                let found = codes(&body)
                    .into_iter()
                    .filter(|(code, _)| *code == "wrong-entity");
                assert_eq!(found.count(), 1, "{} as {}", event.name, other.name);
            }
        }
        let text = "{\"event\":\"TAG_CREATED\",\"webhook\":{},\"currentValue\":\"urgent\"}";
        assert!(message(text).ends_with("and this is a string"));
    }

    #[test]
    fn an_unknown_event_is_still_read_for_its_entity_and_project() {
        let report = validate(edited("TODO_CREATED", "TODO_CREATED", "TODO_ARCHIVED").as_bytes());
        assert_eq!(report.facts.event.as_deref(), Some("TODO_ARCHIVED"));
        assert_eq!(report.entity, Some(Entity::Todo));
        assert_eq!(report.facts.project.as_deref(), Some(PROJECT));
    }

    #[test]
    fn the_simplified_picture_is_a_record_in_its_project() {
        let report = validate(&cases().remove(6).2);
        assert_eq!(report.facts.event.as_deref(), Some("RECORD_CREATED"));
        assert_eq!(
            (report.entity, report.facts.project.as_deref()),
            (Some(Entity::Todo), Some("p"))
        );
        let enveloped = edited(
            "TODO_CREATED",
            "\"event\":\"TODO_CREATED\"",
            "\"event\":\"RECORD_CREATED\"",
        );
        assert_eq!(codes(enveloped)[0].0, "unknown-event");
    }

    #[test]
    fn a_null_or_absent_previous_value_is_right_for_a_creation() {
        let body = edited(
            "TAG_CREATED",
            "\"currentValue\"",
            "\"previousValue\":null,\"currentValue\"",
        );
        assert_eq!(codes(body), []);
        assert_eq!(
            codes(edited("TAG_DELETED", ",\"currentValue\":null", "")),
            []
        );
    }

    #[test]
    fn the_secret_is_never_quoted() {
        let body = edited("TODO_CREATED", "\"secret\":\"\"", "\"secret\":\"pat_a1b2\"");
        assert!(!format!("{:?}", validate(body.as_bytes()).findings).contains("pat_a1b2"));
        assert_eq!(
            codes(edited("TODO_CREATED", "\"secret\":\"\"", "\"secret\":null")),
            []
        );
        assert_eq!(codes(edited("TODO_CREATED", "\"secret\":\"\",", "")), []);
    }

    #[test]
    fn times_are_judged_in_all_their_forms() {
        for right in [
            "null",
            "\"2022-12-01T07:01:25.014Z\"",
            "\"2022-12-01T07:01:25Z\"",
            "\"2022-12-01T08:01:25.014+01:00\"",
        ] {
            let body = edited(
                "TODO_CREATED",
                "\"startedAt\":null",
                &format!("\"startedAt\":{right}"),
            );
            assert_eq!(codes(body), [], "{right}");
        }
        for wrong in [
            "1669880485014",
            "\"\"",
            "\"2022-12-01\"",
            "\"2022-12-01 07:01:25Z\"",
            "\"2022-13-01T07:01:25.014Z\"",
            "{}",
            "true",
        ] {
            let body = edited(
                "TODO_CREATED",
                "\"startedAt\":null",
                &format!("\"startedAt\":{wrong}"),
            );
            assert_eq!(
                codes(body),
                [("time-malformed", "currentValue.startedAt".to_owned())],
                "{wrong}"
            );
        }
        let body = edited(
            "TAG_CREATED",
            "\"createdAt\":\"2022-12-01T07:01:25.014Z\"",
            "\"createdAt\":null",
        );
        assert_eq!(
            codes(body),
            [("time-malformed", "webhook.createdAt".to_owned())]
        );
        let elsewhere = edited(
            "TODO_CREATED",
            "\"event\":\"TODO_CREATED\"",
            "\"event\":\"TODO_CREATED\",\"extra\":{\"createdAt\":7}",
        );
        assert_eq!(codes(elsewhere), []);
    }

    #[test]
    fn a_path_leads_through_lists_and_odd_keys() {
        let body = edited(
            "TODO_CREATED",
            "\"todoUsers\":[]",
            "\"todoUsers\":[1,{\"a.b\":{\"x\":1,\"\\u0078\":2}}]",
        );
        assert_eq!(
            codes(body),
            [(
                "duplicate-key",
                "currentValue.todoUsers[1].a\\.b.x".to_owned()
            )]
        );
    }

    #[test]
    fn the_last_of_duplicate_keys_counts() {
        let body = edited(
            "TODO_CREATED",
            "\"event\":\"TODO_CREATED\"",
            "\"event\":\"X\",\"event\":\"TODO_CREATED\"",
        );
        assert_eq!(codes(&body), [("duplicate-key", "event".to_owned())]);
        assert_eq!(
            validate(body.as_bytes()).facts.event.as_deref(),
            Some("TODO_CREATED")
        );
    }

    #[test]
    fn findings_beyond_the_fiftieth_are_counted() {
        let many = "\"a\":1,".repeat(1000);
        let report = validate(format!("{{{many}\"event\":7}}").as_bytes());
        assert_eq!(report.findings.len(), 50);
        assert_eq!(report.findings.len() + report.left_out, 999 + 2);
        assert_eq!(report.findings[0].rule.code, "event-not-a-string");
    }

    #[test]
    fn quotes_are_short_however_long_the_value() {
        let long = "é".repeat(100_000);
        let report =
            validate(format!("{{\"event\":\"{long}\",\"{long}\":1,\"{long}\":2}}").as_bytes());
        for finding in &report.findings {
            assert!(
                finding.to_string().chars().count() < 200 && finding.path.chars().count() < 200
            );
        }
    }

    #[test]
    fn depth_and_size_cost_neither_stack_nor_patience() {
        let deep = [
            br#"{"event":"TODO_CREATED","currentValue":"#.to_vec(),
            vec![b'['; 200_000],
            vec![b']'; 200_000],
            b"}".to_vec(),
        ]
        .concat();
        assert_eq!(validate(&deep).facts.event.as_deref(), Some("TODO_CREATED"));
        let nested = "{\"currentValue\":".repeat(50_000) + "1" + &"}".repeat(50_000);
        assert!(!validate(nested.as_bytes()).findings.is_empty());
        let wide: String = (0..50_000)
            .map(|number| format!("\"k{number}\":{number},"))
            .collect();
        assert_eq!(
            validate(format!("{{{wide}\"event\":\"X\"}}").as_bytes()).left_out,
            0
        );
    }

    /// Each of these takes minutes where something is made for every finding, or read anew.
    #[test]
    fn what_is_left_out_costs_no_more_than_its_bytes() {
        const MANY: usize = 100_000;
        let inside = |outer: &str, inner: &str| {
            let key = "k".repeat(60);
            let open = format!("{{\"{outer}\":") + &format!("{{\"{key}\":").repeat(120);
            format!("{open}{{{}\"\":0}}{}", inner.repeat(MANY), "}".repeat(121))
        };
        let report = validate(inside("currentValue", "\"\":0,").as_bytes());
        assert_eq!(report.left_out + report.findings.len(), MANY + 2);
        assert!(report.findings[2].path.starts_with("currentValue.kkk"));
        let report = validate(inside("currentValue", "\"createdAt\":0,").as_bytes());
        assert_eq!(report.left_out + report.findings.len(), 2 * MANY + 1);
        let long = format!("\\u{:04x}urrentValue{}", 'c' as u32, "\\u0041".repeat(MANY));
        let report = validate(inside(&long, "\"createdAt\":0,").as_bytes());
        assert_eq!(report.left_out + report.findings.len(), MANY + 1);
    }

    #[test]
    fn a_body_of_too_many_values_is_told_and_left_alone() {
        let body = format!("{{\"event\":\"X\",\"list\":[{}1]}}", "1,".repeat(4 << 20));
        assert_eq!(codes(&body), [("too-many-values", String::new())]);
        assert_eq!(Facts::of(body.as_bytes()), Facts::default());
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            validate(&bytes);
        }

        #[test]
        fn a_sample_with_any_byte_changed_is_judged_without_a_panic(
            number in 0..38_usize, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
        ) {
            let mut body = sample(&all()[number]);
            let place = at.index(body.len());
            body[place] = byte;
            validate(&body);
            body.truncate(cut.index(body.len()));
            validate(&body);
        }

        #[test]
        fn any_words_in_the_places_of_blues_are_judged_without_a_panic(
            words in proptest::collection::vec("(event|webhook|currentValue|previousValue|metadata|events|createdAt|todo|TODO_MOVED|\\PC{0,9})", 9),
            shape in "[{\\[\"\\]}:,s0n]{0,40}",
        ) {
            let mut words = words.iter().cycle();
            let body: String = shape.chars().map(|c| match c {
                's' => serde_json::to_string(&words.next()).unwrap(),
                'n' => "null".to_owned(),
                c => c.to_string(),
            }).collect();
            validate(body.as_bytes());
        }
    }
}
