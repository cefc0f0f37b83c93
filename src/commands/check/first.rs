//! What a receiver is before anything else: one that refuses or accepts everything, redirects,
//! hangs or is no receiver gets one sentence instead of forty failures.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use super::Problem;
use super::again::Again;
use super::exchange::{Exchange, Wire};
use crate::conformance::{Case, Finding, GENUINE, Kit, Probe, Reply, UNSIGNED, Verdict, case};
use crate::sender::{Failure, Phase};
use crate::signing::Scheme;
use crate::signing::record::words::Algorithm;

/// What the first delivery showed.
pub(super) enum Seen {
    /// Nothing more need be sent.
    Fault(Fault),
    /// The sample was taken; what came back.
    Answer(Exchange),
}

/// What the receiver is as a whole.
pub(super) struct Fault {
    case: &'static Case,
    sentence: String,
    mend: Cow<'static, str>,
    again: String,
}

impl Fault {
    /// The fault, and all other cases as not sent.
    pub(super) fn findings(self, selected: &[&'static Case]) -> Vec<Finding> {
        let others = selected.iter().filter(|case| case.name != self.case.name);
        let mut findings: Vec<Finding> = others
            .map(|case| {
                let message = "not sent: see the fault that was found first";
                Finding::new(case, Verdict::Skipped, message)
            })
            .collect();
        let mut fault = Finding::new(self.case, Verdict::Fail, self.sentence);
        fault.mend = self.mend;
        fault.again = Some(self.again);
        findings.insert(0, fault);
        findings
    }
}

/// Sends the sample, and a few more where that tells what the receiver is.
///
/// # Errors
/// It cannot be reached, or the secret signs nothing.
pub(super) fn look(kit: &Kit, wire: &Wire, again: &Again) -> Result<Seen, Problem> {
    let look = Look { kit, wire };
    let probes = look.probes(kit, GENUINE).map_err(Problem::wrong)?;
    let Some(probe) = probes.first() else {
        return Err(Problem::wrong("there is nothing to send"));
    };
    let exchange = wire.exchange(probe);
    let found = match &exchange.answer {
        Ok(reply) => look.answered(reply),
        Err(Failure::Timeout {
            after,
            phase: Phase::Wait | Phase::Receive | Phase::Send,
        }) => {
            let limit = crate::amount::wait(*after);
            Some(look.genuine(
                format!("It hangs: the first genuine delivery was not answered within {limit}."),
                "Answer first, and do the work afterwards.",
            ))
        }
        Err(Failure::Closed { .. }) => Some(look.genuine(
            "It closes the connection of the first genuine delivery without an answer.".into(),
            LOG,
        )),
        Err(failure @ (Failure::Reset { .. } | Failure::Truncated { .. })) => Some(look.genuine(
            format!("It ends the connection of the first genuine delivery: {failure}."),
            LOG,
        )),
        Err(failure) => {
            let hint = failure.hint();
            let what = match failure {
                Failure::NotHttp { .. } | Failure::AnswerTooLarge => {
                    "what answers there is no receiver"
                }
                _ => "the receiver cannot be reached",
            };
            let problem = Problem::failed(failure.clone()).context(what);
            return Err(match hint {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
        }
    };
    let Some(found) = found else {
        return Ok(Seen::Answer(exchange));
    };
    let case = case(found.case).ok_or_else(|| Problem::wrong("there is no such case"))?;
    Ok(Seen::Fault(Fault {
        case,
        sentence: found.sentence,
        mend: found.mend,
        again: match case.name == GENUINE {
            true => again.delivery(case, probe),
            false => again.cases(&[case.name]),
        },
    }))
}

/// How long it is tried what else the receiver takes.
const PATIENCE: Duration = Duration::from_secs(5);

const LOG: &str = "See the receiver's own log.";

/// A fault that was found, by its case's name.
struct Found {
    case: &'static str,
    sentence: String,
    mend: Cow<'static, str>,
}

struct Look<'a> {
    kit: &'a Kit,
    wire: &'a Wire<'a>,
}

impl Look<'_> {
    fn genuine(&self, sentence: String, mend: impl Into<Cow<'static, str>>) -> Found {
        Found {
            case: GENUINE,
            sentence,
            mend: mend.into(),
        }
    }

    /// What the answer to the first genuine delivery tells.
    fn answered(&self, reply: &Reply) -> Option<Found> {
        let status = reply.status;
        let mut found = match status {
            200..300 => self.accepts_everything()?,
            300..400 => {
                let to = reply.headers.get("Location").unwrap_or_default();
                let to = String::from_utf8_lossy(to);
                self.genuine(
                    format!("It redirects ({status}) to {to}, and senders do not follow."),
                    "Give the URL that answers itself.",
                )
            }
            404 | 405 | 501 => self.genuine(
                format!(
                    "There is no receiver at this path: a genuine delivery by POST got {status}."
                ),
                "Check the URL's path.",
            ),
            429 => self.genuine(
                "It takes no more deliveries for now (429), so nothing can be judged.".into(),
                "Check it without its rate limit.",
            ),
            400..=499 => self.refuses_everything(status),
            _ => self.genuine(
                format!("It fails on the first genuine delivery with {status}."),
                LOG,
            ),
        };
        let may_be_elsewhere = !matches!(status, 300..=403 | 429);
        if may_be_elsewhere && reply.is_page() {
            found.sentence.push_str(
                " The answer is an HTML page: is this a web page's URL, or a framework's error \
                 page?",
            );
        }
        Some(found)
    }

    /// A receiver that takes what is not signed and what is signed wrongly judges nothing.
    fn accepts_everything(&self) -> Option<Found> {
        let names = [UNSIGNED, "refuses/one-digit", "refuses/another-secret"];
        names.into_iter().all(|name| self.takes_one(name)).then(|| Found {
            case: UNSIGNED,
            sentence: "It accepts everything: without a signature and with wrong ones, too.".into(),
            mend: "Verify deliveries at this path, and refuse with 401 when the signature's header is \
                   missing or wrong."
                .into(),
        })
    }

    /// A receiver that refuses what is genuine: by what it hashes, its secret or its scheme.
    fn refuses_everything(&self, status: u16) -> Found {
        let by_signature = matches!(status, 401 | 403);
        if by_signature && self.passes_small() {
            return self.genuine(
                format!(
                    "It hashes other bytes than it received: a genuine {{}} passes and so the secret \
                     is right, but the genuine sample got {status}."
                ),
                "Hash the raw body before anything parses it.",
            );
        }
        let forged = self.status("refuses/one-digit");
        if let (false, Some(forged @ (401 | 403))) = (by_signature, forged) {
            return self.genuine(
                format!(
                    "It refuses the sample's body ({status}) and not its signature: a wrong one gets \
                     {forged}."
                ),
                "Answer 200 to every genuine delivery, or give a body that it takes: --data @FILE.",
            );
        }
        const UNSET: [&str; 3] = [
            "refuses/empty-key",
            "refuses/undefined-key",
            "refuses/guessable-key",
        ];
        let taken = UNSET
            .into_iter()
            .filter_map(case)
            .find(|case| self.takes_one(case.name));
        if let Some(case) = taken {
            return Found {
                case: case.name,
                sentence: format!(
                    "It has another secret: it refuses the genuine delivery ({status}) and takes \
                     {}.",
                    case.sent
                ),
                mend: case.mend.into(),
            };
        }
        let own = &self.kit.scheme.name;
        if let Some(other) = self.other_scheme() {
            return self.genuine(
                format!(
                    "It refuses what is signed as {own} ({status}), and takes what is signed as \
                     {other}."
                ),
                format!("Check it with --scheme {other}."),
            );
        }
        self.genuine(
            format!("It refuses everything, the first genuine delivery too ({status})."),
            format!(
                "Check that it has this secret, that the scheme is {own}, that the path is right, \
                 and that it hashes the raw body."
            ),
        )
    }

    /// Whether a genuine body in which there is nothing to rewrite gets past the signature.
    fn passes_small(&self) -> bool {
        let is_refused = |name| matches!(self.status(name), Some(401 | 403));
        !is_refused("stays-up/odd-members") && is_refused(UNSIGNED)
    }

    /// What the first delivery of the case gets.
    fn status(&self, name: &str) -> Option<u16> {
        let probes = self.probes(self.kit, name).ok()?;
        self.wire.status(probes.first()?)
    }

    /// A scheme in which the same secret is taken. One that sends the secret itself is not tried.
    fn other_scheme(&self) -> Option<&'static str> {
        let takes = |name: &&'static str| {
            let Some(scheme) = Scheme::named(name) else {
                return false;
            };
            let kit = self.kit.of(scheme);
            let tells = kit
                .variant()
                .is_none_or(|variant| variant.algorithm == Algorithm::Token);
            let probes = self.probes(&kit, GENUINE);
            !tells && probes.is_ok_and(|probes| probes.iter().any(|probe| self.wire.takes(probe)))
        };
        let start = Instant::now();
        Scheme::names()
            .filter(|name| *name != self.kit.scheme.name)
            .take_while(|_| start.elapsed() < PATIENCE)
            .find(takes)
    }

    /// Whether one of the case's deliveries is taken.
    fn takes_one(&self, name: &str) -> bool {
        let probes = self.probes(self.kit, name);
        probes.is_ok_and(|probes| probes.iter().any(|probe| self.wire.takes(probe)))
    }

    fn probes(&self, kit: &Kit, name: &str) -> Result<Vec<Probe>, String> {
        case(name).map_or(Err(String::new()), |case| case.make(kit))
    }
}
