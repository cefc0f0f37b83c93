//! A JSON document in a few lines: its outermost entries, what is inside them as `{… 12 keys}`, and
//! how many more there are.
//!
//! The document is read once, and only what is shown is kept of it, so that a large one folds as fast
//! as it can be read and costs no memory.

use std::ops::Range;

use super::fit;
use super::style::Style;
use crate::amount;
use crate::json::{Error, Kind, Token, Tokens};

/// How many columns of a key are shown.
const KEY_COLUMNS: usize = 40;

/// The document in at most `most` lines, with a line feed at its end.
///
/// # Errors
/// The document is not JSON.
pub(super) fn folded(doc: &[u8], most: usize, width: usize, style: Style) -> Result<String, Error> {
    let fold = Fold::read(doc, most.saturating_sub(2))?;
    let outermost = fold.kind.unwrap_or(Kind::Null);
    if !outermost.is_container() || fold.count == 0 {
        let token = fit::token(doc.trim_ascii(), width);
        return Ok(token + "\n");
    }
    if most < 3 {
        return Ok(collapsed(outermost, fold.count, style) + "\n");
    }
    let (opening, closing) = brackets(outermost);
    let mut text = format!("{opening}\n");
    let shown = match fold.count > fold.entries.len() {
        true => fold.entries.len().saturating_sub(1),
        false => fold.count,
    };
    for (number, entry) in fold.entries.iter().take(shown).enumerate() {
        let comma = if number + 1 < fold.count { "," } else { "" };
        text.push_str(&format!("{}{comma}\n", entry.line(doc, width, style)));
    }
    if fold.count > shown {
        let more = entries(fold.count - shown, "more ", outermost);
        text.push_str(&format!("  {}\n", style.dim(format!("… {more}"))));
    }
    Ok(format!("{text}{closing}\n"))
}

/// A document's outermost entries.
#[derive(Default)]
struct Fold {
    /// What the document is.
    kind: Option<Kind>,
    /// How many entries it has.
    count: usize,
    /// The first of them.
    entries: Vec<Entry>,
}

struct Entry {
    key: Option<Range<usize>>,
    /// Its first token: all of it unless it is a container.
    token: Token,
    /// How many entries it has itself.
    count: usize,
}

impl Fold {
    fn read(doc: &[u8], most: usize) -> Result<Self, Error> {
        let mut fold = Self::default();
        let mut depth = 0_usize;
        let mut key = None;
        for token in Tokens::new(doc) {
            let token = token?;
            match (token.kind, depth) {
                (Kind::ObjectEnd | Kind::ArrayEnd, _) => {
                    depth -= 1;
                    continue;
                }
                (Kind::Key, 1) => key = Some(token.range()),
                (Kind::Key, _) => {}
                (kind, 0) => fold.kind = Some(kind),
                (_, 1) => {
                    fold.count += 1;
                    if fold.count <= most {
                        fold.entries.push(Entry {
                            key: key.take(),
                            token,
                            count: 0,
                        });
                    }
                }
                (_, 2) if fold.count <= most => {
                    if let Some(entry) = fold.entries.last_mut() {
                        entry.count += 1;
                    }
                }
                _ => {}
            }
            depth += usize::from(token.kind.is_container());
        }
        Ok(fold)
    }
}

impl Entry {
    fn line(&self, doc: &[u8], width: usize, style: Style) -> String {
        let mut room = width.saturating_sub(3);
        let mut text = String::from("  ");
        if let Some(key) = &self.key {
            let key = fit::token(&doc[key.clone()], KEY_COLUMNS);
            room = room.saturating_sub(fit::columns(&key) + 2);
            text.push_str(&format!("{}: ", style.name(key)));
        }
        text + &match self.token.kind.is_container() {
            true => collapsed(self.token.kind, self.count, style),
            false => fit::token(&doc[self.token.range()], room.max(8)),
        }
    }
}

/// A container that is not unfolded: `{… 12 keys}`, `[]`.
pub(super) fn collapsed(kind: Kind, count: usize, style: Style) -> String {
    let (opening, closing) = brackets(kind);
    match count {
        0 => format!("{opening}{closing}"),
        count => style.dim(format!("{opening}… {}{closing}", entries(count, "", kind))),
    }
}

fn entries(count: usize, more: &str, kind: Kind) -> String {
    let noun = match (kind, count) {
        (Kind::ObjectStart, 1) => "key",
        (Kind::ObjectStart, _) => "keys",
        (_, 1) => "element",
        (_, _) => "elements",
    };
    format!("{} {more}{noun}", amount::count(count))
}

fn brackets(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::ObjectStart => ("{", "}"),
        _ => ("[", "]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blue::event::Event;
    use crate::blue::sample::sample;

    fn plain(doc: &str) -> String {
        folded(doc.as_bytes(), 12, 60, Style::PLAIN).unwrap()
    }

    #[test]
    fn outermost_values_are_shown_as_they_stand_and_inner_ones_folded() {
        let doc = r#"{"a":1.0, "a":[true,[]], "b":"\u00e9", "c":{}, "d":{"x":[1,2]}}"#;
        assert_eq!(
            plain(doc),
            "{\n  \"a\": 1.0,\n  \"a\": [… 2 elements],\n  \"b\": \"\\u00e9\",\n  \"c\": {},\n  \"d\": {… 1 key}\n}\n"
        );
        for whole in ["null\n", "\"text\"\n", "[]\n", "{}\n", "[\n  1\n]\n"] {
            assert_eq!(plain(whole), whole);
        }
    }

    #[test]
    fn a_payload_is_folded_to_its_outermost_keys() {
        let body = sample(Event::named("TODO_CREATED").unwrap());
        assert_eq!(
            folded(&body, 12, 60, Style::PLAIN).unwrap(),
            "{\n  \"event\": \"TODO_CREATED\",\n  \"webhook\": {… 11 keys},\n  \"currentValue\": {… 19 keys}\n}\n"
        );
    }

    #[test]
    fn long_lists_deep_documents_and_long_texts_are_short() {
        let list = plain(&format!("[{}1]", "1,".repeat(100_000)));
        assert_eq!(list.lines().count(), 12);
        assert!(
            list.ends_with("  1,\n  … 99,992 more elements\n]\n"),
            "{list}"
        );
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(plain(&deep), "[\n  [… 1 element]\n]\n");
        let long = format!("{{\"{0}\":\"{0}\"}}", "é".repeat(10_000));
        assert!(plain(&long).lines().all(|line| fit::columns(line) <= 60));
        assert!(folded(b"{\"a\":", 12, 60, Style::PLAIN).is_err());
        let narrow = |most| folded(b"[1,2]", most, 60, Style::PLAIN).unwrap();
        assert_eq!(narrow(2), "[… 2 elements]\n");
        assert_eq!(narrow(3), "[\n  … 2 more elements\n]\n");
    }
}
