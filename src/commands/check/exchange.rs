//! One delivery to the receiver, and what came back.

use std::time::{Duration, Instant};

use crate::conformance::{Outcome, Probe, Reply};
use crate::sender::{Failure, Halt, Phase, Sender, Url};

/// The way to the receiver.
pub(super) struct Wire<'a> {
    sender: &'a Sender,
    pub(super) url: &'a Url,
    halt: &'a Halt,
}

/// What a delivery came to.
pub(super) struct Exchange {
    /// The answer.
    pub(super) answer: Result<Reply, Failure>,
    /// How long it took.
    pub(super) took: Duration,
    /// Whether its first way was a connection that the receiver had kept open until then.
    pub(super) resent: bool,
}

impl<'a> Wire<'a> {
    pub(super) fn new(sender: &'a Sender, url: &'a Url, halt: &'a Halt) -> Self {
        Self { sender, url, halt }
    }

    /// One delivery, and what came back. One that is not answered in time is sent once more: a
    /// receiver that is only just starting, or a machine that stood still, tells nothing.
    pub(super) fn exchange(&self, probe: &Probe) -> Exchange {
        let first = self.once(probe);
        match first.outcome() {
            Outcome::Late if !self.halt.is_asked() => self.once(probe),
            _ => first,
        }
    }

    fn once(&self, probe: &Probe) -> Exchange {
        let url = self.url.with_target(&probe.delivery.target);
        let start = Instant::now();
        let mut answer = self.sender.send(&url, &probe.delivery);
        let resent = matches!(
            answer,
            Err(Failure::Closed { reused: true } | Failure::Reset { reused: true, .. })
        );
        if resent {
            // The connection's own end tells nothing about this delivery.
            answer = self.sender.send(&url, &probe.delivery);
        }
        let reply = |answer: crate::sender::Answer| Reply {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        };
        Exchange {
            answer: answer.map(reply),
            took: start.elapsed(),
            resent,
        }
    }

    /// The status of the answer, if there was one.
    pub(super) fn status(&self, probe: &Probe) -> Option<u16> {
        self.exchange(probe).answer.ok().map(|reply| reply.status)
    }

    /// Whether it is taken.
    pub(super) fn takes(&self, probe: &Probe) -> bool {
        matches!(self.status(probe), Some(200..300))
    }
}

impl Exchange {
    /// What is judged of it.
    pub(super) fn outcome(&self) -> Outcome {
        /// From here on a body is written in pieces, and a receiver may close in the middle.
        const LARGE: usize = 64 << 10;
        let failure = match &self.answer {
            Ok(reply) => return Outcome::Answered(reply.clone()),
            Err(failure) => failure,
        };
        match failure {
            Failure::Timeout { phase, .. } if *phase != Phase::Connect => Outcome::Late,
            Failure::Reset { request_bytes, .. } if *request_bytes > LARGE => Outcome::CutShort,
            Failure::Refused { .. }
            | Failure::Unreachable { .. }
            | Failure::Resolve { .. }
            | Failure::Timeout { .. } => Outcome::Gone(failure.to_string()),
            failure => Outcome::Dropped(failure.to_string()),
        }
    }
}
