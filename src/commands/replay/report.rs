//! What is told of a replay: each attempt, how its answer differs from the recorded one, and what all
//! came to.

use super::queue::Item;
use crate::cli::Output;
use crate::commands::shell::{Problem, Shell};
use crate::sender::{Attempt, Next, Plan, Tally, Url};
use crate::show::seen::{Detail, Layout};
use crate::show::{exchange, lines};

pub(super) struct Report {
    output: Output,
    resigned: bool,
    plan: Plan,
    /// How many answers were not as recorded.
    differing: u64,
    refused_as_captured: bool,
    /// Whether it was said that headers are missing.
    pub(super) redacted: bool,
}

impl Report {
    pub(super) fn new(output: Output, resigned: bool, plan: Plan) -> Self {
        Self {
            output,
            resigned,
            plan,
            differing: 0,
            refused_as_captured: false,
            redacted: false,
        }
    }

    /// Says what came of an attempt, and how that differs from what was recorded.
    pub(super) fn tell(
        &mut self,
        shell: &mut Shell,
        item: &Item,
        url: &Url,
        attempt: &Attempt<'_>,
    ) -> Result<(), Problem> {
        let recorded = item.recorded.answer.as_ref();
        let differs = match attempt.next {
            Next::Again(_) => exchange::Differs::default(),
            _ => exchange::Differs::of(attempt.outcome, recorded),
        };
        self.differing += u64::from(differs.any());
        let refused =
            matches!(attempt.outcome, Ok(answer) if matches!(answer.status, 400 | 401 | 403));
        self.refused_as_captured |= refused && !self.resigned;
        let (number, event) = (item.recorded.number, item.event.as_deref());
        if self.output.json {
            let mut line = exchange::attempt_line(number, attempt, event, url);
            line.recorded = Some(exchange::recorded(recorded, differs));
            return (shell.out).print(lines::to_bytes(&line).map_err(Problem::failed)?);
        }
        if self.output.talk.quiet {
            return Ok(());
        }
        let style = shell.out.style;
        let shown = exchange::Attempt {
            url,
            delivery: attempt.delivery,
            event,
        };
        let layout = Layout {
            style,
            width: shell.out.width,
            detail: Detail::Line,
            verbose: self.output.talk.verbose,
        };
        let mut text = match layout.verbose {
            true => {
                let mut text = exchange::request(&shown, &layout);
                text.push_str(&match attempt.outcome {
                    Ok(_) => exchange::outcome(attempt.outcome, attempt.took, &layout),
                    Err(failure) => exchange::failed(failure, attempt.took, style),
                });
                text
            }
            false => exchange::line(number, &shown, attempt, &layout),
        };
        text.push_str(&differs.shown(recorded, attempt.outcome, style));
        let next = exchange::next(attempt.next, attempt.attempt, &self.plan, style);
        text.push_str(&next);
        shell.out.print(text)
    }

    /// Says what all came to.
    pub(super) fn end(&self, shell: &mut Shell, tally: &Tally) -> Result<(), Problem> {
        if self.output.json {
            let line = exchange::result_line(tally);
            return (shell.out).print(lines::to_bytes(&line).map_err(Problem::failed)?);
        }
        if self.output.talk.quiet {
            return Ok(());
        }
        let style = shell.out.style;
        shell
            .out
            .print(exchange::replayed(tally, self.differing, style))?;
        if self.refused_as_captured {
            let hint = style.name("hint:");
            shell.out.print(format!(
                "  {hint} sent as captured: a receiver that looks at the time refuses an old signature; --resign signs afresh\n"
            ))?;
        }
        Ok(())
    }
}
