//! The catalogue: every event that Blue sends, one line each.
//!
//! It owns the events' names, order, groups and meaning, and which values a delivery of each has to
//! carry. What a payload looks like is `sample`'s, whether one is right is `validate`'s.

use crate::nearest::nearest;

/// The event that says that a webhook was switched on again. It cannot be subscribed to, so every
/// webhook receives it.
pub const HEALTH_CHECK: &str = "WEBHOOK_HEALTH_CHECK";

/// One event of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// The name in the payload's `event`: `TODO_CREATED`.
    pub name: &'static str,
    /// What the event happens to, and so what the values of its payload are.
    pub entity: Entity,
    /// Which of `previousValue` and `currentValue` a delivery carries.
    pub kind: Kind,
    /// What happened, as a sentence for people without a capital or a full stop.
    pub meaning: &'static str,
    /// The entity's fields in which `previousValue` and `currentValue` differ, besides `updatedAt`.
    /// Empty unless the kind is [`Kind::Changed`].
    pub changes: &'static [&'static str],
}

/// What an event happens to, by the name that Blue's schema gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A record, as Blue's screens call it.
    Todo,
    /// A checklist of a record.
    Checklist,
    /// One line of a checklist.
    ChecklistItem,
    /// A list of records.
    TodoList,
    /// The definition of a custom field.
    CustomField,
    /// A tag of a project.
    Tag,
    /// A comment on a record, a discussion or a status update.
    Comment,
    /// The webhook itself, in the health check.
    Webhook,
}

/// Which values a delivery of an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A current value; the previous one is `null` or left out.
    Created,
    /// A previous value; the current one is `null`.
    Deleted,
    /// Both, and they differ.
    Changed,
    /// Neither. It cannot be subscribed to.
    HealthCheck,
}

#[rustfmt::skip] // One line an event.
static EVENTS: [Event; 38] = {
    use Entity::{Checklist, ChecklistItem, Comment, CustomField, Tag, Todo, TodoList};
    [
        created("TODO_CREATED", Todo, "a record was created"),
        deleted("TODO_DELETED", Todo, "a record was deleted"),
        changed("TODO_MOVED", Todo, "a record was moved to another list", &["position", "todoListId", "todoList"]),
        changed("TODO_NAME_CHANGED", Todo, "a record was renamed", &["title"]),
        changed("TODO_DONE_STATUS_UPDATED", Todo, "a record was marked as done or as not done", &["done"]),
        changed("TODO_DUE_DATE_ADDED", Todo, "a record got a due date", &["startedAt", "duedAt", "timezone"]),
        changed("TODO_DUE_DATE_UPDATED", Todo, "a record's due date was changed", &["startedAt", "duedAt"]),
        changed("TODO_DUE_DATE_REMOVED", Todo, "a record lost its due date", &["startedAt", "duedAt", "timezone"]),
        changed("TODO_ASSIGNEE_ADDED", Todo, "a person was assigned to a record", &["todoUsers"]),
        changed("TODO_ASSIGNEE_REMOVED", Todo, "a person is no longer assigned to a record", &["todoUsers"]),
        changed("TODO_TAG_ADDED", Todo, "a tag was put on a record", &["todoTags"]),
        changed("TODO_TAG_REMOVED", Todo, "a tag was taken off a record", &["todoTags"]),
        changed("TODO_CUSTOM_FIELD_UPDATED", Todo, "the value of a record's custom field was changed", &["todoCustomFields"]),
        created("TODO_CHECKLIST_CREATED", Checklist, "a checklist was added to a record"),
        changed("TODO_CHECKLIST_NAME_CHANGED", Checklist, "a checklist was renamed", &["title"]),
        deleted("TODO_CHECKLIST_DELETED", Checklist, "a checklist was deleted"),
        created("TODO_CHECKLIST_ITEM_CREATED", ChecklistItem, "an item was added to a checklist"),
        changed("TODO_CHECKLIST_ITEM_NAME_CHANGED", ChecklistItem, "a checklist item was renamed", &["title"]),
        deleted("TODO_CHECKLIST_ITEM_DELETED", ChecklistItem, "a checklist item was deleted"),
        changed("TODO_CHECKLIST_ITEM_DUE_DATE_ADDED", ChecklistItem, "a checklist item got a due date", &["startedAt", "duedAt"]),
        changed("TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED", ChecklistItem, "a checklist item's due date was changed", &["startedAt", "duedAt"]),
        changed("TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED", ChecklistItem, "a checklist item lost its due date", &["startedAt", "duedAt"]),
        changed("TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED", ChecklistItem, "a person was assigned to a checklist item", &["checklistItemUsers"]),
        changed("TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED", ChecklistItem, "a person is no longer assigned to a checklist item", &["checklistItemUsers"]),
        changed("TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED", ChecklistItem, "a checklist item was marked as done or as not done", &["done"]),
        created("TODO_LIST_CREATED", TodoList, "a list was created"),
        deleted("TODO_LIST_DELETED", TodoList, "a list was deleted"),
        changed("TODO_LIST_NAME_CHANGED", TodoList, "a list was renamed", &["title"]),
        created("CUSTOM_FIELD_CREATED", CustomField, "a custom field was created"),
        deleted("CUSTOM_FIELD_DELETED", CustomField, "a custom field was deleted"),
        changed("CUSTOM_FIELD_UPDATED", CustomField, "a custom field's settings were changed", &["name", "description"]),
        created("TAG_CREATED", Tag, "a tag was created"),
        deleted("TAG_DELETED", Tag, "a tag was deleted"),
        changed("TAG_UPDATED", Tag, "a tag's title or colour was changed", &["title", "color"]),
        created("COMMENT_CREATED", Comment, "a comment was written"),
        deleted("COMMENT_DELETED", Comment, "a comment was deleted"),
        changed("COMMENT_UPDATED", Comment, "a comment was edited", &["html", "text"]),
        event(HEALTH_CHECK, Entity::Webhook, Kind::HealthCheck, "the webhook was switched on again and is being tried", &[]),
    ]
};

const fn created(name: &'static str, entity: Entity, meaning: &'static str) -> Event {
    event(name, entity, Kind::Created, meaning, &[])
}

const fn deleted(name: &'static str, entity: Entity, meaning: &'static str) -> Event {
    event(name, entity, Kind::Deleted, meaning, &[])
}

const fn changed(
    name: &'static str,
    entity: Entity,
    meaning: &'static str,
    changes: &'static [&'static str],
) -> Event {
    event(name, entity, Kind::Changed, meaning, changes)
}

const fn event(
    name: &'static str,
    entity: Entity,
    kind: Kind,
    meaning: &'static str,
    changes: &'static [&'static str],
) -> Event {
    Event {
        name,
        entity,
        kind,
        meaning,
        changes,
    }
}

/// The whole catalogue, in the order of Blue's groups: the 37 events that can be subscribed to, then
/// the health check.
pub fn all() -> &'static [Event] {
    &EVENTS
}

impl Event {
    /// The event of exactly that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        EVENTS.iter().find(|event| event.name == name)
    }

    /// The event that somebody who wrote `name` most likely meant, for "did you mean". Case and
    /// separators do not count, and `RECORD_…`, the word on Blue's screens, is taken for `TODO_…`.
    /// `None` when nothing is near.
    pub fn nearest(name: &str) -> Option<&'static Self> {
        let wanted = name
            .trim()
            .to_uppercase()
            .replace(['-', ' ', '.', ':', '/'], "_");
        let wanted = match wanted.strip_prefix("RECORD_") {
            Some(rest) => format!("TODO_{rest}"),
            None => wanted,
        };
        nearest(&wanted, EVENTS.iter().map(|event| event.name)).and_then(Self::named)
    }

    /// The title of the event's group: `Record`, `Checklist item`.
    pub const fn group(&self) -> &'static str {
        self.entity.group()
    }
}

impl Entity {
    /// The entity's name in Blue's schema: `ChecklistItem`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Todo => "Todo",
            Self::Checklist => "Checklist",
            Self::ChecklistItem => "ChecklistItem",
            Self::TodoList => "TodoList",
            Self::CustomField => "CustomField",
            Self::Tag => "Tag",
            Self::Comment => "Comment",
            Self::Webhook => "Webhook",
        }
    }

    /// The title of the group of events about this entity.
    pub const fn group(self) -> &'static str {
        match self {
            Self::Todo => "Record",
            Self::Checklist => "Checklist",
            Self::ChecklistItem => "Checklist item",
            Self::TodoList => "List",
            Self::CustomField => "Custom field",
            Self::Tag => "Tag",
            Self::Comment => "Comment",
            Self::Webhook => "Delivery-only",
        }
    }
}

impl Kind {
    /// Whether the payload has to carry a `previousValue`.
    pub const fn has_previous(self) -> bool {
        matches!(self, Self::Deleted | Self::Changed)
    }

    /// Whether the payload has to carry a `currentValue`.
    pub const fn has_current(self) -> bool {
        matches!(self, Self::Created | Self::Changed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_catalogue_has_38_events_and_37_can_be_subscribed_to() {
        let names: HashSet<_> = all().iter().map(|event| event.name).collect();
        assert_eq!(names.len(), 38);
        let subscribable = all().iter().filter(|event| event.kind != Kind::HealthCheck);
        assert_eq!(subscribable.count(), 37);
    }

    #[test]
    fn groups_are_contiguous_and_as_large_as_blues() {
        let mut groups: Vec<(&str, usize)> = Vec::new();
        for event in all() {
            match groups.last_mut() {
                Some((title, count)) if *title == event.group() => *count += 1,
                _ => groups.push((event.group(), 1)),
            }
        }
        let expected = [
            ("Record", 13),
            ("Checklist", 3),
            ("Checklist item", 9),
            ("List", 3),
            ("Custom field", 3),
            ("Tag", 3),
            ("Comment", 3),
            ("Delivery-only", 1),
        ];
        assert_eq!(groups, expected);
    }

    #[test]
    fn the_kind_agrees_with_the_name_and_with_what_changes() {
        for event in all() {
            let kind = match event.name {
                name if name.ends_with("HEALTH_CHECK") => Kind::HealthCheck,
                name if name.ends_with("_CREATED") => Kind::Created,
                name if name.ends_with("_DELETED") => Kind::Deleted,
                _ => Kind::Changed,
            };
            assert_eq!(event.kind, kind, "{}", event.name);
            assert_eq!(
                event.changes.is_empty(),
                kind != Kind::Changed,
                "{}",
                event.name
            );
        }
    }

    #[test]
    fn meanings_are_single_unpunctuated_lines_and_differ() {
        let meanings: HashSet<_> = all().iter().map(|event| event.meaning).collect();
        assert_eq!(meanings.len(), all().len());
        for meaning in meanings {
            assert!(
                meaning.starts_with(|c: char| c.is_ascii_lowercase()),
                "{meaning}"
            );
            assert!(
                !meaning.ends_with('.') && !meaning.contains('\n'),
                "{meaning}"
            );
        }
    }

    #[test]
    fn a_name_is_found_only_when_it_is_exact() {
        for event in all() {
            assert_eq!(Event::named(event.name), Some(event));
        }
        assert_eq!(Event::named("todo_created"), None);
        assert_eq!(Event::named("TODO_CREATED "), None);
        assert_eq!(Event::named(""), None);
    }

    #[test]
    fn a_near_miss_leads_to_the_event_that_was_meant() {
        let cases = [
            ("todo_created", "TODO_CREATED"),
            ("TODO_CREATE", "TODO_CREATED"),
            ("TODO-CRAETED", "TODO_CREATED"),
            ("todo.deleted", "TODO_DELETED"),
            ("RECORD_MOVED", "TODO_MOVED"),
            ("TODO_DUEDATE_ADDED", "TODO_DUE_DATE_ADDED"),
            ("COMMENTS_CREATED", "COMMENT_CREATED"),
            ("webhook_healthcheck", "WEBHOOK_HEALTH_CHECK"),
        ];
        for (name, meant) in cases {
            assert_eq!(
                Event::nearest(name).map(|event| event.name),
                Some(meant),
                "{name}"
            );
        }
    }

    #[test]
    fn nothing_is_near_what_is_far_empty_or_endless() {
        for name in [
            "",
            "x",
            "push",
            "invoice.paid",
            &"TODO_CREATED".repeat(1000),
        ] {
            assert_eq!(Event::nearest(name), None, "{name}");
        }
    }
}
