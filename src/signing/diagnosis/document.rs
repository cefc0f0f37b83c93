//! What happens to a body that is JSON or a form when a program reads it and writes it again, or
//! signs a part of it: the same document in other words.
//!
//! As everywhere here, nothing recurses, and what is made is bounded and made one by one.

use std::collections::HashSet;

use super::escapes::{Escapes, json_escaped, url_encodings};
use super::shape::{Body, HUGE, Made, Scene, Sink, quoted};
use crate::amount;
use crate::json::{self, Dialect, Kind, Node, Outline, Tokens};
use crate::signing::url::form_decoded;

/// Form fields that carry a whole payload.
pub(super) const FORM_FIELDS: [&str; 5] = ["payload", "data", "body", "json", "event"];
/// How many members of one object are tried.
const MEMBERS: usize = 48;
/// How many fields a form may have.
const FIELDS: usize = 256;
/// Up to this length every combination of a few things is tried.
const SHORT: usize = 4 << 10;

type Out<'o, 'v> = &'o mut Sink<'v, Body>;

/// A JSON body, and the white space around it.
struct Document<'b> {
    before: &'b [u8],
    inner: &'b [u8],
    after: &'b [u8],
}

impl<'b> Document<'b> {
    fn of(body: &'b [u8]) -> Self {
        let inner = body.trim_ascii();
        let start = body.len() - body.trim_ascii_start().len();
        Self {
            before: &body[..start],
            inner,
            after: &body[start + inner.len()..],
        }
    }
}

/// White space around the JSON stays: whether that was signed is another question.
pub(super) fn reserialised(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let document = Document::of(body);
    let Ok(outline) = Outline::read(document.inner) else {
        return;
    };
    for dialect in Dialect::all() {
        if !out.wants(dialect.rarity) {
            return;
        }
        let Ok(made) = dialect.write(&outline) else {
            continue;
        };
        if made != document.inner {
            let after = if made.ends_with(b"\n") {
                b""
            } else {
                document.after
            };
            let made = [document.before, &made, after].concat();
            let what = format!("{} ({})", dialect.name, dialect.about);
            let mut made = Made::new(dialect.rarity, made, what);
            made.detail = Some(dialect.name.into());
            out.put(made);
        }
    }
}

/// The JSON in the dialects that are at most so rare.
fn in_dialects(document: &[u8], rarest: u8) -> Vec<(&'static Dialect, Vec<u8>)> {
    let Ok(outline) = Outline::read(document) else {
        return Vec::new();
    };
    let dialects = Dialect::all()
        .iter()
        .filter(|dialect| dialect.rarity <= rarest);
    let written = dialects.filter_map(|dialect| Some((dialect, dialect.write(&outline).ok()?)));
    written.collect()
}

/// What programs escape in strings though they need not.
const ESCAPED: [char; 8] = ['@', '&', '=', '\'', '<', '>', '%', '+'];
/// The sets of them that are met.
const SETS: [&[char]; 5] = [
    &['<', '>', '&'],
    &['<', '>', '&', '\''],
    &['<', '>', '&', '=', '\''],
    &['@', '<', '>', '%', '&'],
    &['<', '>', '&', '\'', '+'],
];

/// The same JSON with more or fewer of its characters written as escapes, and nothing else changed.
pub(super) fn escapes(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let text = match std::str::from_utf8(body) {
        Ok(text) if out.wants(0) && json::validate(body.trim_ascii()).is_ok() => text,
        _ => return,
    };
    unescaped(text, out);
    let is_there = |character: &&char| text.contains(**character);
    let present: Vec<char> = ESCAPED.iter().filter(is_there).copied().collect();
    let all = present.as_slice();
    let mut sets: Vec<Vec<char>> = vec![Vec::new()];
    sets.extend(all.iter().map(|&one| vec![one]));
    for set in SETS {
        sets.push(set.iter().filter(is_there).copied().collect());
    }
    sets.push(all.to_vec());
    if text.len() <= SHORT && all.len() <= 7 {
        let is_in = |number: usize| move |at: &usize| number & (1 << at) != 0;
        let every = (0..1_usize << all.len()).map(|number| {
            (0..all.len())
                .filter(is_in(number))
                .map(|at| all[at])
                .collect()
        });
        sets.extend(every);
    }
    let wide = match (text.is_ascii(), text.bytes().any(|byte| byte >= 0xF0)) {
        (true, _) => &[None][..],
        (_, false) => &[None, Some(0x80)],
        (_, true) => &[None, Some(0x1_0000), Some(0x80)],
    };
    let slashes = if text.contains('/') {
        &[false, true][..]
    } else {
        &[false]
    };
    let mut seen = HashSet::new();
    for chosen in sets.iter().filter(|set| seen.insert(*set)) {
        for &from in wide {
            for &slash in slashes {
                let digits = match (chosen.iter().any(|one| "<=>+".contains(*one)), from) {
                    (false, None) => &[[false, false]][..],
                    (true, None) => &[[false, false], [true, false]],
                    (false, _) => &[[true, true], [false, false]],
                    (true, _) => &[[false, false], [true, true], [true, false]],
                };
                let kinds = usize::from(!chosen.is_empty()) + usize::from(slash);
                let kinds = kinds + usize::from(from.is_some());
                for &is_upper in digits {
                    let escapes = Escapes {
                        chosen,
                        slash,
                        from,
                        is_upper,
                    };
                    let rarer = u8::from(kinds > 1 || chosen.len() > 1);
                    if kinds > 0 && out.wants(rarer) {
                        out.push(rarer, escapes.write(text), escapes.what());
                    }
                }
            }
        }
    }
}

/// The JSON without the escapes that it need not have: all, those above U+FFFF, those of ASCII, `\/`.
fn unescaped(text: &str, out: Out<'_, '_>) {
    if !text.contains('\\') {
        return;
    }
    type Is = fn(char) -> bool;
    let ways: [(u8, Is, bool, &str); 5] = [
        (
            0,
            |one| u32::from(one) > 0xFFFF,
            false,
            "fewer escapes, with what lies above U+FFFF (emoji) as it is",
        ),
        (
            0,
            |one| one.is_ascii(),
            false,
            "fewer escapes, with ASCII as it is",
        ),
        (0, |_| false, true, "fewer escapes, with / as it is"),
        (
            1,
            |one| !one.is_ascii(),
            false,
            "fewer escapes, with ASCII alone escaped",
        ),
        (1, |_| true, true, "no escape that need not be"),
    ];
    for (rarer, is_bare, slash, what) in ways {
        out.make(rarer, what, || without_escapes(text, is_bare, slash));
    }
}

fn without_escapes(text: &str, is_bare: fn(char) -> bool, slash: bool) -> String {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        made.push_str(&text[at..at + found]);
        at += found;
        let units: Vec<u16> = unit(at).into_iter().chain(unit(at + 6)).collect();
        let (length, count) = match unit(at) {
            Some(0xD800..=0xDBFF) if units.len() == 2 => (12, 2),
            Some(_) => (6, 1),
            None => (2, 0),
        };
        let character = char::decode_utf16(units.into_iter().take(count)).next();
        match character {
            Some(Ok(one)) if is_bare(one) && !one.is_control() && one != '"' && one != '\\' => {
                made.push(one);
            }
            _ if slash && text[at..].starts_with("\\/") => made.push('/'),
            _ => made.push_str(&text[at..at + length]),
        }
        at += length;
    }
    made.push_str(&text[at..]);
    made
}

/// A number of a JSON body, and the nearest key before it.
#[derive(Clone, Copy)]
struct Number<'b> {
    key: &'b [u8],
    token: &'b [u8],
    end: usize,
}

/// How the ends of numbers are written that parsers drop.
const ENDS: [(&str, usize, u8); 3] = [(".0", 1, 0), ("two decimals", 2, 0), ("six decimals", 6, 2)];

impl Number<'_> {
    /// What is missing behind it, for so many decimals.
    fn missing(&self, decimals: usize) -> String {
        let is_plain = |byte: &u8| byte.is_ascii_digit() || b"-.".contains(byte);
        let point = self.token.iter().position(|&byte| byte == b'.');
        let there = point.map_or(0, |at| self.token.len() - at - 1);
        if there >= decimals || !self.token.iter().all(is_plain) {
            return String::new();
        }
        let point = if point.is_none() { "." } else { "" };
        format!("{point}{}", "0".repeat(decimals - there))
    }
}

/// The same JSON with numbers as they may have been before a parser dropped the zeros at their ends,
/// or the last digits of large ones.
pub(super) fn numbers(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if !out.wants(0) || !body.iter().any(u8::is_ascii_digit) || body.len() > HUGE {
        return;
    }
    let mut found: Vec<Number<'_>> = Vec::new();
    let mut key: &[u8] = b"";
    for token in Tokens::new(body) {
        let Ok(token) = token else { return };
        match token.kind {
            Kind::Key => key = &body[token.range()],
            Kind::Number => {
                let (token, end) = (&body[token.range()], token.end);
                found.push(Number { key, token, end });
            }
            _ => {}
        }
    }
    let mut keys: Vec<&[u8]> = Vec::new();
    let mut seen = HashSet::new();
    keys.extend(
        found
            .iter()
            .map(|number| number.key)
            .filter(|key| seen.insert(*key)),
    );
    for (end, decimals, rare) in ENDS {
        let mut push = |rarer: u8, is_meant: &dyn Fn(usize, &Number<'_>) -> bool, what: &str| {
            if out.wants(rare + rarer) {
                let missing = |(index, number): (usize, &Number<'_>)| match is_meant(index, number)
                {
                    true => number.missing(decimals),
                    false => String::new(),
                };
                let ends: Vec<String> = found.iter().enumerate().map(missing).collect();
                let made = with_ends(body, &found, &ends);
                out.push(rare + rarer, made, format!("{what} with {end}"));
            }
        };
        push(0, &|_, _| true, "all numbers");
        push(
            0,
            &|_, number| number.token.contains(&b'.'),
            "all fractions",
        );
        for key in keys.iter().take(MEMBERS) {
            push(0, &|_, number| number.key == *key, &quoted(key, 40));
        }
        for index in 0..found.len().min(MEMBERS) {
            push(1, &|at, _| at == index, &format!("number {}", index + 1));
        }
        if keys.len() <= 8 && body.len() <= SHORT {
            for set in 0..1_usize << keys.len() {
                let is_in = |number: &Number<'_>| {
                    keys.iter()
                        .position(|key| *key == number.key)
                        .is_some_and(|at| set & (1 << at) != 0)
                };
                push(
                    2,
                    &|_, number| is_in(number),
                    &amount::counted(set.count_ones() as usize, "member"),
                );
            }
        }
    }
    large_numbers(body, &found, out);
}

fn with_ends(body: &[u8], numbers: &[Number<'_>], ends: &[String]) -> Body {
    let mut made = Vec::with_capacity(body.len() + numbers.len());
    let mut at = 0;
    for (number, end) in numbers.iter().zip(ends) {
        made.extend_from_slice(&body[at..number.end]);
        made.extend_from_slice(end.as_bytes());
        at = number.end;
    }
    made.extend_from_slice(&body[at..]);
    made
}

/// One whole number beyond JavaScript's reach, in all the ways that become this one.
fn large_numbers(body: &[u8], numbers: &[Number<'_>], out: Out<'_, '_>) {
    const SAFE: i64 = 1 << 53;
    const REACH: i64 = 1024;
    if !out.wants(2) || body.len() > SHORT {
        return;
    }
    let large = numbers.iter().filter_map(|number| {
        let value: i64 = std::str::from_utf8(number.token).ok()?.parse().ok()?;
        (value.unsigned_abs() > SAFE as u64).then_some((number.token, value))
    });
    let mut seen = HashSet::new();
    for (token, value) in large.filter(|one| seen.insert(*one)).take(2) {
        let reach = value.saturating_sub(REACH)..=value.saturating_add(REACH);
        for other in reach.filter(|&other| other as f64 == value as f64 && other != value) {
            let mut made = Vec::with_capacity(body.len());
            let mut at = 0;
            for number in numbers.iter().filter(|number| number.token == token) {
                made.extend_from_slice(&body[at..number.end - token.len()]);
                made.extend_from_slice(other.to_string().as_bytes());
                at = number.end;
            }
            made.extend_from_slice(&body[at..]);
            out.push(
                2,
                made,
                format!("{} with its last digits", quoted(token, 40)),
            );
        }
    }
}

/// Line ends after the elements of an array, as SendGrid sends them.
pub(super) fn element_lines(body: &[u8], out: Out<'_, '_>) {
    let Ok(outline) = Outline::read(body.trim_ascii()) else {
        return;
    };
    if outline.root().kind() != Kind::ArrayStart {
        return;
    }
    let elements: Vec<&[u8]> = outline
        .root()
        .entries()
        .map(|(_, node)| node.bytes())
        .collect();
    let ways = [
        (",\r\n", "\r\n"),
        (",\n", "\n"),
        (",\r\n", ""),
        (",\n", ""),
        (",", "\r\n"),
    ];
    for (between, end) in ways {
        let lines = elements.join(between.as_bytes());
        let made = [b"[", lines.as_slice(), b"]", end.as_bytes()].concat();
        out.push(
            0,
            made,
            "line ends after the elements of its array that were signed",
        );
    }
    out.push(
        1,
        elements.join(&b'\n'),
        "brackets and commas around the lines that were signed",
    );
}

/// What holds the whole of what counts.
const WRAPPERS: [&str; 8] = [
    "data", "payload", "body", "event", "message", "object", "content", "resource",
];
/// What the name of a signature has in it.
const SIGNATURES: [&str; 6] = ["sig", "hash", "mac", "digest", "checksum", "token"];

/// One member of the body alone, and the body without one of its members.
pub(super) fn member(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if !out.wants(0) {
        return;
    }
    for name in &WRAPPERS[..5] {
        let what = format!("an object that had the body as its member {name}");
        out.make(2, what, || {
            [b"{\"", name.as_bytes(), b"\":", body.trim_ascii(), b"}"].concat()
        });
    }
    let Ok(outline) = Outline::read(body.trim_ascii()) else {
        return;
    };
    let all = members(outline.root());
    for (index, (key, value)) in outline.root().entries().take(8).enumerate() {
        if key.is_none() {
            alone(value, 0, &format!("[{index}]"), out);
            for (key, value) in members(value) {
                alone(value, 1, &quoted(key.text().as_bytes(), 40), out);
            }
        }
    }
    for (key, value) in &all {
        let name = key.text();
        let rarer = u8::from(!WRAPPERS.contains(&&*name));
        alone(*value, rarer, &quoted(name.as_bytes(), 40), out);
        for (inner, value) in members(*value) {
            let path = format!("{name}.{}", inner.text());
            alone(value, rarer + 1, &quoted(path.as_bytes(), 60), out);
        }
    }
    let inner = outline.root().bytes();
    for (at, (key, value)) in all.iter().enumerate() {
        let name = key.text().to_ascii_lowercase();
        let rarer = if SIGNATURES.iter().any(|word| name.contains(word)) {
            0
        } else {
            2
        };
        if !out.wants(rarer) {
            continue;
        }
        // What stands before a member belongs to it, and to the first what stands behind it.
        let (from, to) = match (at.checked_sub(1), all.get(at + 1)) {
            (Some(before), _) => (all[before].1.range().end, value.range().end),
            (None, Some((next, _))) => (key.range().start, next.range().start),
            (None, None) => (key.range().start, value.range().end),
        };
        let made = [&inner[..from], &inner[to..]].concat();
        let what = format!(
            "the body without its member {}",
            quoted(name.as_bytes(), 40)
        );
        for (dialect, written) in in_dialects(&made, 0) {
            out.push(rarer + 1 + dialect.rarity, written, what.clone());
        }
        out.push(rarer, made, what);
    }
}

fn members(node: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let entries = node.entries().take(MEMBERS);
    entries
        .filter_map(|(key, value)| Some((key?, value)))
        .collect()
}

/// A value as it stands, as its text, and as other programs write it.
fn alone(value: Node<'_>, rarer: u8, name: &str, out: Out<'_, '_>) {
    if !out.wants(rarer) || value.bytes().len() < 4 {
        return;
    }
    let what = format!("its member {name} alone");
    if value.kind().is_container() {
        for (_, written) in in_dialects(value.bytes(), 0) {
            out.push(rarer, written, what.clone());
        }
    } else if value.kind() == Kind::String {
        out.push(rarer, value.text().into_owned(), what.clone());
    }
    out.push(rarer, value.bytes(), what);
}

/// A form that was parsed and written as JSON or as another form, and the reverse.
pub(super) fn form(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if !out.wants(0) || body.len() > HUGE {
        return;
    }
    match body.trim_ascii_start().first() {
        Some(b'{' | b'[') => json_as_form(body, out),
        _ => form_rewritten(body, out),
    }
}

fn form_rewritten(body: &[u8], out: Out<'_, '_>) {
    let is_odd = |byte: &u8| byte.is_ascii_control() || *byte == b' ';
    if !body.contains(&b'=') || body.iter().any(is_odd) {
        return;
    }
    let decoded = |text: &[u8]| form_decoded(text).collect::<Vec<u8>>();
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for field in body.split(|&byte| byte == b'&') {
        let at = field
            .iter()
            .position(|&byte| byte == b'=')
            .unwrap_or(field.len());
        let value = field.get(at + 1..).unwrap_or_default();
        fields.push((decoded(&field[..at]), decoded(value)));
    }
    if fields.len() > FIELDS {
        return;
    }
    let mut members: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    for (name, value) in &fields {
        match members.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => members.push((name, vec![value])),
        }
    }
    let string = |text: &[u8]| {
        format!(
            "\"{}\"",
            json_escaped(&String::from_utf8_lossy(text), false, false)
        )
    };
    let list = |values: &[&[u8]]| {
        let items: Vec<String> = values.iter().map(|value| string(value)).collect();
        format!("[{}]", items.join(","))
    };
    for (rarer, has_lists, keeps_all) in [(0, false, true), (1, true, true), (1, false, false)] {
        let member = |(name, values): &(&[u8], Vec<&[u8]>)| {
            let value = match (values.as_slice(), keeps_all) {
                ([.., last], false) => string(last),
                ([one], _) if !has_lists => string(one),
                (several, _) => list(several),
            };
            format!("{}:{value}", string(name))
        };
        let members: Vec<String> = members.iter().map(member).collect();
        let object = format!("{{{}}}", members.join(","));
        for (dialect, written) in in_dialects(object.as_bytes(), 1) {
            let what = format!(
                "is a form and was signed as the JSON of its fields, {}",
                dialect.name
            );
            out.push(rarer + dialect.rarity, written, what);
        }
    }
    as_forms(
        &fields,
        "is a form and was signed as another program writes it",
        out,
    );
    // As Laravel's TrimStrings and ConvertEmptyStringsToNull make them.
    let mut trimmed = fields.clone();
    for (_, value) in &mut trimmed {
        *value = value.trim_ascii().to_vec();
    }
    let what = "is a form and was signed with its values trimmed";
    as_forms(&trimmed, what, out);
    trimmed.retain(|(_, value)| !value.is_empty());
    let what = "is a form and was signed without its empty fields";
    as_forms(&trimmed, what, out);
    fields.sort();
    as_forms(
        &fields,
        "is a form and was signed with its fields sorted",
        out,
    );
}

/// The fields as encoders write them.
fn as_forms(fields: &[(Vec<u8>, Vec<u8>)], what: &'static str, out: Out<'_, '_>) {
    let names: Vec<_> = fields
        .iter()
        .map(|(name, _)| url_encodings(name).collect::<Vec<_>>())
        .collect();
    let values: Vec<_> = fields
        .iter()
        .map(|(_, value)| url_encodings(value).collect::<Vec<_>>())
        .collect();
    let ways = names.first().map_or(0, Vec::len);
    for way in 0..ways {
        let rarer = names[0][way].0;
        if out.wants(rarer) {
            let field =
                |at: usize| [names[at][way].1(), b"=".to_vec(), values[at][way].1()].concat();
            let fields: Vec<Vec<u8>> = (0..fields.len()).map(field).collect();
            out.push(rarer, fields.join(&b'&'), what);
        }
    }
    let plain: Vec<Vec<u8>> = fields
        .iter()
        .map(|(name, value)| [name, b"=".as_slice(), value].concat())
        .collect();
    out.push(1, plain.join(&b'&'), what);
}

/// The fields that a JSON object makes; those of objects inside it as `a[b]`, of arrays as `a[0]`.
fn json_as_form(body: &[u8], out: Out<'_, '_>) {
    let Ok(outline) = Outline::read(body.trim_ascii()) else {
        return;
    };
    for (rarer, has_numbers) in [(0, true), (1, false)] {
        let mut fields = Vec::new();
        let mut open = vec![(String::new(), outline.root())];
        while let Some((name, node)) = open.pop() {
            if fields.len() > FIELDS || open.len() > FIELDS || name.len() > 256 {
                return;
            }
            if !node.kind().is_container() {
                fields.push((name.into_bytes(), node.text().into_owned().into_bytes()));
                continue;
            }
            let inner = node
                .entries()
                .take(FIELDS + 1)
                .enumerate()
                .map(|(index, (key, value))| {
                    let key = match key {
                        Some(key) => key.text().into_owned(),
                        None if has_numbers => index.to_string(),
                        None => String::new(),
                    };
                    let path = if name.is_empty() {
                        key
                    } else {
                        format!("{name}[{key}]")
                    };
                    (path, value)
                });
            let inner: Vec<_> = inner.collect();
            open.extend(inner.into_iter().rev());
        }
        if out.wants(rarer) && !fields.is_empty() {
            as_forms(
                &fields,
                "is JSON, and the form of its members was signed",
                out,
            );
        }
    }
    // What parsers of forms make of JSON: one field of that name.
    out.make(1, "is JSON and was taken for a form", || {
        format!(
            "{{\"{}\":\"\"}}",
            json_escaped(&String::from_utf8_lossy(body), false, false)
        )
    });
    for (key, value) in outline.root().entries().take(1) {
        if let Some(key) = key.filter(|_| value.says("")) {
            out.push(
                0,
                key.text().into_owned(),
                "is what a parser of forms made of the JSON that was signed",
            );
        }
        // A whole payload in one field is what `body-form-wrapped` tells.
        let is_field = key.is_some_and(|key| FORM_FIELDS.iter().any(|name| key.says(name)));
        if is_field && value.kind() == Kind::String {
            out.push(
                1,
                value.text().into_owned(),
                "is JSON around what was signed",
            );
        }
    }
}
