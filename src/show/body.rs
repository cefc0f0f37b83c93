//! A body as a person reads it: JSON in its pretty form, every token as it stands; forms and multipart
//! bodies field by field; other text in its lines; what was compressed unpacked; binary as a dump.
//!
//! The bytes decide how a body is shown; its `Content-Type` only tells forms from other text, and its
//! `Content-Encoding` how bytes that are no text were packed. What is
//! not quite JSON is shown as JSON up to the error, from there on as it came, and a line says where
//! and why. What is not shown as it came is said to be so. Tabs become spaces; other controls, escapes.

use super::style::{Ink, Style};
use super::unpack::{Part, fields, parts, starts_with, unpacked};
use super::{fit, fold, harmless};
use crate::amount;
use crate::delivery::Headers;
use crate::json::{self, Kind, Pretty};

/// How many bytes of a body that is no text are dumped.
const DUMPED_BYTES: usize = 256;
/// How many of them when it is to be short.
const SHORT_DUMPED_BYTES: usize = 64;
/// How many lines a body has when it is to be short.
const SHORT_LINES: usize = 12;
/// How many bytes decide whether a body is text.
const JUDGED_BYTES: usize = 4096;
/// How many columns of a field's name are shown.
const NAME_COLUMNS: usize = 60;
/// The pretty form of a document may be this many times as long as the document: enough for a
/// colour on each key, too little for a stranger who makes us indent millions of brackets.
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

/// All of a body, whatever it is, ending with a line feed.
pub(crate) fn full(body: &[u8], headers: &Headers, style: Style) -> String {
    let all = Room {
        lines: usize::MAX,
        width: usize::MAX,
    };
    all.body(body, headers, style)
}

/// At most twelve lines of a body and two that say what it is, none longer than `width` columns,
/// ending with a line feed.
pub(crate) fn short(body: &[u8], headers: &Headers, style: Style, width: usize) -> String {
    let some = Room {
        lines: SHORT_LINES,
        width,
    };
    some.body(body, headers, style)
}

/// JSON in its pretty form, coloured, and harmless.
pub(crate) fn pretty(doc: &[u8], style: Style) -> String {
    printed(doc, style, usize::MAX).0
}

/// How much is shown.
#[derive(Clone, Copy)]
struct Room {
    lines: usize,
    width: usize,
}

impl Room {
    fn body(self, body: &[u8], headers: &Headers, style: Style) -> String {
        let header = |name| headers.get(name).unwrap_or_default();
        let (content_type, encoding) = (header("content-type"), header("content-encoding"));
        let Some(inside) = unpacked(body, encoding) else {
            return self.plain(body, content_type, encoding, style);
        };
        let size = amount::bytes(inside.bytes.len());
        let note = match inside.is_whole {
            true => format!("({}, {size} unpacked)", inside.format),
            false => format!("({}, its first {size} unpacked)", inside.format),
        };
        // What is cut off would not be JSON.
        let text = match inside.is_whole {
            true => self.plain(&inside.bytes, content_type, b"", style),
            false => self.text(&inside.bytes, style),
        };
        format!("{}\n{text}", style.dim(note))
    }

    fn plain(self, body: &[u8], content_type: &[u8], encoding: &[u8], style: Style) -> String {
        let (text, mark) = json::unmarked(body);
        let note = |text: &str| format!("{}\n", style.dim(text));
        if body.is_empty() {
            return note("(no body)");
        }
        if let Some((parts, more)) = parts(body, content_type) {
            return self.parts(&parts, more, style);
        }
        match text.trim_ascii_start() {
            [b'{' | b'[', ..] if mark > 0 => {
                note("(a byte order mark, then)") + &self.json(text, mark, style)
            }
            [b'{' | b'[', ..] => self.json(text, mark, style),
            _ if !is_text(body) => self.binary(body, encoding, style),
            _ if starts_with(content_type, b"application/x-www-form-urlencoded") => {
                self.form(body, style)
            }
            start if starts_with(start, b"<!doctype html") || starts_with(start, b"<html") => {
                note("(HTML)") + &self.text(body, style)
            }
            [b'<', b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z', ..] => {
                note("(XML)") + &self.text(body, style)
            }
            _ => self.text(body, style),
        }
    }

    fn is_all(self) -> bool {
        self.lines == usize::MAX
    }

    fn json(self, doc: &[u8], mark: usize, style: Style) -> String {
        if self.is_all() {
            let (text, error) = printed(doc, style, usize::MAX);
            return text + &error_line(error, mark, style);
        }
        fold::folded(doc, self.lines, self.width, style).unwrap_or_else(|error| {
            // The first lines of the pretty form of what is not JSON.
            let (pretty, _) = printed(doc, Style::PLAIN, self.lines * 4 * self.width);
            self.first(pretty.lines(), style) + &error_line(Some(error), mark, style)
        })
    }

    /// What it is, if that can be told, and its first bytes.
    fn binary(self, body: &[u8], encoding: &[u8], style: Style) -> String {
        let format = FORMATS.iter().find(|(magic, _)| body.starts_with(magic));
        let name = match (format, encoding.trim_ascii()) {
            (Some((_, name)), _) => (*name).to_owned(),
            (None, b"") => "binary".to_owned(),
            (None, b"br") => "brotli, not unpacked".to_owned(),
            (None, encoding) => fit::inline(encoding, NAME_COLUMNS) + ", not unpacked",
        };
        let text = format!("({name}, {})", amount::bytes(body.len()));
        let most = match self.is_all() {
            true => DUMPED_BYTES,
            false => SHORT_DUMPED_BYTES,
        };
        format!("{}\n{}", style.dim(text), dumped(body, most, style))
    }

    /// A text in its lines.
    fn text(self, body: &[u8], style: Style) -> String {
        let body = body.strip_suffix(b"\n").unwrap_or(body);
        if self.is_all() {
            return spaced(&harmless::lines(body)).into_owned() + "\n";
        }
        let window = |line: &[u8]| {
            let line = &line[..line.len().min(self.width.saturating_mul(8))];
            spaced(&harmless::lines(line)).into_owned()
        };
        self.first(body.split(|&byte| byte == b'\n').map(window), style)
    }

    /// The first lines, each cut to the width, and how many there are more.
    fn first(self, lines: impl Iterator<Item = impl AsRef<str>>, style: Style) -> String {
        let mut text = String::new();
        let mut count = 0;
        for line in lines {
            count += 1;
            if count < self.lines {
                text.push_str(&fit::cut(line.as_ref(), self.width));
                text.push('\n');
            }
        }
        text + &more(count, self.lines.saturating_sub(1), "line", style)
    }

    /// The fields of a form, decoded; one that holds JSON (GitHub's `payload`) as such.
    fn form(self, body: &[u8], style: Style) -> String {
        let mut text = match self.is_all() {
            true => self.text(body, style) + "\n" + &style.dim("decoded:") + "\n",
            false => format!("{}\n", style.dim("(a form, decoded)")),
        };
        let (mut count, mut shown) = (0, 0);
        let mut left = self.lines;
        for (name, value) in fields(body) {
            count += 1;
            if left < 2 {
                continue;
            }
            let field = self.within(left - 1).field(&name, &value, style);
            shown = count;
            left = left.saturating_sub(field.lines().count());
            text.push_str(&field);
        }
        text + &more(count, shown, "field", style)
    }

    fn within(self, lines: usize) -> Self {
        match self.is_all() {
            true => self,
            false => Self { lines, ..self },
        }
    }

    fn field(self, name: &[u8], value: &[u8], style: Style) -> String {
        let name = fit::inline(name, NAME_COLUMNS);
        let room = self.width.saturating_sub(fit::columns(&name) + 3);
        let shown = match value.trim_ascii_start() {
            [b'{' | b'[', ..] => self.json(value, 0, style),
            _ => format!("{}\n", fit::last(value, room.max(8))),
        };
        format!("{} = {shown}", style.name(name))
    }

    fn parts(self, parts: &[Part<'_>], more_come: bool, style: Style) -> String {
        let at_least = if more_come { "more than " } else { "" };
        let count = amount::count(parts.len());
        let noun = if parts.len() == 1 { "part" } else { "parts" };
        let mut text = format!(
            "{}\n",
            style.dim(format!("(multipart, {at_least}{count} {noun})"))
        );
        let most = match parts.len() > self.lines {
            true => self.lines - 1,
            false => parts.len(),
        };
        for part in &parts[..most] {
            let name = style.name(fit::inline(&part.name, NAME_COLUMNS));
            let size = amount::bytes(part.content.len());
            let kind = fit::inline(part.kind.unwrap_or(b"no content type"), NAME_COLUMNS);
            text.push_str(&match &part.file {
                Some(file) => {
                    let file = fit::inline(file, NAME_COLUMNS);
                    format!(
                        "{name} = {}\n",
                        style.dim(format!("(file {file}, {kind}, {size})"))
                    )
                }
                None if is_text(part.content) => {
                    self.within(1).field(&part.name, part.content, style)
                }
                None => format!("{name} = {}\n", style.dim(format!("({kind}, {size})"))),
            });
        }
        text + &more(parts.len(), most, "part", style)
    }
}

/// How many there are more than are shown.
fn more(count: usize, shown: usize, noun: &str, style: Style) -> String {
    match count.saturating_sub(shown) {
        0 => String::new(),
        left => {
            let left = amount::counted(left, &format!("more {noun}"));
            format!("{}\n", style.dim(format!("… {left}")))
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
    let (key, none) = (Ink::of(|text| style.name(text)), Ink::default());
    let (mut error, mut left) = (None, 0);
    for piece in Pretty::new(doc) {
        out.extend_from_slice(piece.before.as_bytes());
        let bytes = &doc[piece.range.clone()];
        match piece.kind {
            Ok(kind) => {
                let ink = if kind == Kind::Key { &key } else { &none };
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
        let left = amount::bytes(left);
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

/// The first bytes in hex and as text.
pub(crate) fn dump(body: &[u8], style: Style) -> String {
    dumped(body, DUMPED_BYTES, style)
}

fn dumped(body: &[u8], most: usize, style: Style) -> String {
    let mut text = String::new();
    for (row, bytes) in body.chunks(16).take(most / 16).enumerate() {
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
    text + &more(body.len(), most, "byte", style)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(body: &[u8]) -> String {
        full(body, &Headers::new(), Style::PLAIN)
    }

    fn headers(name: &str, value: &str) -> Headers {
        let mut headers = Headers::new();
        headers.push(name, value);
        headers
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
            "{\n  \u{1b}[36m\"a\"\u{1b}[0m: [\n    \"b\",\n    1\n  ]\n}\n"
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
        assert_eq!(
            plain(b"<a>\r\n\t<b/>\n</a>"),
            "(XML)\n<a>\\r\n    <b/>\n</a>\n"
        );
        assert_eq!(plain(b"<!DOCTYPE html>\n"), "(HTML)\n<!DOCTYPE html>\n");
        assert_eq!(plain(b"<3 is no markup"), "<3 is no markup\n");
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
        assert!(plain(&[0; 300]).ends_with("................\n… 44 more bytes\n"));
    }

    #[test]
    fn a_form_is_shown_as_it_came_and_decoded() {
        let body = b"a+b=c%20d&payload=%7B%22x%22%3A1%7D&e=%1b%E2%80%AE";
        let kind = &headers(
            "Content-Type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        assert_eq!(
            full(body, kind, Style::PLAIN),
            "a+b=c%20d&payload=%7B%22x%22%3A1%7D&e=%1b%E2%80%AE\n\ndecoded:\na b = c d\npayload = {\n  \"x\": 1\n}\ne = \\x1b\\u{202e}\n"
        );
    }

    #[test]
    fn a_short_form_is_decoded_field_by_field() {
        let kind = &headers("content-type", "application/x-www-form-urlencoded");
        let body = b"a+b=%D7%A9&payload=%7B%22x%22%3A1%2C%22y%22%3A%5B2%5D%7D&c=%1b";
        assert_eq!(
            short(body, kind, Style::PLAIN, 40),
            "(a form, decoded)\na b = ש\npayload = {\n  \"x\": 1,\n  \"y\": [… 1 element]\n}\nc = \\x1b\n"
        );
        let many = "name=a%20long%20long%20long%20long%20long%20value&".repeat(30);
        let text = short(many.as_bytes(), kind, Style::PLAIN, 40);
        assert_eq!(text.lines().count(), 1 + SHORT_LINES);
        assert!(text.lines().all(|line| fit::columns(line) <= 40), "{text}");
        assert!(text.ends_with("… 19 more fields\n"), "{text}");
    }

    #[test]
    fn a_multipart_body_is_shown_part_by_part() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\nnoor@example.com\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\0\r\n--x--\r\n";
        let kind = &headers("Content-Type", "multipart/form-data; boundary=x");
        let expected =
            "(multipart, 2 parts)\nfrom = noor@example.com\nf = (file a.png, image/png, 5 bytes)\n";
        assert_eq!(short(body, kind, Style::PLAIN, 80), expected);
        assert_eq!(full(body, kind, Style::PLAIN), expected);
        let many = [b"--x\n\n1\n".repeat(30), b"--x--".to_vec()].concat();
        let text = short(&many, kind, Style::PLAIN, 80);
        assert_eq!(text.lines().count(), 1 + SHORT_LINES);
        assert!(text.ends_with("… 19 more parts\n"), "{text}");
    }

    #[test]
    fn what_was_compressed_is_unpacked_and_said_to_be() {
        let gzip = |bytes: &[u8]| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut gzip, bytes).unwrap();
            gzip.finish().unwrap()
        };
        let text = "(gzip, 7 bytes unpacked)\n{\n  \"a\": 1\n}\n";
        assert_eq!(plain(&gzip(b"{\"a\":1}")), text);
        assert_eq!(
            short(&gzip(b"{\"a\":1}"), &Headers::new(), Style::PLAIN, 80),
            text
        );
        let bomb = gzip(&[b"[".to_vec(), vec![b'1'; 50 << 20]].concat());
        let text = short(&bomb, &Headers::new(), Style::PLAIN, 40);
        assert!(
            text.starts_with("(gzip, its first 4,194,304 bytes unpacked)\n[111"),
            "{text}"
        );
        assert!(text.len() < 200, "{}", text.len());
    }

    #[test]
    fn a_short_text_has_twelve_lines_that_fit() {
        let body = "漢".repeat(500) + "\n" + &"line\n".repeat(100);
        let text = short(body.as_bytes(), &Headers::new(), Style::PLAIN, 40);
        assert_eq!(text.lines().count(), SHORT_LINES);
        assert!(text.lines().all(|line| fit::columns(line) <= 40));
        assert!(text.ends_with("… 90 more lines\n"));
        let broken = format!("[{}x", "\"long long text\",".repeat(10_000));
        let text = short(broken.as_bytes(), &Headers::new(), Style::PLAIN, 40);
        assert!(text.lines().count() <= SHORT_LINES + 2, "{text}");
        assert!(
            text.contains("not JSON: expected a value at byte 170,001"),
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
