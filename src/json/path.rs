//! Naming one value of a document by its path, finding where it stands, and replacing it.
//!
//! A path is dotted: `webhook.metadata.events[0]`. `\.`, `\[`, `\]` and `\\` stand for the character itself in a key, and
//! `["any key"]` takes a key as a JSON string.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::error::{Error, ErrorKind};
use super::lexer::{Kind, Tokens, validate};
use super::outline::{Node, Outline};
use super::text::{says, unescape};
use crate::nearest::nearest;

/// The way from a document's outermost value to one within it. The outermost value's own, without steps, cannot be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// To the member of an object with this name, unescaped. Of several the last one counts, as in JavaScript.
    Key(String),
    /// To this element of an array, from 0.
    Index(usize),
}

impl Path {
    /// The steps from the outermost value down.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Path { steps }
    }
}

/// Where the value at `path` stands in `doc`: all of it, for an object or array from bracket to bracket. None if there is
/// none. Of several members with one name the last counts, as in JavaScript. `doc` is judged to its end, in one pass.
pub fn find(doc: &[u8], path: &Path) -> Result<Option<Range<usize>>, Error> {
    let steps = &path.steps;
    let mut found: Option<Range<usize>> = None;
    let mut depth = 0_usize;
    // How many entries were met in each open container on the path: the outermost, the one at the first step, and so on.
    let mut met: Vec<usize> = Vec::new();
    // Whether the member whose key was just read is on the path.
    let mut named = None;
    // The depth at which the sought value opened, while it is open.
    let mut within = None;
    for token in Tokens::new(doc) {
        let token = token?;
        // Whether an entry of the innermost open container could be on the path.
        let step = steps
            .get(depth.wrapping_sub(1))
            .filter(|_| within.is_none() && met.len() == depth);
        match token.kind {
            Kind::Key => {
                let is_named = matches!(step, Some(Step::Key(name)) if says(&doc[token.range()], name.as_ref()));
                if is_named {
                    found = None;
                }
                named = Some(is_named);
            }
            kind if kind.is_end() => {
                depth -= 1;
                met.truncate(depth);
                if let Some(found) = found.as_mut().filter(|_| within == Some(depth)) {
                    found.end = token.end;
                    within = None;
                }
            }
            kind => {
                let is_on_path = match (step, named.take()) {
                    (_, Some(is_named)) => is_named,
                    (Some(Step::Index(index)), None) => {
                        met[depth - 1] += 1;
                        met[depth - 1] == index + 1
                    }
                    _ => depth == 0,
                };
                if is_on_path && depth == steps.len() {
                    found = Some(token.range());
                    within = kind.is_container().then_some(depth);
                } else if is_on_path && kind.is_container() {
                    met.push(0);
                }
                depth += usize::from(kind.is_container());
            }
        }
    }
    Ok(found)
}

/// `doc` with the value at `path` replaced by `value`, which must be JSON itself; all other bytes stay.
pub fn splice(doc: &[u8], path: &Path, value: &[u8]) -> Result<Vec<u8>, SpliceError> {
    validate(value).map_err(SpliceError::Value)?;
    let Some(range) = find(doc, path).map_err(SpliceError::Document)? else {
        let outline = Outline::read(doc).map_err(SpliceError::Document)?;
        return Err(SpliceError::Nowhere(nowhere(outline.root(), path)));
    };
    Ok([&doc[..range.start], value, &doc[range.end..]].concat())
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader { text, at: 0 };
        let mut steps = Vec::new();
        while steps.is_empty() || reader.at < text.len() {
            steps.push(reader.step(steps.is_empty())?);
        }
        Ok(Path { steps })
    }
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// The position of the character that does not fit, from 1.
    pub character: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.reason, self.character)
    }
}

impl std::error::Error for PathError {}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn step(&mut self, is_first: bool) -> Result<Step, PathError> {
        if self.takes('[') {
            let step = match self.rest().starts_with('"') {
                true => self.quoted()?,
                false => self.index()?,
            };
            return match self.takes(']') {
                true => Ok(step),
                false => Err(self.error("expected `]`")),
            };
        }
        if !is_first && !self.takes('.') {
            return Err(self.error("expected `.` or `[` after `]`"));
        }
        self.key()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn takes(&mut self, sign: char) -> bool {
        let is_there = self.rest().starts_with(sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn key(&mut self) -> Result<Step, PathError> {
        let mut name = String::new();
        while let Some(character) = self.rest().chars().next() {
            match character {
                '.' | '[' => break,
                ']' => {
                    return Err(self.error("`]` without `[` (a key with it is typed `\\]`)"));
                }
                '\\' => {
                    self.at += 1;
                    match self.rest().chars().next() {
                        Some(character @ ('.' | '[' | ']' | '\\')) => name.push(character),
                        _ => return Err(self.error("expected `.`, `[`, `]` or `\\` after `\\`")),
                    }
                }
                character => name.push(character),
            }
            // What was escaped has one byte, as the backslash has.
            self.at += character.len_utf8();
        }
        match name.is_empty() {
            true => Err(self.error("expected a key (an empty one is typed `[\"\"]`)")),
            false => Ok(Step::Key(name)),
        }
    }

    fn index(&mut self) -> Result<Step, PathError> {
        let rest = self.rest();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let is_last = digits == rest.len();
        if !is_last && (digits == 0 || !rest[digits..].starts_with(']')) {
            self.at += digits;
            return Err(self.error("expected a whole number in `[]`"));
        }
        if is_last {
            self.at += digits;
            return Err(self.error("expected `]`"));
        }
        let Ok(index) = rest[..digits].parse() else {
            return Err(self.error("the number in `[]` is too big"));
        };
        self.at += digits;
        Ok(Step::Index(index))
    }

    fn quoted(&mut self) -> Result<Step, PathError> {
        let rest = self.rest();
        let token = match Tokens::of(rest).next() {
            Some(Ok(token)) => &rest[token.range()],
            Some(Err(error)) if error.kind == ErrorKind::EndInString => {
                self.at = self.text.len();
                return Err(self.error("expected `\"`"));
            }
            _ => return Err(self.error("expected a JSON string")),
        };
        self.at += token.len();
        Ok(Step::Key(unescape(token.as_bytes()).into_owned()))
    }

    fn error(&self, reason: &'static str) -> PathError {
        PathError {
            character: self.text[..self.at].chars().count() + 1,
            reason,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(name) if name.is_empty() || name.chars().any(char::is_control) => {
                    quote(name, f)?
                }
                Step::Key(name) => {
                    f.write_str(if position == 0 { "" } else { "." })?;
                    for character in name.chars() {
                        if matches!(character, '.' | '[' | ']' | '\\') {
                            f.write_str("\\")?;
                        }
                        write!(f, "{character}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// `["…"]`, with control characters escaped.
fn quote(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("[\"")?;
    for character in name.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            character if character.is_control() => write!(f, "\\u{:04x}", u32::from(character))?,
            character => write!(f, "{character}")?,
        }
    }
    f.write_str("\"]")
}

/// Why a value could not be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpliceError {
    /// The document is not JSON.
    Document(Error),
    /// The new value is not JSON.
    Value(Error),
    /// The path leads nowhere: how far it leads and what is there, in a sentence.
    Nowhere(String),
}

impl fmt::Display for SpliceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpliceError::Document(error) => write!(f, "the document is not JSON: {error}"),
            SpliceError::Value(error) => write!(f, "the new value is not JSON: {error}"),
            SpliceError::Nowhere(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for SpliceError {}

/// What stands where the path leads no further.
fn nowhere(root: Node<'_>, path: &Path) -> String {
    let mut node = root;
    for (depth, step) in path.steps.iter().enumerate() {
        let next = match step {
            Step::Key(name) => node.member(name),
            Step::Index(_) if node.kind() != Kind::ArrayStart => None,
            Step::Index(index) => node.entries().nth(*index).map(|(_, value)| value),
        };
        let Some(next) = next else {
            let place = |outermost: &str| match depth {
                0 => outermost.to_owned(),
                _ => ticked(&Path::from(path.steps[..depth].to_vec()).to_string()),
            };
            return match (node.kind(), step) {
                (Kind::ObjectStart, Step::Key(key)) => {
                    format!(
                        "{} has no key {}; {}",
                        place("the object"),
                        ticked(key),
                        keys(node, key)
                    )
                }
                (Kind::ArrayStart, Step::Index(index)) => {
                    let length = node.entries().count();
                    let elements = if length == 1 { "element" } else { "elements" };
                    format!(
                        "{} has no element [{index}]; it has {length} {elements}",
                        place("the array")
                    )
                }
                (kind, step) => {
                    let what = match step {
                        Step::Key(key) => format!("key {}", ticked(key)),
                        Step::Index(index) => format!("element [{index}]"),
                    };
                    format!(
                        "{} is {} and has no {what}",
                        place("the document"),
                        kind.noun()
                    )
                }
            };
        };
        node = next;
    }
    "it leads nowhere".to_owned()
}

/// The key that was probably meant, else the first few that the object has.
fn keys(object: Node<'_>, meant: &str) -> String {
    const SHOWN: usize = 12;
    let keys: Vec<_> = object
        .entries()
        .filter_map(|(key, _)| Some(key?.text()))
        .collect();
    if let Some(nearest) = nearest(meant, keys.iter().map(|key| &**key)) {
        return format!("did you mean {}?", ticked(nearest));
    }
    let shown: Vec<String> = keys.iter().take(SHOWN).map(|key| ticked(key)).collect();
    match keys.len().saturating_sub(SHOWN) {
        _ if keys.is_empty() => "it is empty".to_owned(),
        0 => format!("it has {}", shown.join(", ")),
        more => format!("it has {} and {more} more", shown.join(", ")),
    }
}

fn ticked(text: &str) -> String {
    format!("`{}`", text.escape_debug())
}
