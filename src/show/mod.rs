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
pub mod style;
pub mod summary;
mod unpack;
pub mod verification;

use style::Style;

/// An error with its causes and what to do about it, broken between words into lines of `width`
/// columns.
pub fn problem(error: &anyhow::Error, hint: Option<&str>, style: Style, width: usize) -> String {
    let mut text = String::new();
    let mut line = |indent: &str, label: &str, painted: String, said: &str| {
        let said = harmless::line(said.as_bytes());
        let used = indent.len() + label.len() + 1;
        let wrapped = fit::wrapped(&said, used, 4, width);
        text.push_str(&format!("{indent}{painted} {wrapped}\n"));
    };
    line("", "error:", style.bad("error:"), &error.to_string());
    for cause in error.chain().skip(1) {
        line(
            "  ",
            "caused by:",
            style.dim("caused by:"),
            &cause.to_string(),
        );
    }
    if let Some(hint) = hint {
        line("  ", "hint:", style.name("hint:"), hint);
    }
    text
}
