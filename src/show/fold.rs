//! A JSON document folded to some twenty lines: outer values first, what is inside them as far as
//! there is room, the rest as `{…12 keys}` and `… 8 more keys`.
//!
//! The document is read once, and only what could be shown is kept of it, so that a large one
//! folds as fast as it can be read and costs no memory.

use std::collections::VecDeque;
use std::ops::Range;

use super::fit;
use super::style::Style;
use crate::json::{Error, Kind, Tokens};

/// How many lines a folded document takes at most.
const LINES: usize = 20;
/// How many levels below the outermost value are unfolded.
const DEEPEST: usize = 4;
/// How many columns of a key are shown.
const KEY_COLUMNS: usize = 40;

/// The document folded, with a line feed at its end.
///
/// # Errors
/// The document is not JSON.
pub(super) fn folded(doc: &[u8], style: Style, width: usize) -> Result<String, Error> {
    let mut fold = Fold::read(doc)?;
    fold.unfold();
    let mut text = String::new();
    fold.write(0, 0, "", &Screen { style, width }, &mut text);
    Ok(text)
}

struct Screen {
    style: Style,
    width: usize,
}

/// The values of a document that could be shown: the outermost first.
struct Fold<'a> {
    doc: &'a [u8],
    values: Vec<Value>,
}

struct Value {
    key: Option<Range<usize>>,
    /// Its first token: all of it unless it is a container.
    token: Range<usize>,
    kind: Kind,
    /// How many entries it has.
    entries: usize,
    /// The first of them.
    kept: Vec<usize>,
    /// How many of them are shown; none of a folded container.
    shown: usize,
}

impl<'a> Fold<'a> {
    fn read(doc: &'a [u8]) -> Result<Self, Error> {
        let mut values: Vec<Value> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        // How many open containers are not kept.
        let mut hidden = 0_usize;
        let mut key = None;
        for token in Tokens::new(doc) {
            let token = token?;
            match token.kind {
                Kind::Key => key = Some(token.range()),
                Kind::ObjectEnd | Kind::ArrayEnd if hidden > 0 => hidden -= 1,
                Kind::ObjectEnd | Kind::ArrayEnd => drop(open.pop()),
                kind if hidden > 0 => hidden += usize::from(kind.is_container()),
                kind => {
                    let number = values.len();
                    if let Some(parent) = open.last().and_then(|&at| values.get_mut(at)) {
                        parent.entries += 1;
                        if parent.entries > LINES || open.len() > DEEPEST {
                            hidden += usize::from(kind.is_container());
                            continue;
                        }
                        parent.kept.push(number);
                    }
                    if kind.is_container() {
                        open.push(number);
                    }
                    values.push(Value {
                        key: key.take(),
                        token: token.range(),
                        kind,
                        entries: 0,
                        kept: Vec::new(),
                        shown: 0,
                    });
                }
            }
        }
        Ok(Self { doc, values })
    }

    /// Gives the lines away, level by level. Within a level every container may take the same
    /// share, and what a small one leaves goes to the larger ones.
    fn unfold(&mut self) {
        let mut left = LINES - 1;
        let has_entries = |at: &usize| !self.values[*at].kept.is_empty();
        let mut level: Vec<usize> = [0].into_iter().filter(has_entries).collect();
        while left > 0 && !level.is_empty() {
            level.sort_by_key(|&at| self.values[at].entries);
            let mut queue: VecDeque<usize> = level.iter().copied().collect();
            while let Some(at) = queue.pop_front() {
                let share = left / (queue.len() + 1);
                let value = &mut self.values[at];
                // The closing bracket has its line, and what is left out, too.
                let cost = match value.entries {
                    0 => 0,
                    entries if entries < share => entries + 1,
                    _ if share >= 3 => share,
                    _ => 0,
                };
                value.shown = match cost {
                    0 => 0,
                    cost if cost > value.entries => value.entries,
                    cost => cost - 2,
                };
                left -= cost;
            }
            let below = |&at: &usize| {
                let value = &self.values[at];
                value.kept[..value.shown].iter().copied()
            };
            level = level
                .iter()
                .flat_map(below)
                .filter(|&at| !self.values[at].kept.is_empty())
                .collect();
        }
    }

    /// Writes one value on a line of its own, or several if it is unfolded. The depth is bounded.
    fn write(&self, at: usize, depth: usize, end: &str, screen: &Screen, text: &mut String) {
        let Some(value) = self.values.get(at) else {
            return;
        };
        let style = screen.style;
        let mut room = screen.width.saturating_sub(2 * depth + end.len());
        text.extend(std::iter::repeat_n(' ', 2 * depth));
        if let Some(key) = &value.key {
            let key = fit::token(&self.doc[key.clone()], KEY_COLUMNS);
            room = room.saturating_sub(fit::columns(&key) + 2);
            text.push_str(&format!("{}: ", style.name(key)));
        }
        if value.shown == 0 {
            text.push_str(&self.line(value, room.max(8), style));
        } else {
            let (opening, closing) = brackets(value.kind);
            text.push_str(opening);
            text.push('\n');
            for (number, &entry) in value.kept.iter().take(value.shown).enumerate() {
                let comma = if number + 1 < value.entries { "," } else { "" };
                self.write(entry, depth + 1, comma, screen, text);
            }
            let hidden = value.entries - value.shown;
            if hidden > 0 {
                let indent = 2 * (depth + 1);
                let more = format!("… {}", entries(hidden, "more ", value.kind));
                text.push_str(&format!("{:indent$}{}\n", "", style.dim(more)));
            }
            text.push_str(&format!("{:indent$}{closing}", "", indent = 2 * depth));
        }
        text.push_str(end);
        text.push('\n');
    }

    /// A value in one line.
    fn line(&self, value: &Value, room: usize, style: Style) -> String {
        if value.kind.is_container() {
            return collapsed(value.kind, value.entries, style);
        }
        painted(
            value.kind,
            fit::token(&self.doc[value.token.clone()], room),
            style,
        )
    }
}

/// A container that is not unfolded: `{…12 keys}`, `[]`.
pub(super) fn collapsed(kind: Kind, count: usize, style: Style) -> String {
    let (opening, closing) = brackets(kind);
    match count {
        0 => format!("{opening}{closing}"),
        count => style.dim(format!("{opening}…{}{closing}", entries(count, "", kind))),
    }
}

/// A token in the colour of its kind.
pub(super) fn painted(kind: Kind, token: String, style: Style) -> String {
    match kind {
        Kind::Key => style.name(token),
        Kind::String => style.text(token),
        _ => style.number(token),
    }
}

fn entries(count: usize, more: &str, kind: Kind) -> String {
    let noun = match (kind, count) {
        (Kind::ObjectStart, 1) => "key",
        (Kind::ObjectStart, _) => "keys",
        (_, 1) => "element",
        (_, _) => "elements",
    };
    format!("{} {more}{noun}", super::count(count as u64))
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
        folded(doc.as_bytes(), Style::PLAIN, 60).unwrap()
    }

    #[test]
    fn what_fits_is_shown_as_it_stands() {
        let doc =
            "{\n  \"a\": 1.0,\n  \"a\": [\n    true,\n    {}\n  ],\n  \"b\": \"\\u00e9\"\n}\n";
        assert_eq!(plain(doc), doc);
        assert_eq!(plain("null"), "null\n");
    }

    #[test]
    fn a_payload_is_folded_to_twenty_lines() {
        let body = sample(Event::named("TODO_CREATED").unwrap());
        let text = folded(&body, Style::PLAIN, 60).unwrap();
        assert_eq!(
            text,
            r#"{
  "event": "TODO_CREATED",
  "webhook": {
    "id": "clb4qaopy0000vt24mlp28v03",
    "uid": "edb5b5d51dc9461a952160dbe72153b4",
    "name": "Testing webhook",
    "url": "https://httpdump.app/dumps/7cc66eda-8e83-4039…",
    "secret": "",
    … 6 more keys
  },
  "currentValue": {
    "id": "clb4zna6x0000vt1swuwso25f",
    "uid": "11021cb836f34732b31e5ebd5dd5eb27",
    "title": "GGGG",
    "html": null,
    "text": null,
    "position": "32767.5",
    … 13 more keys
  }
}
"#
        );
    }

    #[test]
    fn long_lists_deep_documents_and_long_texts_are_short() {
        let list = format!("[{}1]", "1,".repeat(100_000));
        assert_eq!(plain(&list).lines().count(), LINES);
        assert!(plain(&list).ends_with("  1,\n  … 99,984 more elements\n]\n"));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(plain(&deep).contains("        […1 element]\n"));
        let long = format!("{{\"{0}\":\"{0}\"}}", "é".repeat(10_000));
        assert!(plain(&long).lines().all(|line| fit::columns(line) <= 60));
        assert!(folded(b"{\"a\":", Style::PLAIN, 60).is_err());
    }
}
