//! Showing: results become text for people or JSON lines for machines.
//!
//! Output is an argument: functions take values and a [`style::Style`] and give text. Nothing here
//! writes to a stream, reads the environment or decides an exit code. Everything that came from a
//! peer or a file is made harmless on its way ([`harmless`]).

pub(crate) mod amount;
pub(crate) mod body;
pub mod delivery;
pub(crate) mod diff;
mod essentials;
pub mod exchange;
pub(crate) mod fit;
mod fold;
pub(crate) mod harmless;
pub mod lines;
pub mod load;
pub mod style;
pub mod summary;
mod unpack;
pub mod verification;

use style::Style;

/// An error with its causes and what to do about it.
pub fn problem(error: &anyhow::Error, hint: Option<&str>, style: Style) -> String {
    let mut text = format!(
        "{} {}\n",
        style.bad("error:"),
        harmless::line(error.to_string().as_bytes())
    );
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        text.push_str(&format!(
            "  {} {}\n",
            style.dim("caused by:"),
            harmless::line(cause.as_bytes())
        ));
    }
    if let Some(hint) = hint {
        text.push_str(&format!(
            "  {} {}\n",
            style.name("hint:"),
            harmless::line(hint.as_bytes())
        ));
    }
    text
}
