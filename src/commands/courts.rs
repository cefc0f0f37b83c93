//! The schemes by which deliveries are judged: the one that was named, or with `auto` those whose
//! headers a delivery carries.

use crate::delivery::Headers;
use crate::show::harmless;
use crate::show::lines::HintObject;
use crate::signing::{Clock, Judge, Judgement, Keyring, Missing, Parts, Reason, Scheme, Secret};

/// How many headers are named that may hold a signature.
const NAMES: usize = 3;

/// A scheme and the keys that the secrets make for it.
pub(super) struct Court {
    pub(super) scheme: Scheme,
    pub(super) keyring: Keyring,
}

/// All that deliveries are judged with.
pub(super) struct Courts {
    /// The scheme that was named, or what stands for a scheme where a delivery shows none.
    usual: Court,
    /// Those among which a delivery's own is looked for; `None` where one is named.
    known: Option<Vec<Court>>,
    /// The secrets; none where nothing is checked.
    pub(super) secrets: Vec<Secret>,
}

/// What a delivery came to.
pub(super) struct Choice<'a> {
    /// Which of the known schemes it shows.
    pub(super) found: Option<usize>,
    pub(super) judgement: Judgement,
    /// A scheme that may be the right one, but signs the URL, which is not known.
    pub(super) lacking: Option<&'a Scheme>,
}

impl Court {
    /// Begins to judge a delivery.
    ///
    /// # Errors
    /// The scheme signs the URL, and it is not known.
    pub(super) fn begin<'a>(
        &'a self,
        parts: Parts<'a>,
        keeps_expected: bool,
    ) -> Result<Judge<'a>, Missing> {
        let mut judge = Judge::new(&self.scheme, &self.keyring, parts)?;
        if keeps_expected {
            judge.keep_expected();
        }
        Ok(judge)
    }
}

impl Courts {
    /// The scheme that was named.
    pub(super) fn named(scheme: Scheme, keyring: Keyring, secrets: Vec<Secret>) -> Self {
        Self {
            usual: Court { scheme, keyring },
            known: None,
            secrets,
        }
    }

    /// Any of these schemes for which the secrets make keys; of those that sign the URL none, where
    /// it will not be known.
    pub(super) fn any(schemes: Vec<Scheme>, secrets: Vec<Secret>, knows_url: bool) -> Self {
        let court = |scheme: Scheme| Court {
            keyring: Keyring::fitting(&scheme, &secrets),
            scheme,
        };
        let is_of_use = |court: &Court| {
            secrets.is_empty()
                || !court.keyring.fingerprints().is_empty()
                    && (knows_url || !court.scheme.signs_url())
        };
        // No header has a space in its name: it is always the one that is not there.
        let mut unknown = Scheme {
            name: Scheme::AUTO.into(),
            ..Scheme::default()
        };
        for variant in &mut unknown.variants {
            variant.signature.header = Some("known signature".into());
        }
        // Whatever the secrets are: without a key nothing would be said of the header.
        let any_key: Vec<Secret> = Secret::new("any").into_iter().collect();
        Self {
            usual: Court {
                keyring: Keyring::fitting(&unknown, &any_key),
                scheme: unknown,
            },
            known: Some(schemes.into_iter().map(court).filter(is_of_use).collect()),
            secrets,
        }
    }

    /// Whether any known scheme is taken.
    pub(super) fn is_any(&self) -> bool {
        self.known.is_some()
    }

    /// The schemes that may be a delivery's: the one that was named, or those that are known.
    pub(super) fn candidates(&self) -> &[Court] {
        match &self.known {
            None => std::slice::from_ref(&self.usual),
            Some(known) => known,
        }
    }

    /// Names the headers that look like a signature where a delivery is not of any known scheme.
    pub(super) fn hint(
        &self,
        found: Option<usize>,
        headers: &Headers,
        hints: &mut Vec<HintObject>,
    ) {
        let is_told = hints.iter().any(|hint| hint.code == "other-provider");
        if is_told || found.is_some() || !self.is_any() {
            return;
        }
        let names: Vec<String> = (headers.iter())
            .filter(|header| looks_signed(&header.name))
            .map(|header| harmless::short(header.name.as_bytes(), 60))
            .take(NAMES)
            .collect();
        let (names, looks) = match names.as_slice() {
            [] => return,
            [name] => (name.clone(), "looks"),
            names => (names.join(" and "), "look"),
        };
        hints.push(HintObject {
            code: "unknown-signature",
            message: format!(
                "{names} {looks} like a signature, but no known scheme has it: --scheme-file takes a record of one's own."
            ),
        });
    }

    /// The court that was found, or else the usual one.
    pub(super) fn get(&self, found: Option<usize>) -> &Court {
        let known = found.and_then(|index| self.known.as_ref()?.get(index));
        known.unwrap_or(&self.usual)
    }

    /// Judges by the scheme that the delivery shows, or the most telling of several: one that leaves
    /// the body open never outweighs a well-formed signature over the body beside it.
    ///
    /// # Errors
    /// The only schemes that come into question sign the URL, and it is not known.
    pub(super) fn judge(
        &self,
        parts: Parts<'_>,
        body: &[u8],
        clock: &Clock,
        keeps_expected: bool,
    ) -> Result<Choice<'_>, (&Scheme, Missing)> {
        let (mut best, mut lacking): (Option<(u8, usize, Judgement)>, _) = (None, None);
        for (index, court) in self.known.iter().flatten().enumerate() {
            if !court.scheme.is_carried_by(parts.headers) {
                continue;
            }
            match court.begin(parts, keeps_expected) {
                Ok(judge) => {
                    let judgement = judge.finish_with(body, clock);
                    let rank = rank(&judgement);
                    if best.as_ref().is_none_or(|(known, ..)| rank < *known) {
                        best = Some((rank, index, judgement));
                    }
                }
                Err(missing) => {
                    lacking.get_or_insert((&court.scheme, missing));
                }
            }
        }
        match (best, lacking) {
            (Some((_, index, judgement)), lacking) => Ok(Choice {
                lacking: lacking
                    .filter(|_| judgement.matched.is_none())
                    .map(|(scheme, _)| scheme),
                found: Some(index),
                judgement,
            }),
            (None, Some(lacking)) => Err(lacking),
            (None, None) => {
                let judge = self.usual.begin(parts, keeps_expected);
                let judge = judge.map_err(|missing| (&self.usual.scheme, missing))?;
                Ok(Choice {
                    found: None,
                    judgement: judge.finish_with(body, clock),
                    lacking: None,
                })
            }
        }
    }
}

/// Whether a header of this name may hold a signature.
fn looks_signed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|character: char| !character.is_ascii_alphanumeric());
    name.contains("signature")
        || words.any(|word| ["hmac", "sig", "sign", "signed"].contains(&word))
}

/// How much a judgement tells beside those of other schemes, the most first.
fn rank(judgement: &Judgement) -> u8 {
    let leaves_open = u8::from(!judgement.covers_body) * 3;
    match &judgement.reason {
        None => leaves_open,
        Some(Reason::Stale { .. } | Reason::Future { .. }) => 1 + leaves_open,
        Some(Reason::Mismatch | Reason::OtherBody) => 2 + leaves_open,
        Some(Reason::MissingHeader { .. }) => 7,
        Some(_) => 6,
    }
}
