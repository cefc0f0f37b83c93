//! The search: every body × key × content × computation that the table yields, compared with every
//! reading of the signature, in rising numbers of changes and, within these, from the common to
//! the rare.
//!
//! A level is a number of changes beside those that reading the signature took, which cost nothing
//! to try. The first level at which anything matches is searched through to the end of the phase,
//! and the simplest match wins.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::rc::Rc;

use super::candidates::{
    BodyTry, Changes, ContentTry, KeyTry, Keys, distinct, number, readable, stepped,
};
use super::claim::{Agreement, Claim, Claims, FEWEST_BYTES, loose_items};
use super::content::{Calc, Order, Scene, Seg};
use super::hints::Hint;
use super::key::Ids;
use super::table::{Change, Made, Row, TABLE, row};
use super::{Cause, Effort, Received, body as bodies};
use crate::signing::Secret;
use crate::signing::carried::signature_values;
use crate::signing::content::{Parts, Whole, json_text};
use crate::signing::hash::{Digest as Raw, Hash};
use crate::signing::key::Key;
use crate::signing::record::words::{Algorithm, KeyPair};
use crate::signing::record::{Scheme, Variant};
use crate::signing::url::url_applies;

/// How many secrets are tried in every way; of further ones only what they are.
pub(super) const SECRETS: usize = 8;
/// Up to this length what is rare is tried too.
const RARELY: usize = 512 << 10;
/// What a retry costs beside the bytes that it hashes.
pub(super) const RETRY: u64 = 384;
/// What verifying with a public key costs.
const VERIFICATION: u64 = 100_000;
/// Up to this length a body is compared prefix by prefix.
const PREFIXES: usize = 32 << 10;
/// Bodies longer than this are changed singly only.
pub(super) const LARGE: usize = 96 << 10;
/// Bodies longer than this are changed only in ways that cost little.
pub(super) const HUGE: usize = 4 << 20;
/// The phases of a level of two changes: how common the two are together, see [`Change::class`].
const PHASES: [(u8, u8); 4] = [(2, 2), (3, 3), (4, 4), (5, 10)];

/// What is diagnosed.
pub(super) struct Case<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) secrets: &'a [Secret],
    pub(super) parts: Parts<'a>,
    pub(super) body: Received<'a>,
    /// The variant that was judged.
    pub(super) variant: usize,
}

/// What the search found.
pub(super) struct Outcome {
    pub(super) cause: Option<Cause>,
    pub(super) hints: Vec<Hint>,
    pub(super) left_out: Vec<&'static str>,
}

struct Found {
    changes: Changes,
    score: (usize, u32, usize),
}

/// A search under way.
pub(super) struct Search<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) claims: Vec<Claims>,
    pub(super) keys: Vec<Keys>,
    pub(super) ids: Ids,
    pub(super) scene: Scene,
    pub(super) left: u64,
    pub(super) is_exhausted: bool,
    found: Vec<Found>,
}

/// Looks for the cause.
pub(super) fn search(case: &Case<'_>, effort: Effort) -> Outcome {
    let chosen = chosen_variants(case);
    let values = claimed_values(case, &chosen);
    let items: Vec<Vec<u8>> = values
        .iter()
        .flat_map(|value| loose_items(value))
        .map(<[u8]>::to_vec)
        .take(64)
        .collect();
    let mut search = Search {
        case,
        claims: Vec::new(),
        keys: Vec::new(),
        ids: Ids::find(&readable(case.body.kept), case.parts.headers),
        scene: Scene::survey(case.parts, &items),
        left: effort.budget(case.body.kept.len()),
        is_exhausted: false,
        found: Vec::new(),
    };
    let contents = search.own_contents(&chosen, &values);
    search.run(&contents, &chosen, &values);
    let hints = search.seed_hint(&contents).into_iter().collect();
    Outcome {
        left_out: search.left_out(),
        cause: search.cause(),
        hints,
    }
}

/// The variants whose signature is where the judged one's is.
fn chosen_variants<'a>(case: &Case<'a>) -> Vec<&'a Variant> {
    let Some(judged) = case.scheme.variants.get(case.variant) else {
        return Vec::new();
    };
    let fits = |variant: &&Variant| {
        variant.signature.is_shared_with(&judged.signature) && url_applies(variant, case.parts.url)
    };
    case.scheme.variants.iter().filter(fits).collect()
}

/// What stands where the scheme's signature should stand.
fn claimed_values(case: &Case<'_>, chosen: &[&Variant]) -> Vec<Vec<u8>> {
    let Some(variant) = chosen.first() else {
        return Vec::new();
    };
    let mut values: Vec<Vec<u8>> = signature_values(&variant.signature, case.parts.headers)
        .map(<[u8]>::to_vec)
        .collect();
    if let Some(path) = &variant.signature.json {
        values.extend(json_text(case.body.kept, &path.0));
    }
    values
}

impl Search<'_> {
    fn run(&mut self, own: &[ContentTry], chosen: &[&Variant], values: &[Vec<u8>]) {
        let body = BodyTry {
            bytes: self.case.body.kept.into(),
            changes: Vec::new(),
            class: 0,
        };
        for content in own {
            self.over_own_keys(content, &body);
        }
        if self.is_done() {
            return;
        }
        let mut contents: Vec<ContentTry> = Vec::new();
        self.other_schemes(own, chosen, values, &mut contents);
        for content in own {
            self.content_steps(content, u8::MAX, &mut contents);
        }
        distinct(&mut contents, own);
        if self.case.body.kept.len() > LARGE {
            self.one_by_one(own, &body, &contents);
            return;
        }
        let bodies = self.body_steps(&body, 0, u8::MAX);
        self.singly(own, &body, &contents, &bodies);
        if self.is_done() {
            return;
        }
        for phase in PHASES {
            self.in_pairs(own, &body, &contents, &bodies, phase);
            if self.is_done() {
                return;
            }
        }
        self.in_threes(own, &contents, &bodies);
    }

    fn is_done(&self) -> bool {
        !self.found.is_empty() || self.is_exhausted
    }

    /// One change.
    fn singly(
        &mut self,
        own: &[ContentTry],
        body: &BodyTry<'_>,
        contents: &[ContentTry],
        bodies: &[BodyTry<'_>],
    ) {
        for class in 1..=6 {
            for other in bodies.iter().filter(|other| other.class == class) {
                for content in own.iter().filter(|content| content.reads_body()) {
                    self.over_own_keys(content, other);
                }
            }
            for content in own {
                self.over_other_keys(content, body, class..=class);
            }
            for content in contents.iter().filter(|content| content.class == class) {
                self.over_own_keys(content, body);
            }
            if class == 2 {
                own.iter().for_each(|content| self.prefixes(content));
            }
        }
    }

    /// One change of a large body: the commonest first, and nothing that was made is kept.
    fn one_by_one(&mut self, own: &[ContentTry], body: &BodyTry<'_>, contents: &[ContentTry]) {
        self.row_by_row(own, body, 0, |row| !row.is_heavy);
        for content in contents.iter().filter(|content| content.class <= 1) {
            self.over_own_keys(content, body);
        }
        for content in own {
            self.over_other_keys(content, body, 0..=1);
        }
        self.row_by_row(own, body, 0, |row| row.is_heavy);
        if body.bytes.len() > RARELY {
            return;
        }
        self.row_by_row(own, body, 2, |row| row.code == "body-reserialised");
        for content in contents.iter().filter(|content| content.class == 2) {
            self.over_own_keys(content, body);
        }
    }

    fn row_by_row(
        &mut self,
        own: &[ContentTry],
        body: &BodyTry<'_>,
        rarer: u8,
        is_meant: impl Fn(&Row) -> bool,
    ) {
        for row in TABLE.iter().filter(|row| is_meant(row)) {
            if self.is_done() {
                return;
            }
            for other in self.body_row(row, body, row.class + rarer.min(1), row.class + rarer) {
                for content in own.iter().filter(|content| content.reads_body()) {
                    self.over_own_keys(content, &other);
                }
            }
        }
    }

    /// Two changes that are together as common as the phase says.
    fn in_pairs(
        &mut self,
        own: &[ContentTry],
        body: &BodyTry<'_>,
        contents: &[ContentTry],
        bodies: &[BodyTry<'_>],
        (from, to): (u8, u8),
    ) {
        let in_phase = |sum: u8| (from..=to).contains(&sum);
        // Nothing is in an empty range: 1..=0.
        let beside = |class: u8| from.saturating_sub(class).max(1)..=to.saturating_sub(class);
        for content in contents {
            self.over_other_keys(content, body, beside(content.class));
        }
        let mut pairs = Vec::new();
        for content in contents.iter().filter(|content| content.class < to) {
            self.content_steps(content, to, &mut pairs);
        }
        pairs.retain(|content| in_phase(content.class));
        distinct(&mut pairs, contents);
        for content in &pairs {
            self.over_own_keys(content, body);
        }
        for index in 0..self.keys.len() {
            let pairs = self.key_pairs(index, from, to);
            for content in own.iter().filter(|content| content.keys == index) {
                for key in &pairs {
                    self.attempt(content, key, body);
                }
            }
        }
        self.body_pairs(own, bodies, from, to);
        for other in bodies {
            for content in own.iter().filter(|content| content.reads_body()) {
                self.over_other_keys(content, other, beside(other.class));
            }
            for content in contents.iter().filter(|content| content.reads_body()) {
                if in_phase(content.class + other.class) {
                    self.over_own_keys(content, other);
                }
            }
        }
    }

    fn body_pairs(&mut self, own: &[ContentTry], bodies: &[BodyTry<'_>], from: u8, to: u8) {
        if !own.iter().any(ContentTry::reads_body) {
            return;
        }
        let mut seen: HashSet<u64> = bodies.iter().map(|body| number(&body.bytes)).collect();
        for first in bodies.iter().filter(|first| first.class < to) {
            if self.is_exhausted {
                return;
            }
            for second in self.body_steps(first, from, to) {
                if seen.insert(number(&second.bytes)) {
                    for content in own.iter().filter(|content| content.reads_body()) {
                        self.over_own_keys(content, &second);
                    }
                }
            }
        }
    }

    /// Three everyday changes, in different dimensions or two of the body.
    fn in_threes(&mut self, own: &[ContentTry], contents: &[ContentTry], bodies: &[BodyTry<'_>]) {
        for body in bodies.iter().filter(|body| body.class == 1) {
            for content in contents
                .iter()
                .filter(|content| content.class == 1 && content.reads_body())
            {
                self.over_other_keys(content, body, 1..=1);
            }
        }
        for first in bodies.iter().filter(|body| body.class == 1) {
            for second in self.body_steps(first, 2, 2) {
                for content in own.iter().filter(|content| content.reads_body()) {
                    self.over_other_keys(content, &second, 1..=1);
                }
                for content in contents
                    .iter()
                    .filter(|content| content.class == 1 && content.reads_body())
                {
                    self.over_own_keys(content, &second);
                }
            }
        }
    }

    fn over_own_keys(&mut self, content: &ContentTry, body: &BodyTry<'_>) {
        if content.calc == Calc::Public {
            self.verify(content, body);
            return;
        }
        let own = std::mem::take(&mut self.keys[content.keys].own);
        let tries = if content.is_keyless() {
            &own[..own.len().min(1)]
        } else {
            &own
        };
        for key in tries {
            self.attempt(content, key, body);
        }
        self.keys[content.keys].own = own;
    }

    /// With the changed keys of these classes.
    fn over_other_keys(
        &mut self,
        content: &ContentTry,
        body: &BodyTry<'_>,
        classes: RangeInclusive<u8>,
    ) {
        let is_other_token = content.calc == Calc::Token && !content.changes.is_empty();
        if content.calc == Calc::Public
            || content.is_keyless()
            || is_other_token
            || self.is_exhausted
        {
            return;
        }
        let other = std::mem::take(&mut self.keys[content.keys].other);
        // They are sorted by class.
        let from = other.partition_point(|key| key.class < *classes.start());
        for key in other[from..]
            .iter()
            .take_while(|key| key.class <= *classes.end())
        {
            self.attempt(content, key, body);
        }
        self.keys[content.keys].other = other;
    }

    /// Takes from the budget, if it is still there.
    pub(super) fn spend(&mut self, cost: u64) -> bool {
        match self.left.checked_sub(cost) {
            Some(left) => self.left = left,
            None => self.is_exhausted = true,
        }
        !self.is_exhausted
    }

    /// Computes one signature and compares it.
    fn attempt(&mut self, content: &ContentTry, key: &KeyTry, body: &BodyTry<'_>) {
        let reads_body = content.reads_body();
        if self.claims[content.claims].is_empty() || reads_body && !self.is_computable(body) {
            return;
        }
        let hash = content.calc.hash();
        let length = if reads_body {
            body.bytes.len() as u64
        } else {
            0
        };
        if !self.spend(length * hash.map_or(1, Hash::weight) + RETRY) {
            return;
        }
        if content.calc == Calc::Token {
            self.compare_token(content, key);
            return;
        }
        let whole = Whole::new(&body.bytes, &content.segs);
        // What is not there cannot have been signed.
        let Ok(pieces) = whole.pieces(&content.segs, &key.bytes) else {
            return;
        };
        // The hash of nothing, keyed with nothing, is a constant that says nothing.
        let is_keyed = !key.bytes.is_empty() && !content.calc.is_keyless();
        if !is_keyed && pieces.iter().all(|piece| piece.is_empty()) {
            return;
        }
        let Some(raw) = compute(content.calc, &key.bytes, &pieces) else {
            return;
        };
        let claims = &self.claims[content.claims];
        if !claims.may_hold(&raw) || !digest_is_right(content, &body.bytes) {
            return;
        }
        let readings: Vec<Changes> = claims
            .agreeing(&raw)
            .map(|(claim, agreement)| reading(claim, &agreement, raw.as_slice().len()))
            .collect();
        for reading in readings {
            let all = [&body.changes, &key.changes, &content.changes, &reading];
            self.note(all.into_iter().flatten().cloned().collect(), hash);
        }
    }

    /// Whether the bytes of the body are known: those of a body that was cut are not.
    fn is_computable(&self, body: &BodyTry<'_>) -> bool {
        self.case.body.is_whole() || !body.changes.is_empty()
    }

    /// A token proves nothing when anybody can know it.
    fn compare_token(&mut self, content: &ContentTry, key: &KeyTry) {
        if key
            .changes
            .iter()
            .any(|change| change.row.code == "secret-is-webhook-id")
        {
            return;
        }
        let is_it = |raw: &[u8]| raw == key.bytes.as_slice() && raw.len() >= FEWEST_BYTES;
        let matches: Vec<Changes> = self.claims[content.claims]
            .whole()
            .filter(|claim| is_it(&claim.raw))
            .map(|claim| claim.changes.clone())
            .collect();
        for claim_changes in matches {
            let all = [&key.changes, &content.changes, &claim_changes];
            self.note(all.into_iter().flatten().cloned().collect(), None);
        }
    }

    /// Verifies with public keys, which costs much more than hashing.
    fn verify(&mut self, content: &ContentTry, body: &BodyTry<'_>) {
        if content.reads_body() && !self.is_computable(body) {
            return;
        }
        let Some(whole) = content_of(content, &body.bytes) else {
            return;
        };
        let claims: Vec<(Vec<u8>, Changes)> = self.claims[content.claims]
            .whole()
            .filter(|claim| (64..=72).contains(&claim.raw.len()))
            .map(|claim| (claim.raw.clone(), claim.changes.clone()))
            .collect();
        let mut matches = Vec::new();
        for key in content.public.iter() {
            for (raw, changes) in &claims {
                if !self.spend(VERIFICATION + whole.len() as u64) {
                    return;
                }
                let mut running = key.start();
                running.update(&whole);
                if running.verify([raw.as_slice()]) {
                    matches.push(changes.clone());
                }
            }
        }
        for claim_changes in matches {
            let all = [&body.changes, &content.changes, &claim_changes];
            self.note(all.into_iter().flatten().cloned().collect(), None);
        }
    }

    /// Compares with every prefix of the body.
    fn prefixes(&mut self, content: &ContentTry) {
        let body = self.case.body.kept;
        let at = content.segs.iter().position(|seg| *seg == Seg::Body);
        let (Some(at), Calc::Keyed(hash)) = (at, content.calc) else {
            return;
        };
        let alone = content
            .segs
            .iter()
            .filter(|seg| seg.reads_body() || **seg == Seg::Secret)
            .count()
            == 1;
        if !alone || body.len() > PREFIXES || body.len() < 2 || content.digest.is_some() {
            return;
        }
        let texts = |segs: &'_ [Seg]| -> Vec<Vec<u8>> {
            segs.iter()
                .filter_map(Seg::text)
                .map(<[u8]>::to_vec)
                .collect()
        };
        let (before, after) = (texts(&content.segs[..at]), texts(&content.segs[at + 1..]));
        let before: Vec<&[u8]> = before.iter().map(Vec::as_slice).collect();
        let after: Vec<&[u8]> = after.iter().map(Vec::as_slice).collect();
        let mut ends = Vec::new();
        for index in 0..self.keys[content.keys].own.len() {
            if !self.spend(body.len() as u64 * 256) {
                return;
            }
            let claims = &self.claims[content.claims];
            let key = &self.keys[content.keys].own[index];
            let is_it = |raw: Raw| claims.may_hold(&raw) && claims.agreeing(&raw).next().is_some();
            let parts = (before.as_slice(), body, after.as_slice());
            ends.extend(keyed_prefixes(
                hash,
                &key.bytes,
                parts,
                1..body.len(),
                is_it,
            ));
        }
        let Some(row) = row("body-extended") else {
            return;
        };
        for end in ends {
            let made = Made::new(&body[..end], bodies::extended_by(body, end));
            let body = stepped(&[], row, made);
            self.over_own_keys(content, &body);
        }
    }

    /// Keeps what matched, unless nothing was changed for it.
    fn note(&mut self, mut changes: Changes, hash: Option<Hash>) {
        // A prefix that names the hash which was used is a part of using that hash.
        let other_hash = changes
            .iter()
            .any(|change| change.row.code == "signature-algorithm");
        changes.retain(|change| {
            !(other_hash
                && change.row.code == "signature-prefix"
                && change.names.is_some()
                && change.names == hash)
        });
        changes.sort_by_key(|change| TABLE.iter().position(|row| std::ptr::eq(row, change.row)));
        let mut codes: Vec<&str> = changes.iter().map(|change| change.row.code).collect();
        codes.dedup();
        if codes.is_empty() {
            return;
        }
        let class = changes.iter().map(|change| u32::from(change.class)).sum();
        let score = (codes.len(), class, self.found.len());
        self.found.push(Found { changes, score });
    }

    fn cause(&mut self) -> Option<Cause> {
        let best = self.found.iter().min_by_key(|found| found.score)?;
        let mut cause = Cause {
            codes: Vec::new(),
            message: String::new(),
            fix: String::new(),
            dialect: None,
            algorithm: None,
            scheme: None,
        };
        let mut sentences: Vec<String> = Vec::new();
        let mut fixes: Vec<String> = Vec::new();
        for change in &best.changes {
            if !cause.codes.contains(&change.row.code) {
                cause.codes.push(change.row.code);
            }
            push_new(&mut sentences, change.about());
            push_new(&mut fixes, change.fix());
            let place = match change.row.code {
                "body-reserialised" => &mut cause.dialect,
                "content-other-scheme" => &mut cause.scheme,
                _ => &mut cause.algorithm,
            };
            if change.detail.is_some() {
                place.clone_from(&change.detail);
            }
        }
        if sentences.len() > 1 {
            let count = if sentences.len() == 2 {
                "Two"
            } else {
                "Several"
            };
            sentences.insert(
                0,
                format!("{count} things together keep the signature from matching."),
            );
        }
        cause.message = sentences.join(" ");
        cause.fix = fixes.join(" ");
        Some(cause)
    }

    /// Whether 32 bytes given as an Ed25519 public key are the private seed.
    fn seed_hint(&self, own: &[ContentTry]) -> Option<Hint> {
        if !self.found.is_empty() || !self.case.body.is_whole() {
            return None;
        }
        let body = self.case.body.kept;
        let is_seed = |content: &&ContentTry| {
            let Some(whole) = content_of(content, body) else {
                return false;
            };
            let raws: Vec<&[u8]> = self.claims[content.claims]
                .whole()
                .map(|claim| claim.raw.as_slice())
                .take(4)
                .collect();
            self.case.secrets.iter().take(SECRETS).any(|secret| {
                let rule = &self.keys[content.keys].rule;
                let ed25519 = Algorithm::KeyPair(KeyPair::Ed25519);
                Key::signing(ed25519, rule, secret).is_ok_and(|key| {
                    let mut running = key.start();
                    running.update(&whole);
                    running.verify(raws.iter().copied())
                })
            })
        };
        let mut public = own.iter().filter(|content| content.calc == Calc::Public);
        public.any(|content| is_seed(&content)).then(|| Hint {
            code: "secret-is-seed",
            message: "The secret that was given is the private seed of the key that made this signature. Verify with its \
                      public key, and keep the seed with the sender."
                .to_owned(),
        })
    }

    fn left_out(&self) -> Vec<&'static str> {
        let mut left_out = Vec::new();
        if !self.case.body.is_whole() {
            left_out.push("The body is longer than what was kept of it, so only an empty body and what was kept were tried.");
        }
        if self.found.is_empty() {
            if self.is_exhausted {
                left_out.push("Not every combination of two changes was tried: that would have taken too long.");
            } else if self.case.body.kept.len() > LARGE {
                left_out.push("The body is large, so only the commonest changes were tried, and no combinations.");
            }
            if self.case.body.kept.len() > PREFIXES {
                left_out.push("The body is large, so what may have been appended to it was looked for at line ends only.");
            }
        }
        if self.case.secrets.len() > SECRETS {
            left_out
                .push("There are many secrets: changed forms were tried of the first eight only.");
        }
        left_out
    }
}

fn push_new(texts: &mut Vec<String>, text: String) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

/// The whole content that a public key verifies.
fn content_of(content: &ContentTry, body: &[u8]) -> Option<Vec<u8>> {
    let whole = Whole::new(body, &content.segs);
    let pieces = whole.pieces(&content.segs, &[]);
    pieces.ok().map(|pieces| pieces.concat())
}

fn digest_is_right(content: &ContentTry, body: &[u8]) -> bool {
    content
        .digest
        .as_ref()
        .is_none_or(|digest| Hash::Sha256.of(&[body]).hex().as_bytes() == digest.as_slice())
}

/// The changes of a reading that agrees with the right signature of this length.
fn reading(claim: &Claim, agreement: &Agreement, right: usize) -> Changes {
    let mut changes = claim.changes.clone();
    let came = claim.raw.len();
    let what = match agreement {
        Agreement::Whole => return changes,
        Agreement::Short => format!("ends after {came} of its {right} bytes"),
        Agreement::Long => format!("goes on for {} bytes after its end", came - right),
    };
    if let Some(row) = row("signature-truncated") {
        changes.push(Rc::new(Change::new(row, Made::new(Vec::new(), what))));
    }
    changes
}

/// The raw signature of the pieces.
fn compute(calc: Calc, key: &[u8], pieces: &[&[u8]]) -> Option<Raw> {
    Some(match calc {
        Calc::Keyed(hash) => hash.keyed(key).over(pieces),
        Calc::Plain(hash) => hash.of(pieces),
        Calc::Joined(hash, Order::SecretFirst, separator) => {
            hash.of(&[&[key, separator.as_bytes()], pieces].concat())
        }
        Calc::Joined(hash, Order::SecretLast, separator) => {
            hash.of(&[pieces, &[separator.as_bytes(), key]].concat())
        }
        Calc::Swapped(hash) => hash.keyed(&pieces.concat()).over(&[key]),
        Calc::Public | Calc::Token => return None,
    })
}

/// The HMACs of `before`, the body up to each of the ascending `ends`, and `after`, until `is_it`
/// says yes to one: that one's end.
fn keyed_prefixes(
    hash: Hash,
    key: &[u8],
    (before, body, after): (&[&[u8]], &[u8], &[&[u8]]),
    ends: impl Iterator<Item = usize>,
    mut is_it: impl FnMut(Raw) -> bool,
) -> Option<usize> {
    let mut mac = hash.keyed(key);
    for piece in before {
        mac.update(piece);
    }
    let mut done = 0;
    for end in ends {
        mac.update(body.get(done..end)?);
        done = end;
        if is_it(mac.clone().over(after)) {
            return Some(end);
        }
    }
    None
}
