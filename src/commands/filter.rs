//! Which deliveries `listen` and `replay` mean: events by glob, projects, values in the body.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use glob::Pattern;

use super::shell::Problem;
use crate::blue::event::{self, Event};
use crate::cli::{self, Assignment};
use crate::json;
use crate::show::harmless;

/// Which deliveries count and are shown. Others are answered and recorded all the same.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct Filter {
    /// Only events that match this glob (COMMENT_*); may be given several times
    #[arg(short, long, value_name = "GLOB", value_parser = cli::event(pattern), hide_possible_values = true)]
    pub event: Vec<Pattern>,
    /// Only deliveries of this project; may be given several times
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub project: Vec<String>,
    /// Only deliveries whose body has this value: currentValue.done=true; all of several must hold
    #[arg(long = "where", value_name = "PATH=VALUE")]
    pub condition: Vec<Assignment>,
}

/// A glob as `--event` takes it.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn pattern(text: &str) -> Result<Pattern, String> {
    glob(text, "COMMENT_*")
}

/// A glob; the example is of what it is for.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn glob(text: &str, example: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| {
        let (what, at) = (error.msg, error.pos + 1);
        format!("write a glob such as {example}: {what} at character {at}")
    })
}

/// Sees to it that some event of Blue's matches.
///
/// # Errors
/// None does: it would be waited for in vain.
pub(super) fn check(pattern: &Pattern) -> Result<(), Problem> {
    if event::all().iter().any(|event| pattern.matches(event.name)) {
        return Ok(());
    }
    let shown = harmless::name(pattern.as_str());
    let problem = Problem::wrong(format!("no event of Blue's matches {shown}"));
    Err(match Event::nearest(pattern.as_str()) {
        Some(nearest) => problem.hint(format!("did you mean {}?", nearest.name)),
        None => problem.hint("bluehook events lists them; with another --scheme any name will do"),
    })
}

impl Filter {
    /// Why nothing may have been meant: an event of no such name, with the nearest one.
    pub(super) fn doubt(&self) -> Option<String> {
        let unknown = self.event.iter().find_map(|pattern| check(pattern).err());
        unknown.and_then(|problem| problem.hint)
    }

    /// Whether everything is meant.
    pub(super) fn is_empty(&self) -> bool {
        self.event.is_empty() && self.project.is_empty() && self.condition.is_empty()
    }

    /// Whether a delivery of that event and project, with that body, is meant.
    pub(super) fn admits(&self, event: Option<&str>, project: Option<&str>, body: &[u8]) -> bool {
        let event = event.unwrap_or_default();
        (self.event.is_empty() || self.event.iter().any(|glob| glob.matches(event)))
            && (self.project.is_empty() || self.project.iter().any(|id| Some(&**id) == project))
            && self
                .condition
                .iter()
                .all(|condition| holds(condition, body))
    }
}

/// Whether the body has the value: the same JSON, however it is spelled.
fn holds(condition: &Assignment, body: &[u8]) -> bool {
    match json::find(body, &condition.path) {
        Ok(Some(range)) => json::same(&body[range], &condition.value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_compares_values_not_spellings() {
        let holds =
            |condition: &str, body: &str| holds(&condition.parse().unwrap(), body.as_bytes());
        assert!(holds("a.b=caf\u{e9}", r#"{"a":{"b":"caf\u00e9"}}"#));
        assert!(holds("a[1]=2", r#"{"a":[1,2]}"#));
        assert!(holds("a=true", r#"{"a":true}"#));
        assert!(!holds("a=true", r#"{"a":"true"}"#));
        assert!(!holds("a=1", r#"{"b":1}"#));
        assert!(!holds("a=1", "not json"));
    }
}
