//! The search: every body × key × content × computation that the table yields, compared with every
//! reading of the signature, in rising numbers of changes and, within these, from the common to
//! the rare.
//!
//! A level is a number of changes beside those that reading the signature took, which cost nothing
//! to try. The first level at which anything matches is searched through to the end of the phase,
//! and the simplest match wins.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::rc::Rc;
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::claim::{Agreement, Claims, FEWEST_BYTES, Spelling, loose_items};
use super::content::{Calc, Order, Scene, Seg, lay_out};
use super::hash::{Hash, Raw};
use super::hints::Hint;
use super::key::{self, Ids};
use super::table::{Change, Made, Make, Row, TABLE, row};
use super::{Cause, Effort, Received, body as bodies};
use crate::signing::content::{json_text, query_parameter, spellings, url_applies};
use crate::signing::judge::{signature_values, split_list};
use crate::signing::scheme::{Algorithm, KeyForm, KeyRule, Scheme, UrlRule, Variant};
use crate::signing::secret::{self, Key, Secret};
use crate::signing::{Parts, is_meant_for, same_place};

/// How many secrets are tried in every way; of further ones only what they are.
const SECRETS: usize = 8;
/// What a retry costs beside the bytes that it hashes.
const RETRY: u64 = 384;
/// What verifying with a public key costs.
const VERIFICATION: u64 = 100_000;
/// Up to this length a body is compared prefix by prefix.
const PREFIXES: usize = 32 << 10;
/// Bodies longer than this are changed singly only.
const LARGE: usize = 1 << 20;
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

type Changes = Vec<Rc<Change>>;

struct BodyTry<'a> {
    bytes: Cow<'a, [u8]>,
    changes: Changes,
    class: u8,
}

struct KeyTry {
    bytes: Zeroizing<Vec<u8>>,
    changes: Changes,
    class: u8,
}

/// A content, how it is signed, and where its signature may be read.
#[derive(Clone)]
struct ContentTry {
    segs: Vec<Seg>,
    calc: Calc,
    /// Whose keys: an index into [`Search::keys`].
    keys: usize,
    /// Which readings: an index into [`Search::claims`].
    claims: usize,
    /// The digest of the body that the URL names.
    digest: Option<Vec<u8>>,
    public: Rc<Vec<Key>>,
    changes: Changes,
    class: u8,
}

impl ContentTry {
    fn reads_body(&self) -> bool {
        self.digest.is_some() || self.segs.iter().any(Seg::reads_body)
    }

    fn has(&self, row: &Row) -> bool {
        self.changes
            .iter()
            .any(|change| change.row.code == row.code)
    }

    fn number(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for seg in &self.segs {
            let (kind, text): (u8, &[u8]) = match seg {
                // What is fixed is told apart by its bytes alone.
                Seg::Text(text)
                | Seg::Time(text)
                | Seg::Id(text)
                | Seg::Url(text)
                | Seg::Fixed(text) => (0, text),
                Seg::Body => (1, b""),
                Seg::Form => (2, b""),
                Seg::BodySha256 => (3, b""),
                Seg::Json(_) => (4, b""),
                Seg::Secret => (5, b""),
            };
            if kind == 0 {
                hasher.write(text);
            } else {
                hasher.write(&[0xFF, kind]);
            }
        }
        let calc = format!("{:?}", self.calc);
        (calc, self.keys, self.claims).hash(&mut hasher);
        hasher.finish()
    }
}

/// The keys of one rule.
struct Keys {
    rule: KeyRule,
    own: Vec<KeyTry>,
    other: Vec<KeyTry>,
}

struct Found {
    changes: Changes,
    score: (usize, u32, usize),
}

struct Search<'a> {
    case: &'a Case<'a>,
    claims: Vec<Claims>,
    keys: Vec<Keys>,
    ids: Ids,
    scene: Scene,
    left: u64,
    is_exhausted: bool,
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

/// The JSON that the body is, or that it becomes by one change.
fn readable(body: &[u8]) -> Cow<'_, [u8]> {
    let is_json = |bytes: &[u8]| crate::json::Outline::read(bytes).is_ok();
    if body.len() > LARGE || is_json(body) {
        return body.into();
    }
    let mut out = Vec::new();
    for row in TABLE {
        if let Make::Body(make) = row.make {
            make(body, &mut out);
        }
        if let Some(made) = out
            .drain(..)
            .find(|made| is_json(&made.bytes) && !made.bytes.starts_with(b"\""))
        {
            return made.bytes.into();
        }
    }
    body.into()
}

/// The variants whose signature is where the judged one's is.
fn chosen_variants<'a>(case: &Case<'a>) -> Vec<&'a Variant> {
    let Some(judged) = case.scheme.variants.get(case.variant) else {
        return Vec::new();
    };
    let fits = |variant: &&Variant| {
        same_place(&variant.signature, &judged.signature) && url_applies(variant, case.parts.url)
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

/// The records of the table, read once.
pub(super) fn all_schemes() -> &'static [Scheme] {
    static ALL: OnceLock<Vec<Scheme>> = OnceLock::new();
    ALL.get_or_init(|| Scheme::names().filter_map(Scheme::named).collect())
}

impl<'a> Search<'a> {
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
        let bodies = self.body_steps(&body, 0, u8::MAX);
        self.singly(own, &body, &contents, &bodies);
        if self.is_done() || self.case.body.kept.len() > LARGE {
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
                self.over_other_keys(content, body, |key| key.class == class);
            }
            for content in contents.iter().filter(|content| content.class == class) {
                self.over_own_keys(content, body);
            }
            if class == 2 {
                own.iter().for_each(|content| self.prefixes(content));
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
        for other in bodies {
            for content in own.iter().filter(|content| content.reads_body()) {
                self.over_other_keys(content, other, |key| in_phase(key.class + other.class));
            }
            for content in contents.iter().filter(|content| content.reads_body()) {
                if in_phase(content.class + other.class) {
                    self.over_own_keys(content, other);
                }
            }
        }
        for content in contents {
            self.over_other_keys(content, body, |key| in_phase(key.class + content.class));
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
                self.over_other_keys(content, body, |key| key.class == 1);
            }
        }
        for first in bodies.iter().filter(|body| body.class == 1) {
            for second in self.body_steps(first, 2, 2) {
                for content in own.iter().filter(|content| content.reads_body()) {
                    self.over_other_keys(content, &second, |key| key.class == 1);
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
        let tries = if content.calc.is_keyless() && !content.segs.contains(&Seg::Secret) {
            &own[..own.len().min(1)]
        } else {
            &own
        };
        for key in tries {
            self.attempt(content, key, body);
        }
        self.keys[content.keys].own = own;
    }

    fn over_other_keys(
        &mut self,
        content: &ContentTry,
        body: &BodyTry<'_>,
        is_in: impl Fn(&KeyTry) -> bool,
    ) {
        let keyless = content.calc.is_keyless() && !content.segs.contains(&Seg::Secret);
        if content.calc == Calc::Public || keyless || self.is_exhausted {
            return;
        }
        let other = std::mem::take(&mut self.keys[content.keys].other);
        for key in other.iter().filter(|key| is_in(key)) {
            self.attempt(content, key, body);
        }
        self.keys[content.keys].other = other;
    }

    /// Takes from the budget, if it is still there.
    fn spend(&mut self, cost: u64) -> bool {
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
        let made: Vec<Option<Vec<u8>>> = content
            .segs
            .iter()
            .map(|seg| seg.made_of(&body.bytes))
            .collect();
        let pieces: Vec<&[u8]> = content
            .segs
            .iter()
            .zip(&made)
            .map(|(seg, made)| match (seg, made) {
                (_, Some(made)) => made.as_slice(),
                (Seg::Body, _) => &body.bytes,
                (Seg::Secret, _) => &key.bytes,
                (
                    Seg::Text(text)
                    | Seg::Time(text)
                    | Seg::Id(text)
                    | Seg::Url(text)
                    | Seg::Fixed(text),
                    _,
                ) => text,
                _ => b"",
            })
            .collect();
        if content.calc == Calc::Token {
            self.compare_token(content, key);
            return;
        }
        let Some(raw) = compute(content.calc, &key.bytes, &pieces) else {
            return;
        };
        let claims = &self.claims[content.claims];
        if !claims.may_hold(&raw) || !digest_is_right(content, &body.bytes) {
            return;
        }
        let truncated = row("signature-truncated");
        let mut matches: Vec<Changes> = Vec::new();
        for (claim, agreement) in claims.agreeing(&raw) {
            let mut changes = claim.changes.clone();
            let what = match agreement {
                Agreement::Whole => None,
                Agreement::Short => Some(format!(
                    "ends after {} of its {} bytes",
                    claim.raw.len(),
                    raw.as_slice().len()
                )),
                Agreement::Long => Some(format!(
                    "goes on for {} bytes after its end",
                    claim.raw.len() - raw.as_slice().len()
                )),
            };
            if let (Some(row), Some(what)) = (truncated, what) {
                changes.push(Rc::new(Change::new(row, Made::new(Vec::new(), what))));
            }
            matches.push(changes);
        }
        for claim_changes in matches {
            let all = [
                &body.changes,
                &key.changes,
                &content.changes,
                &claim_changes,
            ];
            self.note(all.into_iter().flatten().cloned().collect(), hash);
        }
    }

    /// Whether the bytes of the body are known: those of a body that was cut are not.
    fn is_computable(&self, body: &BodyTry<'_>) -> bool {
        self.case.body.is_whole() || !body.changes.is_empty()
    }

    fn compare_token(&mut self, content: &ContentTry, key: &KeyTry) {
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
        let mut whole = Vec::new();
        for seg in &content.segs {
            match (seg.made_of(&body.bytes), seg) {
                (Some(made), _) => whole.extend(made),
                (None, Seg::Body) => whole.extend_from_slice(&body.bytes),
                (
                    None,
                    Seg::Text(text)
                    | Seg::Time(text)
                    | Seg::Id(text)
                    | Seg::Url(text)
                    | Seg::Fixed(text),
                ) => {
                    whole.extend_from_slice(text);
                }
                _ => {}
            }
        }
        let mut matches = Vec::new();
        for key in content.public.iter() {
            for index in 0..self.claims[content.claims].whole().count() {
                let Some(claim) = self.claims[content.claims].whole().nth(index) else {
                    continue;
                };
                let (raw, changes) = (claim.raw.clone(), claim.changes.clone());
                if !(64..=72).contains(&raw.len()) {
                    continue;
                }
                if !self.spend(VERIFICATION + whole.len() as u64) {
                    return;
                }
                let mut running = key.start();
                running.update(&whole);
                if key.verify(running, [raw.as_slice()]) {
                    matches.push(changes);
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
                .map(|seg| match seg {
                    Seg::Text(text)
                    | Seg::Time(text)
                    | Seg::Id(text)
                    | Seg::Url(text)
                    | Seg::Fixed(text) => text.clone(),
                    _ => Vec::new(),
                })
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
            ends.extend(hash.keyed_prefixes(&key.bytes, parts, 1..body.len(), is_it));
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

    /// The bodies that one more change makes, the sum of the classes being within the bounds.
    fn body_steps<'b>(&mut self, from: &BodyTry<'b>, least: u8, most: u8) -> Vec<BodyTry<'b>> {
        let mut tries: Vec<BodyTry<'b>> = Vec::new();
        let mut seen = HashSet::from([number(&from.bytes)]);
        for row in TABLE {
            let Make::Body(make) = row.make else {
                continue;
            };
            let repeated = from
                .changes
                .iter()
                .any(|change| change.row.code == row.code);
            let needs_whole = !matches!(row.code, "body-empty" | "body-extended");
            if repeated && !may_repeat(row) || needs_whole && !self.case.body.is_whole() {
                continue;
            }
            let is_costly =
                from.bytes.len() > LARGE && row.class + from.class > 1 && !from.changes.is_empty();
            if from.class + row.class > most
                || is_costly
                || !self.spend(from.bytes.len() as u64 / 4 + RETRY)
            {
                continue;
            }
            let mut out = Vec::new();
            make(&from.bytes, &mut out);
            for made in out {
                let class = from.class + row.class + made.rarer;
                if (least..=most).contains(&class) && seen.insert(number(&made.bytes)) {
                    tries.push(stepped(&from.changes, row, made));
                }
            }
        }
        tries
    }

    /// The keys of a rule, made once.
    fn keys_of(&mut self, rule: &KeyRule) -> usize {
        let same = |keys: &Keys| {
            keys.rule.form == rule.form
                && keys.rule.prefix == rule.prefix
                && keys.rule.private_prefix == rule.private_prefix
        };
        if let Some(at) = self.keys.iter().position(same) {
            return at;
        }
        let mut own: Vec<KeyTry> = Vec::new();
        let mut other: Vec<KeyTry> = Vec::new();
        for (index, secret) in self.case.secrets.iter().enumerate() {
            let text = secret.expose();
            own.extend(
                key::derive(rule, text)
                    .filter(|key| !key.is_empty())
                    .map(|bytes| KeyTry {
                        bytes,
                        changes: Vec::new(),
                        class: 0,
                    }),
            );
            if index < SECRETS {
                text_steps(rule, &[], text, &mut other);
                key_steps(rule, &[], text, &mut other);
            }
        }
        for row in TABLE {
            if let Make::Foreign(make) = row.make {
                foreign_keys(row, make, rule, &self.ids, &mut other);
            }
        }
        let mut seen: HashSet<u64> = own.iter().map(|key| number(&key.bytes)).collect();
        other.sort_by_key(|key| key.class);
        other.retain(|key| seen.insert(number(&key.bytes)));
        self.keys.push(Keys {
            rule: rule.clone(),
            own,
            other,
        });
        self.keys.len() - 1
    }

    /// The keys that two changes make.
    fn key_pairs(&mut self, index: usize, from: u8, to: u8) -> Vec<KeyTry> {
        let rule = self.keys[index].rule.clone();
        let verbatim = KeyRule::default();
        let mut pairs = Vec::new();
        for secret in self.case.secrets.iter().take(SECRETS) {
            for (row, made) in texts_of(secret.expose()) {
                let class = row.class + made.rarer;
                if class < to {
                    let text = Zeroizing::new(made.bytes.clone());
                    let changes = vec![Rc::new(Change::new(row, made))];
                    text_steps(&rule, &changes, &text, &mut pairs);
                    key_steps(&rule, &changes, &text, &mut pairs);
                }
            }
            let mut first = Vec::new();
            key_steps(&rule, &[], secret.expose(), &mut first);
            for key in first.iter().filter(|key| key.class < to) {
                text_steps(&verbatim, &key.changes, &key.bytes, &mut pairs);
                key_steps(&verbatim, &key.changes, &key.bytes, &mut pairs);
            }
        }
        let keys = &self.keys[index];
        let mut seen: HashSet<u64> = keys
            .own
            .iter()
            .chain(&keys.other)
            .map(|key| number(&key.bytes))
            .collect();
        pairs.sort_by_key(|key| key.class);
        pairs.retain(|key| seen.insert(number(&key.bytes)) && (from..=to).contains(&key.class));
        pairs
    }

    /// The contents of the scheme itself.
    fn own_contents(&mut self, chosen: &[&Variant], values: &[Vec<u8>]) -> Vec<ContentTry> {
        let mut contents: Vec<ContentTry> = Vec::new();
        for variant in chosen {
            let secrets: Vec<&Secret> = self
                .case
                .secrets
                .iter()
                .filter(|secret| is_meant_for(self.case.scheme, variant, secret))
                .collect();
            if secrets.is_empty() {
                continue;
            }
            let spelling = Spelling::of(variant);
            let refs: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
            let claims = self.claims.len();
            self.claims.push(Claims::read(&refs, &[spelling]));
            for url in signed_urls(variant, self.case.parts.url) {
                let items = items_of(variant, values);
                let content = self.content(variant, &items, url.as_deref(), claims);
                contents.extend(content);
            }
        }
        contents
    }

    fn content(
        &mut self,
        variant: &Variant,
        items: &[Vec<u8>],
        url: Option<&str>,
        claims: usize,
    ) -> Option<ContentTry> {
        let calc = match (variant.algorithm, Hash::of(variant.algorithm)) {
            (Algorithm::Token, _) => Calc::Token,
            (_, Some((hash, true))) => Calc::Keyed(hash),
            (_, Some((hash, false))) => Calc::Plain(hash),
            (_, None) => Calc::Public,
        };
        let mut public = Vec::new();
        if calc == Calc::Public {
            let keys = self.case.secrets.iter().take(SECRETS);
            public.extend(
                keys.filter_map(|secret| Key::new(variant.algorithm, &variant.key, secret).ok()),
            );
        }
        let digest = match &variant.url {
            Some(UrlRule {
                body_sha256_parameter: Some(name),
                ..
            }) => {
                let found = query_parameter(url.unwrap_or_default(), name)?;
                Some(found.as_bytes().to_ascii_lowercase())
            }
            _ => None,
        };
        Some(ContentTry {
            segs: lay_out(
                variant,
                self.case.parts,
                &items.iter().map(Vec::as_slice).collect::<Vec<_>>(),
                url,
            )?,
            calc,
            keys: self.keys_of(&variant.key),
            claims,
            digest,
            public: Rc::new(public),
            changes: Vec::new(),
            class: 0,
        })
    }

    /// The contents of the table's other schemes, where the delivery shows signs of them: their
    /// own headers, or their layout of the list.
    fn other_schemes(
        &mut self,
        own: &[ContentTry],
        chosen: &[&Variant],
        values: &[Vec<u8>],
        out: &mut Vec<ContentTry>,
    ) {
        let Some(row) = row("content-other-scheme") else {
            return;
        };
        let headers = self.case.parts.headers;
        let ours = |name: &str| {
            let is = |variant: &Variant| {
                variant
                    .signature
                    .header
                    .as_deref()
                    .is_some_and(|own| own.eq_ignore_ascii_case(name))
            };
            self.case.scheme.variants.iter().any(is)
        };
        let mut candidates: Vec<(&Scheme, &Variant, Vec<Vec<u8>>, bool)> = Vec::new();
        for scheme in all_schemes()
            .iter()
            .filter(|scheme| scheme.name != self.case.scheme.name)
        {
            for variant in &scheme.variants {
                let name = variant.signature.header.as_deref().unwrap_or_default();
                let theirs: Vec<Vec<u8>> = if name.is_empty() || ours(name) {
                    Vec::new()
                } else {
                    signature_values(&variant.signature, headers)
                        .map(<[u8]>::to_vec)
                        .collect()
                };
                let time = variant.timestamp.as_ref();
                let is_ours = |name: &str| {
                    chosen.iter().any(|variant| {
                        let time = variant
                            .timestamp
                            .as_ref()
                            .and_then(|rule| rule.header.as_deref());
                        let id = variant.id.as_ref().map(|rule| rule.header.as_str());
                        [time, id]
                            .into_iter()
                            .flatten()
                            .any(|own| own.eq_ignore_ascii_case(name))
                    })
                };
                let shows = |name: Option<&str>| {
                    name.is_some_and(|name| headers.contains(name) && !is_ours(name))
                };
                let by_header = shows(time.and_then(|rule| rule.header.as_deref()))
                    || shows(variant.id.as_ref().map(|rule| rule.header.as_str()));
                let by_list = is_laid_out_as(variant, values)
                    && !chosen.iter().any(|own| is_laid_out_as(own, values));
                if !theirs.is_empty() || by_header || by_list {
                    candidates.push((scheme, variant, theirs, by_header || by_list));
                }
            }
        }
        for (scheme, variant, theirs, shows) in candidates {
            if !url_applies(variant, self.case.parts.url) {
                continue;
            }
            for url in signed_urls(variant, self.case.parts.url) {
                let source = if theirs.is_empty() { values } else { &theirs };
                let items = items_of(variant, source);
                let Some(content) = self.content(variant, &items, url.as_deref(), 0) else {
                    continue;
                };
                if !content.segs.iter().all(Seg::is_known) {
                    continue;
                }
                let is_same = own.iter().any(|own| own.segs == content.segs);
                let mut refs: Vec<&[u8]> = theirs.iter().map(Vec::as_slice).collect();
                let mut spellings = vec![Spelling::of(variant)];
                if !is_same && shows {
                    refs.extend(values.iter().map(Vec::as_slice));
                    spellings.extend(chosen.iter().map(|variant| Spelling::of(variant)));
                }
                if refs.is_empty() {
                    continue;
                }
                self.claims.push(Claims::read(&refs, &spellings));
                let change = Change {
                    row,
                    what: scheme.name.clone(),
                    class: row.class,
                    detail: Some(scheme.name.clone()),
                    names: None,
                };
                out.push(ContentTry {
                    claims: self.claims.len() - 1,
                    changes: vec![Rc::new(change)],
                    class: row.class,
                    ..content
                });
            }
        }
    }

    /// The contents and computations that one more change makes.
    fn content_steps(&self, from: &ContentTry, most: u8, out: &mut Vec<ContentTry>) {
        for row in TABLE
            .iter()
            .filter(|row| !from.has(row) && from.class + row.class <= most)
        {
            let change = |what: String, rarer: u8, detail: Option<&str>| Change {
                row,
                what,
                class: row.class + rarer,
                detail: detail.map(str::to_owned),
                names: None,
            };
            match row.make {
                Make::Layout(make) if from.calc != Calc::Token => {
                    let mut laid = Vec::new();
                    make(&from.segs, &self.scene, &mut laid);
                    for laid in laid {
                        let mut content = from.clone();
                        content.segs = laid.segs;
                        content.take(change(laid.what, laid.rarer, None));
                        out.push(content);
                    }
                }
                Make::Calc(make) => {
                    let mut calculated = Vec::new();
                    make(from.calc, &mut calculated);
                    for other in calculated {
                        let mut content = from.clone();
                        content.calc = other.calc;
                        content.take(change(other.what, other.rarer, other.algorithm));
                        out.push(content);
                    }
                }
                _ => {}
            }
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
        for content in own.iter().filter(|content| content.calc == Calc::Public) {
            let rule = &self.keys[content.keys].rule;
            let mut whole = Vec::new();
            for seg in &content.segs {
                match seg {
                    Seg::Body => whole.extend_from_slice(self.case.body.kept),
                    Seg::Text(text)
                    | Seg::Time(text)
                    | Seg::Id(text)
                    | Seg::Url(text)
                    | Seg::Fixed(text) => {
                        whole.extend_from_slice(text);
                    }
                    _ => return None,
                }
            }
            for secret in self.case.secrets.iter().take(SECRETS) {
                let Ok(key) = secret::signing_key(Algorithm::Ed25519, rule, secret) else {
                    continue;
                };
                let raws = self.claims[content.claims]
                    .whole()
                    .map(|claim| claim.raw.as_slice());
                let mut running = key.start();
                running.update(&whole);
                if key.verify(running, raws.take(4)) {
                    return Some(Hint {
                        code: "secret-is-seed",
                        message: "The secret that was given is the private seed of the key that made this signature. \
                                  Verify with its public key, and keep the seed with the sender."
                            .to_owned(),
                    });
                }
            }
        }
        None
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
                left_out.push("The body is large, so combinations of two changes were not tried.");
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

impl ContentTry {
    fn take(&mut self, change: Change) {
        self.class += change.class;
        self.changes.push(Rc::new(change));
    }
}

fn push_new(texts: &mut Vec<String>, text: String) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

fn number(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.write_usize(bytes.len());
    hasher.finish()
}

/// Keeps one of each, in the order of class, and none that is among `known` or not fully known.
fn distinct(contents: &mut Vec<ContentTry>, known: &[ContentTry]) {
    let mut seen: HashSet<u64> = known.iter().map(ContentTry::number).collect();
    contents.sort_by_key(|content| content.class);
    contents
        .retain(|content| content.segs.iter().all(Seg::is_known) && seen.insert(content.number()));
}

/// Changes that happen twice in practice: each undoes one layer.
fn may_repeat(row: &Row) -> bool {
    matches!(
        row.code,
        "body-url-encoded" | "body-base64" | "body-json-string" | "body-charset"
    )
}

fn stepped(changes: &[Rc<Change>], row: &'static Row, mut made: Made) -> BodyTry<'static> {
    let bytes = std::mem::take(&mut made.bytes).into();
    let mut changes = changes.to_vec();
    changes.push(Rc::new(Change::new(row, made)));
    let class = changes.iter().map(|change| change.class).sum();
    BodyTry {
        bytes,
        changes,
        class,
    }
}

fn texts_of(text: &[u8]) -> Vec<(&'static Row, Made)> {
    let mut all = Vec::new();
    for row in TABLE {
        if let Make::Secret(make) = row.make {
            let mut out = Vec::new();
            make(text, &mut out);
            all.extend(out.into_iter().map(|made| (row, made)));
        }
    }
    all
}

fn push_key(
    bytes: Zeroizing<Vec<u8>>,
    changes: &[Rc<Change>],
    row: &'static Row,
    made: Made,
    out: &mut Vec<KeyTry>,
) {
    let mut changes = changes.to_vec();
    changes.push(Rc::new(Change::new(row, made)));
    let class = changes.iter().map(|change| change.class).sum();
    out.push(KeyTry {
        bytes,
        changes,
        class,
    });
}

/// The keys that the rule makes of the secret's text, changed once more.
fn text_steps(rule: &KeyRule, changes: &[Rc<Change>], text: &[u8], out: &mut Vec<KeyTry>) {
    for (row, mut made) in texts_of(text) {
        let repeated = changes.iter().any(|change| change.row.code == row.code);
        if repeated && row.code != "secret-prefix" {
            continue;
        }
        let text = Zeroizing::new(std::mem::take(&mut made.bytes));
        if let Some(key) = key::derive(rule, &text).filter(|key| !key.is_empty()) {
            push_key(key, changes, row, made, out);
        }
    }
}

/// The keys that base64 and hex make of the secret's text, other than by the rule.
fn key_steps(rule: &KeyRule, changes: &[Rc<Change>], text: &[u8], out: &mut Vec<KeyTry>) {
    for row in TABLE {
        let Make::Key(make) = row.make else {
            continue;
        };
        if changes.iter().any(|change| change.row.code == row.code) {
            continue;
        }
        let mut made = Vec::new();
        make(rule, text, &mut made);
        for mut made in made {
            let key = Zeroizing::new(std::mem::take(&mut made.bytes));
            if !key.is_empty() {
                push_key(key, changes, row, made, out);
            }
        }
    }
}

/// Keys that are not made of the secret, as they are and by the rule.
fn foreign_keys(
    row: &'static Row,
    make: fn(&Ids, &mut Vec<Made>),
    rule: &KeyRule,
    ids: &Ids,
    out: &mut Vec<KeyTry>,
) {
    let mut made = Vec::new();
    make(ids, &mut made);
    for mut made in made {
        let text = Zeroizing::new(std::mem::take(&mut made.bytes));
        if rule.form != KeyForm::Text
            && let Some(key) = key::derive(rule, &text).filter(|key| key.len() >= 4)
        {
            let other = Made::new(Vec::new(), made.what.clone()).rarer(made.rarer + 1);
            push_key(key, &[], row, other, out);
        }
        push_key(text, &[], row, made, out);
    }
}

/// The spellings of the URL that the scheme takes for right.
fn signed_urls(variant: &Variant, url: Option<&str>) -> Vec<Option<String>> {
    match url {
        Some(url) => spellings(variant.url.as_ref(), url)
            .into_iter()
            .map(|url| Some(url.into_owned()))
            .collect(),
        None => vec![None],
    }
}

fn items_of(variant: &Variant, values: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let separator = variant.signature.separator.as_deref();
    let strict = values
        .iter()
        .flat_map(|value| separator.map(|separator| split_list(value, separator)))
        .flatten();
    let loose = values.iter().flat_map(|value| loose_items(value));
    strict.chain(loose).map(<[u8]>::to_vec).take(64).collect()
}

/// Whether these values are a list with this variant's timestamp and signature in it.
fn is_laid_out_as(variant: &Variant, values: &[Vec<u8>]) -> bool {
    let Some(item) = variant
        .timestamp
        .as_ref()
        .and_then(|rule| rule.item.as_deref())
    else {
        return false;
    };
    let Some(separator) = variant.signature.separator.as_deref() else {
        return false;
    };
    let has = |prefix: &str| {
        values.iter().any(|value| {
            split_list(value, separator).any(|text| text.starts_with(prefix.as_bytes()))
        })
    };
    !variant.signature.prefix.is_empty() && has(item) && has(&variant.signature.prefix)
}

fn digest_is_right(content: &ContentTry, body: &[u8]) -> bool {
    content.digest.as_ref().is_none_or(|digest| {
        hex::encode(Hash::Sha256.plain(&[body]).as_slice()).as_bytes() == digest.as_slice()
    })
}

/// The raw signature of the pieces.
fn compute(calc: Calc, key: &[u8], pieces: &[&[u8]]) -> Option<Raw> {
    Some(match calc {
        Calc::Keyed(hash) => hash.keyed(key, pieces),
        Calc::Plain(hash) => hash.plain(pieces),
        Calc::Joined(hash, Order::SecretFirst, separator) => {
            hash.plain(&[&[key, separator.as_bytes()], pieces].concat())
        }
        Calc::Joined(hash, Order::SecretLast, separator) => {
            hash.plain(&[pieces, &[separator.as_bytes(), key]].concat())
        }
        Calc::Swapped(hash) => hash.keyed(&pieces.concat(), &[key]),
        Calc::Public | Calc::Token => return None,
    })
}
