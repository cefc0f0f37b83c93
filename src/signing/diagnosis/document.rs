//! What happens to a body that is JSON or a form when a program reads it and writes it again, or
//! signs a part of it: the same document in other words.
//!
//! As everywhere here, nothing recurses, and what is made is bounded and made one by one.

use std::collections::HashSet;

use super::escapes::{Escapes, Field, form_fields, form_of, json_escaped, url_encoders};
use super::shape::{Body, HUGE, Made, Scene, Sink, quoted};
use crate::amount;
use crate::json::{self, Dialect, Kind, Node, Outline, Tokens};

/// Form fields that carry a whole payload.
pub(super) const FORM_FIELDS: [&str; 5] = ["payload", "data", "body", "json", "event"];
/// How many members of one object are tried.
const MEMBERS: usize = 64;
/// How many fields a form may have.
const FIELDS: usize = 256;
/// Up to this length every combination of a few things is tried.
const SHORT: usize = 4 << 10;

type Out<'o, 'v> = &'o mut Sink<'v, Body>;

/// White space around the JSON stays: whether that was signed is another question.
pub(super) fn reserialised(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let inner = body.trim_ascii();
    let start = body.len() - body.trim_ascii_start().len();
    let (before, after) = (&body[..start], &body[start + inner.len()..]);
    let Ok(outline) = Outline::read(inner) else {
        return;
    };
    for (dialect, made) in in_dialects(&outline, out.most()) {
        if !out.wants(dialect.rarity) {
            return;
        }
        if made != inner {
            let after = if made.ends_with(b"\n") { b"" } else { after };
            let made = [before, &made, after].concat();
            let what = format!("{} ({})", dialect.name, dialect.about);
            let mut made = Made::new(dialect.rarity, made, what);
            made.detail = Some(dialect.name.into());
            out.put(made);
        }
    }
}

/// The JSON in the dialects that are at most so rare.
pub(super) fn in_dialects<'o>(
    outline: &'o Outline<'_>,
    rarest: u8,
) -> impl Iterator<Item = (&'static Dialect, Body)> + 'o {
    let dialects = Dialect::all().iter();
    let dialects = dialects.filter(move |dialect| dialect.rarity <= rarest);
    dialects.filter_map(|dialect| Some((dialect, dialect.write(outline).ok()?)))
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
    let mut sets: Vec<Vec<char>> = vec![Vec::new()];
    sets.extend(present.iter().map(|&one| vec![one]));
    sets.extend(SETS.map(|set| set.iter().filter(is_there).copied().collect()));
    sets.push(present.clone());
    if text.len() <= SHORT && present.len() <= 7 {
        sets.extend((0..1_usize << present.len()).map(|number| subset(&present, number)));
    }
    let wide = match (text.is_ascii(), text.bytes().any(|byte| byte >= 0xF0)) {
        (true, _) => &[None][..],
        (_, false) => &[None, Some(0x80)],
        (_, true) => &[None, Some(0x1_0000), Some(0x80)],
    };
    let slashes = &[false, true][..1 + usize::from(text.contains('/'))];
    let kinds = |from: Option<u32>, slash| usize::from(from.is_some()) + usize::from(slash);
    let mut seen = HashSet::new();
    for chosen in sets.iter().filter(|set| seen.insert(*set)) {
        let has_letters = chosen.iter().any(|one| "<=>+".contains(*one));
        for (&from, &slash) in wide
            .iter()
            .flat_map(|from| slashes.iter().map(move |slash| (from, slash)))
        {
            let digits = match (has_letters, from) {
                (false, None) => &[[false, false]][..],
                (true, None) => &[[false, false], [true, false]],
                (false, _) => &[[true, true], [false, false]],
                (true, _) => &[[false, false], [true, true], [true, false]],
            };
            let kinds = kinds(from, slash) + usize::from(!chosen.is_empty());
            let rarer = u8::from(kinds > 1 || chosen.len() > 1);
            for &is_upper in digits
                .iter()
                .filter(|_| kinds > 0 && out.wants(rarer))
                .collect::<Vec<_>>()
            {
                let escapes = Escapes {
                    chosen,
                    slash,
                    from,
                    is_upper,
                    is_plain: false,
                };
                out.push(rarer, escapes.write(text), escapes.what());
            }
        }
    }
}

/// Those whose bit is set.
fn subset<T: Copy>(all: &[T], bits: usize) -> Vec<T> {
    let is_in = |at: &usize| bits & (1 << at) != 0;
    (0..all.len()).filter(is_in).map(|at| all[at]).collect()
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

/// How many bytes all orders of an object's members may have together.
const ORDERED: usize = 512 << 10;

/// The body's object with its members in every other order: maps, columns and viewers lose it.
pub(super) fn reordered(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let inner = body.trim_ascii();
    let Ok(outline) = Outline::read(inner) else {
        return;
    };
    let compact = Dialect::named("compact").and_then(|dialect| dialect.write(&outline).ok());
    let others = compact.iter().map(Vec::as_slice).filter(|it| *it != inner);
    for text in others.chain([inner]) {
        let Ok(outline) = Outline::read(text) else {
            return;
        };
        let all: Vec<(Node<'_>, Node<'_>)> = members(outline.root()).collect();
        let orders: usize = (1..=all.len().min(9)).product();
        let ([first, second, ..], [.., (_, last)]) = (&*all, &*all) else {
            return;
        };
        if orders * text.len() > ORDERED {
            return;
        }
        let before = &text[..first.0.range().start];
        let between = &text[first.1.range().end..second.0.range().start];
        let after = &text[last.range().end..];
        for order in other_orders(&all) {
            let member =
                |(key, value): &(Node<'_>, Node<'_>)| &text[key.range().start..value.range().end];
            let members: Vec<&[u8]> = order.iter().map(member).collect();
            let names: Vec<_> = order.iter().map(|(key, _)| key.text()).collect();
            let made = [before, &members.join(between), after].concat();
            out.push(0, made, quoted(names.join(", ").as_bytes(), 80));
        }
    }
}

/// All orders of a few things but their own.
pub(super) fn other_orders<T: Copy>(items: &[T]) -> impl Iterator<Item = Vec<T>> {
    (1..(1..=items.len()).product()).map(|number: usize| {
        let (mut left, mut number) = (items.to_vec(), number);
        let mut take = |count: usize| {
            let at = number % count;
            number /= count;
            left.remove(at)
        };
        (1..=items.len()).rev().map(&mut take).collect()
    })
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
    /// With so many decimals, if it has fewer.
    fn with(&self, decimals: usize) -> Option<Body> {
        let is_plain = |byte: &u8| byte.is_ascii_digit() || b"-.".contains(byte);
        let point = self.token.iter().position(|&byte| byte == b'.');
        let there = point.map_or(0, |at| self.token.len() - at - 1);
        if there >= decimals || !self.token.iter().all(is_plain) {
            return None;
        }
        let point: &[u8] = if point.is_none() { b"." } else { b"" };
        Some([self.token, point, &b"0".repeat(decimals - there)].concat())
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
    let mut seen = HashSet::new();
    let keys = found.iter().map(|number| number.key);
    let keys: Vec<&[u8]> = keys.filter(|key| seen.insert(*key)).collect();
    let is_short = keys.len() <= 8 && body.len() <= SHORT;
    for (end, decimals, rare) in ENDS {
        let mut push = |rarer: u8, is_meant: &dyn Fn(usize, &Number<'_>) -> bool, what: &str| {
            out.make(rare + rarer, format!("{what} with {end}"), || {
                respelled(body, &found, |index, number| {
                    is_meant(index, number).then(|| number.with(decimals))?
                })
            });
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
        for bits in (0..1_usize << keys.len().min(8)).filter(|_| is_short) {
            let chosen = subset(&keys, bits);
            let what = amount::counted(chosen.len(), "member");
            push(2, &|_, number| chosen.contains(&number.key), &what);
        }
    }
    large_numbers(body, &found, out);
}

/// The JSON with other tokens for some of its numbers.
fn respelled(
    body: &[u8],
    numbers: &[Number<'_>],
    other: impl Fn(usize, &Number<'_>) -> Option<Body>,
) -> Body {
    let mut made = Vec::with_capacity(body.len() + numbers.len());
    let mut at = 0;
    for (index, number) in numbers.iter().enumerate() {
        if let Some(token) = other(index, number) {
            made.extend_from_slice(&body[at..number.end - number.token.len()]);
            made.extend(token);
            at = number.end;
        }
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
            let other = other.to_string();
            let made = respelled(body, numbers, |_, number| {
                (number.token == token).then(|| other.clone().into_bytes())
            });
            let what = format!("{} with its last digits", quoted(token, 40));
            out.push(2, made, what);
        }
    }
}

/// Line ends after the elements of an array, as SendGrid sends them.
pub(super) fn element_lines(body: &[u8], out: Out<'_, '_>) {
    if body.len() > HUGE || body.trim_ascii_start().first() != Some(&b'[') {
        return;
    }
    let Ok(outline) = Outline::read(body.trim_ascii()) else {
        return;
    };
    let elements = outline.root().entries().map(|(_, node)| node.bytes());
    let elements: Vec<&[u8]> = elements.collect();
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
        let what = "line ends after the elements of its array that were signed";
        out.push(0, made, what);
    }
    let what = "brackets and commas around the lines that were signed";
    out.push(1, elements.join(&b'\n'), what);
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
    let all: Vec<(Node<'_>, Node<'_>)> = members(outline.root()).collect();
    for (index, (key, value)) in outline.root().entries().take(8).enumerate() {
        if key.is_none() {
            alone(value, 0, &format!("[{index}]"), out);
            for (key, value) in members(value) {
                alone(value, 1, &key.text(), out);
            }
        }
    }
    for (key, value) in &all {
        let name = key.text();
        let rarer = u8::from(!WRAPPERS.contains(&&*name));
        alone(*value, rarer, &name, out);
        for (inner, value) in members(*value) {
            alone(value, rarer + 1, &format!("{name}.{}", inner.text()), out);
        }
    }
    let inner = outline.root().bytes();
    for (at, (key, value)) in all.iter().enumerate() {
        let name = key.text().to_ascii_lowercase();
        let is_signature = SIGNATURES.iter().any(|word| name.contains(word));
        let rarer = if is_signature { 0 } else { 2 };
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
        let name = quoted(name.as_bytes(), 40);
        let what = format!("the body without its member {name}");
        if let Ok(outline) = Outline::read(&made) {
            for (dialect, written) in in_dialects(&outline, 0) {
                out.push(rarer + 1 + dialect.rarity, written, what.clone());
            }
        }
        out.push(rarer, made, what);
    }
}

/// The members of an object.
pub(super) fn members(node: Node<'_>) -> impl Iterator<Item = (Node<'_>, Node<'_>)> {
    let entries = node.entries().take(MEMBERS);
    entries.filter_map(|(key, value)| Some((key?, value)))
}

/// A value as it stands, as its text, and as other programs write it.
fn alone(value: Node<'_>, rarer: u8, name: &str, out: Out<'_, '_>) {
    if !out.wants(rarer) || value.bytes().len() < 4 {
        return;
    }
    let what = format!("its member {} alone", quoted(name.as_bytes(), 60));
    if let Ok(outline) = Outline::read(value.bytes())
        && value.kind().is_container()
    {
        for (_, written) in in_dialects(&outline, 0) {
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
    let mut fields = form_fields(body);
    if fields.len() > FIELDS {
        return;
    }
    let mut members: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    for [name, value] in &fields {
        match members.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => members.push((name, vec![value])),
        }
    }
    let list = |values: &[&[u8]]| {
        let items: Vec<String> = values.iter().map(|value| json_string(value)).collect();
        format!("[{}]", items.join(","))
    };
    for (rarer, has_lists, keeps_all) in [(0, false, true), (1, true, true), (1, false, false)] {
        let member = |(name, values): &(&[u8], Vec<&[u8]>)| {
            let value = match (values.as_slice(), keeps_all) {
                ([.., last], false) => json_string(last),
                ([one], _) if !has_lists => json_string(one),
                (several, _) => list(several),
            };
            format!("{}:{value}", json_string(name))
        };
        let members: Vec<String> = members.iter().map(member).collect();
        let object = format!("{{{}}}", members.join(","));
        let Ok(outline) = Outline::read(object.as_bytes()) else {
            return;
        };
        for (dialect, written) in in_dialects(&outline, 1) {
            let what = "is a form and was signed as the JSON of its fields, ".to_owned();
            out.push(rarer + dialect.rarity, written, what + dialect.name);
        }
    }
    let what = "is a form and was signed as another program writes it";
    as_forms(&fields, what, out);
    // As Laravel's TrimStrings and ConvertEmptyStringsToNull make them.
    let trimmed = fields
        .iter()
        .map(|[name, value]| [name.clone(), value.trim_ascii().to_vec()]);
    let mut trimmed: Vec<Field> = trimmed.collect();
    let what = "is a form and was signed with its values trimmed";
    as_forms(&trimmed, what, out);
    trimmed.retain(|[_, value]| !value.is_empty());
    let what = "is a form and was signed without its empty fields";
    as_forms(&trimmed, what, out);
    fields.sort();
    let what = "is a form and was signed with its fields sorted";
    as_forms(&fields, what, out);
}

fn json_string(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    format!("\"{}\"", json_escaped(&text, false, false))
}

/// The fields as encoders write them.
fn as_forms(fields: &[Field], what: &'static str, out: Out<'_, '_>) {
    for (rarer, encode) in url_encoders() {
        out.make(rarer, what, || form_of(fields, encode));
    }
    out.make(1, what, || form_of(fields, <[u8]>::to_vec));
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
                fields.push([name, node.text().into_owned()].map(String::into_bytes));
                continue;
            }
            let inner = |(index, (key, value)): (usize, (Option<Node<'_>>, _))| {
                let key = match key {
                    Some(key) => key.text().into_owned(),
                    None if has_numbers => index.to_string(),
                    None => String::new(),
                };
                match &*name {
                    "" => (key, value),
                    name => (format!("{name}[{key}]"), value),
                }
            };
            let entries = node.entries().take(FIELDS + 1).enumerate();
            let inner: Vec<_> = entries.map(inner).collect();
            open.extend(inner.into_iter().rev());
        }
        if out.wants(rarer) && !fields.is_empty() {
            let what = "is JSON, and the form of its members was signed";
            as_forms(&fields, what, out);
        }
    }
    // What parsers of forms make of JSON: one field of that name.
    let what = "is JSON and was taken for a form";
    out.make(1, what, || format!("{{{}:\"\"}}", json_string(body)));
    let Some((key, value)) = members(outline.root()).next() else {
        return;
    };
    if value.says("") {
        let what = "is what a parser of forms made of the JSON that was signed";
        out.push(0, key.text().into_owned(), what);
    }
    // A whole payload in one field is what `body-form-wrapped` tells.
    if FORM_FIELDS.iter().any(|name| key.says(name)) && value.kind() == Kind::String {
        let what = "is JSON around what was signed";
        out.push(1, value.text().into_owned(), what);
    }
}
