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

    /// A warning.
    pub fn odd(self, text: impl Display) -> String {
        self.paint(text, |text| text.yellow().to_string())
    }

    /// What matters less. Not a grey of its own, which half of all themes cannot read.
    pub fn dim(self, text: impl Display) -> String {
        self.paint(text, |text| text.dimmed().to_string())
    }

    /// A name: of a header, a key, an event.
    pub fn name(self, text: impl Display) -> String {
        self.paint(text, |text| text.cyan().to_string())
    }

    /// What a line is about.
    pub fn strong(self, text: impl Display) -> String {
        self.paint(text, |text| text.bold().to_string())
    }

    /// A text value.
    pub fn text(self, text: impl Display) -> String {
        self.paint(text, |text| text.green().to_string())
    }

    /// A number.
    pub fn number(self, text: impl Display) -> String {
        self.paint(text, |text| text.magenta().to_string())
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
