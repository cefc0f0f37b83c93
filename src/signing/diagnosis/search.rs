//! The search: every body × key × recipe that so many changes make, compared with all that the
//! signature's header claims. Which of them are tried together, and how rare they may be, stands in
//! a table; the first of its stages at which anything matches is gone through, and the simplest
//! match wins.
//!
//! Changes that only the reading of the signature takes cost nothing to try, and are not counted.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;

use super::change::{Change, Try};
use super::claims::{Claims, raw};
use super::reading::loose_items;
use super::recipe::{Recipes, chosen_variants, claimed_values};
use super::shape::{
    Body, Calc, Case, FEWEST_BYTES, HUGE, Key, LARGE, Reading, Recipe, SECRETS, Scene, Source,
};
use super::step::{Bench, Budget, Things, step};
use super::table::TABLE;
use super::{key, layout, url};
use crate::json::{self, Outline};
use crate::signing::content::{Segment, Whole};
use crate::signing::encoding::Encoding;
use crate::signing::hash::Hash;
use crate::signing::key::Key as PairKey;
use crate::signing::keyring::is_meant_for;
use crate::signing::record::words::{CONTENT_DIGEST, KeyRule};
use crate::signing::secret::Secret;

/// What a retry costs beside the bytes that it hashes.
const RETRY: u64 = 384;
/// What verifying with a public key costs.
const VERIFICATION: u64 = 100_000;
/// What a byte costs of which a form is made and sorted, or a value found.
const MAKING: u64 = 8;
/// Up to this length a body is compared beginning by beginning.
pub(super) const BEGINNINGS: usize = 32 << 10;
/// Up to this length what is rare is tried too.
const RARELY: usize = 512 << 10;

/// What is tried together: how many changes of body, key and recipe.
struct Stage {
    together: &'static [[u8; 3]],
    /// How rare all the changes together are.
    rarity: RangeInclusive<u8>,
    /// The longest body for which it is done.
    longest: usize,
}

const fn stage(together: &'static [[u8; 3]], rarity: RangeInclusive<u8>, longest: usize) -> Stage {
    Stage {
        together,
        rarity,
        longest,
    }
}

const ONE: &[[u8; 3]] = &[[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const TWO: &[[u8; 3]] = &[
    [0, 1, 1],
    [0, 0, 2],
    [0, 2, 0],
    [2, 0, 0],
    [1, 1, 0],
    [1, 0, 1],
];
/// Everyday ones only.
const THREE: &[[u8; 3]] = &[[1, 1, 1], [2, 1, 0], [2, 0, 1]];

const STAGES: &[Stage] = &[
    stage(ONE, 1..=6, LARGE),
    stage(TWO, 2..=2, LARGE),
    stage(TWO, 3..=3, LARGE),
    stage(TWO, 4..=4, LARGE),
    // One change of which there are very many.
    stage(&[[1, 0, 0]], 7..=12, LARGE),
    stage(TWO, 5..=10, LARGE),
    stage(THREE, 3..=3, LARGE),
];

/// For large bodies, of which the first match is taken.
const LARGE_STAGES: &[Stage] = &[
    stage(&[[1, 0, 0], [0, 0, 1], [0, 1, 0]], 1..=1, usize::MAX),
    stage(&[[1, 0, 0]], 2..=3, HUGE),
    stage(&[[0, 0, 1]], 2..=2, RARELY),
    stage(&[[1, 0, 0]], 4..=4, RARELY),
];

/// What one thing's changes may add to the rarity, when those of others were so rare already and so
/// many more are to come.
fn span(changes: u8, spent: u8, to_come: u8, rarity: &RangeInclusive<u8>) -> RangeInclusive<u8> {
    let most = rarity.end().saturating_sub(spent + to_come);
    match (changes, to_come) {
        (0, _) => 0..=0,
        (_, 0) => rarity.start().saturating_sub(spent)..=most,
        _ => changes..=most,
    }
}

/// What the search found.
pub(super) struct Outcome {
    /// The changes of the simplest match, in the table's order.
    pub(super) best: Option<Vec<Rc<Change>>>,
    /// The budget did not suffice.
    pub(super) is_exhausted: bool,
}

/// Looks for the cause, for so many hashed bytes.
pub(super) fn search(case: &Case<'_>, bytes: u64) -> Outcome {
    let mut search = Search::new(case, Budget::new(bytes));
    search.together([0; 3], &(0..=0));
    if search.found.borrow().is_empty() {
        search.prepare();
        let length = case.body.kept.len();
        // Where a digest stands for the body, that digest is there as it was signed: another body is
        // looked for with it, see `to_digest`, and not with every key.
        let most_bodies = match case.scheme.variants.get(case.variant) {
            Some(variant) if variant.jwt.is_some() => 0,
            Some(variant) if variant.message_signature.is_some() => 1,
            _ => u8::MAX,
        };
        let stages = if length > LARGE { LARGE_STAGES } else { STAGES };
        for stage in stages.iter().filter(|stage| length <= stage.longest) {
            let apt = stage
                .together
                .iter()
                .filter(|&&[bodies, ..]| bodies <= most_bodies);
            for together in apt {
                search.together(*together, &stage.rarity);
            }
            if !search.found.borrow().is_empty() {
                break;
            }
        }
    }
    let found = search.found.into_inner().into_iter();
    let best = found.min_by_key(|found| found.score);
    Outcome {
        best: best.map(|found| found.changes),
        is_exhausted: search.bench.budget.is_exhausted(),
    }
}

/// Looks for what gives the body the digest that is signed: the one that its header names, or a token.
pub(super) fn to_digest(case: &Case<'_>, claimed: Option<&str>) -> Outcome {
    let said = case.parts.headers.get(CONTENT_DIGEST).unwrap_or_default();
    let said = String::from_utf8_lossy(said);
    let mut bench = Bench::endless();
    bench.scene.is_whole = case.body.is_whole();
    let mut found: Option<Try<Body>> = None;
    let body = Try::own(case.body.kept.to_vec());
    step(&body, &(0..=6), &bench, &mut |made| {
        let is_it = |hash: Hash| {
            let digest = hash.of(&[&made.thing]);
            match claimed {
                Some(claimed) => digest.hex() == claimed,
                None => {
                    let digest = Encoding::Base64.encode(digest.as_slice());
                    said.contains(&format!(":{digest}:"))
                }
            }
        };
        let is_commoner = found
            .as_ref()
            .is_none_or(|known| made.rarity < known.rarity);
        if is_commoner && (is_it(Hash::Sha256) || is_it(Hash::Sha512)) {
            found = Some(made);
        }
    });
    Outcome {
        best: found.map(|found| found.changes),
        is_exhausted: false,
    }
}

struct Found {
    changes: Vec<Rc<Change>>,
    /// How many causes, how rare together, which was first.
    score: (usize, u32, usize),
}

/// A recipe and a body, for keys to be tried with.
struct Entry<'e> {
    recipe: &'e Try<Recipe>,
    body: &'e Try<Body>,
    whole: &'e Whole<'e>,
}

struct Search<'a> {
    case: &'a Case<'a>,
    bench: Bench,
    sources: Vec<Source>,
    /// What each source claims.
    claims: Vec<Claims>,
    /// The keys of each rule.
    keys: Vec<Things<Key>>,
    recipes: Things<Recipe>,
    bodies: Things<Body>,
    /// What recipes have made of a body.
    made: Vec<Segment>,
    found: RefCell<Vec<Found>>,
}

impl<'a> Search<'a> {
    fn new(case: &'a Case<'a>, budget: Budget) -> Self {
        let chosen = chosen_variants(case);
        let values = claimed_values(case, &chosen);
        let recipes = Recipes::of(case, &chosen, &values);
        let headers = case.parts.headers;
        let parts = |value| loose_items(value).chain(layout::parts(value));
        let items = values.iter().flat_map(|value| parts(value));
        let items: Vec<Vec<u8>> = items.map(<[u8]>::to_vec).take(64).collect();
        let urls = case.parts.url.map(|url| url::urls(url, headers));
        let others = recipes.others.iter().map(|other| &other.thing);
        let all = others.chain(&recipes.own);
        let mut made: Vec<Segment> = Vec::new();
        for segment in all.flat_map(|recipe| &recipe.segments) {
            if segment.reads_body() && *segment != Segment::Body && !made.contains(segment) {
                made.push(segment.clone());
            }
        }
        let mut times = layout::times(headers, &items);
        let mut ids = layout::ids(headers);
        let json = readable(case.body.kept);
        let outline = (json.len() <= HUGE).then(|| Outline::read(&json).ok());
        let outline = outline.flatten();
        let root = outline.as_ref().map(Outline::root);
        let [more_times, more_ids] = layout::of_body(root);
        times.extend(more_times);
        ids.extend(more_ids);
        let scene = Scene {
            times,
            ids,
            urls: urls.unwrap_or_default(),
            method: case.parts.method.into(),
            names: key::names(root, headers),
            others: recipes.others,
            ends: Vec::new(),
            is_whole: case.body.is_whole(),
        };
        let keys = |rule| Things::of(own_keys(case, rule));
        Self {
            case,
            bench: Bench { scene, budget },
            claims: recipes.sources.iter().map(Claims::of).collect(),
            keys: recipes.rules.iter().map(keys).collect(),
            sources: recipes.sources,
            recipes: Things::of(recipes.own),
            bodies: Things::of(vec![case.body.kept.to_vec()]),
            made,
            found: RefCell::default(),
        }
    }

    /// Makes what one change makes.
    fn prepare(&mut self) {
        self.bench.scene.ends = self.ends();
        for keys in &mut self.keys {
            keys.change(SECRETS, &self.bench);
        }
        self.recipes.change(usize::MAX, &self.bench);
        self.bodies.change(1, &self.bench);
    }

    /// Tries what so many changes of body, key and recipe make together.
    fn together(&self, [bodies, keys, recipes]: [u8; 3], rarity: &RangeInclusive<u8>) {
        let bench = &self.bench;
        let in_bodies = span(bodies, 0, keys + recipes, rarity);
        self.bodies.each(bodies, &in_bodies, bench, &mut |body| {
            let work = self.made.len() * body.thing.len();
            if !bench.budget.spend(work as u64 * MAKING) {
                return;
            }
            let whole = Whole::new(&body.thing, &self.made);
            let in_recipes = span(recipes, body.rarity, keys, rarity);
            self.recipes
                .each(recipes, &in_recipes, bench, &mut |recipe| {
                    // The bytes of a body that was cut are not known, unless it was changed.
                    let is_apt = match recipe.thing.reads_body() {
                        true => bench.scene.is_whole || bodies > 0,
                        false => bodies == 0,
                    };
                    if is_apt && recipe.thing.is_known() {
                        let in_keys = span(keys, body.rarity + recipe.rarity, 0, rarity);
                        let entry = Entry {
                            recipe,
                            body,
                            whole: &whole,
                        };
                        self.with_keys(&entry, keys, &in_keys);
                    }
                });
        });
    }

    fn with_keys(&self, entry: &Entry<'_>, changes: u8, rarity: &RangeInclusive<u8>) {
        let recipe = &entry.recipe.thing;
        let keys = &self.keys[self.sources[recipe.source].rule];
        let is_other_token = recipe.calc == Calc::Token && !entry.recipe.changes.is_empty();
        match changes {
            0 if recipe.calc == Calc::Pair => self.verify(entry),
            0 if !recipe.is_keyed() => {
                let any = keys.own().first();
                any.into_iter().for_each(|key| self.attempt(entry, key));
            }
            1.. if !recipe.is_keyed() || is_other_token => {}
            _ => keys.each(changes, rarity, &self.bench, &mut |key| {
                self.attempt(entry, key)
            }),
        }
    }

    /// Computes one signature and compares it.
    fn attempt(&self, entry: &Entry<'_>, key: &Try<Key>) {
        let Entry {
            recipe,
            body,
            whole,
        } = *entry;
        let claims = &self.claims[recipe.thing.source];
        let Some(bytes) = key.thing.bytes.as_ref().filter(|_| !claims.is_empty()) else {
            return;
        };
        let reads_body = recipe.thing.reads_body();
        let length = u64::from(reads_body) * body.thing.len() as u64;
        let weight = recipe.thing.calc.hash().map_or(1, Hash::weight);
        if !self.bench.budget.spend(length * weight + RETRY) {
            return;
        }
        let Ok(pieces) = whole.pieces(&recipe.thing.segments, bytes) else {
            return;
        };
        let is_nothing = pieces.iter().all(|piece| piece.is_empty());
        // A secret that travels itself proves nothing when anybody can know it.
        let is_public = key.changes.iter().any(|change| change.record.is_public);
        let right = match recipe.thing.calc {
            Calc::Keyed(hash) => hash.keyed(bytes).over(&pieces),
            Calc::Plain(hash) => hash.of(&pieces),
            Calc::Swapped(hash) => hash.keyed(&pieces.concat()).over(&[bytes]),
            Calc::Twice(hash, encoding) => {
                let first = hash.keyed(bytes).over(&pieces);
                let spelling = &self.sources[recipe.thing.source].spellings[0];
                let text = match encoding {
                    Encoding::Text => first.as_slice().to_vec(),
                    encoding => encoding.encode(first.as_slice()).into_bytes(),
                };
                let prefix = spelling.signature.prefix.as_bytes();
                hash.keyed(bytes).over(&[prefix, &text])
            }
            Calc::Sum(hash) if !is_nothing => {
                let end = hash.keyed(bytes).over(&[]);
                let right = [pieces.concat().as_slice(), end.as_slice()].concat();
                return self.compare(entry, key, &right);
            }
            Calc::Token if !is_public => return self.compare(entry, key, bytes),
            Calc::Token | Calc::Pair | Calc::Sum(_) => return,
        };
        // The hash of nothing, keyed with nothing, is a constant that says nothing.
        let is_constant = is_nothing && (bytes.is_empty() || !recipe.thing.is_keyed());
        if !is_constant && claims.may_hold(&right) && self.digest_is_right(recipe, body) {
            for claim in claims.agreeing(right.as_slice()) {
                self.note(entry, &key.changes, &claim);
            }
        }
    }

    fn digest_is_right(&self, recipe: &Try<Recipe>, body: &Try<Body>) -> bool {
        let digest = self.sources[recipe.thing.source].digest.as_ref();
        digest.is_none_or(|digest| Hash::Sha256.of(&[&body.thing]).hex() == *digest)
    }

    /// Compares what is no hash: to the last byte.
    fn compare(&self, entry: &Entry<'_>, key: &Try<Key>, right: &[u8]) {
        if right.len() < FEWEST_BYTES {
            return;
        }
        let claims = self.claims[entry.recipe.thing.source].whole();
        for claim in claims.filter(|claim| raw(claim) == right) {
            self.note(entry, &key.changes, claim);
        }
    }

    /// Verifies with public keys, which costs much more than hashing.
    fn verify(&self, entry: &Entry<'_>) {
        let Entry { recipe, whole, .. } = *entry;
        let Ok(pieces) = whole.pieces(&recipe.thing.segments, &[]) else {
            return;
        };
        let length = pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
        let claims = self.claims[recipe.thing.source].whole();
        let claims: Vec<_> = claims
            // As long as those of curves and of RSA are.
            .filter(|claim| matches!(raw(claim).len(), 64..=72 | 256..=1024))
            .collect();
        for pair in &self.sources[recipe.thing.source].pairs {
            for claim in &claims {
                if !self.bench.budget.spend(VERIFICATION + length) {
                    return;
                }
                let mut running = pair.start();
                pieces.iter().for_each(|piece| running.update(piece));
                if running.verify([raw(claim)]) {
                    self.note(entry, &[], claim);
                }
            }
        }
    }

    /// Where the beginnings of the body end that match, with the scheme's own keys.
    fn ends(&self) -> Vec<usize> {
        let body = self.case.body.kept;
        let mut ends = Vec::new();
        if body.len() > BEGINNINGS {
            return ends;
        }
        for recipe in self.recipes.own().iter().map(|own| &own.thing) {
            let claims = &self.claims[recipe.source];
            let parts = recipe.segments.split(|one| *one == Segment::Body);
            let parts: Vec<Option<Vec<&[u8]>>> = parts.map(texts).collect();
            let ([Some(before), Some(after)], Calc::Keyed(hash)) = (&*parts, recipe.calc) else {
                continue;
            };
            let keys = self.keys[self.sources[recipe.source].rule].own();
            for bytes in keys.iter().filter_map(|key| key.thing.bytes.as_ref()) {
                if claims.is_empty() || !self.bench.budget.spend(body.len() as u64 * 256) {
                    return ends;
                }
                let mut running = hash.keyed(bytes);
                before.iter().for_each(|piece| running.update(piece));
                for (end, byte) in (1..).zip(body) {
                    running.update(std::slice::from_ref(byte));
                    if claims.may_hold(&running.clone().over(after)) {
                        ends.push(end);
                    }
                }
            }
        }
        ends
    }

    /// Keeps what matched, unless nothing was changed for it.
    fn note(&self, entry: &Entry<'_>, of_key: &[Rc<Change>], claim: &Try<Reading>) {
        let of_others = [&entry.body.changes, &entry.recipe.changes, &claim.changes];
        let all = of_others.into_iter().flatten().chain(of_key);
        let mut changes: Vec<Rc<Change>> = all.cloned().collect();
        changes.sort_by_key(|change| {
            TABLE
                .iter()
                .position(|one| std::ptr::eq(one, change.record))
        });
        // Of two changes about one hash the later says it all.
        let hashes: Vec<_> = changes.iter().map(|change| change.names).collect();
        let mut at = 0;
        changes.retain(|_| {
            at += 1;
            let hash = hashes[at - 1];
            hash.is_none() || !hashes[at..].contains(&hash)
        });
        let mut codes: Vec<&str> = changes.iter().map(|change| change.record.code).collect();
        codes.dedup();
        if codes.is_empty() {
            return;
        }
        let rarity = changes.iter().map(|change| u32::from(change.rarity)).sum();
        let mut found = self.found.borrow_mut();
        let score = (codes.len(), rarity, found.len());
        found.push(Found { changes, score });
        if self.case.body.kept.len() > LARGE {
            self.bench.budget.close();
        }
    }
}

/// The bytes of segments that neither body nor key has a part in.
fn texts(segments: &[Segment]) -> Option<Vec<&[u8]>> {
    segments.iter().map(Segment::text).collect()
}

/// The keys that the secrets make by a rule. Halves of a key pair are none: a public key's
/// text is known to all, and no match with it as a shared secret means anything.
fn own_keys(case: &Case<'_>, rule: &Rc<KeyRule>) -> Vec<Key> {
    let is_half = |secret: &Secret| {
        let pairs = case.scheme.variants.iter();
        let mut pairs = pairs.filter(|it| it.algorithm.is_asymmetric());
        pairs.any(|it| {
            let is_pair = || PairKey::verifying(it.algorithm, &it.key, secret).is_ok();
            is_meant_for(case.scheme, it, secret) && is_pair()
        })
    };
    let secrets = case.secrets.iter();
    let shared = secrets.filter(|secret| !secret.is_pem() && !is_half(secret));
    shared
        .map(|secret| Key::new(secret.expose(), rule))
        .collect()
}

/// The JSON that the body is, or that it becomes by one everyday change.
fn readable(body: &[u8]) -> Cow<'_, [u8]> {
    let is_json = |bytes: &[u8]| {
        let first = bytes.trim_ascii_start().first();
        matches!(first, Some(b'{' | b'[')) && json::validate(bytes).is_ok()
    };
    let mut found = None;
    if body.len() <= LARGE && !is_json(body) {
        let bench = Bench::endless();
        step(&Try::own(body.to_vec()), &(1..=1), &bench, &mut |made| {
            let is_of_body = !made.changes.iter().any(|change| change.record.is_alone);
            if is_of_body && is_json(&made.thing) {
                found = Some(made.thing);
                bench.budget.close();
            }
        });
    }
    found.map_or(Cow::Borrowed(body), Cow::Owned)
}
