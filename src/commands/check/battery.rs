//! The cases in their order: sent, judged, and looked after.

use std::thread;
use std::time::{Duration, Instant};

use super::again::Again;
use super::exchange::{Exchange, Wire};
use crate::amount;
use crate::conformance::{
    Case, ENDED, Finding, GENUINE, How, Judged, Kit, Outcome, Probe, Seen, Verdict, judge,
    same_fault,
};
use crate::sender::Halt;

/// How long a receiver that ended is waited for: one that is watched over starts again.
const RESTART: Duration = Duration::from_secs(2);

/// A check under way.
pub(super) struct Battery<'a> {
    kit: &'a Kit,
    wire: &'a Wire<'a>,
    again: &'a Again<'a>,
    halt: &'a Halt,
    seen: Seen,
    /// What came back to the very first delivery, which is not sent twice.
    first: Option<Exchange>,
    /// The case before this one.
    before: Option<&'static str>,
    /// Why the rest is not sent, once the receiver is lost.
    lost: Option<String>,
}

/// What is wrong with a receiver after a case.
struct Trouble {
    what: String,
    /// Whether it ended or hangs, and so did not judge.
    is_end: bool,
}

/// What one probe came to.
struct Shown {
    finding: Finding,
    outcome: Outcome,
    resent: bool,
}

/// When a receiver ended.
enum Ended {
    /// At this delivery.
    Here,
    /// At this delivery or after the case before it: the connection stood until then.
    Around(&'static str),
    /// After the case before it.
    Before(&'static str),
}

impl<'a> Battery<'a> {
    /// A battery whose first delivery was answered by this.
    pub(super) fn new(
        kit: &'a Kit,
        wire: &'a Wire<'a>,
        again: &'a Again<'a>,
        halt: &'a Halt,
        first: Exchange,
    ) -> Self {
        Self {
            kit,
            wire,
            again,
            halt,
            seen: Seen::default(),
            first: Some(first),
            before: None,
            lost: None,
        }
    }

    /// What is going to be done, in a sentence.
    pub(super) fn announcement(&self, selected: &[&'static Case]) -> String {
        let probes = selected
            .iter()
            .map(|case| case.make(self.kit).map_or(0, |it| it.len() + 1));
        format!(
            "sending about {} deliveries to {}",
            amount::count(probes.sum::<usize>() as u64 + 3),
            self.wire.url
        )
    }

    /// All cases in their order; `tick` is told of each.
    pub(super) fn findings(mut self, selected: &[&'static Case], tick: impl Fn()) -> Vec<Finding> {
        let mut findings = Vec::new();
        for case in selected {
            let finding = self.case(case);
            if finding.took.is_some() {
                self.before = Some(case.name);
            }
            findings.push(finding);
            tick();
        }
        if self.lost.is_none() {
            // The last of the genuine ones tell whether the receiver became slow.
            for _ in 0..3 {
                self.alive();
            }
        }
        for finding in &mut findings {
            if let How::Watched(judge) = finding.case.how {
                (finding.verdict, finding.message) = match judge(&self.seen) {
                    (Verdict::Pass | Verdict::Untestable, _) if self.halt.is_asked() => {
                        (Verdict::Skipped, INTERRUPTED.into())
                    }
                    told => told,
                };
            }
        }
        told_once(&mut findings);
        findings
    }

    fn case(&mut self, case: &'static Case) -> Finding {
        if let How::Watched(_) = case.how {
            return Finding::new(case, Verdict::Skipped, "");
        }
        if let Some(why) = &self.lost {
            return Finding::new(case, Verdict::Skipped, format!("not sent: {why}"));
        }
        if self.halt.is_asked() {
            return Finding::new(case, Verdict::Skipped, INTERRUPTED);
        }
        let probes = match case.make(self.kit) {
            Ok(probes) => probes,
            Err(why) => return Finding::new(case, Verdict::Untestable, why),
        };
        let shown = match case.how {
            How::AtOnce(_) => self.at_once(case, &probes),
            _ => self.in_turn(case, &probes),
        };
        let is_odd = |shown: &Shown| !matches!(shown.outcome, Outcome::Answered(_));
        let must_live = case.group() == "stays-up"
            || shown.iter().any(is_odd)
            || matches!(case.how, How::AtOnce(_));
        let is_whole = shown.len() == probes.len();
        let ended = self.ended(&shown);
        let findings = shown.into_iter().map(|shown| shown.finding);
        let worst = findings.reduce(|worst, next| match next.verdict > worst.verdict {
            true => next,
            false => worst,
        });
        let Some(finding) = worst else {
            return Finding::new(case, Verdict::Untestable, "there is nothing to send");
        };
        if self.halt.is_asked() {
            // What was not sent to its end shows no more than a fault.
            return match is_whole || finding.verdict == Verdict::Fail {
                true => finding,
                false => Finding::new(case, Verdict::Skipped, INTERRUPTED),
            };
        }
        match must_live.then(|| self.alive()).flatten() {
            Some(trouble) => self.troubled(finding, trouble, ended),
            None => finding,
        }
    }

    /// The finding of a case after which the receiver was not as it was before.
    fn troubled(&mut self, found: Finding, trouble: Trouble, ended: Option<Ended>) -> Finding {
        let case = found.case;
        if self.lost.is_some() {
            self.lost = Some(format!("since {} {}", case.name, trouble.what));
        }
        let mut finding = found.clone();
        finding.verdict = Verdict::Fail;
        if trouble.is_end {
            (finding.why, finding.mend) = (ENDED.why, ENDED.mend.into());
        }
        let what = trouble.what;
        let (message, cases) = match ended {
            Some(Ended::Before(before)) => (
                format!("{what}, after {before} and before this was sent"),
                vec![before, case.name],
            ),
            Some(Ended::Around(before)) => (
                format!("{what}, at this delivery or after {before}"),
                vec![before, case.name],
            ),
            Some(Ended::Here) => (what, vec![case.name]),
            None if found.verdict == Verdict::Fail => (
                format!("{}; and afterwards {what}", found.message),
                vec![case.name],
            ),
            None => (format!("afterwards {what}"), vec![case.name]),
        };
        finding.message = message;
        finding.again = Some(self.again.cases(&cases));
        finding
    }

    /// When the receiver ended, if it did: a delivery met an end of its connection, or nobody.
    fn ended(&self, shown: &[Shown]) -> Option<Ended> {
        let is_end =
            |shown: &&Shown| matches!(shown.outcome, Outcome::Gone(_) | Outcome::Dropped(_));
        let (at, end) = shown.iter().enumerate().find(|(_, it)| is_end(it))?;
        let before = self.before.filter(|_| at == 0);
        match (before, &end.outcome) {
            (Some(before), _) if end.resent => Some(Ended::Around(before)),
            (Some(before), Outcome::Gone(_)) => Some(Ended::Before(before)),
            (None, Outcome::Gone(_)) => Some(Ended::Here),
            _ => None,
        }
    }

    fn in_turn(&mut self, case: &'static Case, probes: &[Probe]) -> Vec<Shown> {
        let mut all = Vec::new();
        for probe in probes {
            if self.halt.is_asked() {
                break;
            }
            let first = self.first.take_if(|_| case.name == GENUINE);
            let exchange = first.unwrap_or_else(|| self.wire.exchange(probe));
            let shown = self.shown(case, probe, exchange);
            let is_end = matches!(shown.outcome, Outcome::Late | Outcome::Gone(_))
                || shown.finding.verdict == Verdict::Untestable;
            all.push(shown);
            if is_end {
                break;
            }
        }
        all
    }

    fn at_once(&mut self, case: &'static Case, probes: &[Probe]) -> Vec<Shown> {
        let wire = self.wire;
        let outcomes: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (probes.iter())
                .map(|probe| scope.spawn(move || wire.exchange(probe)))
                .collect();
            threads
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        });
        let mut all = Vec::new();
        for (probe, exchange) in probes.iter().zip(outcomes) {
            // A thread of ours that ended has no answer to judge.
            let Ok(exchange) = exchange else {
                continue;
            };
            let mut shown = self.shown(case, probe, exchange);
            // Blue tries again later: a queue that is full is no fault of what is behind it.
            if let Outcome::Dropped(why) | Outcome::Gone(why) = &shown.outcome {
                shown.finding.message =
                    format!("it does not take so many connections at a time: {why}");
                shown.finding.verdict = Verdict::Warn;
            }
            all.push(shown);
        }
        all
    }

    /// Judges one answer and takes note of it.
    fn shown(&mut self, case: &'static Case, probe: &Probe, exchange: Exchange) -> Shown {
        let outcome = exchange.outcome();
        let secrets = self.kit.secrets.iter().map(|secret| secret.expose());
        let secrets: Vec<&[u8]> = secrets.collect();
        self.seen
            .note(case.name, probe, &outcome, exchange.took, &secrets);
        let right = probe.right.unwrap_or(case.right);
        let Judged {
            verdict,
            message,
            advice,
        } = judge(right, &outcome, probe.answer.as_ref(), self.kit.is_blue());
        let (verdict, message) = match verdict {
            Verdict::Fail if probe.right.is_some() => (
                Verdict::Untestable,
                format!("what has to come before it was not answered as it should be: {message}"),
            ),
            verdict => (verdict, message),
        };
        let mut finding = Finding::new(case, verdict, message);
        finding.status = outcome.status();
        finding.took = Some(exchange.took);
        if finding.is_bad() {
            finding.label.clone_from(&probe.label);
            finding.again = Some(self.again.delivery(case, probe));
            if let Some(advice) = advice {
                (finding.why, finding.mend) = (advice.why, advice.mend.into());
            }
        }
        Shown {
            finding,
            outcome,
            resent: exchange.resent,
        }
    }

    /// Whether a genuine delivery is still accepted; what is wrong if not. One that ended for good
    /// or answers otherwise now is lost.
    fn alive(&mut self) -> Option<Trouble> {
        let [fresh, plain] = self.kit.genuine().ok()?;
        let start = Instant::now();
        let mut ended = false;
        while !self.halt.is_asked() {
            let exchange = self.wire.exchange(&fresh);
            let trouble = match exchange.outcome() {
                Outcome::Answered(reply) if reply.status == 429 => return None,
                outcome @ Outcome::Answered(_) if matches!(outcome.status(), Some(200..300)) => {
                    self.seen
                        .note(GENUINE, &fresh, &outcome, exchange.took, &[]);
                    return ended.then(|| Trouble {
                        what: "its process ended and was started again".into(),
                        is_end: true,
                    });
                }
                Outcome::Gone(_) | Outcome::Dropped(_) | Outcome::CutShort
                    if start.elapsed() < RESTART =>
                {
                    ended = true;
                    self.halt.wait(Duration::from_millis(100));
                    continue;
                }
                // What it says of a body that it never saw is another case's matter.
                Outcome::Answered(_) if self.wire.takes(&plain) => return None,
                Outcome::Answered(reply) => Trouble {
                    what: format!("a genuine delivery gets {}", reply.status),
                    is_end: false,
                },
                Outcome::Late => Trouble {
                    what: "it hangs: a genuine delivery is not answered any more".into(),
                    is_end: true,
                },
                _ => Trouble {
                    what: "it is down: its process ended".into(),
                    is_end: true,
                },
            };
            self.lost = Some(String::new());
            return Some(trouble);
        }
        None
    }
}

const INTERRUPTED: &str = "not sent: interrupted";

/// A fault that shows in several cases is told as one.
fn told_once(findings: &mut [Finding]) {
    let failed: Vec<(&str, Option<u16>)> = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Fail)
        .map(|finding| (finding.case.name, finding.status))
        .collect();
    for finding in findings.iter_mut().filter(|finding| finding.is_bad()) {
        let fault = same_fault(finding.case.name)
            .filter(|fault| failed.contains(&(fault.name, finding.status)));
        if let Some(fault) = fault.filter(|_| matches!(finding.status, Some(200..300))) {
            (finding.why, finding.mend) = (fault.why, fault.mend.into());
        }
    }
}
