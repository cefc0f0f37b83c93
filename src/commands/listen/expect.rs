//! What is expected: `--expect TODO_CREATED --expect 'COMMENT_*'`.

use glob::Pattern;

/// Patterns of which each has to be met by an event of its own.
#[derive(Debug, Default)]
pub(super) struct Expectations(Vec<Expectation>);

#[derive(Debug)]
struct Expectation {
    pattern: Pattern,
    met_by: Option<String>,
}

impl Expectations {
    /// None of them is met yet.
    pub(super) fn new(patterns: Vec<Pattern>) -> Self {
        let unmet = |pattern| Expectation {
            pattern,
            met_by: None,
        };
        Self(patterns.into_iter().map(unmet).collect())
    }

    /// An event has come. It meets an expectation, if any is left for it when events that came
    /// before move to others that they meet too: `*` leaves to `TODO_*` what only that takes.
    pub(super) fn arrived(&mut self, event: &str) {
        let mut asked = vec![false; self.0.len()];
        self.place(event.to_owned(), &mut asked);
    }

    /// Finds a place, by moving others if need be; `asked` are those that cannot help any more.
    fn place(&mut self, event: String, asked: &mut [bool]) -> bool {
        for index in 0..self.0.len() {
            if asked[index] || !self.0[index].pattern.matches(&event) {
                continue;
            }
            asked[index] = true;
            let free = match self.0[index].met_by.clone() {
                None => true,
                Some(earlier) => self.place(earlier, asked),
            };
            if free {
                self.0[index].met_by = Some(event);
                return true;
            }
        }
        false
    }

    /// Those that are not met, in the order given.
    pub(super) fn missing(&self) -> Vec<String> {
        let unmet = self.0.iter().filter(|expected| expected.met_by.is_none());
        unmet.map(|expected| expected.pattern.to_string()).collect()
    }

    /// Whether nothing is expected.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each is met.
    pub(super) fn are_met(&self) -> bool {
        self.0.iter().all(|expected| expected.met_by.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(patterns: &[&str], events: &[&str]) -> Vec<String> {
        let patterns = patterns.iter().map(|text| Pattern::new(text).unwrap());
        let mut expected = Expectations::new(patterns.collect());
        for event in events {
            expected.arrived(event);
        }
        assert_eq!(expected.are_met(), expected.missing().is_empty());
        expected.missing()
    }

    #[test]
    fn each_needs_an_event_of_its_own() {
        assert!(missing(&[], &["A"]).is_empty());
        assert!(missing(&["A", "A"], &["A", "B", "A"]).is_empty());
        assert_eq!(missing(&["A", "B", "A"], &["A", "C"]), ["B", "A"]);
    }

    #[test]
    fn events_are_given_to_those_that_need_them_in_any_order() {
        let patterns = ["*", "A*", "AB", "*"];
        let events = ["AB", "AC", "X", "Y"];
        for first in 0..4 {
            let mut turned = events;
            turned.rotate_left(first);
            assert!(missing(&patterns, &turned).is_empty(), "{turned:?}");
            turned.reverse();
            assert!(missing(&patterns, &turned).is_empty(), "{turned:?}");
        }
        assert_eq!(missing(&["*", "A"], &["B", "B", "B"]), ["A"]);
    }
}
