//! What a cause is: one record each, with all that is special about it, and the changes that are
//! made by it on the way to a retried signature.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::rc::Rc;

use super::shape::{Body, Key, Made, Reading, Recipe, Scene, Sink};
use crate::signing::hash::Hash;

/// The record of one cause.
pub struct Record {
    /// The code, as machine output gives it.
    pub code: &'static str,
    /// What happened, in a sentence; `{}` stands for the evidence.
    pub about: &'static str,
    /// What to do about it, in a sentence; `{}` stands for the evidence.
    pub fix: &'static str,
    /// How common it is: 1 is everyday, 3 is rare. The common is tried first.
    pub(super) rarity: u8,
    /// How much rarer it counts for a large body, where it takes more than one pass; huge ones are
    /// spared it.
    pub(super) weight: u8,
    /// It happens twice in practice, and each change undoes one layer.
    pub(super) repeats: bool,
    /// It has nothing to do with what was there before: no other change of the same thing is beside it.
    pub(super) is_alone: bool,
    /// It says something of a body of which only the first part was kept, too.
    pub(super) of_part: bool,
    /// What it makes may be known to all, and proves nothing where the secret itself travels.
    pub(super) is_public: bool,
    /// It also says that a signature is too short or too long.
    pub(super) is_of_length: bool,
    /// What its detail is.
    pub(super) detail: Detail,
    pub(super) make: Make,
}

/// Where a cause tells the detail of a change.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Detail {
    Dialect,
    Algorithm,
    Scheme,
}

/// What one change makes of a thing.
pub(super) type Move<T> = fn(&T, &Scene, &mut Sink<'_, T>);

/// What a record changes, and how.
#[derive(Clone, Copy)]
pub(super) enum Make {
    /// From the body here to bodies that may have been signed.
    Body(Move<Body>),
    /// From the secret to other texts and keys.
    Key(Move<Key>),
    /// From the scheme's content and computation to others.
    Recipe(Move<Recipe>),
    /// From the signature's text to other texts, and to raw bytes.
    Reading(Move<Reading>),
}

/// A thing that can be changed.
pub(super) trait Shape: Sized {
    /// What a record makes of such a thing, if it is about such things.
    fn moved_by(make: Make) -> Option<Move<Self>>;

    /// How many bytes of a body it holds.
    fn size(&self) -> usize {
        0
    }

    /// What making one costs, in hashed bytes.
    fn cost(&self) -> u64;

    /// A number to tell equal ones: two that share one by chance cost one retry.
    fn number(&self) -> u64;
}

macro_rules! moved_by {
    ($kind:ident) => {
        fn moved_by(make: Make) -> Option<Move<Self>> {
            match make {
                Make::$kind(make) => Some(make),
                _ => None,
            }
        }
    };
}

impl Shape for Body {
    moved_by!(Body);

    fn size(&self) -> usize {
        self.len()
    }

    fn cost(&self) -> u64 {
        self.len() as u64 + 128
    }

    fn number(&self) -> u64 {
        number(self)
    }
}

impl Shape for Key {
    moved_by!(Key);

    fn cost(&self) -> u64 {
        256
    }

    fn number(&self) -> u64 {
        // A text that makes no key is another thing than the key of these bytes.
        number(self.bytes.as_ref().unwrap_or(&self.text)) ^ u64::from(self.bytes.is_none())
    }
}

impl Shape for Recipe {
    moved_by!(Recipe);

    fn cost(&self) -> u64 {
        2048
    }

    fn number(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for segment in &self.segments {
            match (segment, segment.text()) {
                // What is fixed is told apart by its bytes alone.
                (_, Some(text)) => hasher.write(text),
                (other, _) => other.hash(&mut hasher),
            }
        }
        (format!("{:?}", self.calc), self.source).hash(&mut hasher);
        hasher.finish()
    }
}

impl Shape for Reading {
    moved_by!(Reading);

    fn cost(&self) -> u64 {
        0
    }

    fn number(&self) -> u64 {
        let raw = self.raw.as_deref().map_or(0, number);
        number(&self.text) ^ raw.rotate_left(1)
    }
}

fn number(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(PRIME);
    let words = chunks.iter().map(|chunk| u64::from_le_bytes(*chunk));
    let words = words.chain(rest.iter().map(|&byte| u64::from(byte)));
    let sum = words.fold(bytes.len() as u64, mix);
    sum ^ (sum >> 29)
}

/// One change on the way to a retried signature.
pub(super) struct Change {
    pub(super) record: &'static Record,
    /// The evidence, see [`Made`].
    pub(super) what: Cow<'static, str>,
    pub(super) detail: Option<Cow<'static, str>>,
    pub(super) names: Option<Hash>,
    /// How rare it is: the record's rarity, and what this one is rarer.
    pub(super) rarity: u8,
}

/// A thing as it is, or as some changes make it.
#[derive(Clone)]
pub(super) struct Try<T> {
    pub(super) thing: T,
    pub(super) changes: Vec<Rc<Change>>,
    pub(super) rarity: u8,
}

impl<T> Try<T> {
    pub(super) fn own(thing: T) -> Self {
        Self {
            thing,
            changes: Vec::new(),
            rarity: 0,
        }
    }

    /// What a record made of it.
    pub(super) fn changed(&self, record: &'static Record, made: Made<T>, rarity: u8) -> Self {
        let change = Change {
            record,
            what: made.what,
            detail: made.detail,
            names: made.names,
            rarity,
        };
        let mut changes = self.changes.clone();
        changes.push(Rc::new(change));
        Self {
            thing: made.thing,
            changes,
            rarity: self.rarity + rarity,
        }
    }

    /// Whether a record may change it once more.
    pub(super) fn admits(&self, record: &'static Record) -> bool {
        let is_again = |change: &Rc<Change>| std::ptr::eq(change.record, record);
        let is_alone = |change: &Rc<Change>| change.record.is_alone || record.is_alone;
        !self.changes.iter().any(is_alone) && (record.repeats || !self.changes.iter().any(is_again))
    }
}
