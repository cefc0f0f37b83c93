//! Which deliveries a webhook receives, by its lists of events and projects.
//!
//! It owns the rule that Blue applies before it sends. Where the lists come from, a profile or a
//! payload's own `webhook.metadata`, and what is done about a delivery outside them is the caller's.

use std::fmt;

use glob::Pattern;

use super::event::HEALTH_CHECK;

/// The events and projects that a webhook is for. An empty list admits everything, so the default
/// scope does.
///
/// What cannot be told is not out of scope: a delivery without a recognisable event or project
/// passes the list that it would have to be on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    events: Vec<Pattern>,
    project_ids: Vec<String>,
}

/// Why a delivery is outside a [`Scope`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutOfScope {
    /// `event` or `project`.
    pub(crate) what: &'static str,
    /// The delivery's own.
    value: String,
    /// The list, as written.
    allowed: String,
}

/// A pattern in a list of events that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadPattern {
    /// The pattern, as written.
    pub(crate) pattern: String,
    /// What is wrong with it.
    pub(crate) reason: &'static str,
}

impl Scope {
    /// The scope of a profile: events are names or globs (`COMMENT_*`), in exact case; project ids are
    /// exact.
    ///
    /// # Errors
    /// A glob that cannot be read.
    pub(crate) fn new(
        events: impl IntoIterator<Item = impl AsRef<str>>,
        project_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, BadPattern> {
        let events = events.into_iter().map(|event| pattern(event.as_ref()));
        Ok(Self {
            events: events.collect::<Result<_, _>>()?,
            project_ids: project_ids.into_iter().map(Into::into).collect(),
        })
    }

    /// Whether a delivery of this event about this project is for the webhook. The health check
    /// cannot be subscribed to and always is.
    ///
    /// # Errors
    /// What keeps the delivery out; the event is judged before the project.
    pub(crate) fn admits(
        &self,
        event: Option<&str>,
        project: Option<&str>,
    ) -> Result<(), OutOfScope> {
        if event == Some(HEALTH_CHECK) {
            return Ok(());
        }
        let outside = |what, value: &str, allowed: Vec<&str>| {
            Err(OutOfScope {
                what,
                value: value.to_owned(),
                allowed: allowed.join(", "),
            })
        };
        if let Some(event) = event
            && !self.events.is_empty()
            && !self.events.iter().any(|pattern| pattern.matches(event))
        {
            let allowed = self.events.iter().map(Pattern::as_str).collect();
            return outside("event", event, allowed);
        }
        if let Some(project) = project
            && !self.project_ids.is_empty()
            && !self.project_ids.iter().any(|id| id == project)
        {
            let allowed = self.project_ids.iter().map(String::as_str).collect();
            return outside("project", project, allowed);
        }
        Ok(())
    }
}

fn pattern(text: &str) -> Result<Pattern, BadPattern> {
    Pattern::new(text).map_err(|error| BadPattern {
        pattern: text.to_owned(),
        reason: error.msg,
    })
}

impl fmt::Display for OutOfScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            value,
            allowed,
        } = self;
        write!(
            f,
            "the {what} {value} is not among the webhook's {what}s: {allowed}"
        )
    }
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot read the event pattern {}: {}",
            self.pattern, self.reason
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blue::event::all;

    const NONE: [&str; 0] = [];

    fn scope(events: &[&str], project_ids: &[&str]) -> Scope {
        Scope::new(events, project_ids.iter().copied()).unwrap()
    }

    #[test]
    fn empty_lists_admit_everything() {
        assert_eq!(scope(&[], &[]), Scope::default());
        for event in all() {
            assert_eq!(
                Scope::default().admits(Some(event.name), Some("any")),
                Ok(())
            );
        }
        assert_eq!(Scope::default().admits(None, None), Ok(()));
    }

    #[test]
    fn a_list_of_events_admits_its_names_and_globs_in_exact_case() {
        let scope = scope(&["TODO_CREATED", "COMMENT_*"], &[]);
        for admitted in ["TODO_CREATED", "COMMENT_CREATED", "COMMENT_DELETED"] {
            assert_eq!(scope.admits(Some(admitted), None), Ok(()));
        }
        for kept_out in ["TODO_DELETED", "todo_created", "comment_created", ""] {
            let why = scope.admits(Some(kept_out), None).unwrap_err().to_string();
            assert_eq!(
                why,
                format!(
                    "the event {kept_out} is not among the webhook's events: TODO_CREATED, COMMENT_*"
                )
            );
        }
    }

    #[test]
    fn a_list_of_projects_admits_its_ids() {
        let scope = scope(&[], &["p1", "p2"]);
        assert_eq!(scope.admits(Some("TAG_CREATED"), Some("p2")), Ok(()));
        let kept_out = scope.admits(Some("TAG_CREATED"), Some("p*")).unwrap_err();
        assert_eq!(
            kept_out.to_string(),
            "the project p* is not among the webhook's projects: p1, p2"
        );
    }

    #[test]
    fn the_event_is_judged_before_the_project() {
        let kept_out = scope(&["TAG_*"], &["p1"])
            .admits(Some("TODO_MOVED"), Some("p2"))
            .unwrap_err();
        assert_eq!(
            kept_out.to_string(),
            "the event TODO_MOVED is not among the webhook's events: TAG_*"
        );
    }

    #[test]
    fn the_health_check_is_always_admitted() {
        assert_eq!(
            scope(&["TAG_CREATED"], &["p1"]).admits(Some(HEALTH_CHECK), None),
            Ok(())
        );
    }

    #[test]
    fn what_cannot_be_told_is_not_out_of_scope() {
        let scope = scope(&["TAG_*"], &["p1"]);
        assert_eq!(scope.admits(None, None), Ok(()));
        assert_eq!(scope.admits(Some("TAG_CREATED"), None), Ok(()));
        assert!(scope.admits(None, Some("p2")).is_err());
    }

    #[test]
    fn a_glob_that_cannot_be_read_is_an_error_that_quotes_it() {
        let error = Scope::new(["TODO_[A"], NONE).unwrap_err();
        assert_eq!(error.pattern, "TODO_[A");
        assert!(error.to_string().contains("TODO_[A"));
    }
}
