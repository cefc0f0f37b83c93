//! What the signature's header claims: every raw signature that its text stands for, in the
//! scheme's own spelling and in those that go wrong, each with the changes that led there.

use std::cmp::Ordering;

use super::change::{Shape as _, Try};
use super::reading::plain;
use super::shape::{FEWEST_BYTES, Made, Reading, Source};
use super::step::{Bench, step};
use super::table::TABLE;
use crate::signing::carried::split_list;
use crate::signing::hash::Digest;

/// How many header values are read, and how long one may be; longer ones are read as they stand only.
const VALUES: usize = 20;
const VALUE_LENGTH: usize = 4096;
const LONGEST: usize = 128 << 10;
/// How many texts are looked at in each spelling.
const TEXTS: usize = 160;
/// How many changes a text may have undergone before it is decoded.
const CHANGES: usize = 3;

/// All readings of a source.
pub(super) struct Claims {
    /// From the plain to the much changed.
    list: Vec<Try<Reading>>,
    /// The first bytes of each, sorted: what nearly every retried signature is told apart by.
    heads: Vec<[u8; FEWEST_BYTES]>,
}

/// The raw signature that was read.
pub(super) fn raw(claim: &Try<Reading>) -> &[u8] {
    claim.thing.raw.as_deref().unwrap_or_default()
}

impl Claims {
    pub(super) fn of(source: &Source) -> Self {
        let mut list = Vec::new();
        for spelling in &source.spellings {
            let mut texts: Vec<&[u8]> = Vec::new();
            for value in source.values.iter().take(VALUES) {
                if value.len() > VALUE_LENGTH {
                    let long = Reading::new(value.as_slice(), spelling);
                    let long = Some(long).filter(|it| it.text.len() <= LONGEST);
                    list.extend(long.iter().flat_map(plain).map(Try::own));
                    continue;
                }
                texts.push(value);
                if let Some(separator) = &spelling.signature.separator {
                    texts.extend(split_list(value, separator).take(VALUES));
                }
            }
            let texts = texts.into_iter().map(|text| Reading::new(text, spelling));
            read(texts, &mut list);
        }
        list.sort_by_key(|claim| claim.changes.len());
        let mut seen = std::collections::HashSet::new();
        list.retain(|claim| {
            let raw = raw(claim);
            raw.len() >= FEWEST_BYTES && seen.insert((raw.to_vec(), claim.thing.is_partial))
        });
        let heads = list.iter().filter_map(|it| raw(it).first_chunk().copied());
        let mut heads: Vec<[u8; FEWEST_BYTES]> = heads.collect();
        heads.sort_unstable();
        Self { list, heads }
    }

    /// Whether there is nothing to compare with.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The readings that are no beginnings only.
    pub(super) fn whole(&self) -> impl Iterator<Item = &Try<Reading>> {
        self.list.iter().filter(|claim| !claim.thing.is_partial)
    }

    /// Whether it is worth to look closer.
    pub(super) fn may_hold(&self, right: &Digest) -> bool {
        let head = right.as_slice().first_chunk();
        head.is_some_and(|head| self.heads.binary_search(head).is_ok())
    }

    /// The claims that this right signature agrees with. One of the right length must agree to the
    /// last byte.
    pub(super) fn agreeing(&self, right: &[u8]) -> Vec<Try<Reading>> {
        let agrees = |claim: &Try<Reading>| {
            let came = raw(claim);
            let (came_length, length) = (came.len(), right.len());
            let is_whole = !claim.thing.is_partial;
            let what = match came_length.cmp(&length) {
                Ordering::Equal => return (is_whole && came == right).then(|| claim.clone()),
                Ordering::Less if right.starts_with(came) => {
                    format!("ends after {came_length} of its {length} bytes")
                }
                Ordering::Greater if is_whole && came.starts_with(right) => {
                    format!("goes on for {} bytes after its end", came_length - length)
                }
                _ => return None,
            };
            let record = TABLE.iter().find(|record| record.is_of_length)?;
            let made = Made::new(0, claim.thing.clone(), what);
            Some(claim.changed(record, made, record.rarity))
        };
        self.list.iter().filter_map(agrees).collect()
    }
}

/// Follows the texts through all changes, and decodes each on the way.
fn read(texts: impl Iterator<Item = Reading>, list: &mut Vec<Try<Reading>>) {
    // What is read is bounded by the number of texts.
    let bench = Bench::endless();
    let mut found: Vec<Try<Reading>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut is_new = |text: &Reading, count: usize| {
        text.text.len() >= FEWEST_BYTES && count < TEXTS && seen.insert(text.number())
    };
    for text in texts {
        if is_new(&text, found.len()) {
            found.push(Try::own(text));
        }
    }
    let mut at = 0;
    while let Some(from) = found.get(at).cloned() {
        at += 1;
        let decoded = |thing| Try {
            thing,
            ..from.clone()
        };
        list.extend(plain(&from.thing).map(decoded));
        step(&from, &(0..=u8::MAX), &bench, &mut |made| {
            if made.thing.raw.is_some() {
                list.push(made);
            } else if made.changes.len() <= CHANGES && is_new(&made.thing, found.len()) {
                found.push(made);
            }
        });
    }
}
