//! A body as a person reads it: JSON in its pretty form, every token as it stands; forms field by
//! field; other text in its lines; binary as a dump.
//!
//! The bytes decide how a body is shown; its `Content-Type` only tells a form from other text. What
//! is not quite JSON is shown as JSON up to the error, from there on as it came, and a line says
//! where and why. Tabs become spaces; other controls, escapes.

use percent_encoding::percent_decode;

use super::fold;
use super::style::{Ink, Style};
use super::{fit, harmless};
use crate::json::{self, Kind, Pretty};

/// How many bytes of a body that is no text are dumped.
const DUMPED_BYTES: usize = 256;
/// How many lines of a text are shown when it is to be short.
const SHORT_LINES: usize = 20;
/// How many bytes decide whether a body is text.
const JUDGED_BYTES: usize = 4096;
/// The pretty form of a document may be this many times as long as the document: enough for a
/// colour on each digit, too little for a stranger who makes us indent millions of brackets.
const GROWTH: usize = 16;
/// What the pretty form of a small document may take in any case.
const ROOM: usize = 4 << 20;

/// Formats that are recognised by their first bytes.
const FORMATS: [(&[u8], &str); 9] = [
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"%PDF-", "PDF"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
];

/// A body, whatever it is, ending with a line feed.
pub fn shown(body: &[u8], style: Style) -> String {
    full(body, None, style)
}

/// All of a body, ending with a line feed.
pub fn full(body: &[u8], content_type: Option<&[u8]>, style: Style) -> String {
    match Look::of(body, content_type) {
        Look::Nothing => nothing(style),
        Look::Json { mark } => {
            let (text, error) = printed(&body[mark..], style, usize::MAX);
            mark_line(mark, style) + &text + &error_line(error, mark, style)
        }
        Look::Form => lines(body, usize::MAX, usize::MAX, style) + &form(body, style),
        Look::Text => lines(body, usize::MAX, usize::MAX, style),
        Look::Binary => binary(body, style),
    }
}

/// Some twenty lines of a body, none longer than `width` columns, ending with a line feed.
pub fn short(body: &[u8], content_type: Option<&[u8]>, style: Style, width: usize) -> String {
    match Look::of(body, content_type) {
        Look::Nothing => nothing(style),
        Look::Json { mark } => {
            let doc = &body[mark..];
            let text = fold::folded(doc, style, width).unwrap_or_else(|error| {
                beginning(doc, width) + &error_line(Some(error), mark, style)
            });
            mark_line(mark, style) + &text
        }
        Look::Form | Look::Text => lines(body, SHORT_LINES, width, style),
        Look::Binary => binary(body, style),
    }
}

/// The first lines of the pretty form of what is not JSON.
fn beginning(doc: &[u8], width: usize) -> String {
    let (pretty, _) = printed(doc, Style::PLAIN, SHORT_LINES * 4 * width);
    let mut lines = pretty.lines();
    let mut text = String::new();
    for line in lines.by_ref().take(SHORT_LINES) {
        text.push_str(&fit::cut(line, width));
        text.push('\n');
    }
    if lines.next().is_some() {
        text.push_str("…\n");
    }
    text
}

/// JSON in its pretty form, coloured, and harmless.
pub fn pretty(doc: &[u8], style: Style) -> String {
    printed(doc, style, usize::MAX).0
}

/// What a body is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Nothing,
    /// It begins as an object or a list does, valid or not, after so many bytes of a byte order mark.
    Json {
        mark: usize,
    },
    Form,
    Text,
    Binary,
}

impl Look {
    fn of(body: &[u8], content_type: Option<&[u8]>) -> Self {
        let (text, mark) = json::unmarked(body);
        let is_form = |kind: &[u8]| {
            kind.to_ascii_lowercase()
                .starts_with(b"application/x-www-form-urlencoded")
        };
        if body.is_empty() {
            Self::Nothing
        } else if matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')) {
            Self::Json { mark }
        } else if !is_text(body) {
            Self::Binary
        } else if content_type.is_some_and(is_form) {
            Self::Form
        } else {
            Self::Text
        }
    }
}

/// Text may have a few bytes in another encoding, but no controls to speak of.
fn is_text(body: &[u8]) -> bool {
    let start = &body[..body.len().min(JUDGED_BYTES)];
    if start.contains(&0) || FORMATS.iter().any(|(magic, _)| body.starts_with(magic)) {
        return false;
    }
    let is_odd = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r');
    let odd: usize = start
        .utf8_chunks()
        .map(|chunk| chunk.invalid().len() + chunk.valid().as_bytes().iter().filter(is_odd).count())
        .sum();
    odd * 10 <= start.len()
}

fn nothing(style: Style) -> String {
    format!("{}\n", style.dim("(no body)"))
}

fn mark_line(mark: usize, style: Style) -> String {
    match mark {
        0 => String::new(),
        _ => format!("{}\n", style.dim("(a byte order mark, then)")),
    }
}

/// Where a document stops being JSON, counted in the whole body.
fn error_line(error: Option<json::Error>, mark: usize, style: Style) -> String {
    error.map_or(String::new(), |error| {
        format!("{} {}\n", style.bad("not JSON:"), error.behind(mark))
    })
}

/// The pretty form with its line feed, and what is wrong with the document. It stops after `most`
/// bytes, or when it grows beyond all measure, and says so.
fn printed(doc: &[u8], style: Style, most: usize) -> (String, Option<json::Error>) {
    let most = most.min(doc.len().saturating_mul(GROWTH).saturating_add(ROOM));
    let mut out = Vec::with_capacity(most.min(doc.len() * 2 + 64));
    let inks = [
        Ink::of(|text| style.name(text)),
        Ink::of(|text| style.text(text)),
        Ink::of(|text| style.number(text)),
        Ink::default(),
    ];
    let (mut error, mut left) = (None, 0);
    for piece in Pretty::new(doc) {
        out.extend_from_slice(piece.before.as_bytes());
        let bytes = &doc[piece.range.clone()];
        match piece.kind {
            Ok(kind) => {
                let [key, text, number, none] = &inks;
                let ink = match kind {
                    Kind::Key => key,
                    Kind::String => text,
                    Kind::Number | Kind::True | Kind::False | Kind::Null => number,
                    _ => none,
                };
                match is_plain(bytes) {
                    true => ink.write(&mut out, bytes),
                    false => ink.write(&mut out, harmless::json(bytes).as_bytes()),
                }
            }
            Err(found) => {
                error = Some(found);
                let (window, rest) =
                    bytes.split_at(bytes.len().min(most.saturating_sub(out.len())));
                out.extend_from_slice(spaced(&harmless::lines(window)).as_bytes());
                left = rest.len();
            }
        }
        if out.len() > most {
            left = left.max(doc.len() - piece.range.end);
            break;
        }
    }
    // All of it was harmless text.
    let mut text = String::from_utf8(out)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    text.push('\n');
    if left > 0 {
        let left = super::bytes(left as u64);
        text.push_str(&format!(
            "{}\n",
            style.dim(format!("… not shown to its end, at most {left} more"))
        ));
    }
    (text, error)
}

/// Whether it is visible ASCII: no control, which the printer lets through as DEL only.
#[inline]
fn is_plain(piece: &[u8]) -> bool {
    piece
        .iter()
        .fold(0, |odd, &byte| odd | byte | byte.wrapping_add(1))
        < 0x80
}

/// Tabs as spaces: their width depends on where a terminal has its stops.
fn spaced(text: &str) -> std::borrow::Cow<'_, str> {
    match text.contains('\t') {
        true => text.replace('\t', "    ").into(),
        false => text.into(),
    }
}

/// The first lines of a text, each cut to `width`, and how many there are more.
fn lines(body: &[u8], most: usize, width: usize, style: Style) -> String {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    if most == usize::MAX {
        return spaced(&harmless::lines(body)).into_owned() + "\n";
    }
    let mut text = String::new();
    let mut rest = body.split(|&byte| byte == b'\n');
    for line in rest.by_ref().take(most) {
        let window = &line[..line.len().min(width * 8)];
        text.push_str(&fit::cut(&spaced(&harmless::lines(window)), width));
        text.push('\n');
    }
    match rest.count() {
        0 => {}
        1 => text.push_str(&format!("{}\n", style.dim("… 1 more line"))),
        more => {
            let more = super::count(more as u64);
            text.push_str(&format!("{}\n", style.dim(format!("… {more} more lines"))));
        }
    }
    text
}

/// The fields of a form, decoded, a line each; a field that holds JSON (GitHub's `payload`) in its
/// pretty form.
fn form(body: &[u8], style: Style) -> String {
    let decoded = |text: &[u8]| -> Vec<u8> {
        let spaces: Vec<u8> = text
            .iter()
            .map(|&byte| if byte == b'+' { b' ' } else { byte })
            .collect();
        percent_decode(&spaces).collect()
    };
    let mut text = format!("\n{}\n", style.dim("decoded:"));
    for field in body
        .trim_ascii_end()
        .split(|&byte| byte == b'&')
        .filter(|field| !field.is_empty())
    {
        let equals = field.iter().position(|&byte| byte == b'=');
        let (name, value) = field.split_at(equals.unwrap_or(field.len()));
        let (name, value) = (
            decoded(name),
            decoded(value.strip_prefix(b"=").unwrap_or_default()),
        );
        let shown = match value.trim_ascii_start().first() {
            Some(b'{' | b'[') => pretty(&value, style),
            _ => format!("{}\n", harmless::line(&value)),
        };
        text.push_str(&format!("{} = {shown}", style.name(fit::inline(&name, 60))));
    }
    text
}

/// What it is, if that can be told, and its first bytes.
fn binary(body: &[u8], style: Style) -> String {
    let format = FORMATS.iter().find(|(magic, _)| body.starts_with(magic));
    let name = format.map_or("binary", |(_, name)| name);
    let size = super::bytes(body.len() as u64);
    let text = format!("{}\n", style.dim(format!("({name}, {size})")));
    text + &dump(body, style)
}

/// The first bytes in hex and as text.
pub fn dump(body: &[u8], style: Style) -> String {
    let mut text = String::new();
    for (row, bytes) in body.chunks(16).take(DUMPED_BYTES / 16).enumerate() {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let is_visible = |byte: u8| (0x20..0x7f).contains(&byte);
        let ascii: String = bytes
            .iter()
            .map(|&byte| {
                if is_visible(byte) {
                    char::from(byte)
                } else {
                    '.'
                }
            })
            .collect();
        text.push_str(&format!(
            "{}  {:<47}  {}\n",
            style.dim(format!("{:06x}", row * 16)),
            hex.join(" "),
            style.dim(ascii),
        ));
    }
    if body.len() > DUMPED_BYTES {
        let left = super::bytes((body.len() - DUMPED_BYTES) as u64);
        text.push_str(&format!("{}\n", style.dim(format!("… {left} more"))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(body: &[u8]) -> String {
        shown(body, Style::PLAIN)
    }

    #[test]
    fn json_keeps_every_token() {
        assert_eq!(
            plain(br#"{"b":1.0,"b":1e400,"a":"\u00e9\/<","l":[],"o":{"x":null}}"#),
            "{\n  \"b\": 1.0,\n  \"b\": 1e400,\n  \"a\": \"\\u00e9\\/<\",\n  \"l\": [],\n  \"o\": {\n    \"x\": null\n  }\n}\n"
        );
    }

    #[test]
    fn colours_stand_around_tokens_and_nowhere_else() {
        let text = pretty(b"{\"a\":[\"b\",1]}", Style::new(true));
        assert_eq!(
            text,
            "{\n  \u{1b}[36m\"a\"\u{1b}[0m: [\n    \"b\",\n    \u{1b}[35m1\u{1b}[0m\n  ]\n}\n"
        );
    }

    #[test]
    fn what_is_not_json_is_shown_as_it_came_from_the_error_on() {
        assert_eq!(
            plain(b"{\"a\":1,}\x1b[31m\trest"),
            "{\n  \"a\": 1,\n  }\\x1b[31m    rest\nnot JSON: expected a key in double quotes at byte 7 (line 1, column 8)\n"
        );
        assert_eq!(
            plain(b"[1"),
            "[\n  1\nnot JSON: the document ends inside an array at byte 2 (line 1, column 3)\n"
        );
        assert_eq!(
            plain(b"\xEF\xBB\xBF[1]"),
            "(a byte order mark, then)\n[\n  1\n]\n"
        );
    }

    #[test]
    fn text_is_shown_in_its_lines_and_binary_as_a_dump() {
        assert_eq!(plain(b"<a>\r\n\t<b/>\n</a>"), "<a>\\r\n    <b/>\n</a>\n");
        assert_eq!(plain(b""), "(no body)\n");
        assert_eq!(
            plain("caf\u{e9} latin-1: caf".as_bytes()),
            "café latin-1: caf\n"
        );
        assert_eq!(
            plain(b"a long text with one \xe9"),
            "a long text with one \\xe9\n"
        );
        assert_eq!(
            plain(b"\x1f\x8b\x08\0abc"),
            "(gzip, 7 bytes)\n000000  1f 8b 08 00 61 62 63                             ....abc\n"
        );
        assert!(plain(&[0; 300]).ends_with("................\n… 44 bytes more\n"));
    }

    #[test]
    fn a_form_is_shown_as_it_came_and_decoded() {
        let body = b"a+b=c%20d&payload=%7B%22x%22%3A1%7D&e=%1b%E2%80%AE";
        let kind: Option<&[u8]> = Some(b"application/x-www-form-urlencoded; charset=utf-8");
        assert_eq!(
            full(body, kind, Style::PLAIN),
            "a+b=c%20d&payload=%7B%22x%22%3A1%7D&e=%1b%E2%80%AE\n\ndecoded:\na b = c d\npayload = {\n  \"x\": 1\n}\ne = \\x1b\\u{202e}\n"
        );
    }

    #[test]
    fn a_short_text_has_twenty_lines_that_fit() {
        let body = "漢".repeat(500) + "\n" + &"line\n".repeat(100);
        let text = short(body.as_bytes(), None, Style::PLAIN, 40);
        assert_eq!(text.lines().count(), SHORT_LINES + 1);
        assert!(text.lines().all(|line| fit::columns(line) <= 40));
        assert!(text.ends_with("… 81 more lines\n"));
        let broken = format!("[{}x", "\"long long text\",".repeat(10_000));
        let text = short(broken.as_bytes(), None, Style::PLAIN, 40);
        assert!(text.lines().count() <= SHORT_LINES + 2, "{text}");
        assert!(
            text.contains("not JSON: expected a value at byte 170001"),
            "{text}"
        );
    }

    #[test]
    fn millions_of_brackets_do_not_become_gigabytes() {
        let body = "[".repeat(1_000_000);
        let text = plain(body.as_bytes());
        assert!(text.len() < 32 << 20);
        assert!(text.contains("… not shown to its end, at most "));
    }
}
