//! Colours by meaning. A [`Style`] is decided once for each stream, at the edge, and is the one
//! user of `colored`. Colour is never the only carrier of a meaning.

use colored::Colorize as _;
use std::fmt::Display;

/// Whether one stream shows colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    colours: bool,
}

impl Style {
    /// Text as it is.
    pub const PLAIN: Self = Self { colours: false };

    /// With colours or without. `colored` would decide for itself, once, from standard output: it
    /// is told that the decision was taken.
    pub fn new(colours: bool) -> Self {
        if colours {
            colored::control::set_override(true);
        }
        Self { colours }
    }

    /// Whether this stream shows colours.
    pub fn has_colours(self) -> bool {
        self.colours
    }

    /// A good verdict.
    pub fn good(self, text: impl Display) -> String {
        self.paint(text, |text| text.green().bold().to_string())
    }

    /// A bad verdict, an error.
    pub fn bad(self, text: impl Display) -> String {
        self.paint(text, |text| text.red().bold().to_string())
    }

    /// A warning. Not yellow, which light backgrounds swallow.
    pub fn odd(self, text: impl Display) -> String {
        self.paint(text, |text| text.magenta().to_string())
    }

    /// What matters less. Not a grey of its own, which half of all themes cannot read.
    pub fn dim(self, text: impl Display) -> String {
        self.paint(text, |text| text.dimmed().to_string())
    }

    /// A name: of a header, a key, an event. Values are as they are: the colours of verdicts are not
    /// theirs.
    pub fn name(self, text: impl Display) -> String {
        self.paint(text, |text| text.cyan().to_string())
    }

    /// What a line is about.
    pub fn strong(self, text: impl Display) -> String {
        self.paint(text, |text| text.bold().to_string())
    }

    /// What is there now and was not before.
    pub fn added(self, text: impl Display) -> String {
        self.paint(text, |text| text.green().to_string())
    }

    /// What was there before and is not now.
    pub fn removed(self, text: impl Display) -> String {
        self.paint(text, |text| text.red().to_string())
    }

    fn paint(self, text: impl Display, colour: impl Fn(&str) -> String) -> String {
        let text = text.to_string();
        if self.colours && !text.is_empty() {
            colour(&text)
        } else {
            text
        }
    }
}

/// A colour as what stands before and after it: for long texts, which are written piece by piece
/// into one buffer. Both are empty where there are no colours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ink {
    before: String,
    after: String,
}

impl Ink {
    /// The colour that `paint` gives: `Ink::of(|text| style.name(text))`.
    pub fn of(paint: impl Fn(&str) -> String) -> Self {
        const SAMPLE: &str = "x";
        let painted = paint(SAMPLE);
        let (before, after) = painted.split_once(SAMPLE).unwrap_or_default();
        Self {
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }

    /// Writes a harmless text in this colour.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>, text: &[u8]) {
        out.extend_from_slice(self.before.as_bytes());
        out.extend_from_slice(text);
        out.extend_from_slice(self.after.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_writes_what_the_style_paints() {
        for style in [Style::PLAIN, Style::new(true)] {
            let mut out = Vec::new();
            Ink::of(|text| style.bad(text)).write(&mut out, b"text");
            assert_eq!(String::from_utf8(out).unwrap(), style.bad("text"));
        }
    }
}
