//! Showing: results become text for people or JSON lines for machines.
//!
//! Output is an argument: functions take values and a [`style::Style`] and give text. Nothing here
//! writes to a stream, reads the environment or decides an exit code. Everything that came from a
//! peer or a file is made harmless on its way (`harmless`).

pub(crate) mod body;
pub mod check;
pub mod delivery;
pub(crate) mod diff;
mod essentials;
pub mod exchange;
pub(crate) mod fit;
mod fold;
pub(crate) mod harmless;
pub mod lines;
pub mod load;
pub mod row;
pub mod seen;
pub mod style;
pub mod summary;
mod unpack;
pub mod verification;

use style::Style;

/// An error with its causes and what to do about it, broken between words into lines of `width`
/// columns.
pub fn problem(error: &anyhow::Error, hint: Option<&str>, style: Style, width: usize) -> String {
    let mut text = fit::labelled(
        0,
        "error:",
        |text| style.bad(text),
        &error.to_string(),
        width,
    );
    for cause in error.chain().skip(1) {
        let paint = |text: &str| style.dim(text);
        text.push_str(&fit::labelled(
            2,
            "caused by:",
            paint,
            &cause.to_string(),
            width,
        ));
    }
    if let Some(hint) = hint {
        let paint = |text: &str| style.name(text);
        text.push_str(&fit::labelled(2, "hint:", paint, hint, width));
    }
    text
}
