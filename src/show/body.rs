//! A body as a person reads it: JSON in its pretty form, every token as it stands; other text in
//! its lines; binary as a dump.

use super::harmless;
use super::style::Style;
use crate::json::{Class, Pretty};

/// How many bytes of a body that is no text are dumped.
const DUMPED_BYTES: usize = 256;

/// A body, whatever it is, ending with a line feed unless it is empty.
pub fn shown(body: &[u8], style: Style) -> String {
    if body.is_empty() {
        return format!("{}\n", style.dim("(no body)"));
    }
    if looks_like_json(body) {
        return pretty(body, style);
    }
    if body.iter().filter(|&&byte| byte == 0).count() > 0 || std::str::from_utf8(body).is_err() {
        return dump(body, style);
    }
    let mut text = harmless::lines(body).into_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Whether it begins as an object or a list does: then it is shown as JSON, valid or not.
fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// JSON in its pretty form, coloured, and harmless.
pub fn pretty(doc: &[u8], style: Style) -> String {
    let mut text = String::with_capacity(doc.len() * 2);
    let mut sink = |class: Class, piece: &[u8]| {
        let piece = harmless_piece(class, piece);
        text.push_str(&match class {
            Class::Key => style.name(piece),
            Class::String => style.text(piece),
            Class::Number => style.number(piece),
            Class::Literal => style.odd(piece),
            Class::Raw => style.bad(piece),
            Class::Punctuation | Class::Whitespace => piece.into_owned(),
        });
        Ok(())
    };
    let mut printer = Pretty::new();
    // Writing to a String cannot fail; whether the text is valid JSON is judged elsewhere.
    let _ = printer.feed(doc, &mut sink);
    let _ = printer.finish(&mut sink);
    text.push('\n');
    text
}

fn harmless_piece(class: Class, piece: &[u8]) -> std::borrow::Cow<'_, str> {
    match class {
        Class::Whitespace | Class::Raw => harmless::lines(piece),
        _ => harmless::json(piece),
    }
}

/// The first bytes in hex and as text.
pub fn dump(body: &[u8], style: Style) -> String {
    let mut text = String::new();
    for (row, bytes) in body.chunks(16).take(DUMPED_BYTES / 16).enumerate() {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let ascii: String = bytes
            .iter()
            .map(|&byte| {
                if (0x20..0x7f).contains(&byte) {
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
        let left = (body.len() - DUMPED_BYTES) as u64;
        text.push_str(&format!(
            "{}\n",
            style.dim(format!("… {} more", super::bytes(left)))
        ));
    }
    text
}
