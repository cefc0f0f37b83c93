//! The ways in which a signature is computed otherwise than the scheme does it: another hash, no
//! key, key and message exchanged.

use super::layout::{SEPARATORS, joined_with, text};
use super::shape::{Calc, Made, Recipe, Scene, Sink};
use crate::signing::content::Segment;
use crate::signing::encoding::Encoding;
use crate::signing::hash::Hash;

type Out<'o, 'v> = &'o mut Sink<'v, Recipe>;

/// The other hashes, in the same construction.
pub(super) fn algorithm(recipe: &Recipe, _: &Scene, out: Out<'_, '_>) {
    for (index, hash) in Hash::ALL.into_iter().enumerate() {
        let (calc, what) = match recipe.calc {
            Calc::Keyed(_) => (Calc::Keyed(hash), format!("HMAC-{}", shown(hash))),
            Calc::Swapped(_) => (Calc::Swapped(hash), format!("HMAC-{}", shown(hash))),
            Calc::Plain(_) => (Calc::Plain(hash), shown(hash)),
            _ => return,
        };
        out.put(Made {
            detail: Some(hash.name().into()),
            // A prefix that names the hash which was used is a part of using that hash.
            names: Some(hash),
            ..Made::new(u8::from(index > 4), recipe.by(calc), what)
        });
    }
}

fn shown(hash: Hash) -> String {
    match hash {
        Hash::Md5 => "MD5".to_owned(),
        Hash::Sha512T256 => "SHA-512/256".to_owned(),
        other => other.name().replace("sha", "SHA-"),
    }
}

/// Plain hashes, of the content alone or joined with the secret.
pub(super) fn unkeyed(recipe: &Recipe, _: &Scene, out: Out<'_, '_>) {
    let Calc::Keyed(own) = recipe.calc else {
        return;
    };
    for hash in Hash::ALL {
        let rarer = u8::from(hash != own);
        let mut push = |rarer, segments, what: String| {
            let thing = recipe.with(segments).by(Calc::Plain(hash));
            let detail = Some(hash.name().into());
            let made = Made::new(rarer, thing, what);
            out.put(Made { detail, ..made });
        };
        let name = format!("the plain {}", shown(hash));
        let content = recipe.segments.as_slice();
        let what = format!("{name} of the content, without the secret");
        push(rarer, content.to_vec(), what);
        for (separator, rare) in SEPARATORS {
            let rarer = rarer + rare + u8::from(!separator.is_empty());
            let (secret, between) = ([Segment::Secret], [text(separator)]);
            let how = joined_with(separator);
            let what = format!("{name} of secret and content, {how}");
            push(rarer, [&secret, &between, content].concat(), what);
            let what = format!("{name} of content and secret, {how}");
            push(rarer, [content, &between, &secret].concat(), what);
        }
    }
}

/// Other computations with the same hash.
fn keyed(recipe: &Recipe, out: Out<'_, '_>, ways: &[(u8, &dyn Fn(Hash) -> Calc)]) {
    if let Calc::Keyed(hash) = recipe.calc {
        for (rarer, calc) in ways {
            out.push(*rarer, recipe.by(calc(hash)), "");
        }
    }
}

pub(super) fn swapped(recipe: &Recipe, _: &Scene, out: Out<'_, '_>) {
    keyed(recipe, out, &[(0, &Calc::Swapped)]);
}

/// The signature of the right signature.
pub(super) fn twice(recipe: &Recipe, _: &Scene, out: Out<'_, '_>) {
    let of = |encoding| move |hash| Calc::Twice(hash, encoding);
    let (hex, base64, raw) = (of(Encoding::Hex), of(Encoding::Base64), of(Encoding::Text));
    keyed(recipe, out, &[(0, &hex), (0, &base64), (1, &raw)]);
}

/// What Go's `mac.Sum(content)` gives.
pub(super) fn sum(recipe: &Recipe, _: &Scene, out: Out<'_, '_>) {
    keyed(recipe, out, &[(0, &Calc::Sum)]);
}
