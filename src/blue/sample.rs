//! A sample payload for every event, as the exact bytes that Blue would send.
//!
//! Payloads are composed: `entities.json` has one document an entity, `changes.json` has what differs
//! between the two values of an update. An object `{"@": NAME, …}` in either file stands for the
//! entity document of that name, with the other fields laid over it. Nothing here knows a signature,
//! reads a clock or draws a random number.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::event::{Entity, Event, Kind};

/// When the updates of the samples happened: the `updatedAt` of their current values.
const CHANGED_AT: &str = "2022-12-01T11:31:42.118Z";

/// The payload keys that hold an entity, in the payload's order.
const VALUES: [&str; 2] = ["previousValue", "currentValue"];

type Fields = Map<String, Value>;

/// The sample payload of an event: compact JSON, in Blue's key order. That of `TODO_CREATED` is the
/// one that Blue documents, byte for byte.
pub fn sample(event: &Event) -> Vec<u8> {
    let entities = Entities::read();
    let [previous, current] = entities.values(event);
    let mut payload = Fields::new();
    payload.insert("event".into(), event.name.into());
    payload.insert("webhook".into(), entities.webhook(event).into());
    match event.kind {
        Kind::Created => {
            payload.insert("currentValue".into(), current.into());
        }
        Kind::Deleted => {
            payload.insert("previousValue".into(), previous.into());
            payload.insert("currentValue".into(), Value::Null);
        }
        Kind::Changed => {
            payload.insert("previousValue".into(), previous.into());
            payload.insert("currentValue".into(), current.into());
        }
        Kind::HealthCheck => {}
    }
    compact(payload)
}

/// A sample as if it had happened just now and to something new: for receivers that refuse what they
/// have seen before, or what is long ago.
///
/// - The changed entity, and what its lists hold (assignments, tags, values), get new ids and uids,
///   the same ones wherever they are mentioned. The webhook, the company, the project, the list and
///   the people stay who they are, so that the webhook's scope still fits.
/// - The times of the same objects all move by one span that makes the last change happen `now`, to
///   the millisecond: their order and distances stay, and a due date stays ahead. A created entity's
///   `createdAt` is `now` too.
/// - `webhook.url` becomes `url`.
///
/// `random` gives 128 random bits a call. The key order stays. Bytes that are not a JSON object come
/// back unchanged.
pub fn fresh(
    sample: &[u8],
    random: &mut dyn FnMut() -> u128,
    now: Timestamp,
    url: &str,
) -> Vec<u8> {
    let Ok(Value::Object(mut payload)) = serde_json::from_slice(sample) else {
        return sample.to_vec();
    };
    if let Some(Value::Object(webhook)) = payload.get_mut("webhook") {
        webhook.insert("url".into(), url.into());
    }
    let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    renew_ids(&mut payload, random, now);
    renew_times(&mut payload, now);
    compact(payload)
}

/// The two data files, as read.
struct Entities {
    documents: Fields,
    changes: Fields,
}

impl Entities {
    /// Both files are ours and the tests read them, so what cannot be read counts as empty.
    fn read() -> Self {
        let object = |text| serde_json::from_str(text).unwrap_or_default();
        Self {
            documents: object(include_str!("entities.json")),
            changes: object(include_str!("changes.json")),
        }
    }

    /// The webhook that delivers the event: the documented one, with the documented list of events
    /// or, where that list would keep the event out, with an empty one, which means all.
    fn webhook(&self, event: &Event) -> Fields {
        let mut webhook = self.document("webhook");
        if let Some(Value::Object(metadata)) = webhook.get_mut("metadata")
            && let Some(Value::Array(events)) = metadata.get_mut("events")
            && event.kind != Kind::HealthCheck
            && !events.iter().any(|name| name == event.name)
        {
            events.clear();
        }
        webhook
    }

    /// The entity before and after the event.
    fn values(&self, event: &Event) -> [Fields; 2] {
        let mut previous = self.document(document_of(event.entity));
        let mut current = previous.clone();
        if let Some(Value::Object(changes)) = self.changes.get(event.name) {
            for (field, sides) in changes {
                previous.insert(field.clone(), self.compose(&sides[0]));
                current.insert(field.clone(), self.compose(&sides[1]));
            }
            current.insert("updatedAt".into(), CHANGED_AT.into());
        }
        [previous, current]
    }

    /// An entity's document with everything that it mentions filled in.
    fn document(&self, name: &str) -> Fields {
        let Some(Value::Object(document)) = self.documents.get(name) else {
            return Fields::new();
        };
        self.compose_fields(document)
    }

    fn compose(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.compose(item)).collect(),
            Value::Object(fields) => self.compose_fields(fields).into(),
            other => other.clone(),
        }
    }

    fn compose_fields(&self, fields: &Fields) -> Fields {
        let mut composed = match fields.get("@") {
            Some(Value::String(name)) => self.document(name),
            _ => Fields::new(),
        };
        for (field, value) in fields.iter().filter(|(field, _)| *field != "@") {
            composed.insert(field.clone(), self.compose(value));
        }
        composed
    }
}

/// The name of an entity's document in `entities.json`.
const fn document_of(entity: Entity) -> &'static str {
    match entity {
        Entity::Todo => "todo",
        Entity::Checklist => "checklist",
        Entity::ChecklistItem => "checklistItem",
        Entity::TodoList => "todoList",
        Entity::CustomField => "customField",
        Entity::Tag => "tag",
        Entity::Comment => "comment",
        Entity::Webhook => "webhook",
    }
}

fn compact(payload: Fields) -> Vec<u8> {
    Value::Object(payload).to_string().into_bytes()
}

fn renew_ids(payload: &mut Fields, random: &mut dyn FnMut() -> u128, now: Timestamp) {
    let mut renewed = HashMap::new();
    each_own_object(payload, &mut |fields| {
        if let Some(Value::String(id)) = fields.get("id") {
            renewed
                .entry(id.clone())
                .or_insert_with(|| cuid(random(), now));
        }
        if let Some(Value::String(uid)) = fields.get("uid") {
            renewed
                .entry(uid.clone())
                .or_insert_with(|| format!("{:032x}", random()));
        }
    });
    for key in VALUES {
        if let Some(value) = payload.get_mut(key) {
            replace_texts(value, &renewed);
        }
    }
}

fn renew_times(payload: &mut Fields, now: Timestamp) {
    let mut latest: Option<Timestamp> = None;
    each_own_object(payload, &mut |fields| {
        latest = latest.max(fields.get("updatedAt").and_then(time));
    });
    let Some(latest) = latest else { return };
    let span = now.duration_since(latest);
    each_own_object(payload, &mut |fields| {
        for (_, value) in fields.iter_mut().filter(|(field, _)| field.ends_with("At")) {
            if let Some(moved) = time(value).and_then(|time| moved(time, span)) {
                *value = moved.into();
            }
        }
    });
    if payload.get(VALUES[0]).is_none_or(Value::is_null)
        && let Some(Value::Object(current)) = payload.get_mut(VALUES[1])
        && current.contains_key("createdAt")
    {
        current.insert("createdAt".into(), written(now).into());
    }
}

/// Visits the changed entity, in both values, and the members of its lists.
fn each_own_object(payload: &mut Fields, visit: &mut dyn FnMut(&mut Fields)) {
    for key in VALUES {
        let Some(Value::Object(entity)) = payload.get_mut(key) else {
            continue;
        };
        visit(entity);
        for (_, field) in entity.iter_mut() {
            let Value::Array(members) = field else {
                continue;
            };
            members
                .iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(&mut *visit);
        }
    }
}

fn replace_texts(value: &mut Value, renewed: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = renewed.get(text) {
                text.clone_from(new);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace_texts(item, renewed)),
        Value::Object(fields) => {
            fields
                .iter_mut()
                .for_each(|(_, field)| replace_texts(field, renewed));
        }
        _ => {}
    }
}

/// An id as Blue makes them: `c`, the time in base 36, then 16 more digits, 25 characters in all.
fn cuid(random: u128, now: Timestamp) -> String {
    let time = u128::from(now.as_millisecond().unsigned_abs());
    format!("c{}{}", base36(time, 8), base36(random, 16))
}

/// The lowest digits of a number in base 36.
fn base36(number: u128, digits: u32) -> String {
    let digit = |place| (number / 36_u128.pow(place) % 36) as u32;
    (0..digits)
        .rev()
        .filter_map(|place| char::from_digit(digit(place), 36))
        .collect()
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn moved(time: Timestamp, span: SignedDuration) -> Option<String> {
    time.checked_add(span).ok().map(written)
}

/// A time as Blue writes it: ISO 8601 with milliseconds and `Z`.
fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::blue::event::all;

    fn payload(event: &Event) -> Fields {
        serde_json::from_slice(&sample(event)).unwrap()
    }

    fn entity(event: &Event) -> Fields {
        let payload = payload(event);
        let value = if event.kind.has_current() {
            "currentValue"
        } else {
            "previousValue"
        };
        payload[value].as_object().unwrap().clone()
    }

    /// The fields in which two objects differ, in order.
    fn differences(previous: &Fields, current: &Fields) -> Vec<String> {
        assert!(previous.keys().eq(current.keys()));
        previous
            .keys()
            .filter(|key| previous[*key] != current[*key])
            .cloned()
            .collect()
    }

    fn each_text(value: &Value, path: &str, visit: &mut dyn FnMut(&str, &str)) {
        match value {
            Value::String(text) => visit(path, text),
            Value::Array(items) => items.iter().for_each(|item| each_text(item, path, visit)),
            Value::Object(fields) => {
                fields
                    .iter()
                    .for_each(|(field, value)| each_text(value, field, visit));
            }
            _ => {}
        }
    }

    #[test]
    fn todo_created_is_the_documented_payload_byte_for_byte() {
        let bytes = sample(Event::named("TODO_CREATED").unwrap());
        assert_eq!(bytes.len(), 2334);
        let hash = hex::encode(Sha256::digest(&bytes));
        assert_eq!(
            hash,
            "b9e43d046def291f8e64d6e21fa927f107117ccbd1d3e9a021cfe95ab567caee"
        );
    }

    #[test]
    fn every_sample_is_compact_and_names_its_event_first() {
        for event in all() {
            let bytes = sample(event);
            let payload = payload(event);
            assert_eq!(payload.keys().next().unwrap(), "event");
            assert_eq!(payload["event"], event.name);
            assert_eq!(Value::Object(payload).to_string().into_bytes(), bytes);
            assert!(
                !String::from_utf8(bytes).unwrap().contains("\"@\""),
                "{}",
                event.name
            );
        }
    }

    #[test]
    fn the_kind_decides_which_values_are_there() {
        for event in all() {
            let payload = payload(event);
            let keys: Vec<_> = payload.keys().map(String::as_str).collect();
            match event.kind {
                Kind::Created => assert_eq!(keys, ["event", "webhook", "currentValue"]),
                Kind::HealthCheck => assert_eq!(keys, ["event", "webhook"]),
                _ => assert_eq!(keys, ["event", "webhook", "previousValue", "currentValue"]),
            }
            if event.kind == Kind::Deleted {
                assert!(payload["currentValue"].is_null());
            }
        }
    }

    #[test]
    fn an_update_changes_what_its_event_names_and_the_time_of_the_update() {
        for event in all().iter().filter(|event| event.kind == Kind::Changed) {
            let payload = payload(event);
            let [previous, current] = VALUES.map(|key| payload[key].as_object().unwrap());
            let mut changed = differences(previous, current);
            changed.retain(|field| field != "updatedAt");
            changed.sort();
            let mut named = event.changes.to_vec();
            named.sort_unstable();
            assert_eq!(changed, named, "{}", event.name);
            let times = [previous, current].map(|value| time(&value["updatedAt"]).unwrap());
            assert!(times[0] < times[1], "{}", event.name);
        }
    }

    #[test]
    fn every_change_belongs_to_an_update_of_the_catalogue() {
        for name in Entities::read().changes.keys() {
            assert_eq!(Event::named(name).unwrap().kind, Kind::Changed);
        }
    }

    #[test]
    fn the_webhook_of_a_sample_lets_it_through() {
        for event in all() {
            let webhook = &payload(event)["webhook"];
            assert_eq!(webhook["secret"], "");
            let events = webhook["metadata"]["events"].as_array().unwrap();
            let holds = events.iter().any(|name| name == event.name);
            assert!(holds || events.is_empty() || event.kind == Kind::HealthCheck);
            let project = &Entities::read().documents["project"]["id"];
            assert!(
                webhook["metadata"]["projectIds"]
                    .as_array()
                    .unwrap()
                    .contains(project)
            );
        }
    }

    #[test]
    fn every_entity_has_the_fields_that_blue_always_sends() {
        let times = "id uid createdAt updatedAt";
        let tables = [
            (
                Entity::Todo,
                "title html text position archived done startedAt duedAt timezone createdById todoListId todoCustomFields todoUsers todoTags todoList",
            ),
            (
                Entity::TodoList,
                "title position createdById projectId project",
            ),
            (
                Entity::Checklist,
                "title position createdById todoId todo checklistItems",
            ),
            (
                Entity::ChecklistItem,
                "title position done startedAt duedAt createdById checklistId checklist checklistItemUsers",
            ),
            (
                Entity::Comment,
                "html text category deletedAt userId user todo",
            ),
            (Entity::Tag, "title color projectId project"),
            (
                Entity::CustomField,
                "name type position description min max currency prefix projectId project",
            ),
            (
                Entity::Webhook,
                "name url secret status enabled metadata createdById",
            ),
        ];
        let parts = [
            (
                "project",
                "slug name description archived isTemplate isOfficialTemplate category companyId imageId hideEmailFromRoles company",
            ),
            (
                "company",
                "slug name description freeTrialStartedAt freeTrialExpiredAt subscribedAt imageId subscriptionPlanId freeTrialExtendedById freeTrialExtendedAt",
            ),
            (
                "user",
                "username email firstName lastName fullName timezone",
            ),
            ("todoUser", "todoId userId user"),
            ("todoTag", "todoId tagId tag"),
            (
                "todoCustomField",
                "customField number text regionCode countryCodes checked latitude longitude customFieldOption",
            ),
            ("checklistItemUser", "checklistItemId userId user"),
        ];
        let entities = Entities::read();
        let tables = tables.map(|(entity, fields)| (document_of(entity), fields));
        assert_eq!(tables.len() + parts.len(), entities.documents.len());
        for (name, fields) in tables.into_iter().chain(parts) {
            let document = entities.document(name);
            for field in times.split(' ').chain(fields.split(' ')) {
                assert!(document.contains_key(field), "{name} has no {field}");
            }
        }
        for event in all().iter().filter(|event| event.kind != Kind::HealthCheck) {
            let document = entities.document(document_of(event.entity));
            assert!(document.keys().eq(entity(event).keys()), "{}", event.name);
        }
    }

    #[test]
    fn ids_uids_and_times_look_like_blues() {
        for event in all() {
            each_text(&payload(event).into(), "", &mut |field, text| {
                let lower = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
                if field == "id" || field.ends_with("Id") {
                    assert!(text.len() == 25 && text.starts_with('c') && text.chars().all(lower));
                } else if field == "uid" {
                    assert!(text.len() == 32 && hex::decode(text).is_ok(), "{text}");
                } else if field.ends_with("At") {
                    assert_eq!(written(text.parse().unwrap()), text);
                }
            });
        }
    }

    /// A fixed source of different numbers, so that fresh samples can be compared.
    fn counter() -> impl FnMut() -> u128 {
        let mut next = 0xf00d_u128;
        move || {
            next = next
                .wrapping_mul(0x2545_f491_4f6c_dd1d_9e37_79b9_7f4a_7c15)
                .wrapping_add(1);
            next
        }
    }

    const NOW: &str = "2026-11-22T03:49:53.123Z";
    const URL: &str = "http://localhost:3000/hooks";

    fn freshened(event: &Event) -> Fields {
        let now = "2026-11-22T03:49:53.123987Z".parse().unwrap();
        serde_json::from_slice(&fresh(&sample(event), &mut counter(), now, URL)).unwrap()
    }

    #[test]
    fn a_fresh_sample_keeps_its_keys_their_order_and_its_rules() {
        fn keys(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
                Value::Object(fields) => fields.iter().for_each(|(field, value)| {
                    found.push(field.clone());
                    keys(value, found);
                }),
                _ => {}
            }
        }
        for event in all() {
            let [mut before, mut after] = [Vec::new(), Vec::new()];
            keys(&payload(event).into(), &mut before);
            let fresh = freshened(event);
            keys(&fresh.clone().into(), &mut after);
            assert_eq!(before, after);
            assert_eq!(fresh["webhook"]["url"], URL);
            if event.kind == Kind::Changed {
                let values = VALUES.map(|key| fresh[key].as_object().unwrap());
                let mut changed = differences(values[0], values[1]);
                changed.retain(|field| field != "updatedAt");
                assert_eq!(changed.len(), event.changes.len());
            }
        }
    }

    #[test]
    fn a_fresh_sample_is_about_a_new_entity_at_the_same_place() {
        for event in all().iter().filter(|event| event.kind != Kind::HealthCheck) {
            let old = entity(event);
            let fresh = freshened(event);
            let text = Value::Object(fresh.clone()).to_string();
            for key in ["id", "uid"] {
                assert!(
                    !text.contains(old[key].as_str().unwrap()),
                    "{} {key}",
                    event.name
                );
            }
            let project = Entities::read().document("project");
            assert!(
                text.contains(project["uid"].as_str().unwrap()),
                "{}",
                event.name
            );
            assert_eq!(fresh["webhook"]["id"], payload(event)["webhook"]["id"]);
        }
    }

    #[test]
    fn a_fresh_id_is_the_same_wherever_it_is_mentioned() {
        let fresh = freshened(Event::named("TODO_ASSIGNEE_ADDED").unwrap());
        let id = &fresh["currentValue"]["id"];
        assert_eq!(&fresh["previousValue"]["id"], id);
        let assignment = &fresh["currentValue"]["todoUsers"][0];
        assert_eq!(&assignment["todoId"], id);
        assert_ne!(
            assignment["id"],
            Entities::read().documents["todoUser"]["id"]
        );
        assert_eq!(
            assignment["userId"],
            Entities::read().documents["user"]["id"]
        );
        assert_eq!(id.as_str().unwrap().len(), 25);
        assert!(
            id.as_str().unwrap().starts_with("cm"),
            "{id} starts with its time"
        );
    }

    #[test]
    fn a_fresh_change_happened_now_and_its_other_times_moved_with_it() {
        let created = freshened(Event::named("TAG_CREATED").unwrap());
        assert_eq!(created["currentValue"]["createdAt"], NOW);
        assert_eq!(created["currentValue"]["updatedAt"], NOW);

        let due = freshened(Event::named("TODO_DUE_DATE_ADDED").unwrap());
        let current = &due["currentValue"];
        assert_eq!(current["updatedAt"], NOW);
        assert_eq!(current["createdAt"], due["previousValue"]["createdAt"]);
        assert!(time(&current["createdAt"]) < time(&due["previousValue"]["updatedAt"]));
        assert!(time(&due["previousValue"]["updatedAt"]) < time(&current["updatedAt"]));
        assert!(time(&current["duedAt"]) > time(&current["updatedAt"]));

        let deleted = freshened(Event::named("TAG_DELETED").unwrap());
        assert_eq!(deleted["previousValue"]["updatedAt"], NOW);
    }

    #[test]
    fn what_is_not_an_object_is_left_alone_by_fresh() {
        for bytes in [&b"[1, 2]"[..], b"not JSON", b""] {
            assert_eq!(
                fresh(bytes, &mut counter(), Timestamp::UNIX_EPOCH, URL),
                bytes
            );
        }
    }

    #[test]
    fn fresh_survives_times_at_the_ends_of_the_calendar() {
        let event = Event::named("TODO_DUE_DATE_ADDED").unwrap();
        for now in [Timestamp::MIN, Timestamp::MAX] {
            assert!(!fresh(&sample(event), &mut || u128::MAX, now, URL).is_empty());
        }
    }
}
