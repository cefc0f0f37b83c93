//! Making text harmless: whatever a peer or a file sent can be shown without driving the terminal
//! or deceiving the eye.
//!
//! Controls (C0, DEL, C1), bidirectional overrides, zero-width, tag and other invisible characters
//! become escapes, in a pipe as well as on a terminal: pagers and CI logs are terminals too.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is shown as an escape. Line feed and tab count as controls here; whoever
/// shows several lines of text lets them pass.
pub(crate) fn is_hidden(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        // Soft hyphen, Arabic letter mark, Hangul and Khmer fillers, Mongolian vowel separator.
        | '\u{ad}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{ffa0}'
        // Zero width, bidirectional controls, line separators, invisible operators.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // Byte order mark, interlinear annotations, noncharacters.
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
        // Musical format controls, tags and their plane's variation selectors.
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || (character as u32) & 0xfffe == 0xfffe
}

/// The text in one line: hidden characters, line ends and bytes that are not UTF-8 as escapes.
pub(crate) fn line(bytes: &[u8]) -> Cow<'_, str> {
    escape(bytes, false)
}

/// The text in its lines: as [`line()`], but line feeds and tabs pass.
pub(crate) fn lines(bytes: &[u8]) -> Cow<'_, str> {
    escape(bytes, true)
}

/// As [`line()`], and no longer than `limit` characters: what is left out is marked.
pub(crate) fn short(bytes: &[u8], limit: usize) -> String {
    // A character has at most four bytes: what lies behind them cannot be shown anyway.
    let window = &bytes[..bytes.len().min(limit.saturating_mul(4))];
    let shown = line(window);
    let cut = shown.char_indices().nth(limit).map(|(at, _)| at);
    match cut {
        None if window.len() == bytes.len() => shown.into_owned(),
        cut => format!("{}…", &shown[..cut.unwrap_or(shown.len())]),
    }
}

/// A name that somebody typed, in a sentence: harmless, short, and there even when it is empty.
pub(crate) fn name(typed: &str) -> String {
    match typed {
        "" => "''".into(),
        typed => short(typed.as_bytes(), 60),
    }
}

fn escape(bytes: &[u8], keep_lines: bool) -> Cow<'_, str> {
    let passes =
        |character: char| !is_hidden(character) || keep_lines && matches!(character, '\n' | '\t');
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.chars().all(passes)
    {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                _ if passes(character) => shown.push(character),
                '\n' => shown.push_str("\\n"),
                '\r' => shown.push_str("\\r"),
                '\t' => shown.push_str("\\t"),
                '\0'..='\u{ff}' => {
                    // Writing to a String cannot fail.
                    let _ = write!(shown, "\\x{:02x}", character as u32);
                }
                _ => {
                    let _ = write!(shown, "\\u{{{:x}}}", character as u32);
                }
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    Cow::Owned(shown)
}

/// A token of JSON text with hidden characters as JSON's own escapes, so that the text stays JSON
/// and means the same. Bytes that are not UTF-8 become `\xNN`, which no JSON has.
pub(crate) fn json(token: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(token)
        && !text.chars().any(is_hidden)
    {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(token.len() + 16);
    for chunk in token.utf8_chunks() {
        for character in chunk.valid().chars() {
            if !is_hidden(character) {
                shown.push(character);
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_drives_a_terminal_or_hides_passes() {
        assert_eq!(line("a\u{1b}[31mb".as_bytes()), "a\\x1b[31mb");
        assert_eq!(line("a\u{9b}31m".as_bytes()), "a\\x9b31m");
        assert_eq!(line("ab\u{202e}cd".as_bytes()), "ab\\u{202e}cd");
        assert_eq!(line(b"a\xff\r\n\tb"), "a\\xff\\r\\n\\tb");
        assert_eq!(lines(b"a\n\tb\x07"), "a\n\tb\\x07");
        assert_eq!(
            line("\u{e0041}\u{200d}\u{feff}".as_bytes()),
            "\\u{e0041}\\u{200d}\\u{feff}"
        );
        assert_eq!(line("Zoë שלום 😀".as_bytes()), "Zoë שלום 😀");
    }

    #[test]
    fn json_text_stays_json_of_the_same_meaning() {
        assert_eq!(
            json("\"a\u{202e}\u{e0041}\"".as_bytes()),
            "\"a\\u202e\\udb40\\udc41\""
        );
        assert_eq!(json("\"é\"".as_bytes()), "\"é\"");
    }

    #[test]
    fn long_text_is_cut_and_marked() {
        assert_eq!(short(b"abcdef", 3), "abc…");
        assert_eq!(short(b"abc", 3), "abc");
        assert_eq!(short("😀😀".as_bytes(), 1), "😀…");
    }
}
