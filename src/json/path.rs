//! Naming one value of a document by its path, finding where it stands, and replacing it.
//!
//! A path is dotted: `webhook.metadata.events[0]`. `\.`, `\[`, `\]` and `\\` stand for the character itself in a key, and
//! `["any key"]` takes a key as a JSON string.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::error::Error;
use super::text::unescape;
use super::{Kind, Tokens, entries, kind_at, validate};
use crate::nearest::nearest;

/// The way from a document's outermost value to one within it.
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
    /// The outermost value itself. It is shown as nothing and cannot be typed.
    pub fn root() -> Self {
        Path::default()
    }

    /// The path of this value's member `name`.
    pub fn key(&self, name: impl Into<String>) -> Self {
        self.with(Step::Key(name.into()))
    }

    /// The path of this value's element number `index`.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// The steps from the outermost value down.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Path { steps }
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Path { steps }
    }
}

/// Where the value at `path` stands in `doc`: all of it, for an object or array from bracket to bracket. None if there is
/// none. Of several members with one name the last counts, as in JavaScript. `doc` is judged to its end.
pub fn find(doc: &[u8], path: &Path) -> Result<Option<Range<usize>>, Error> {
    let mut search = Search::new(doc, path);
    for token in Tokens::new(doc) {
        let token = token?;
        match token.kind {
            Kind::Key => search.key(&doc[token.range()]),
            Kind::ObjectStart | Kind::ArrayStart => {
                search.value(token.range());
                search.open();
            }
            Kind::ObjectEnd | Kind::ArrayEnd => search.close(token.end),
            _ => search.value(token.range()),
        }
    }
    Ok(search.found)
}

/// `doc` with the value at `path` replaced by `value`, which must be JSON itself; all other bytes stay.
pub fn splice(doc: &[u8], path: &Path, value: &[u8]) -> Result<Vec<u8>, SpliceError> {
    validate(value).map_err(SpliceError::Value)?;
    let Some(range) = find(doc, path).map_err(SpliceError::Document)? else {
        return Err(missing(doc, path).unwrap_or_else(SpliceError::Document));
    };
    let mut spliced = Vec::with_capacity(doc.len() - range.len() + value.len());
    spliced.extend_from_slice(&doc[..range.start]);
    spliced.extend_from_slice(value);
    spliced.extend_from_slice(&doc[range.end..]);
    Ok(spliced)
}

/// Follows the path through the tokens. `live` counts the open containers that lie on it: the outermost, the one at the
/// first step, and so on.
struct Search<'a> {
    doc: &'a [u8],
    steps: &'a [Step],
    depth: usize,
    live: usize,
    /// For each live container the number of its next element, if it is an array.
    elements: Vec<Option<usize>>,
    /// Whether the key just read is the one that the path names.
    named: bool,
    /// The depth at which the sought container opened, while it is open.
    within: Option<usize>,
    found: Option<Range<usize>>,
}

impl<'a> Search<'a> {
    fn new(doc: &'a [u8], path: &'a Path) -> Self {
        Search {
            doc,
            steps: &path.steps,
            depth: 0,
            live: 0,
            elements: Vec::new(),
            named: false,
            within: None,
            found: None,
        }
    }

    fn key(&mut self, token: &[u8]) {
        if !self.looks_here() {
            return;
        }
        self.named =
            matches!(&self.steps[self.live - 1], Step::Key(name) if *name == unescape(token));
        if self.named {
            self.found = None;
        }
    }

    /// A value begins. Says by `within` or `elements` if it is the sought one or leads to it.
    fn value(&mut self, token: Range<usize>) {
        let on_path = if self.depth == 0 {
            true
        } else if self.looks_here() {
            match (
                &mut self.elements[self.live - 1],
                &self.steps[self.live - 1],
            ) {
                (Some(next), step) => {
                    let element = *next;
                    *next += 1;
                    *step == Step::Index(element)
                }
                (None, _) => std::mem::take(&mut self.named),
            }
        } else {
            false
        };
        if !on_path {
            return;
        }
        let is_container = kind_at(self.doc, &token).is_some_and(Kind::is_container);
        if self.live == self.steps.len() {
            self.within = is_container.then_some(self.depth);
            self.found = Some(token);
        } else if is_container {
            self.live += 1;
            self.elements
                .push((self.doc[token.start] == b'[').then_some(0));
        }
    }

    fn open(&mut self) {
        self.depth += 1;
    }

    fn close(&mut self, end: usize) {
        if self.live == self.depth {
            self.live -= 1;
            self.elements.pop();
        }
        self.depth -= 1;
        if self.within == Some(self.depth) {
            self.within = None;
            if let Some(found) = &mut self.found {
                found.end = end;
            }
        }
    }

    /// Whether the innermost open container lies on the path.
    fn looks_here(&self) -> bool {
        self.live > 0 && self.live == self.depth && self.within.is_none()
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader { text, at: 0 };
        let mut steps = Vec::new();
        loop {
            match reader.peek() {
                Some('[') => steps.push(reader.bracket()?),
                Some('.') if !steps.is_empty() => {
                    reader.skip();
                    steps.push(reader.key()?);
                }
                None if !steps.is_empty() => return Ok(Path { steps }),
                _ if steps.is_empty() => steps.push(reader.key()?),
                _ => return Err(reader.error("expected `.` or `[` after `]`")),
            }
        }
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

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn key(&mut self) -> Result<Step, PathError> {
        let mut name = String::new();
        loop {
            match self.peek() {
                None | Some('.' | '[') => break,
                Some(']') => {
                    return Err(self.error("`]` without `[` (a key with it is typed `\\]`)"));
                }
                Some('\\') => {
                    self.skip();
                    match self.peek() {
                        Some(character @ ('.' | '[' | ']' | '\\')) => name.push(character),
                        _ => return Err(self.error("expected `.`, `[`, `]` or `\\` after `\\`")),
                    }
                }
                Some(character) => name.push(character),
            }
            self.skip();
        }
        if name.is_empty() {
            return Err(self.error("expected a key (an empty one is typed `[\"\"]`)"));
        }
        Ok(Step::Key(name))
    }

    fn bracket(&mut self) -> Result<Step, PathError> {
        self.skip();
        let rest = &self.text[self.at..];
        if rest.starts_with('"') {
            return self.quoted();
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        match rest[digits..].chars().next() {
            Some(']') if digits > 0 => {}
            None => {
                self.at = self.text.len();
                return Err(self.error("expected `]`"));
            }
            _ => {
                self.at += digits;
                return Err(self.error("expected a whole number in `[]`"));
            }
        }
        let Ok(index) = rest[..digits].parse() else {
            return Err(self.error("the number in `[]` is too big"));
        };
        self.at += digits + 1;
        Ok(Step::Index(index))
    }

    fn quoted(&mut self) -> Result<Step, PathError> {
        let rest = &self.text[self.at..];
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end.map(|at| at + 2) else {
            self.at = self.text.len();
            return Err(self.error("expected `\"`"));
        };
        let token = &rest[..end];
        if validate(token.as_bytes()).is_err() {
            return Err(self.error("expected a JSON string"));
        }
        self.at += end;
        if self.peek() != Some(']') {
            return Err(self.error("expected `]`"));
        }
        self.skip();
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
    /// The object at `parent` has no member of this name.
    NoKey {
        /// The part of the path that is there.
        parent: Path,
        /// The name that is not.
        key: String,
        /// The names that the object has, in order.
        keys: Vec<String>,
        /// That of them which was probably meant.
        nearest: Option<String>,
    },
    /// The array at `parent` is shorter.
    NoIndex {
        /// The part of the path that is there.
        parent: Path,
        /// The element that is not.
        index: usize,
        /// How many the array has.
        length: usize,
    },
    /// The value at `parent` has no members or elements such as the path goes on with.
    NotInside {
        /// The part of the path that is there.
        parent: Path,
        /// What stands there.
        kind: Kind,
        /// The step that leads nowhere.
        step: Step,
    },
}

/// Finds out which step of the path leads nowhere.
fn missing(doc: &[u8], path: &Path) -> Result<SpliceError, Error> {
    let mut parent = Path::root();
    let mut range = find(doc, &parent)?.unwrap_or(0..doc.len());
    for step in &path.steps {
        let next = parent.with(step.clone());
        match find(doc, &next)? {
            Some(inner) => (parent, range) = (next, inner),
            None => return what_is_there(doc, &range, parent, step),
        }
    }
    what_is_there(doc, &range, parent, &Step::Index(0))
}

fn what_is_there(
    doc: &[u8],
    range: &Range<usize>,
    parent: Path,
    step: &Step,
) -> Result<SpliceError, Error> {
    let kind = kind_at(doc, range).unwrap_or(Kind::Null);
    match (kind, step) {
        (Kind::ObjectStart, Step::Key(key)) => {
            let mut keys: Vec<String> = Vec::new();
            for entry in entries(doc, range) {
                keys.extend(entry?.key.map(|key| unescape(&doc[key]).into_owned()));
            }
            Ok(SpliceError::NoKey {
                parent,
                key: key.clone(),
                nearest: nearest(key, keys.iter().map(String::as_str)).map(str::to_owned),
                keys,
            })
        }
        (Kind::ArrayStart, Step::Index(index)) => {
            let length = entries(doc, range).count();
            let index = *index;
            Ok(SpliceError::NoIndex {
                parent,
                index,
                length,
            })
        }
        (kind, step) => {
            let step = step.clone();
            Ok(SpliceError::NotInside { parent, kind, step })
        }
    }
}

impl fmt::Display for SpliceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpliceError::Document(error) => write!(f, "the document is not JSON: {error}"),
            SpliceError::Value(error) => write!(f, "the new value is not JSON: {error}"),
            SpliceError::NoKey {
                parent,
                key,
                keys,
                nearest,
            } => {
                write!(
                    f,
                    "{} has no key `{}`",
                    Place(parent, "the object"),
                    key.escape_debug()
                )?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{}`?", nearest.escape_debug()),
                    None => list(keys, f),
                }
            }
            SpliceError::NoIndex {
                parent,
                index,
                length,
            } => {
                let elements = if *length == 1 { "element" } else { "elements" };
                write!(
                    f,
                    "{} has no element [{index}]; it has {length} {elements}",
                    Place(parent, "the array")
                )
            }
            SpliceError::NotInside { parent, kind, step } => {
                write!(
                    f,
                    "{} is {} and has no ",
                    Place(parent, "the document"),
                    kind.noun()
                )?;
                match step {
                    Step::Key(key) => write!(f, "key `{}`", key.escape_debug()),
                    Step::Index(index) => write!(f, "element [{index}]"),
                }
            }
        }
    }
}

impl std::error::Error for SpliceError {}

/// A path in quotes, or these words for the outermost value.
struct Place<'a>(&'a Path, &'static str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.steps.is_empty() {
            true => f.write_str(self.1),
            false => write!(f, "`{}`", self.0.to_string().escape_debug()),
        }
    }
}

/// The first few keys of an object.
fn list(keys: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const SHOWN: usize = 12;
    if keys.is_empty() {
        return f.write_str("; it is empty");
    }
    f.write_str("; it has ")?;
    for (position, key) in keys.iter().take(SHOWN).enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        write!(f, "{comma}`{}`", key.escape_debug())?;
    }
    match keys.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOC: &[u8] = br#"{"event":"TODO_CREATED", "webhook":{"metadata":{"events":[1, [2,3], {"x":null}]}}, "a.b":true, "":0, "tr\u0069cky":7}"#;

    fn path(text: &str) -> Path {
        text.parse().unwrap()
    }

    fn at(doc: &[u8], text: &str) -> Option<String> {
        let range = find(doc, &path(text)).unwrap()?;
        Some(String::from_utf8_lossy(&doc[range]).into_owned())
    }

    #[test]
    fn a_value_is_found_by_its_path() {
        let cases = [
            ("event", Some("\"TODO_CREATED\"")),
            (
                "webhook.metadata",
                Some(r#"{"events":[1, [2,3], {"x":null}]}"#),
            ),
            ("webhook.metadata.events[0]", Some("1")),
            ("webhook.metadata.events[1]", Some("[2,3]")),
            ("webhook.metadata.events[1][1]", Some("3")),
            ("webhook.metadata.events[2].x", Some("null")),
            ("a\\.b", Some("true")),
            ("[\"\"]", Some("0")),
            ("tricky", Some("7")),
            ("webhook.metadata.events[3]", None),
            ("webhook.events", None),
            ("event.x", None),
            ("event[0]", None),
            ("x", None),
            ("[0]", None),
        ];
        for (text, expected) in cases {
            assert_eq!(at(DOC, text).as_deref(), expected, "{text}");
        }
        assert_eq!(find(b" [1] ", &Path::root()), Ok(Some(1..4)));
        assert_eq!(at(b"[5,6]", "[1]").as_deref(), Some("6"));
    }

    #[test]
    fn of_duplicate_keys_the_last_counts() {
        assert_eq!(at(br#"{"a":1,"a":2}"#, "a").as_deref(), Some("2"));
        assert_eq!(at(br#"{"a":{"b":1},"a":{"c":2}}"#, "a.b"), None);
        assert_eq!(
            at(br#"{"a":{"b":1},"a":{"b":[2],"b":3},"x":{"b":4}}"#, "a.b").as_deref(),
            Some("3")
        );
        assert_eq!(
            at(br#"{"a":{"b":{}},"\u0061":[]}"#, "a").as_deref(),
            Some("[]")
        );
        assert_eq!(
            at(br#"{"a":{"a":{"a":1},"b":2}}"#, "a.a").as_deref(),
            Some(r#"{"a":1}"#)
        );
    }

    #[test]
    fn an_invalid_document_is_not_searched() {
        assert!(find(br#"{"a":1} x"#, &path("a")).is_err());
    }

    #[test]
    fn a_path_is_shown_as_it_is_typed() {
        for text in [
            "a",
            "a.b",
            "a[0]",
            "[0]",
            "[0][1].x",
            "a\\.b.c\\[\\]\\\\",
            "a[\"\"].b",
            "[\"\"][\"\\u0007\\\"\"]",
            "ü.é",
        ] {
            assert_eq!(path(text).to_string(), text);
        }
        assert_eq!(path("[\"a.b\"]").to_string(), "a\\.b");
        assert_eq!(
            Path::root().key("a").index(3).key("b").to_string(),
            "a[3].b"
        );
    }

    #[test]
    fn what_is_no_path_is_explained() {
        let cases = [
            (
                "",
                "expected a key (an empty one is typed `[\"\"]`) at character 1",
            ),
            (
                "a..b",
                "expected a key (an empty one is typed `[\"\"]`) at character 3",
            ),
            (
                ".a",
                "expected a key (an empty one is typed `[\"\"]`) at character 1",
            ),
            (
                "a.",
                "expected a key (an empty one is typed `[\"\"]`) at character 3",
            ),
            (
                "é]",
                "`]` without `[` (a key with it is typed `\\]`) at character 2",
            ),
            (
                "a\\x",
                "expected `.`, `[`, `]` or `\\` after `\\` at character 3",
            ),
            ("a[x]", "expected a whole number in `[]` at character 3"),
            ("a[]", "expected a whole number in `[]` at character 3"),
            ("a[-1]", "expected a whole number in `[]` at character 3"),
            ("a[1", "expected `]` at character 4"),
            (
                "a[99999999999999999999999]",
                "the number in `[]` is too big at character 3",
            ),
            ("a[0]b", "expected `.` or `[` after `]` at character 5"),
            ("[\"a", "expected `\"` at character 4"),
            ("[\"a\"", "expected `]` at character 5"),
            ("[\"\\x\"]", "expected a JSON string at character 2"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                text.parse::<Path>().unwrap_err().to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_splice_changes_nothing_else() {
        let spliced = splice(br#"{ "a" : 1.0 , "b":"x"}"#, &path("a"), b"[true]").unwrap();
        assert_eq!(spliced, br#"{ "a" : [true] , "b":"x"}"#);
        let spliced = splice(br#"{"a":{"b":[1]},"a":{"b":[1]}}"#, &path("a.b"), b"null").unwrap();
        assert_eq!(spliced, br#"{"a":{"b":[1]},"a":{"b":null}}"#);
    }

    #[test]
    fn a_splice_that_leads_nowhere_says_what_is_there() {
        let cases = [
            (
                "webhook.metdata.events",
                "`webhook` has no key `metdata`; did you mean `metadata`?",
            ),
            (
                "Event",
                "the object has no key `Event`; did you mean `event`?",
            ),
            (
                "webhook.zzzzz",
                "`webhook` has no key `zzzzz`; it has `metadata`",
            ),
            (
                "webhook.metadata.events[7]",
                "`webhook.metadata.events` has no element [7]; it has 3 elements",
            ),
            (
                "webhook.metadata.events.x",
                "`webhook.metadata.events` is an array and has no key `x`",
            ),
            ("event.x", "`event` is a string and has no key `x`"),
            ("[0]", "the document is an object and has no element [0]"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                splice(DOC, &path(text), b"1").unwrap_err().to_string(),
                expected,
                "{text}"
            );
        }
        assert_eq!(
            splice(b"{}", &path("a"), b"1").unwrap_err().to_string(),
            "the object has no key `a`; it is empty"
        );
        assert!(matches!(
            splice(b"{", &path("a"), b"1"),
            Err(SpliceError::Document(_))
        ));
        assert!(matches!(
            splice(b"{}", &path("a"), b"{"),
            Err(SpliceError::Value(_))
        ));
    }
}
