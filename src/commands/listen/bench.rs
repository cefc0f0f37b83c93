//! The bench: whether a delivery is genuine, why not, and what its body says.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::taken::Taken;
use crate::blue::event::Event;
use crate::blue::facts::EVENT_HEADERS;
use crate::blue::scope::Scope;
use crate::blue::validate::{self, Report};
use crate::cli::ClockChoice;
use crate::commands::courts::{Court, Courts};
use crate::commands::settings;
use crate::delivery::Delivery;
use crate::json;
use crate::show::lines::{HintObject, VerifyLine};
use crate::show::verification;
use crate::signing::Scheme;
use crate::signing::diagnosis::{self, Effort};
use crate::signing::handshake::{HandshakeAnswer, handshake};
use crate::signing::record::Variant;
use crate::signing::{Judgement, Missing, Parts};

/// How deliveries are judged.
pub(super) struct Bench {
    /// What signatures are checked with: without secrets every delivery is unchecked.
    pub(super) courts: Courts,
    /// Which deliveries the profile is for.
    pub(super) scope: Scope,
    /// How the age is judged.
    pub(super) clock: ClockChoice,
    /// The URL that senders were given, without the path.
    pub(super) public_url: Option<String>,
}

impl Bench {
    /// Judges a delivery, where anything is checked.
    ///
    /// # Errors
    /// The scheme signs the URL, and it is not known.
    pub(super) fn judge(&self, taken: &mut Taken) -> Result<(), Missing> {
        if !self.checks() {
            return Ok(());
        }
        let delivery = taken.delivery();
        let url = self.url_of(delivery);
        let clock = settings::clock(&self.clock, taken.at);
        let parts = parts(delivery, url.as_deref());
        let judged = self.courts.judge(parts, &delivery.body, &clock, false);
        let choice = judged.map_err(|(_, missing)| missing)?;
        taken.found = choice.found;
        taken.judgement = Some(choice.judgement);
        Ok(())
    }

    /// Whether signatures are checked.
    pub(super) fn checks(&self) -> bool {
        !self.courts.secrets.is_empty()
    }

    /// Whether a request with this method may be a delivery. Where any scheme is taken, what is not
    /// POSTed must look like one that is sent so.
    pub(super) fn takes(&self, delivery: &Delivery) -> bool {
        let usual = &self.courts.get(None).scheme;
        let takes = |court: &Court| {
            court.scheme.takes(&delivery.method) && court.scheme.is_carried_by(&delivery.headers)
        };
        usual.takes(&delivery.method)
            || self.courts.is_any() && self.courts.candidates().iter().any(takes)
    }

    /// The answer to what a provider asks beside its deliveries, as the scheme's record describes it.
    /// A handshake that its provider signs is one only when it is genuine. Of any scheme it is
    /// answered only where all that know such a handshake give the same answer.
    pub(super) fn handshake(&self, delivery: &Delivery, now: Timestamp) -> Option<HandshakeAnswer> {
        let carries = |court: &Court| court.scheme.is_carried_by(&delivery.headers);
        let candidates = self.courts.candidates();
        let is_delivery = self.courts.is_any() && self.checks() && candidates.iter().any(carries);
        let mut answers = (candidates.iter())
            .filter_map(|court| self.handshake_of(court, delivery, now))
            .filter(|answer| answer.signed || !is_delivery);
        let first = answers.next()?;
        let is_same = |other: HandshakeAnswer| {
            (other.status, other.headers, other.body)
                == (first.status, first.headers.clone(), first.body.clone())
        };
        answers.all(is_same).then_some(first)
    }

    fn handshake_of(
        &self,
        court: &Court,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Option<HandshakeAnswer> {
        let found = handshake(
            &court.scheme,
            delivery,
            self.checks().then_some(&court.keyring),
        )?;
        if self.checks() && found.signed {
            let url = self.url_of(delivery);
            let clock = settings::clock(&self.clock, now);
            let judge = court.begin(parts(delivery, url.as_deref()), false).ok()?;
            let judgement = judge.finish_with(&delivery.body, &clock);
            judgement.is_genuine().then_some(found)
        } else if self.courts.is_any() {
            // A secret may be another scheme's: nothing is signed with it that is not signed itself.
            handshake(&court.scheme, delivery, None)
        } else {
            Some(found)
        }
    }

    /// Reads what the body says and what is odd about it, unless that is known already.
    pub(super) fn read(&self, taken: &mut Taken) {
        if taken.report.is_some() {
            return;
        }
        let delivery = taken.delivery();
        let mut report = validate::validate(&delivery.body);
        let is_genuine = taken.judgement.as_ref().is_some_and(Judgement::is_genuine);
        let is_blue =
            self.may_be_blues(taken) && (is_genuine || has_blues_shape(&report, &delivery.body));
        if !is_blue {
            // What another provider sends is not odd for being otherwise.
            report.findings.clear();
            report.left_out = 0;
        }
        let facts = &report.facts;
        let admitted = self
            .scope
            .admits(facts.event.as_deref(), facts.project.as_deref());
        taken.is_blue = is_blue && facts.event.is_some();
        if let Err(out_of_scope) = admitted {
            report.add_out_of_profile(&out_of_scope);
        }
        taken.report = Some(report);
    }

    /// The scheme of the provider that a delivery seems to come from, by its headers, where they are
    /// not those of the scheme that it is judged by.
    pub(super) fn looks_like(&self, taken: &Taken) -> Option<&'static str> {
        let (scheme, delivery) = (self.scheme_of(taken), taken.delivery());
        let has = |name: &str| delivery.headers.contains(name);
        if scheme.signature_headers().iter().any(|name| has(name)) {
            return None;
        }
        let signed = || {
            OTHERS
                .iter()
                .find(|other| other.is_carried_by(&delivery.headers))
        };
        // Those that carry no signature.
        let mut named = EVENT_HEADERS.into_iter().filter(|(header, _)| has(header));
        let found = signed().map(|other| other.name.as_str());
        found
            .or_else(|| named.find_map(|(_, scheme)| scheme))
            .filter(|name| *name != scheme.name)
    }

    /// The headers by which deliveries are judged.
    pub(super) fn telling_headers(&self) -> Vec<String> {
        let courts = self.courts.candidates().iter();
        let variants = courts.flat_map(|court| &court.scheme.variants);
        variants.flat_map(Variant::headers).collect()
    }

    /// The verdict for machines and people. The cause of a refusal is looked for with this effort;
    /// `None` does not look for it.
    pub(super) fn verification(&self, taken: &Taken, effort: Option<Effort>) -> Option<VerifyLine> {
        let judgement = taken.judgement.as_ref()?;
        let delivery = taken.delivery();
        let scheme = self.scheme_of(taken);
        let mut line = verification::line_of(judgement, scheme, taken.number, delivery);
        if let (false, Some(effort)) = (judgement.is_genuine(), effort) {
            let url = self.url_of(delivery);
            let found = diagnosis::diagnose_within(
                effort,
                scheme,
                &self.courts.secrets,
                parts(delivery, url.as_deref()),
                diagnosis::Received::whole(&delivery.body),
                judgement,
            );
            verification::add(&mut line, &found);
            self.courts
                .hint(taken.found, &delivery.headers, &mut line.hints);
            if line.is_unsigned && is_blues(scheme) && self.looks_like(taken).is_none() {
                line.hints.push(HintObject {
                    code: "unsigned",
                    message: UNSIGNED.into(),
                });
            }
        }
        Some(line)
    }

    /// The scheme that a delivery shows, where it was not named.
    pub(super) fn found(&self, taken: &Taken) -> Option<&str> {
        (taken.found).map(|_| self.scheme_of(taken).name.as_str())
    }

    /// The scheme by which a delivery is judged.
    fn scheme_of(&self, taken: &Taken) -> &Scheme {
        &self.courts.get(taken.found).scheme
    }

    /// Of any scheme what shows none may be Blue's, too.
    fn may_be_blues(&self, taken: &Taken) -> bool {
        self.courts.is_any() && taken.found.is_none() || is_blues(self.scheme_of(taken))
    }

    /// The URL that the sender was given, as far as it is known.
    fn url_of(&self, delivery: &Delivery) -> Option<String> {
        let base = self.public_url.as_deref()?.trim_end_matches('/');
        Some(format!("{base}{}", delivery.target))
    }
}

fn is_blues(scheme: &Scheme) -> bool {
    *scheme == Scheme::default()
}

/// What a delivery without a signature may be.
const UNSIGNED: &str = "Blue signs the deliveries of webhooks that have a secret; those of a webhook without one, and what its automations send, are not signed";

/// The known schemes.
static OTHERS: LazyLock<Vec<Scheme>> =
    LazyLock::new(|| Scheme::names().filter_map(Scheme::named).collect());

/// Whether a body that nobody vouches for is one of Blue's: it names one of Blue's events, or is
/// about a webhook or an entity of Blue's.
fn has_blues_shape(report: &Report, body: &[u8]) -> bool {
    let is_there = |path: &str| {
        let path = path.parse().ok()?;
        json::find(body, &path).ok()?
    };
    report.facts.event.as_deref().is_some_and(|event| {
        Event::named(event).is_some() || report.entity.is_some() || is_there("webhook.id").is_some()
    })
}

fn parts<'a>(delivery: &'a Delivery, url: Option<&'a str>) -> Parts<'a> {
    Parts {
        method: &delivery.method,
        url,
        headers: &delivery.headers,
    }
}
