//! Values as they were typed, within a sentence: what a terminal would obey and what is secret in
//! a URL does not show.

/// A value as typed, in quotes, with what a terminal would obey written as escapes.
pub(super) fn quoted(typed: &str) -> String {
    format!("'{}'", shown(typed))
}

pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_plain(char) {
            shown.push(char);
        } else {
            shown.extend(char.escape_debug());
        }
    }
    shown
}

/// Whether a character shows as itself everywhere: not a control, no format character, no
/// separator but the space.
pub(super) fn is_plain(char: char) -> bool {
    matches!(char, '\'' | '"' | '\\') || char.escape_debug().len() == 1
}

/// A URL-like text whose user name and password are hidden.
pub(super) fn without_userinfo(typed: &str) -> String {
    let start = typed.find("://").map_or(0, |at| at + 3);
    let end = typed[start..]
        .find(['/', '?', '#'])
        .map_or(typed.len(), |at| start + at);
    match typed[start..end].rfind('@') {
        Some(at) => format!("{}…{}", &typed[..start], &typed[start + at..]),
        None => typed.to_owned(),
    }
}
