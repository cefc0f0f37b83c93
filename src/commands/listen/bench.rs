//! The bench: whether a delivery is genuine, why not, and what its body says.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::taken::Taken;
use crate::blue::event::Event;
use crate::blue::facts::EVENT_HEADERS;
use crate::blue::scope::Scope;
use crate::blue::validate::{self, Report};
use crate::cli::ClockChoice;
use crate::commands::settings;
use crate::delivery::Delivery;
use crate::json;
use crate::show::lines::{HintObject, VerifyLine};
use crate::show::verification;
use crate::signing::Scheme;
use crate::signing::Secret;
use crate::signing::diagnosis::{self, Effort};
use crate::signing::handshake::{HandshakeAnswer, handshake};
use crate::signing::record::Variant;
use crate::signing::{Judge, Judgement, Keyring, Missing, Parts};

/// How deliveries are judged.
pub(super) struct Bench {
    /// The scheme.
    pub(super) scheme: Scheme,
    /// What signatures are checked with.
    pub(super) checking: Checking,
    /// Which deliveries the profile is for.
    pub(super) scope: Scope,
    /// How the age is judged.
    pub(super) clock: ClockChoice,
    /// The URL that senders were given, without the path.
    pub(super) public_url: Option<String>,
}

/// What signatures are checked with.
pub(super) enum Checking {
    /// Nothing: every delivery is unchecked.
    Nothing,
    /// These keys, which these secrets make.
    With(Keyring, Vec<Secret>),
}

impl Checking {
    /// How many secrets there are.
    pub(super) fn secrets(&self) -> &[Secret] {
        match self {
            Self::Nothing => &[],
            Self::With(_, secrets) => secrets,
        }
    }
}

impl Bench {
    /// The verdict on a delivery; `None` when nothing is checked.
    ///
    /// # Errors
    /// The scheme signs the URL, and it is not known.
    pub(super) fn judge(
        &self,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Option<Judgement>, Missing> {
        let Checking::With(keyring, _) = &self.checking else {
            return Ok(None);
        };
        let url = self.url_of(delivery);
        let judge = Judge::new(&self.scheme, keyring, parts(delivery, url.as_deref()))?;
        let clock = settings::clock(&self.clock, now);
        Ok(Some(judge.finish_with(&delivery.body, &clock)))
    }

    /// The answer to what a provider asks beside its deliveries, as the scheme's record describes it.
    /// A handshake that its provider signs is one only when it is genuine.
    pub(super) fn handshake(&self, delivery: &Delivery, now: Timestamp) -> Option<HandshakeAnswer> {
        let keyring = match &self.checking {
            Checking::With(keyring, _) => Some(keyring),
            Checking::Nothing => None,
        };
        let found = handshake(&self.scheme, delivery, keyring)?;
        if keyring.is_some() && found.signed {
            self.judge(delivery, now)
                .ok()??
                .is_genuine()
                .then_some(found)
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
        let is_blue = self.is_blues() && (is_genuine || has_blues_shape(&report, &delivery.body));
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
    pub(super) fn looks_like(&self, delivery: &Delivery) -> Option<&'static str> {
        let has = |name: &str| delivery.headers.contains(name);
        if self.scheme.signature_headers().iter().any(|name| has(name)) {
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
            .filter(|name| *name != self.scheme.name)
    }

    /// The headers by which deliveries are judged.
    pub(super) fn telling_headers(&self) -> Vec<String> {
        let variants = self.scheme.variants.iter();
        variants.flat_map(Variant::headers).collect()
    }

    /// The verdict for machines and people. The cause of a refusal is looked for with this effort;
    /// `None` does not look for it.
    pub(super) fn verification(&self, taken: &Taken, effort: Option<Effort>) -> Option<VerifyLine> {
        let judgement = taken.judgement.as_ref()?;
        let delivery = taken.delivery();
        let mut line = verification::line_of(judgement, &self.scheme, taken.number, delivery);
        if let (false, Some(effort)) = (judgement.is_genuine(), effort) {
            let url = self.url_of(delivery);
            let found = diagnosis::diagnose_within(
                effort,
                &self.scheme,
                self.checking.secrets(),
                parts(delivery, url.as_deref()),
                diagnosis::Received::whole(&delivery.body),
                judgement,
            );
            verification::add(&mut line, &found);
            if line.is_unsigned && self.is_blues() && self.looks_like(delivery).is_none() {
                line.hints.push(HintObject {
                    code: "unsigned",
                    message: UNSIGNED.into(),
                });
            }
        }
        Some(line)
    }

    fn is_blues(&self) -> bool {
        self.scheme == Scheme::default()
    }

    /// The URL that the sender was given, as far as it is known.
    fn url_of(&self, delivery: &Delivery) -> Option<String> {
        let base = self.public_url.as_deref()?.trim_end_matches('/');
        Some(format!("{base}{}", delivery.target))
    }
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
