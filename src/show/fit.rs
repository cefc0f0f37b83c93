//! Fitting text into the columns of a terminal: measuring, cutting, filling up, breaking lines.
//!
//! Text is harmless before it comes here, and plain: colours are added afterwards. Columns are
//! those of Unicode's East Asian Width (a CJK character or an emoji takes two, a combining mark
//! none); a mark is never cut from its letter.
//!
//! **Right-to-left text.** A terminal that reorders Hebrew or Arabic reorders the digits and signs
//! beside it too, so that a stranger's text could move parts of ours. Isolates would prevent that,
//! but are invisible characters themselves, which terminals without bidirectional text print as
//! rubbish. Therefore text of a stranger that stands among ours on a line has its right-to-left
//! letters escaped ([`inline`]), and what is shown as it stands (header values, values, bodies) is
//! the last thing on its line, where there is nothing left to move.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::harmless;

/// The widest line of ours.
pub(crate) const WIDEST: usize = 100;

/// How many columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// A stranger's text for a place among ours on a line: harmless, without right-to-left letters,
/// and no longer than `limit` columns.
pub(crate) fn inline(bytes: &[u8], limit: usize) -> String {
    let text = harmless::short(bytes, characters(limit));
    if !has_right_to_left(&text) {
        return cut(&text, limit).into_owned();
    }
    let mut escaped = String::with_capacity(text.len() * 4);
    for character in text.chars() {
        match is_right_to_left(character) {
            true => escaped.extend(character.escape_unicode()),
            false => escaped.push(character),
        }
    }
    cut(&escaped, limit).into_owned()
}

/// As [`inline`], with what is too much left out of the middle.
pub(crate) fn inline_middle(bytes: &[u8], limit: usize) -> String {
    // Head and tail are all that can be shown of a long text.
    let window = characters(limit).saturating_mul(8);
    match bytes.len() > window {
        true => {
            let (head, tail) = (&bytes[..window / 2], &bytes[bytes.len() - window / 2..]);
            cut_middle(
                &[head, tail].map(|end| inline(end, usize::MAX)).concat(),
                limit,
            )
            .into_owned()
        }
        false => cut_middle(&inline(bytes, usize::MAX), limit).into_owned(),
    }
}

/// A stranger's text for the end of a line: harmless, and no longer than `limit` columns.
pub(crate) fn last(bytes: &[u8], limit: usize) -> String {
    cut(&harmless::short(bytes, characters(limit)), limit).into_owned()
}

/// A token of JSON, harmless as JSON is ([`harmless::json`]), and no longer than `limit` columns. A
/// string that is cut keeps its quotes.
pub(crate) fn token(bytes: &[u8], limit: usize) -> String {
    let mut window = &bytes[..bytes.len().min(characters(limit).saturating_mul(4))];
    if let Err(error) = std::str::from_utf8(window)
        && error.error_len().is_none()
    {
        window = &window[..error.valid_up_to()];
    }
    let shown = harmless::json(window);
    if window.len() == bytes.len() && start(&shown, limit).len() == shown.len() {
        return shown.into_owned();
    }
    let mark = if bytes.starts_with(b"\"") {
        "…\""
    } else {
        "…"
    };
    format!(
        "{}{mark}",
        start(&shown, limit.saturating_sub(columns(mark)))
    )
}

/// The text, or as much of its beginning as `limit` columns take, with a mark.
pub(crate) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    match start(text, limit) {
        whole if whole.len() == text.len() => Cow::Borrowed(text),
        _ => Cow::Owned(format!("{}…", start(text, limit.saturating_sub(1)))),
    }
}

/// The text, or as much of both its ends as `limit` columns take, with a mark between.
pub(crate) fn cut_middle(text: &str, limit: usize) -> Cow<'_, str> {
    if start(text, limit).len() == text.len() {
        return Cow::Borrowed(text);
    }
    let room = limit.saturating_sub(1);
    let (head, tail) = (start(text, room - room / 2), end(text, room / 2));
    Cow::Owned(format!("{head}…{tail}"))
}

/// The text with spaces after it up to so many columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    let spaces = width.saturating_sub(columns(text));
    format!("{text}{:spaces$}", "")
}

/// The text with spaces before it up to so many columns.
pub(crate) fn padded_left(text: &str, width: usize) -> String {
    let spaces = width.saturating_sub(columns(text));
    format!("{:spaces$}{text}", "")
}

/// The text broken between words into lines of `width` columns. The first line has `used` columns
/// already; the others begin with `indent` spaces. A word that is too long stays whole.
pub(crate) fn wrapped(text: &str, used: usize, indent: usize, width: usize) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 8);
    let (mut at, mut is_first) = (used, true);
    for word in text.split(' ') {
        let long = columns(word);
        if !is_first && at + 1 + long > width {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            at = indent;
        } else if !is_first {
            lines.push(' ');
            at += 1;
        }
        lines.push_str(word);
        at += long;
        is_first = false;
    }
    lines
}

/// Words behind their label, made harmless and broken into lines of `width` columns; `indent` spaces
/// stand before the first.
pub(crate) fn labelled(
    indent: usize,
    label: &str,
    paint: impl Fn(&str) -> String,
    text: &str,
    width: usize,
) -> String {
    let text = harmless::line(text.as_bytes());
    let wrapped = wrapped(&text, indent + columns(label) + 1, 4, width);
    format!("{:indent$}{} {wrapped}\n", "", paint(label))
}

/// Whether some of it is written from right to left.
pub(crate) fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_right_to_left)
}

/// The blocks of right-to-left scripts, their digits included (Unicode's `DerivedBidiClass`).
fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// How many characters so many columns may hold: room for combining marks, not for towers of them.
fn characters(columns: usize) -> usize {
    columns.saturating_mul(3).saturating_add(8)
}

/// The longest beginning of whole letters that takes no more than `limit` columns.
fn start(text: &str, limit: usize) -> &str {
    // No character takes more columns than bytes.
    if text.len() <= limit {
        return text;
    }
    let (mut taken, mut most) = (0_usize, characters(limit));
    let mut letter = 0;
    for (at, character) in text.char_indices() {
        let width = width(character);
        if width > 0 {
            letter = at;
        }
        taken += width;
        if taken > limit || most == 0 {
            return &text[..letter];
        }
        most -= 1;
    }
    text
}

/// The longest end of whole letters that takes no more than `limit` columns.
fn end(text: &str, limit: usize) -> &str {
    let mut taken = 0;
    let mut from = text.len();
    for (at, character) in text.char_indices().rev().take(characters(limit)) {
        taken += width(character);
        if taken > limit {
            break;
        }
        if width(character) > 0 {
            from = at;
        }
    }
    &text[from..]
}

/// A character's own columns. The selector of emoji presentation may widen the character before it.
fn width(character: char) -> usize {
    match character {
        '\u{fe0f}' => 1,
        character => character.width().unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_combining_text_is_measured_by_its_columns() {
        assert_eq!(columns("漢字"), 4);
        assert_eq!(columns("e\u{301}"), 1);
        assert_eq!(padded("漢", 4), "漢  ");
        assert_eq!(padded_left("漢", 4), "  漢");
    }

    #[test]
    fn text_is_cut_between_letters_and_never_too_long() {
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut_middle("/api/webhooks/blue", 9), "/api…blue");
        assert_eq!(cut_middle("漢字漢字漢字", 6), "漢…字");
        assert_eq!(cut("abc", 0), "…");
        let tower = format!("e{}", "\u{301}".repeat(1000));
        assert!(cut(&tower, 10).len() < 100);
    }

    #[test]
    fn right_to_left_letters_among_ours_are_escaped() {
        assert_eq!(
            inline("/שלום".as_bytes(), 80),
            "/\\u{5e9}\\u{5dc}\\u{5d5}\\u{5dd}"
        );
        assert_eq!(last("שלום".as_bytes(), 80), "שלום");
        let long = [b"/a".repeat(100_000), b"/end".to_vec()].concat();
        assert_eq!(inline_middle(&long, 9), "/a/a…/end");
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 2, 2, 9), "one two\n  three");
        assert_eq!(wrapped("a-very-long-word", 2, 2, 9), "a-very-long-word");
        assert_eq!(wrapped("", 2, 2, 9), "");
    }
}
