//! The one step that everything is made by: a thing, changed once more by each record of the table
//! that is about such things, within a range of rarity and a budget.

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::change::{Record, Shape, Try};
use super::shape::{HUGE, LARGE, Made, Scene, Sink};
use super::table::TABLE;

/// What may still be spent, in hashed bytes: the same delivery always gets the same answer.
pub(super) struct Budget {
    left: Cell<u64>,
    is_exhausted: Cell<bool>,
    is_closed: Cell<bool>,
}

impl Budget {
    pub(super) fn new(bytes: u64) -> Self {
        Self {
            left: Cell::new(bytes),
            is_exhausted: Cell::new(false),
            is_closed: Cell::new(false),
        }
    }

    /// Takes from it; says whether it was still there.
    pub(super) fn spend(&self, cost: u64) -> bool {
        match self.left.get().checked_sub(cost) {
            Some(left) => self.left.set(left),
            None => {
                self.is_exhausted.set(true);
                self.close();
            }
        }
        self.is_open()
    }

    /// Nothing more is wanted.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
    }

    pub(super) fn is_open(&self) -> bool {
        !self.is_closed.get()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }
}

/// What every step is given.
pub(super) struct Bench {
    pub(super) scene: Scene,
    pub(super) budget: Budget,
}

impl Bench {
    /// For a whole body, and without an end.
    pub(super) fn endless() -> Self {
        let scene = Scene {
            is_whole: true,
            ..Scene::default()
        };
        let budget = Budget::new(u64::MAX);
        Self { scene, budget }
    }
}

/// Yields what one more change makes of a thing, the rarity of all its changes being within the
/// range. What is made is paid for.
pub(super) fn step<T: Shape>(
    from: &Try<T>,
    rarity: &RangeInclusive<u8>,
    bench: &Bench,
    visit: &mut dyn FnMut(Try<T>),
) {
    let Bench { scene, budget } = bench;
    let size = from.thing.size();
    let own = from.thing.number();
    let most = rarity.end().saturating_sub(from.rarity);
    let is_out = |record: &'static Record| {
        !from.admits(record)
            || !(scene.is_whole || record.of_part)
            || record.weight > 0 && size > HUGE
            || size > LARGE && !from.changes.is_empty()
    };
    for record in TABLE {
        let Some(make) = T::moved_by(record.make) else {
            continue;
        };
        let weight = if size > LARGE { record.weight } else { 0 };
        let own_rarity = record.rarity + weight;
        if own_rarity > most || is_out(record) {
            continue;
        }
        // What takes several passes reads more than it makes.
        let share = if record.weight > 0 { 3 } else { 8 };
        if !budget.spend(size as u64 / share) {
            return;
        }
        let mut take = |made: Made<T>| {
            let rarer = own_rarity + made.rarer;
            let is_in = budget.spend(made.thing.cost())
                && rarity.contains(&(from.rarity + rarer))
                && made.thing.number() != own;
            if is_in {
                visit(from.changed(record, made, rarer));
            }
            budget.is_open()
        };
        let mut sink = Sink::new(most - own_rarity, &mut take);
        make(&from.thing, scene, &mut sink);
    }
}

/// Things of one kind: as they are, and as one change makes them.
pub(super) struct Things<T> {
    own: Vec<Try<T>>,
    /// Empty where nothing is kept of what was made.
    once: Vec<Try<T>>,
    seen: HashSet<u64>,
}

impl<T: Shape> Things<T> {
    pub(super) fn of(own: Vec<T>) -> Self {
        Self {
            seen: own.iter().map(T::number).collect(),
            own: own.into_iter().map(Try::own).collect(),
            once: Vec::new(),
        }
    }

    /// Makes and keeps what one change makes of the first `several`.
    pub(super) fn change(&mut self, several: usize, bench: &Bench) {
        let own = self.own.iter().take(several);
        for from in own.filter(|one| one.thing.size() <= LARGE) {
            step(from, &(0..=u8::MAX), bench, &mut |made| {
                if self.seen.insert(made.thing.number()) {
                    self.once.push(made);
                }
            });
        }
        self.once.sort_by_key(|one| one.rarity);
    }

    pub(super) fn own(&self) -> &[Try<T>] {
        &self.own
    }

    /// Yields what so many changes make, within a range of rarity, each once.
    pub(super) fn each(
        &self,
        changes: u8,
        rarity: &RangeInclusive<u8>,
        bench: &Bench,
        visit: &mut dyn FnMut(&Try<T>),
    ) {
        let mut seen = HashSet::new();
        let from = match changes {
            0 => return self.own.iter().for_each(visit),
            1 if !self.once.is_empty() => {
                let is_in = |one: &&Try<T>| bench.budget.is_open() && rarity.contains(&one.rarity);
                return self.once.iter().filter(is_in).for_each(visit);
            }
            1 => &self.own,
            _ => {
                seen.clone_from(&self.seen);
                &self.once
            }
        };
        for from in from.iter().filter(|from| from.rarity < *rarity.end()) {
            if !bench.budget.is_open() {
                return;
            }
            step(from, rarity, bench, &mut |made| {
                if seen.insert(made.thing.number()) {
                    visit(&made);
                }
            });
        }
    }
}
