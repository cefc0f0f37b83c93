//! Values as languages print them, where somebody signed `str(body)`, `body.to_s` or `String(body)`
//! in place of the bytes: JSON in such a notation, and JSON read back out of it.

use super::document::in_dialects;
use super::escapes::push_unit;
use super::shape::{Body, HUGE, Scene, Sink};
use crate::json::{self, Dialect, Kind, Outline, Tokens};

type Out<'o, 'v> = &'o mut Sink<'v, Body>;

/// How strings stand.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    None,
    /// As in JSON.
    Double,
    /// Single ones, or double ones around a text that has single ones only.
    Python,
    /// Single ones; none around keys that are names.
    JavaScript,
}

/// How a language prints objects, lists and scalars.
struct Notation {
    about: &'static str,
    rarer: u8,
    /// The dialect whose order and numbers it has.
    dialect: &'static str,
    object: [&'static str; 2],
    list: [&'static str; 2],
    comma: &'static str,
    colon: &'static str,
    quotes: Quotes,
    /// For `true`, `false` and `null`.
    words: [&'static str; 3],
}

const PYTHON: Notation = Notation {
    about: "as Python's str() of a dict",
    rarer: 0,
    dialect: "python-unicode",
    object: ["{", "}"],
    list: ["[", "]"],
    comma: ", ",
    colon: ": ",
    quotes: Quotes::Python,
    words: ["True", "False", "None"],
};
const RUBY: Notation = Notation {
    about: "as Ruby's inspect or to_s of a hash",
    dialect: "ruby",
    colon: "=>",
    quotes: Quotes::Double,
    words: ["true", "false", "nil"],
    ..PYTHON
};
const NOTATIONS: [Notation; 6] = [
    PYTHON,
    RUBY,
    Notation {
        colon: " => ",
        ..RUBY
    },
    Notation {
        about: "as Java's, Kotlin's or Groovy's toString() of a map",
        rarer: 1,
        dialect: "jackson",
        colon: "=",
        quotes: Quotes::None,
        words: ["true", "false", "null"],
        ..PYTHON
    },
    Notation {
        about: "as Go's %v of a map",
        rarer: 1,
        dialect: "go",
        object: ["map[", "]"],
        comma: " ",
        colon: ":",
        quotes: Quotes::None,
        words: ["true", "false", "<nil>"],
        ..PYTHON
    },
    Notation {
        about: "as Node's util.inspect() of an object",
        rarer: 1,
        dialect: "compact",
        object: ["{ ", " }"],
        list: ["[ ", " ]"],
        quotes: Quotes::JavaScript,
        words: ["true", "false", "null"],
        ..PYTHON
    },
];

pub(super) fn printed(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if !out.wants(0) || body.len() > HUGE {
        return;
    }
    bytes_literal(body, out);
    let inner = body.trim_ascii();
    if let Ok(outline) = Outline::read(inner) {
        let is_whole = outline.root().kind().is_container();
        for notation in NOTATIONS.iter().filter(|_| is_whole) {
            let dialect = Dialect::named(notation.dialect).filter(|_| out.wants(notation.rarer));
            let written = dialect.and_then(|dialect| dialect.write(&outline).ok());
            if let Some(made) = written.and_then(|json| notation.print(&json)) {
                let what = format!("was printed {}, and that was signed", notation.about);
                out.push(notation.rarer, made, what);
            }
        }
        return;
    }
    let Some(json) = std::str::from_utf8(inner).ok().and_then(read) else {
        return;
    };
    let Ok(outline) = Outline::read(json.as_bytes()) else {
        return;
    };
    for (dialect, made) in in_dialects(&outline, 1) {
        let what = "is a value that a program printed, and its JSON was signed, ".to_owned();
        out.push(dialect.rarity, made, what + dialect.name);
    }
}

/// Python's `str(bytes)`: `b'…'`.
fn bytes_literal(body: &[u8], out: Out<'_, '_>) {
    let text = std::str::from_utf8(body).unwrap_or_default();
    if let Some(text) = text.strip_prefix('b') {
        let mut json = String::new();
        let length = text.chars().next().filter(|quote| "'\"".contains(*quote));
        let length = length.and_then(|quote| read_string(text, quote, &mut json));
        let inner = json::unescape(json.as_bytes());
        let made: Result<Body, _> = inner.chars().map(u8::try_from).collect();
        if let (Some(length), Ok(made)) = (length, made)
            && length == text.len()
        {
            out.push(0, made, "is Python's str() of the bytes that were signed");
        }
    }
    let mut made = "b".to_owned();
    let latin: String = body.iter().map(|&byte| char::from(byte)).collect();
    let is_plain = |one| matches!(one, ' '..='~');
    push_quoted(&latin, python_quote(&latin), is_plain, &mut made);
    let what = "was printed as Python's str() of bytes, and that was signed";
    out.push(0, made, what);
}

/// Single quotes, or double ones around a text that has single ones only.
fn python_quote(text: &str) -> char {
    match text.contains('\'') && !text.contains('"') {
        true => '"',
        false => '\'',
    }
}

fn push_quoted(text: &str, quote: char, is_plain: fn(char) -> bool, made: &mut String) {
    made.push(quote);
    for one in text.chars() {
        match one {
            '\n' => made.push_str("\\n"),
            '\r' => made.push_str("\\r"),
            '\t' => made.push_str("\\t"),
            '\\' => made.push_str("\\\\"),
            _ if one == quote => made.extend(['\\', one]),
            _ if is_plain(one) => made.push(one),
            _ => made.push_str(&format!("\\x{:02x}", u32::from(one))),
        }
    }
    made.push(quote);
}

impl Notation {
    /// A valid document in this notation.
    fn print(&self, json: &[u8]) -> Option<Vec<u8>> {
        let mut made = String::with_capacity(json.len() + json.len() / 8);
        // Whether what is open is an object, and whether nothing is in it yet.
        let mut open: Vec<(bool, bool)> = Vec::new();
        for token in Tokens::new(json) {
            let token = token.ok()?;
            let is_end = matches!(token.kind, Kind::ObjectEnd | Kind::ArrayEnd);
            let bytes = &json[token.range()];
            if let Some((is_object, is_first)) = open.last_mut().filter(|_| !is_end)
                && (token.kind == Kind::Key || !*is_object)
                && !std::mem::replace(is_first, false)
            {
                made.push_str(self.comma);
            }
            let is_object = token.kind == Kind::ObjectStart;
            match token.kind {
                Kind::ObjectStart | Kind::ArrayStart => {
                    open.push((is_object, true));
                    made.push_str(self.brackets(is_object)[0]);
                }
                Kind::ObjectEnd | Kind::ArrayEnd => {
                    let (is_object, is_empty) = open.pop()?;
                    let mut end = self.brackets(is_object)[1];
                    if is_empty {
                        made.truncate(made.trim_end_matches(' ').len());
                        end = end.trim_start();
                    }
                    made.push_str(end);
                }
                Kind::Key => {
                    self.string(bytes, true, &mut made);
                    made.push_str(self.colon);
                }
                Kind::String => self.string(bytes, false, &mut made),
                Kind::Number => made.push_str(std::str::from_utf8(bytes).ok()?),
                Kind::True => made.push_str(self.words[0]),
                Kind::False => made.push_str(self.words[1]),
                Kind::Null => made.push_str(self.words[2]),
            }
        }
        Some(made.into_bytes())
    }

    fn brackets(&self, is_object: bool) -> [&'static str; 2] {
        if is_object { self.object } else { self.list }
    }

    fn string(&self, token: &[u8], is_key: bool, made: &mut String) {
        let text = json::unescape(token);
        let is_letter = |one: char| one.is_alphanumeric() || one == '_' || one == '$';
        let is_name =
            text.chars().all(is_letter) && text.starts_with(|first: char| !first.is_ascii_digit());
        let has = |one| text.contains(one);
        let quote = match self.quotes {
            Quotes::None => return made.push_str(&text),
            Quotes::Double => return made.push_str(&String::from_utf8_lossy(token)),
            Quotes::JavaScript if is_key && is_name => return made.push_str(&text),
            Quotes::JavaScript if has('\'') && has('"') && !has('`') => '`',
            _ => python_quote(&text),
        };
        push_quoted(&text, quote, |one| !one.is_control(), made);
    }
}

/// JSON out of what Python, Ruby, JavaScript and people write for it: other quotes, bare keys, other
/// words, `=>`, and commas too many.
fn read(text: &str) -> Option<String> {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    if !text.starts_with(['{', '[', '%']) {
        return None;
    }
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            _ if first.is_ascii_whitespace() || first == '%' => {}
            '\'' | '"' | '`' => length = read_string(rest, first, &mut made)?,
            '{' | '[' | ',' => made.push(first),
            '(' => made.push('['),
            '}' | ']' | ')' => {
                if made.ends_with(',') {
                    made.pop();
                }
                made.push(if first == ')' { ']' } else { first });
            }
            '=' if rest.starts_with("=>") => {
                length = 2;
                made.push(':');
            }
            // Ruby's symbols, as keys.
            ':' if made.ends_with(['{', ',']) => {}
            ':' => made.push(':'),
            _ => {
                let is_word = |one: char| one.is_alphanumeric() || "_$.+-".contains(one);
                length = rest.find(|one| !is_word(one)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(length);
                let after = after.trim_start();
                match word {
                    "" => return None,
                    "u" | "b" | "r" if after.starts_with(['\'', '"']) => {}
                    _ if after.starts_with(':') || after.starts_with("=>") => {
                        made.push_str(&format!("\"{word}\""));
                    }
                    "True" | "true" => made.push_str("true"),
                    "False" | "false" => made.push_str("false"),
                    "None" | "nil" | "null" | "undefined" => made.push_str("null"),
                    number => made.push_str(number),
                }
            }
        }
        rest = &rest[length..];
    }
    Some(made)
}

/// Copies a string as JSON has it; says how long it was.
fn read_string(text: &str, quote: char, made: &mut String) -> Option<usize> {
    made.push('"');
    let mut characters = text.char_indices().skip(1);
    while let Some((at, one)) = characters.next() {
        match one {
            _ if one == quote => {
                made.push('"');
                return Some(at + 1);
            }
            '"' => made.push_str("\\\""),
            '\\' => match characters.next()?.1 {
                'x' => {
                    let code = u16::from_str_radix(text.get(at + 2..at + 4)?, 16).ok()?;
                    push_unit(code, false, made);
                    characters.nth(1)?;
                }
                same @ ('n' | 'r' | 't' | 'b' | 'f' | 'u' | '\\' | '"' | '/') => {
                    made.extend(['\\', same])
                }
                other => made.push(other),
            },
            _ if u32::from(one) < 0x20 => push_unit(one as u16, false, made),
            _ => made.push(one),
        }
    }
    None
}
