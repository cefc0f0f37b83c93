//! What is put before and behind texts by accident, or lost there: line ends, byte order marks,
//! padding, quotes, prefixes. One table for bodies, secrets and signatures.

/// What an affix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    LineEnd,
    /// The byte order mark.
    Bom,
    Blank,
    /// It changes no key: HMAC pads them with zeros (RFC 2104, section 2).
    Zero,
    /// White space that cannot be seen.
    Invisible,
    /// White space as programs write it out.
    Written,
    Quote,
    Bracket,
    /// What secrets are issued with, or pasted along with.
    Prefix,
}

use Kind::{Blank, Bom, Bracket, Invisible, LineEnd, Prefix, Quote, Written, Zero};

/// What may stand around a text.
#[derive(Debug)]
pub(super) struct Affix {
    kind: Kind,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    /// How much rarer than others of its kind.
    pub(super) rarer: u8,
    pub(super) name: &'static str,
}

const fn affix(
    kind: Kind,
    before: &'static str,
    after: &'static str,
    rarer: u8,
    name: &'static str,
) -> Affix {
    Affix {
        kind,
        before,
        after,
        rarer,
        name,
    }
}

static AFFIXES: &[Affix] = &[
    affix(LineEnd, "", "\n", 0, "one line feed (0x0A)"),
    affix(LineEnd, "", "\r\n", 0, "one line end (CRLF, 0x0D 0x0A)"),
    affix(LineEnd, "", "\r", 1, "one carriage return (0x0D)"),
    affix(LineEnd, "", "\n\n", 1, "two line feeds (0x0A 0x0A)"),
    affix(
        LineEnd,
        "",
        "\r\n\r\n",
        2,
        "two line ends (CRLF, 0x0D 0x0A)",
    ),
    affix(Bom, "\u{FEFF}", "", 2, "a byte order mark"),
    affix(Blank, "", " ", 0, "a space"),
    affix(Blank, " ", "", 0, "a space"),
    affix(Blank, " ", " ", 1, "spaces"),
    affix(Blank, "", "\t", 1, "a tab"),
    affix(Blank, "\n", "", 1, "a line feed"),
    affix(Zero, "", "\0", 1, "a zero byte"),
    affix(Blank, "\t", "", 2, "a tab"),
    affix(Blank, "", "  ", 2, "two spaces"),
    affix(Blank, "  ", "", 2, "two spaces"),
    affix(Blank, "", " \n", 2, "a space and a line feed"),
    affix(Blank, "\n", "\n", 2, "line feeds"),
    affix(Blank, "\r\n", "", 2, "a line end (CRLF)"),
    affix(Invisible, "", "\u{A0}", 2, "a no-break space"),
    affix(Invisible, "\u{A0}", "", 2, "a no-break space"),
    affix(Invisible, "", "\u{200B}", 2, "a zero-width space"),
    affix(Invisible, "\u{200B}", "", 2, "a zero-width space"),
    affix(Invisible, "", "\u{FEFF}", 2, "a byte order mark"),
    affix(Written, "\\n", "\\n", 0, "\\n"),
    affix(Written, "\\r", "\\r", 0, "\\r"),
    affix(Written, "%0A", "%0A", 0, "%0A"),
    affix(Written, "%0a", "%0a", 0, "%0a"),
    affix(Written, "%0D", "%0D", 0, "%0D"),
    affix(Written, "%0d", "%0d", 0, "%0d"),
    affix(Written, "%20", "%20", 0, "%20"),
    affix(Quote, "\"", "\"", 0, "\" and \""),
    affix(Quote, "'", "'", 0, "' and '"),
    affix(Quote, "`", "`", 1, "` and `"),
    affix(Quote, "\\\"", "\\\"", 1, "\\\" and \\\""),
    affix(Quote, "\u{201C}", "\u{201D}", 1, "\u{201C} and \u{201D}"),
    affix(Quote, "<", ">", 1, "< and >"),
    affix(Quote, "b'", "'", 1, "b' and '"),
    affix(Quote, "\u{2018}", "\u{2019}", 2, "\u{2018} and \u{2019}"),
    affix(Quote, "\\'", "\\'", 2, "\\' and \\'"),
    affix(Bracket, "(", ")", 0, "( and )"),
    affix(Bracket, "[", "]", 0, "[ and ]"),
    affix(Bracket, "{", "}", 0, "{ and }"),
    affix(Prefix, "whsec_", "", 0, "whsec_"),
    affix(Prefix, "pat_", "", 0, "pat_"),
    affix(Prefix, "polar_whs_", "", 1, "polar_whs_"),
    affix(Prefix, "sha256=", "", 1, "sha256="),
    affix(Prefix, "Bearer ", "", 1, "Bearer"),
    affix(Prefix, "v1,", "", 1, "v1,"),
    affix(Prefix, "whsk_", "", 1, "whsk_"),
    affix(Prefix, "whs_", "", 2, "whs_"),
    affix(Prefix, "wh_", "", 2, "wh_"),
    affix(Prefix, "sk_", "", 2, "sk_"),
    affix(Prefix, "secret_", "", 2, "secret_"),
    affix(Prefix, "base64:", "", 2, "base64:"),
    affix(Prefix, "hex:", "", 2, "hex:"),
    affix(Prefix, "pdl_ntfset_", "", 2, "pdl_ntfset_"),
    affix(Prefix, "v0=", "", 2, "v0="),
];

/// The table's affixes of some kinds, in its order.
pub(super) fn of(kinds: &[Kind]) -> impl Iterator<Item = &'static Affix> {
    (AFFIXES.iter()).filter(move |affix| kinds.contains(&affix.kind))
}

impl Affix {
    /// The text with it.
    pub(super) fn on(&self, text: &[u8]) -> Vec<u8> {
        [self.before.as_bytes(), text, self.after.as_bytes()].concat()
    }

    /// What is left of a text that has all of it.
    pub(super) fn off<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let inner = text.strip_prefix(self.before.as_bytes())?;
        inner.strip_suffix(self.after.as_bytes())
    }

    /// What is left of a text that has its first half or its second, or both.
    pub(super) fn half_off<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let there = |half: &'static str| Some(half.as_bytes()).filter(|half| !half.is_empty());
        let opened = there(self.before).and_then(|half| text.strip_prefix(half));
        let rest = opened.unwrap_or(text);
        let closed = there(self.after).and_then(|half| rest.strip_suffix(half));
        closed.or(opened)
    }

    /// Where it stands.
    pub(super) fn place(&self) -> &'static str {
        match (self.before, self.after) {
            (_, "") => "before it",
            ("", _) => "behind it",
            _ => "around it",
        }
    }
}

/// A text without any of the affixes of these kinds, however often they stand there.
pub(super) fn all_off<'t>(mut text: &'t [u8], kinds: &[Kind]) -> &'t [u8] {
    while let Some(rest) = of(kinds).find_map(|affix| affix.half_off(text)) {
        text = rest;
    }
    text
}
