//! How a delivery may have been signed: by its scheme's recipe, or by that of another scheme which
//! it shows signs of.

use std::rc::Rc;
use std::sync::LazyLock;

use super::reading::loose_items;
use super::shape::{Calc, Case, Made, Recipe, SECRETS, Scene, Sink, Source};
use crate::signing::carried::{
    applies, named_headers, signature_values, split_list, unmet_by_body,
};
use crate::signing::content::{Given, Segment, find_item, json_text, lay_out};
use crate::signing::key::Key;
use crate::signing::keyring::is_meant_for;
use crate::signing::message::Claim;
use crate::signing::record::words::KeyRule;
use crate::signing::record::{Scheme, Variant};
use crate::signing::url::{query_parameter, spellings};

/// How many items of the signature's header are looked at.
const ITEMS: usize = 64;

/// The records of the table, read once.
pub(super) static SCHEMES: LazyLock<Vec<Scheme>> =
    LazyLock::new(|| Scheme::names().filter_map(Scheme::named).collect());

/// All recipes, and where their signatures are read.
#[derive(Default)]
pub(super) struct Recipes {
    pub(super) rules: Vec<Rc<KeyRule>>,
    pub(super) sources: Vec<Source>,
    /// Those of the scheme itself.
    pub(super) own: Vec<Recipe>,
    pub(super) others: Vec<Made<Recipe>>,
}

impl Recipes {
    /// The recipes for a delivery with these values where its signature should stand.
    pub(super) fn of(case: &Case<'_>, chosen: &[&Variant], values: &[Vec<u8>]) -> Self {
        let mut recipes = Self::default();
        for variant in chosen {
            let is_meant = |secret| is_meant_for(case.scheme, variant, secret);
            if case.secrets.iter().any(is_meant) {
                let contents = contents(case, variant, values);
                let spellings = vec![Rc::new((*variant).clone())];
                let own = recipes.add(case, variant, contents, values.to_vec(), spellings);
                recipes.own.extend(own);
            }
        }
        // A public key is known to all: it must not be named as anybody's shared secret.
        let by_pair = recipes.own.iter().all(|own| own.calc == Calc::Pair);
        for sighting in sightings(case, chosen, values) {
            if !by_pair || sighting.variant.algorithm.is_asymmetric() {
                recipes.add_other(case, sighting, chosen, values);
            }
        }
        recipes
    }

    fn add(
        &mut self,
        case: &Case<'_>,
        variant: &Variant,
        contents: Vec<Vec<Segment>>,
        values: Vec<Vec<u8>>,
        spellings: Vec<Rc<Variant>>,
    ) -> Vec<Recipe> {
        let pair = |secret| Key::verifying(variant.algorithm, &variant.key, secret).ok();
        let pairs = case.secrets.iter().take(SECRETS).filter_map(pair);
        let digest = (variant.url.as_ref())
            .and_then(|rule| rule.body_sha256_parameter.as_deref())
            .and_then(|name| query_parameter(case.parts.url?, name));
        let calc = Calc::of(variant.algorithm);
        let known = self.rules.iter().position(|rule| **rule == variant.key);
        if known.is_none() {
            self.rules.push(Rc::new(variant.key.clone()));
        }
        self.sources.push(Source {
            values,
            spellings,
            rule: known.unwrap_or(self.rules.len() - 1),
            pairs: pairs.filter(|_| calc == Calc::Pair).collect(),
            digest: digest.map(str::to_ascii_lowercase),
        });
        let source = self.sources.len() - 1;
        let recipe = |segments| Recipe {
            segments,
            calc,
            source,
        };
        contents.into_iter().map(recipe).collect()
    }

    fn add_other(
        &mut self,
        case: &Case<'_>,
        sighting: Sighting,
        chosen: &[&Variant],
        ours: &[Vec<u8>],
    ) {
        let Sighting {
            scheme,
            variant,
            mut theirs,
            is_in_ours,
        } = sighting;
        let values = if theirs.is_empty() { ours } else { &theirs };
        let contents = contents(case, variant, values);
        let mut spellings = vec![Rc::new((*variant).clone())];
        let is_own = |content: &Vec<Segment>| self.own.iter().any(|own| own.segments == *content);
        if is_in_ours && !contents.iter().any(is_own) {
            theirs.extend_from_slice(ours);
            spellings.extend(chosen.iter().map(|&variant| Rc::new(variant.clone())));
        }
        if theirs.is_empty() {
            return;
        }
        for recipe in self.add(case, variant, contents, theirs, spellings) {
            let mut made = Made::new(0, recipe, scheme.name.as_str());
            made.detail = Some(scheme.name.as_str().into());
            self.others.push(made);
        }
    }
}

/// The recipes of the other schemes.
pub(super) fn other_scheme(_: &Recipe, scene: &Scene, out: &mut Sink<'_, Recipe>) {
    for other in &scene.others {
        out.put(other.clone());
    }
}

/// The variants whose signature is where the judged one's is.
pub(super) fn chosen_variants<'a>(case: &Case<'a>) -> Vec<&'a Variant> {
    let Some(judged) = case.scheme.variants.get(case.variant) else {
        return Vec::new();
    };
    let fits = |variant: &&Variant| {
        variant.signature.is_shared_with(&judged.signature)
            && applies(variant, case.parts)
            && unmet_by_body(variant, case.body.kept).is_none()
    };
    case.scheme.variants.iter().filter(fits).collect()
}

/// What stands where the scheme's signature should stand.
pub(super) fn claimed_values(case: &Case<'_>, chosen: &[&Variant]) -> Vec<Vec<u8>> {
    let Some(variant) = chosen.first() else {
        return Vec::new();
    };
    if variant.message_signature.is_some() {
        // What one form takes another may not: the key decides the algorithm.
        let claims = chosen.iter().filter_map(|variant| {
            let rule = variant.message_signature.as_ref()?;
            Claim::read(variant, rule, case.parts).ok()
        });
        let mut values: Vec<_> = claims.flatten().map(|claim| claim.text).collect();
        values.dedup();
        return values;
    }
    let place = &variant.signature;
    let in_body = place.json.as_ref();
    let in_body = in_body.and_then(|path| json_text(case.body.kept, &path.0));
    let in_headers = signature_values(place, case.parts.headers).map(<[u8]>::to_vec);
    in_headers.chain(in_body).collect()
}

/// What a variant signs, with the URL in each spelling that it takes for right; what is not known
/// stays empty.
fn contents(case: &Case<'_>, variant: &Variant, values: &[Vec<u8>]) -> Vec<Vec<Segment>> {
    let headers = case.parts.headers;
    let url = case.parts.url.unwrap_or_default();
    let urls = spellings(variant.url.as_ref(), url);
    if let Some(rule) = &variant.message_signature {
        let claims = Claim::read(variant, rule, case.parts).unwrap_or_default();
        let base = |claim: &Claim| {
            let bases = urls.iter().map(|url| claim.base(case.parts, Some(url)));
            bases.flatten().collect::<Vec<_>>()
        };
        return claims.iter().flat_map(base).collect();
    }
    let items = items(variant, values);
    let time = variant.timestamp.as_ref().and_then(|rule| {
        let header = rule.header.as_deref().and_then(|name| headers.get(name));
        let item = || find_item(&items, rule.item.as_deref()?);
        // A list with another separator than the scheme's has not been split.
        header.or_else(|| item()?.split(|byte| b",; &|".contains(byte)).next())
    });
    let id = id_header(variant).and_then(|name| headers.get(name));
    let named = variant.named_headers.as_ref();
    let named = named.and_then(|rule| named_headers(rule, headers, &items).ok()?);
    let given = Given {
        parts: case.parts,
        timestamp: Some(time.unwrap_or_default().to_vec()),
        id: Some(id.unwrap_or_default().to_vec()),
        items,
        named_headers: named,
    };
    urls.into_iter()
        .filter_map(|url| lay_out(&variant.content, &given, Some(&url)).ok())
        .collect()
}

fn items<'v>(variant: &Variant, values: &'v [Vec<u8>]) -> Vec<&'v [u8]> {
    let separator = variant.signature.separator.as_deref();
    let strict = |value: &'v Vec<u8>| Some(split_list(value, separator?));
    let strict = values.iter().filter_map(strict).flatten();
    let loose = values.iter().flat_map(|value| loose_items(value));
    strict.chain(loose).take(ITEMS).collect()
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

/// The other schemes whose own headers, or whose layout of the list, are there.
fn sightings(case: &Case<'_>, chosen: &[&Variant], values: &[Vec<u8>]) -> Vec<Sighting> {
    let headers = case.parts.headers;
    let same =
        |one: Option<&str>, other: &str| one.is_some_and(|one| one.eq_ignore_ascii_case(other));
    let is_own_signature = |name: &str| {
        let mut own = case.scheme.variants.iter();
        own.any(|own| same(own.signature.header.as_deref(), name))
    };
    let is_own_part = |name: &str| {
        let mut parts = chosen
            .iter()
            .flat_map(|own| [time_header(own), id_header(own)]);
        parts.any(|part| same(part, name))
    };
    let shows =
        |name: Option<&str>| name.is_some_and(|name| headers.contains(name) && !is_own_part(name));
    let is_in_list = chosen.iter().any(|own| is_laid_out_as(own, values));
    let mut found = Vec::new();
    for scheme in SCHEMES.iter().filter(|it| it.name != case.scheme.name) {
        let variants = scheme.variants.iter();
        for variant in variants.filter(|variant| applies(variant, case.parts)) {
            let name = variant.signature.header.as_deref().unwrap_or_default();
            let theirs = signature_values(&variant.signature, headers);
            let theirs = theirs.filter(|_| !is_own_signature(name));
            found.push(Sighting {
                scheme,
                variant,
                theirs: theirs.map(<[u8]>::to_vec).collect(),
                is_in_ours: !is_in_list && is_laid_out_as(variant, values)
                    || shows(time_header(variant))
                    || shows(id_header(variant)),
            });
        }
    }
    found.retain(|sighting| sighting.is_in_ours || !sighting.theirs.is_empty());
    found
}

fn time_header(variant: &Variant) -> Option<&str> {
    variant.timestamp.as_ref()?.header.as_deref()
}

fn id_header(variant: &Variant) -> Option<&str> {
    variant.id.as_ref().map(|rule| rule.header.as_str())
}

/// Whether these values are a list with this variant's timestamp and signature in it.
fn is_laid_out_as(variant: &Variant, values: &[Vec<u8>]) -> bool {
    let time = variant.timestamp.as_ref();
    let item = time.and_then(|rule| rule.item.as_deref());
    let (Some(item), Some(separator)) = (item, variant.signature.separator.as_deref()) else {
        return false;
    };
    let has = |prefix: &str| {
        let mut items = values.iter().flat_map(|value| split_list(value, separator));
        items.any(|text| text.starts_with(prefix.as_bytes()))
    };
    !variant.signature.prefix.is_empty() && has(item) && has(&variant.signature.prefix)
}
