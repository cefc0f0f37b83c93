//! Writes a document as a dialect has it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::dialect::{CANONICAL, Dialect, Order, Strings, Way};
use super::error::{Error, ErrorKind};
use super::lexer::Kind;
use super::number::respell;
use super::outline::{Node, Nodes, Outline};
use super::text::{CodePoints, unescape, unquoted, wtf8};

/// `doc` as the dialect writes it. Refuses what is not JSON, and with [`ErrorKind::TooLong`] what would become many times
/// as long by indentation. To try many dialects on one document use [`Dialect::write`].
pub fn rewrite(doc: &[u8], dialect: &Dialect) -> Result<Vec<u8>, Error> {
    dialect.write(&Outline::read(doc)?)
}

/// Whether both are the same JSON, however it is spelled: the order of keys, escapes, space and the notation of numbers
/// do not count; of several members with one name the last does.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    let canonical = |doc: &[u8]| {
        let outline = Outline::read(doc).ok()?;
        Writer::new(&CANONICAL, doc.len()).write(outline.root())
    };
    one == other || canonical(one).is_some_and(|one| Some(one) == canonical(other))
}

impl Dialect {
    /// Writes the document that was read; see [`rewrite`].
    pub fn write(&self, outline: &Outline<'_>) -> Result<Vec<u8>, Error> {
        let doc = outline.doc();
        let written = Writer::new(&self.way, doc.len()).write(outline.root());
        written.ok_or_else(|| Error::at(doc.len(), doc, ErrorKind::TooLong))
    }
}

struct Writer<'o> {
    way: &'o Way,
    out: Vec<u8>,
    longest: usize,
    /// For each byte whether a string with it must be looked at closely.
    special: [bool; 256],
    open: Vec<Frame<'o>>,
    /// How many open containers indent what they hold.
    level: usize,
}

/// A container that is being written.
struct Frame<'o> {
    is_object: bool,
    is_inline: bool,
    is_first: bool,
    left: Left<'o>,
}

enum Left<'o> {
    /// In the document's order.
    InOrder(Nodes<'o>),
    /// In an order of its own.
    Members(std::vec::IntoIter<Member<'o>>),
}

struct Member<'o> {
    /// What the key says, to compare by.
    name: Cow<'o, [u8]>,
    key: Node<'o>,
    value: Node<'o>,
}

impl<'o> Writer<'o> {
    fn new(way: &'o Way, length: usize) -> Self {
        Writer {
            way,
            out: Vec::with_capacity(length + length / 8),
            // Indentation can be quadratic in depth; no serialiser met in practice goes so far.
            longest: length.saturating_mul(16).saturating_add(1 << 20),
            special: way.strings.special(),
            open: Vec::new(),
            level: 0,
        }
    }

    /// None if it grows beyond all measure.
    fn write(mut self, root: Node<'o>) -> Option<Vec<u8>> {
        self.value(root);
        while let Some(mut frame) = self.open.pop() {
            let next = match &mut frame.left {
                Left::InOrder(nodes) => nodes.next(),
                Left::Members(members) => members
                    .next()
                    .map(|member| (Some(member.key), member.value)),
            };
            match next {
                Some((key, value)) => {
                    self.between(&mut frame);
                    if let Some(key) = key.filter(|_| frame.is_object) {
                        self.string(key.bytes());
                        self.put(self.way.layout.colon);
                    }
                    self.open.push(frame);
                    self.value(value);
                }
                None => self.close(&frame),
            }
            if self.out.len() > self.longest {
                return None;
            }
        }
        if self.way.final_newline {
            self.out.push(b'\n');
        }
        Some(self.out)
    }

    fn value(&mut self, value: Node<'o>) {
        match value.kind() {
            Kind::ObjectStart | Kind::ArrayStart => self.open(value),
            Kind::String => self.string(value.bytes()),
            Kind::Number => respell(value.bytes(), self.way.numbers, &mut self.out),
            _ => self.out.extend_from_slice(value.bytes()),
        }
    }

    fn open(&mut self, container: Node<'o>) {
        let way = self.way;
        let mut is_object = container.kind() == Kind::ObjectStart;
        let mut left = Left::InOrder(container.entries());
        if is_object && !(way.keeps_duplicates && way.order == Order::Kept) {
            let members = way.arrange(container);
            is_object = !(way.php_arrays && is_list(&members));
            left = Left::Members(members.into_iter());
        }
        let is_inline = way.layout.indent.is_none() || (way.layout.spaced_brackets && !is_object);
        self.level += usize::from(!is_inline);
        self.out.push(if is_object { b'{' } else { b'[' });
        self.open.push(Frame {
            is_object,
            is_inline,
            is_first: true,
            left,
        });
    }

    fn between(&mut self, frame: &mut Frame<'_>) {
        if !std::mem::replace(&mut frame.is_first, false) {
            self.put(self.way.layout.comma);
        }
        if !frame.is_inline {
            self.indent();
        } else if self.way.layout.spaced_brackets {
            self.out.push(b' ');
        }
    }

    fn close(&mut self, frame: &Frame<'_>) {
        self.level -= usize::from(!frame.is_inline);
        if self.way.layout.spaced_brackets && (frame.is_first || frame.is_inline) {
            self.out.push(b' ');
        } else if !frame.is_first && !frame.is_inline {
            self.indent();
        }
        self.out.push(if frame.is_object { b'}' } else { b']' });
    }

    fn indent(&mut self) {
        self.out.push(b'\n');
        if let Some((byte, count)) = self.way.layout.indent {
            self.out.resize(self.out.len() + self.level * count, byte);
        }
    }

    fn string(&mut self, token: &[u8]) {
        let inner = unquoted(token);
        let is_special = |&byte: &u8| self.special[usize::from(byte)];
        if self.way.strings.kept || !inner.iter().any(is_special) {
            return self.out.extend_from_slice(token);
        }
        self.out.push(b'"');
        for code in CodePoints::of(&String::from_utf8_lossy(inner)) {
            self.way.strings.write(code, &mut self.out);
        }
        self.out.push(b'"');
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

impl Way {
    /// An object's members in this way's order, each name once unless it keeps duplicates.
    fn arrange<'o>(&self, object: Node<'o>) -> Vec<Member<'o>> {
        let member = |(key, value): (Option<Node<'o>>, Node<'o>)| {
            let key = key?;
            let name = match self.strings.replaces_surrogates {
                true => into_bytes(unescape(key.bytes())),
                false => wtf8(key.bytes()),
            };
            Some(Member { name, key, value })
        };
        let mut members: Vec<_> = object.entries().filter_map(member).collect();
        if !self.keeps_duplicates {
            members = last_wins(members);
        }
        match self.order {
            Order::Kept => {}
            Order::IndicesFirst => {
                members.sort_by_cached_key(|member| array_index(&member.name).unwrap_or(u32::MAX))
            }
            Order::CodePoints => members.sort_by(|a, b| a.name.cmp(&b.name)),
            Order::Utf16 => members.sort_by(|a, b| utf16_rank(&a.name).cmp(utf16_rank(&b.name))),
            Order::LengthFirst => {
                members.sort_by(|a, b| (a.name.len(), &a.name).cmp(&(b.name.len(), &b.name)))
            }
        }
        members
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// Of members with the same name the last one's value, at the place of the first.
fn last_wins(members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    let is_small = members.len() <= 16;
    let mut places: HashMap<Cow<'_, [u8]>, usize> = HashMap::new();
    let mut kept: Vec<Member<'_>> = Vec::with_capacity(members.len());
    for member in members {
        let place = match is_small {
            true => kept.iter().position(|other| other.name == member.name),
            false => places.get(&member.name).copied(),
        };
        if let Some(place) = place {
            kept[place].value = member.value;
            continue;
        }
        if !is_small {
            places.insert(member.name.clone(), kept.len());
        }
        kept.push(member);
    }
    kept
}

/// The number that a key is, if JavaScript takes it for an array's index: as it prints it, and below 2^32 - 1.
fn array_index(name: &[u8]) -> Option<u32> {
    let is_canonical = name == b"0"
        || (name.len() <= 10
            && name
                .first()
                .is_some_and(|digit| (b'1'..=b'9').contains(digit)));
    if !is_canonical || !name.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let index = std::str::from_utf8(name).ok()?.parse().ok()?;
    (index < u32::MAX).then_some(index)
}

/// Bytes of UTF-8 that compare as the UTF-16 of the same text does: all characters above U+FFFF, whose first byte is 0xF0
/// or more, sort as their surrogates would, below U+E000, whose first byte is 0xEE.
fn utf16_rank(name: &[u8]) -> impl Iterator<Item = u8> {
    name.iter().map(|&byte| match byte {
        0xEE | 0xEF => byte + 0x10,
        0xF0..=0xF4 => byte - 0x02,
        byte => byte,
    })
}

fn is_list(members: &[Member<'_>]) -> bool {
    let mut members = members.iter().zip(0_u32..);
    members.all(|(member, index)| array_index(&member.name) == Some(index))
}

impl Strings {
    fn special(&self) -> [bool; 256] {
        let mut special = [false; 256];
        special[usize::from(b'\\')] = true;
        special[usize::from(b'/')] = self.slash;
        for &byte in self.escaped {
            special[usize::from(byte)] = true;
        }
        if self.line_separators {
            special[0xE2] = true;
        }
        if self.ascii {
            special[0x80..].fill(true);
        }
        special
    }

    fn write(&self, code: u32, out: &mut Vec<u8>) {
        let byte = u8::try_from(code).ok().filter(u8::is_ascii);
        if byte.is_some_and(|byte| self.escaped.contains(&byte)) {
            return self.escape(code, out);
        }
        let character = match char::from_u32(code) {
            Some(character) => character,
            None if self.replaces_surrogates => char::REPLACEMENT_CHARACTER,
            None => return self.escape(code, out),
        };
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '/' if self.slash => out.extend_from_slice(b"\\/"),
            '\0'..='\u{1f}' => self.escape(code, out),
            '\u{2028}' | '\u{2029}' if self.line_separators => self.escape(code, out),
            '\u{80}'.. if self.ascii => self.escape(code, out),
            character => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// `\uXXXX`, or two of them for what is above U+FFFF.
    fn escape(&self, code: u32, out: &mut Vec<u8>) {
        let digits: &[u8; 16] = if self.upper_hex {
            b"0123456789ABCDEF"
        } else {
            b"0123456789abcdef"
        };
        let mut unit = |unit: u32| {
            out.extend_from_slice(b"\\u");
            out.extend([12, 8, 4, 0].map(|shift| digits[(unit >> shift & 0xF) as usize]));
        };
        match code.checked_sub(0x10000) {
            Some(above) => {
                unit(0xD800 + (above >> 10));
                unit(0xDC00 + (above & 0x3FF));
            }
            None => unit(code),
        }
    }
}
