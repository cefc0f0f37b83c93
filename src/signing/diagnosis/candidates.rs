//! The candidates of a search: the bodies, the keys and the contents that one more change makes,
//! each with the changes that led to it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::rc::Rc;
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::claim::{Claims, Spelling, loose_items};
use super::content::{Calc, Seg, is_known, lay_out};
use super::key::Ids;
use super::search::{HUGE, LARGE, RETRY, SECRETS, Search};
use super::table::{Change, Made, Make, Row, Sink, TABLE, row};
use crate::signing::Secret;
use crate::signing::carried::{signature_values, split_list};
use crate::signing::key::Key;
use crate::signing::keyring::is_meant_for;
use crate::signing::record::words::{Algorithm, KeyForm, KeyRule, UrlRule};
use crate::signing::record::{Scheme, Variant};
use crate::signing::url::{query_parameter, spellings, url_applies};

/// What laying out a content costs.
const LAYOUT: u64 = 2048;

pub(super) type Changes = Vec<Rc<Change>>;

/// A body that may have been signed.
pub(super) struct BodyTry<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) changes: Changes,
    pub(super) class: u8,
}

/// A key that may have signed.
pub(super) struct KeyTry {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) changes: Changes,
    pub(super) class: u8,
}

/// A content, how it is signed, and where its signature may be read.
#[derive(Clone)]
pub(super) struct ContentTry {
    pub(super) segs: Vec<Seg>,
    pub(super) calc: Calc,
    /// Whose keys: an index into [`Search::keys`].
    pub(super) keys: usize,
    /// Which readings: an index into [`Search::claims`].
    pub(super) claims: usize,
    /// The digest of the body that the URL names.
    pub(super) digest: Option<Vec<u8>>,
    pub(super) public: Rc<Vec<Key>>,
    pub(super) changes: Changes,
    pub(super) class: u8,
}

impl ContentTry {
    pub(super) fn reads_body(&self) -> bool {
        self.digest.is_some() || self.segs.iter().any(Seg::reads_body)
    }

    fn has(&self, row: &Row) -> bool {
        self.changes
            .iter()
            .any(|change| change.row.code == row.code)
    }

    /// A number for what is computed, to tell equal ones.
    fn number(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for seg in &self.segs {
            match (seg, seg.text()) {
                // What is fixed is told apart by its bytes alone.
                (_, Some(text)) => hasher.write(text),
                (Seg::Json(path), _) => path.to_string().hash(&mut hasher),
                (other, _) => std::mem::discriminant(other).hash(&mut hasher),
            }
        }
        let calc = format!("{:?}", self.calc);
        (calc, self.keys, self.claims).hash(&mut hasher);
        hasher.finish()
    }

    /// Whether no key has a part in it.
    pub(super) fn is_keyless(&self) -> bool {
        self.calc.is_keyless() && !self.segs.contains(&Seg::Secret)
    }

    fn take(&mut self, change: Change) {
        self.class += change.class;
        self.changes.push(Rc::new(change));
    }
}

/// The keys of one rule.
pub(super) struct Keys {
    pub(super) rule: KeyRule,
    pub(super) own: Vec<KeyTry>,
    pub(super) other: Vec<KeyTry>,
}

impl<'a> Search<'a> {
    /// The bodies that one more change makes, the sum of the classes being within the bounds.
    pub(super) fn body_steps<'b>(
        &mut self,
        from: &BodyTry<'b>,
        least: u8,
        most: u8,
    ) -> Vec<BodyTry<'b>> {
        let mut tries: Vec<BodyTry<'b>> = Vec::new();
        let mut seen = HashSet::from([number(&from.bytes)]);
        for row in TABLE {
            for body in self.body_row(row, from, least, most) {
                if seen.insert(number(&body.bytes)) {
                    tries.push(body);
                }
            }
        }
        tries
    }

    /// The bodies that a row of the table makes. What is made is paid for.
    pub(super) fn body_row<'b>(
        &mut self,
        row: &'static Row,
        from: &BodyTry<'b>,
        least: u8,
        most: u8,
    ) -> Vec<BodyTry<'b>> {
        let Make::Body(make) = row.make else {
            return Vec::new();
        };
        let repeated = from
            .changes
            .iter()
            .any(|change| change.row.code == row.code);
        let of_parts = matches!(row.code, "body-empty" | "body-extended");
        let is_out = repeated && !may_repeat(row) || !of_parts && !self.case.body.is_whole();
        let length = from.bytes.len();
        let is_costly = length > HUGE && row.is_heavy || length > LARGE && !from.changes.is_empty();
        let class = from.class + row.class;
        if is_out || is_costly || class > most || !self.spend(length as u64 / 8) {
            return Vec::new();
        }
        let mut out = Sink::up_to(most - class);
        make(&from.bytes, &mut out);
        let made: usize = out.list.iter().map(|made| made.bytes.len() + 128).sum();
        if !self.spend(made as u64) {
            return Vec::new();
        }
        let is_in = |made: &Made| class + made.rarer >= least && made.bytes != *from.bytes;
        out.list
            .into_iter()
            .filter(is_in)
            .map(|made| stepped(&from.changes, row, made))
            .collect()
    }

    /// The secrets that are no half of a key pair: a public key's text is known to all, and no
    /// match with it as a shared secret means anything.
    fn shared_secrets(&self) -> impl Iterator<Item = &'a Secret> + use<'a> {
        let case = self.case;
        case.secrets.iter().filter(move |secret| {
            let mut variants = case.scheme.variants.iter();
            !secret.is_pem()
                && !variants.any(|variant| {
                    variant.algorithm.is_asymmetric()
                        && is_meant_for(case.scheme, variant, secret)
                        && Key::verifying(variant.algorithm, &variant.key, secret).is_ok()
                })
        })
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
        for (index, secret) in self.shared_secrets().enumerate() {
            let text = secret.expose();
            own.extend(
                rule.derive(text)
                    .filter(|key| !key.is_empty())
                    .map(|bytes| KeyTry {
                        bytes,
                        changes: Vec::new(),
                        class: 0,
                    }),
            );
            if index < SECRETS {
                text_steps(rule, &[], text, u8::MAX, &mut other);
                key_steps(rule, &[], text, u8::MAX, &mut other);
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
    pub(super) fn key_pairs(&mut self, index: usize, from: u8, to: u8) -> Vec<KeyTry> {
        let rule = self.keys[index].rule.clone();
        let verbatim = KeyRule::default();
        let mut pairs = Vec::new();
        let secrets: Vec<&Secret> = self.shared_secrets().take(SECRETS).collect();
        for secret in secrets {
            for (row, made) in texts_of(secret.expose(), to - 1) {
                if !self.spend(16 * RETRY) {
                    return pairs;
                }
                let text = Zeroizing::new(made.bytes.clone());
                let changes = vec![Rc::new(Change::new(row, made))];
                text_steps(&rule, &changes, &text, to, &mut pairs);
                key_steps(&rule, &changes, &text, to, &mut pairs);
            }
            let mut first = Vec::new();
            key_steps(&rule, &[], secret.expose(), to - 1, &mut first);
            for key in &first {
                text_steps(&verbatim, &key.changes, &key.bytes, to, &mut pairs);
                key_steps(&verbatim, &key.changes, &key.bytes, to, &mut pairs);
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
    pub(super) fn own_contents(
        &mut self,
        chosen: &[&Variant],
        values: &[Vec<u8>],
    ) -> Vec<ContentTry> {
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
        let calc = match variant.algorithm {
            Algorithm::Token => Calc::Token,
            Algorithm::Hmac(hash) => Calc::Keyed(hash),
            Algorithm::Plain(hash) => Calc::Plain(hash),
            Algorithm::KeyPair(_) => Calc::Public,
        };
        let mut public = Vec::new();
        if calc == Calc::Public {
            let keys = self.case.secrets.iter().take(SECRETS);
            public.extend(
                keys.filter_map(|secret| {
                    Key::verifying(variant.algorithm, &variant.key, secret).ok()
                }),
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
    pub(super) fn other_schemes(
        &mut self,
        own: &[ContentTry],
        chosen: &[&Variant],
        values: &[Vec<u8>],
        out: &mut Vec<ContentTry>,
    ) {
        // A public key is known to all: it must not be named as anybody's shared secret.
        let by_key_pair = own.iter().all(|content| content.calc == Calc::Public);
        for sighting in self.sightings(chosen, values) {
            let variant = sighting.variant;
            if by_key_pair && !variant.algorithm.is_asymmetric() {
                continue;
            }
            for url in signed_urls(variant, self.case.parts.url) {
                let source = if sighting.theirs.is_empty() {
                    values
                } else {
                    &sighting.theirs
                };
                let items = items_of(variant, source);
                let Some(content) = self.content(variant, &items, url.as_deref(), 0) else {
                    continue;
                };
                let is_same = own.iter().any(|own| own.segs == content.segs);
                let mut read: Vec<&[u8]> = sighting.theirs.iter().map(Vec::as_slice).collect();
                let mut spellings = vec![Spelling::of(variant)];
                if !is_same && sighting.is_in_ours {
                    read.extend(values.iter().map(Vec::as_slice));
                    spellings.extend(chosen.iter().map(|variant| Spelling::of(variant)));
                }
                if !read.is_empty() && content.segs.iter().all(is_known) {
                    self.claims.push(Claims::read(&read, &spellings));
                    let claims = self.claims.len() - 1;
                    out.extend(named(
                        &sighting.scheme.name,
                        ContentTry { claims, ..content },
                    ));
                }
            }
        }
    }

    /// The other schemes that the delivery shows signs of.
    fn sightings(&self, chosen: &[&Variant], values: &[Vec<u8>]) -> Vec<Sighting> {
        let headers = self.case.parts.headers;
        let same =
            |one: Option<&str>, other: &str| one.is_some_and(|one| one.eq_ignore_ascii_case(other));
        let own_signature = |name: &str| {
            let mut own = self.case.scheme.variants.iter();
            own.any(|own| same(own.signature.header.as_deref(), name))
        };
        let own_part = |name: &str| {
            chosen
                .iter()
                .any(|own| same(time_header(own), name) || same(id_header(own), name))
        };
        let shows =
            |name: Option<&str>| name.is_some_and(|name| headers.contains(name) && !own_part(name));
        let others = all_schemes()
            .iter()
            .filter(|scheme| scheme.name != self.case.scheme.name);
        let variants =
            others.flat_map(|scheme| scheme.variants.iter().map(move |variant| (scheme, variant)));
        let mut sightings = Vec::new();
        for (scheme, variant) in
            variants.filter(|(_, variant)| url_applies(variant, self.case.parts.url))
        {
            let name = variant.signature.header.as_deref().unwrap_or_default();
            let theirs: Vec<Vec<u8>> = if own_signature(name) {
                Vec::new()
            } else {
                signature_values(&variant.signature, headers)
                    .map(<[u8]>::to_vec)
                    .collect()
            };
            let by_list = is_laid_out_as(variant, values)
                && !chosen.iter().any(|own| is_laid_out_as(own, values));
            let is_in_ours = by_list || shows(time_header(variant)) || shows(id_header(variant));
            if is_in_ours || !theirs.is_empty() {
                sightings.push(Sighting {
                    scheme,
                    variant,
                    theirs,
                    is_in_ours,
                });
            }
        }
        sightings
    }

    /// The contents and computations that one more change makes.
    pub(super) fn content_steps(&mut self, from: &ContentTry, most: u8, out: &mut Vec<ContentTry>) {
        for row in TABLE {
            let class = from.class.saturating_add(row.class);
            if class > most || from.has(row) || from.calc == Calc::Token {
                continue;
            }
            let mut made = Vec::new();
            match row.make {
                Make::Layout(make) => {
                    let mut laid = Sink::up_to(most - class);
                    make(&from.segs, &self.scene, &mut laid);
                    made.extend(laid.list.into_iter().map(|laid| {
                        let mut content = from.clone();
                        content.segs = laid.segs;
                        content.take(changed(row, laid.what, laid.rarer, None));
                        content
                    }));
                }
                Make::Calc(make) => {
                    let mut calculated = Sink::up_to(most - class);
                    make(from.calc, &mut calculated);
                    made.extend(calculated.list.into_iter().map(|other| {
                        let mut content = from.clone();
                        content.calc = other.calc;
                        content.take(changed(row, other.what, other.rarer, other.algorithm));
                        content
                    }));
                }
                _ => {}
            }
            if !self.spend(made.len() as u64 * LAYOUT) {
                return;
            }
            out.append(&mut made);
        }
    }
}

/// Another scheme that the delivery shows signs of.
struct Sighting {
    scheme: &'static Scheme,
    variant: &'static Variant,
    /// The values of its own signature header.
    theirs: Vec<Vec<u8>>,
    /// Whether the signature may also stand where the chosen scheme has it: another part of this
    /// scheme is there.
    is_in_ours: bool,
}

fn time_header(variant: &Variant) -> Option<&str> {
    variant.timestamp.as_ref()?.header.as_deref()
}

fn id_header(variant: &Variant) -> Option<&str> {
    variant.id.as_ref().map(|rule| rule.header.as_str())
}

/// The content as that of another scheme.
fn named(scheme: &str, mut content: ContentTry) -> Option<ContentTry> {
    let row = row("content-other-scheme")?;
    content.take(changed(row, scheme.to_owned(), 0, Some(scheme)));
    Some(content)
}

fn changed(row: &'static Row, what: String, rarer: u8, detail: Option<&str>) -> Change {
    Change {
        row,
        what,
        class: row.class + rarer,
        detail: detail.map(str::to_owned),
        names: None,
    }
}

/// The JSON that the body is, or that it becomes by one change.
pub(super) fn readable(body: &[u8]) -> Cow<'_, [u8]> {
    let is_json = |bytes: &[u8]| {
        matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
            && crate::json::validate(bytes).is_ok()
    };
    if body.len() > LARGE || is_json(body) {
        return body.into();
    }
    for row in TABLE {
        let mut out = Sink::up_to(0);
        if let Make::Body(make) = row.make {
            make(body, &mut out);
        }
        if let Some(made) = out.list.into_iter().find(|made| is_json(&made.bytes)) {
            return made.bytes.into();
        }
    }
    body.into()
}

/// The records of the table, read once.
pub(super) fn all_schemes() -> &'static [Scheme] {
    static ALL: OnceLock<Vec<Scheme>> = OnceLock::new();
    ALL.get_or_init(|| Scheme::names().filter_map(Scheme::named).collect())
}

/// A number for bytes, to tell equal candidates: two that share one by chance cost one retry.
pub(super) fn number(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(PRIME);
    let sum = chunks.iter().fold(bytes.len() as u64, |sum, chunk| {
        mix(sum, u64::from_le_bytes(*chunk))
    });
    let sum = rest
        .iter()
        .fold(sum, |sum, byte| mix(sum, u64::from(*byte)));
    sum ^ (sum >> 29)
}

/// Keeps one of each, in the order of class, and none that is among `known` or not fully known.
pub(super) fn distinct(contents: &mut Vec<ContentTry>, known: &[ContentTry]) {
    let mut seen: HashSet<u64> = known.iter().map(ContentTry::number).collect();
    contents.sort_by_key(|content| content.class);
    contents.retain(|content| content.segs.iter().all(is_known) && seen.insert(content.number()));
}

/// Changes that happen twice in practice: each undoes one layer.
fn may_repeat(row: &Row) -> bool {
    matches!(
        row.code,
        "body-url-encoded" | "body-base64" | "body-json-string" | "body-charset"
    )
}

pub(super) fn stepped(
    changes: &[Rc<Change>],
    row: &'static Row,
    mut made: Made,
) -> BodyTry<'static> {
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

/// The texts that a secret's text becomes, up to a class.
fn texts_of(text: &[u8], most: u8) -> Vec<(&'static Row, Made)> {
    let mut all = Vec::new();
    for row in TABLE.iter().filter(|row| row.class <= most) {
        if let Make::Secret(make) = row.make {
            let mut out = Sink::up_to(most - row.class);
            make(text, &mut out);
            all.extend(out.list.into_iter().map(|made| (row, made)));
        }
    }
    all
}

fn class_of(changes: &[Rc<Change>]) -> u8 {
    changes
        .iter()
        .fold(0, |sum, change| sum.saturating_add(change.class))
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
fn text_steps(
    rule: &KeyRule,
    changes: &[Rc<Change>],
    text: &[u8],
    most: u8,
    out: &mut Vec<KeyTry>,
) {
    for (row, mut made) in texts_of(text, most.saturating_sub(class_of(changes))) {
        let repeated = changes.iter().any(|change| change.row.code == row.code);
        if repeated && row.code != "secret-prefix" {
            continue;
        }
        let text = Zeroizing::new(std::mem::take(&mut made.bytes));
        if let Some(key) = rule.derive(&text).filter(|key| !key.is_empty()) {
            push_key(key, changes, row, made, out);
        }
    }
}

/// The keys that base64 and hex make of the secret's text, other than by the rule.
fn key_steps(rule: &KeyRule, changes: &[Rc<Change>], text: &[u8], most: u8, out: &mut Vec<KeyTry>) {
    let most = most.saturating_sub(class_of(changes));
    for row in TABLE.iter().filter(|row| row.class <= most) {
        let Make::Key(make) = row.make else {
            continue;
        };
        if changes.iter().any(|change| change.row.code == row.code) {
            continue;
        }
        let mut made = Sink::up_to(most - row.class);
        make(rule, text, &mut made);
        for mut made in made.list {
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
    make: fn(&Ids, &mut Sink<Made>),
    rule: &KeyRule,
    ids: &Ids,
    out: &mut Vec<KeyTry>,
) {
    let mut made = Sink::up_to(u8::MAX);
    make(ids, &mut made);
    for mut made in made.list {
        let text = Zeroizing::new(std::mem::take(&mut made.bytes));
        if rule.form != KeyForm::Text
            && let Some(key) = rule.derive(&text).filter(|key| key.len() >= 4)
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
