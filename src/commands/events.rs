//! `bluehook events`: Blue's event catalogue, and the sample payload of each event.

use clap::Args;

use super::settings::Settings;
use super::shell::{Problem, Shell, Verdict};
use crate::blue::event::{self, Event};
use crate::blue::sample::sample;
use crate::cli::{self, ProfileChoice};
use crate::config::Profile;
use crate::show::body;
use crate::show::lines::{self, EventLine};
use crate::show::{fit, harmless};

const EXAMPLES: &str = "\
Examples:
  bluehook events
  bluehook events COMMENT_CREATED > comment.json
  bluehook events --json";

/// List Blue's events; with a name, print its sample payload
///
/// With a profile (-w), only the events that it would be sent.
///
/// On a terminal the sample is pretty-printed; in a pipe it is the exact compact bytes that send
/// sends, and one line feed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Events {
    /// The event whose sample to print, such as TODO_CREATED
    #[arg(value_parser = cli::event_name(), hide_possible_values = true, conflicts_with_all = ["webhook", "config"])]
    pub name: Option<String>,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    /// Print the list as JSON, one object a line
    #[arg(long, conflicts_with = "name", help_heading = "Output")]
    pub json: bool,
}

impl Events {
    /// Prints the catalogue or a sample.
    ///
    /// # Errors
    /// There is no event of that name.
    pub(super) fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        if let Some(name) = &self.name {
            print_sample(shell, find(name)?)?;
            return Ok(Verdict::Yes);
        }
        let settings = Settings::of(shell, &self.profile)?;
        let scope = settings.profile()?.map(Profile::scope).unwrap_or_default();
        let events: Vec<&Event> = event::all()
            .iter()
            .filter(|event| scope.admits(Some(event.name), None).is_ok())
            .collect();
        if self.json {
            for event in events {
                let line = EventLine {
                    event: event.name,
                    entity: event.entity.name(),
                    meaning: event.meaning,
                };
                shell
                    .out
                    .print(lines::to_bytes(&line).map_err(Problem::failed)?)?;
            }
        } else {
            print_catalogue(shell, &events)?;
        }
        Ok(Verdict::Yes)
    }
}

/// The event of that exact name.
///
/// # Errors
/// There is none; the nearest name is the hint.
pub(super) fn find(name: &str) -> Result<&'static Event, Problem> {
    Event::named(name).ok_or_else(|| {
        let problem = Problem::wrong(format!("{} is not an event of Blue", harmless::name(name)));
        match Event::nearest(name) {
            Some(nearest) => problem.hint(format!("did you mean {}?", nearest.name)),
            None => problem.hint("bluehook events lists them"),
        }
    })
}

fn print_sample(shell: &mut Shell, event: &Event) -> Result<(), Problem> {
    let mut sample = sample(event);
    if shell.out.is_terminal {
        let pretty = body::pretty(&sample, shell.out.style);
        return shell.out.print(pretty);
    }
    sample.push(b'\n');
    shell.out.print(sample)
}

fn print_catalogue(shell: &mut Shell, events: &[&Event]) -> Result<(), Problem> {
    let style = shell.out.style;
    let widest = |text: fn(&Event) -> &str| events.iter().map(|event| text(event).len()).max();
    let name = widest(|event| event.name).unwrap_or(0);
    let entity = widest(|event| event.entity.name()).unwrap_or(0);
    let width = shell.out.line_width();
    // The groups say nearly the same.
    let has_entities = width >= fit::WIDEST;
    let at = name + 4 + if has_entities { entity + 2 } else { 0 };
    let mut text = String::new();
    let mut group = None;
    for event in events {
        if group != Some(event.group()) {
            if group.is_some() {
                text.push('\n');
            }
            group = Some(event.group());
            text.push_str(&format!("{}\n", style.strong(event.group())));
        }
        let gap = " ".repeat(name - event.name.len());
        text.push_str(&format!("  {}{gap}  ", style.name(event.name)));
        if has_entities {
            let gap = " ".repeat(entity - event.entity.name().len());
            text.push_str(&format!("{}{gap}  ", style.dim(event.entity.name())));
        }
        let meaning = fit::wrapped(event.meaning, at, at, width.max(at + 20));
        text.push_str(&format!("{meaning}\n"));
    }
    shell.out.print(text)
}
