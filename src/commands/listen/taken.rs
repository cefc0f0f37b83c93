//! A delivery on its way through the house: what is known of it so far, and how that reads as a
//! line of recordings and machine output. Data only: whoever learns something writes it here.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::blue::facts;
use crate::blue::validate::Report;
use crate::delivery::{Delivery, Headers, REDACTED, is_secret};
use crate::receiver::{Answer, Received};
use crate::show::lines::{
    self, AnswerObject, DeliveryLine, Fields, HandshakeLine, Value, VerifyLine,
};
use crate::show::seen::Forwarded;
use crate::signing::{Judgement, Secret};

/// Bodies up to this are worked on where they come in: that takes less time than handing over.
pub(super) const SMALL_BODY: usize = 64 * 1024;

/// A delivery and what is known of it.
pub(super) struct Taken {
    /// Which one, from 1, in the order of arrival.
    pub(super) number: u64,
    /// When its head was complete.
    pub(super) at: Timestamp,
    /// The request and its sender. Its bytes are shared by all who still need them.
    pub(super) received: Arc<Received>,
    /// It is no delivery but a handshake: what the provider wanted.
    pub(super) handshake: Option<Handshaken>,
    /// Which of the known schemes it shows, where any of them is taken.
    pub(super) found: Option<usize>,
    /// The verdict; `None` when nothing is checked.
    pub(super) judgement: Option<Judgement>,
    /// What its body says; `None` until somebody needs it.
    pub(super) report: Option<Report>,
    /// Whether it is one of Blue's, by the one who read it.
    pub(super) is_blue: bool,
    /// The number of the first delivery with the same body.
    pub(super) repeat_of: Option<u64>,
    /// Whether the filters admit it.
    pub(super) admitted: bool,
    /// What the sender gets; `None` closes the connection.
    pub(super) status: Option<u16>,
    /// Who decided that: `bluehook`, or the URL of the application that answered.
    pub(super) decided_by: Cow<'static, str>,
    /// The time to that decision.
    pub(super) decided_in: Duration,
    /// It could not be written down, so that its sender will send it again.
    pub(super) is_lost: bool,
    /// What came of forwarding it.
    pub(super) forwards: Vec<Forwarded>,
}

/// A handshake that was answered.
pub(super) struct Handshaken {
    /// What the provider wanted to know, in a line.
    pub(super) about: String,
    /// The secret of the deliveries to come, if it told that: it is told once.
    pub(super) secret: Option<Secret>,
}

impl Taken {
    /// A delivery of which nothing is known yet but that it came.
    pub(super) fn new(number: u64, received: Arc<Received>) -> Self {
        Self {
            number,
            at: Timestamp::try_from(received.at).unwrap_or_default(),
            received,
            handshake: None,
            found: None,
            judgement: None,
            report: None,
            is_blue: false,
            repeat_of: None,
            admitted: true,
            status: None,
            decided_by: "bluehook".into(),
            decided_in: Duration::ZERO,
            is_lost: false,
            forwards: Vec::new(),
        }
    }

    /// The request.
    pub(super) fn delivery(&self) -> &Delivery {
        &self.received.delivery
    }

    /// Whether work on its body takes too long for the threads that answer.
    pub(super) fn is_large(&self) -> bool {
        self.delivery().body.len() > SMALL_BODY
    }

    /// The event, as the body (once it was read) or else a header names it.
    pub(super) fn event(&self) -> Option<&str> {
        let facts = self.report.as_ref().map(|report| &report.facts);
        facts::event(facts, &self.delivery().headers)
    }

    /// Notes what the sender gets.
    pub(super) fn decided(&mut self, answer: &Answer, started: Instant) {
        self.status = answer.reply.as_ref().map(|reply| reply.status);
        self.decided_in = started.elapsed();
    }

    /// What the sender gets.
    pub(super) fn answer(&self) -> AnswerObject<'_> {
        AnswerObject {
            status: self.status,
            by: &self.decided_by,
            ms: lines::ms(self.decided_in),
        }
    }

    /// The request's headers as recordings and machine output hold them: without the values that
    /// are secrets by nature, if it `redacts`.
    pub(super) fn kept_headers(&self, redacts: bool) -> Cow<'_, Headers> {
        let headers = &self.delivery().headers;
        if !redacts {
            return Cow::Borrowed(headers);
        }
        let kept = headers.iter().cloned().map(|mut header| {
            if is_secret(&header.name) {
                header.value = REDACTED.to_vec();
            }
            header
        });
        Cow::Owned(kept.collect())
    }

    /// The line of recordings and machine output.
    ///
    /// # Errors
    /// None.
    pub(super) fn line(
        &self,
        redacts: bool,
        verification: Option<&VerifyLine>,
    ) -> std::io::Result<Vec<u8>> {
        let headers = self.kept_headers(redacts);
        let remote = self.received.remote.to_string();
        if let Some(handshake) = &self.handshake {
            let plain = DeliveryLine::new(self.number, self.at, remote, self.delivery());
            let secret = handshake.secret.as_ref().map(|secret| match redacts {
                true => REDACTED,
                false => secret.expose(),
            });
            return lines::to_bytes(&HandshakeLine {
                version: plain.version,
                at: plain.at,
                remote: plain.remote,
                method: plain.method,
                target: plain.target,
                headers: Fields(&headers),
                body: plain.body,
                body_base64: plain.body_base64,
                about: &handshake.about,
                secret: secret.map(Value),
                answer: self.answer(),
            });
        }
        let report = self.report.as_ref();
        let line = DeliveryLine {
            headers: Fields(&headers),
            event: self.event(),
            project: report.and_then(|report| report.facts.project.as_deref()),
            verification,
            findings: report.map_or(Vec::new(), |report| {
                report.findings.iter().map(Into::into).collect()
            }),
            repeat_of: self.repeat_of,
            answer: Some(self.answer()),
            forwards: self.forwards.iter().map(Into::into).collect(),
            ..DeliveryLine::new(self.number, self.at, remote, self.delivery())
        };
        line.to_bytes()
    }
}
