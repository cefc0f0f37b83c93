//! What a delivery says of itself: which event it tells of, and in which project that happened.
//!
//! Filters, scopes and the first line of a delivery need no more than that; what is odd about a body
//! is `validate`'s.

use crate::delivery::Headers;
use crate::json::{Kind, Node, Outline, unmarked};

/// The headers in which other providers name the event, and the scheme of the provider where only one
/// has that header.
pub(crate) const EVENT_HEADERS: [(&str, Option<&str>); 10] = [
    ("x-github-event", Some("github")),
    ("x-gitlab-event", Some("gitlab")),
    ("x-shopify-topic", Some("shopify")),
    ("x-event-key", Some("bitbucket")),
    ("x-wc-webhook-topic", Some("woocommerce")),
    ("sentry-hook-resource", Some("sentry")),
    ("linear-event", Some("linear")),
    ("x-event-name", None),
    ("x-event-type", None),
    ("twitch-eventsub-subscription-type", Some("twitch")),
];

/// What was read from a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The payload's `event`, if that is a string, known or not.
    pub(crate) event: Option<String>,
    /// The id of the project in which it happened.
    pub(crate) project: Option<String>,
}

impl Facts {
    /// Reads a body, which may be anything.
    pub(crate) fn of(body: &[u8]) -> Self {
        let outline = Outline::read(unmarked(body).0);
        outline.map_or_else(|_| Self::default(), |outline| Self::told_by(outline.root()))
    }

    pub(super) fn told_by(root: Node<'_>) -> Self {
        let values = ["currentValue", "previousValue"].map(|key| root.member(key));
        let mut places = values.into_iter().flatten().chain([root]);
        Self {
            event: root.member("event").and_then(string),
            project: places.find_map(project_of),
        }
    }
}

/// The event that a delivery names: its body, or else the header of another provider.
pub(crate) fn event<'a>(facts: Option<&'a Facts>, headers: &'a Headers) -> Option<&'a str> {
    let header = || EVENT_HEADERS.iter().find_map(|(name, _)| headers.get(name));
    match facts.and_then(|facts| facts.event.as_deref()) {
        Some(event) => Some(event),
        None => std::str::from_utf8(header()?).ok(),
    }
}

/// The project's id: where each kind of entity mentions it, itself or through what it belongs to.
fn project_of(value: Node<'_>) -> Option<String> {
    const OWNERS: [&[&str]; 3] = [&[], &["todo"], &["checklist", "todo"]];
    const IDS: [&[&str]; 4] = [
        &["todoList", "project", "id"],
        &["todoList", "projectId"],
        &["project", "id"],
        &["projectId"],
    ];
    let owners = OWNERS.iter().filter_map(|owner| down(value, owner));
    owners
        .flat_map(|owner| IDS.map(|id| down(owner, id)))
        .flatten()
        .filter_map(string)
        .find(|id| !id.is_empty())
}

fn down<'o>(from: Node<'o>, keys: &[&str]) -> Option<Node<'o>> {
    keys.iter().try_fold(from, |node, key| node.member(key))
}

fn string(value: Node<'_>) -> Option<String> {
    (value.kind() == Kind::String).then(|| value.text().into_owned())
}
