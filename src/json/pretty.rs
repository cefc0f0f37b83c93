//! The form for reading: one value a line, two spaces a level, every token copied as it stands.
//!
//! It is fed in any portions and keeps nothing of them but one bit a level. It leaves colour, and making text harmless,
//! to the [`Sink`].

use std::io;

use super::Kind;
use super::error::{BYTE_ORDER_MARK, Error, ErrorKind};
use super::machine::{Machine, Step, What};

/// What a piece of the pretty form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Braces, brackets, commas and colons.
    Punctuation,
    /// A member's name, or a part of it, with its quotes.
    Key,
    /// A string value, or a part of it, with its quotes.
    String,
    /// A number, or a part of it.
    Number,
    /// `true`, `false`, `null`, or a part of them.
    Literal,
    /// A line feed and indentation, or the space after a colon; never from the document.
    Whitespace,
    /// What follows the first error, and the beginning of a character that never ended: any bytes.
    Raw,
}

/// Takes the pieces in order. A piece of any class but [`Class::Raw`] is UTF-8 of whole characters; raw ones are cut
/// wherever the portions were.
pub trait Sink {
    /// Takes one piece, which is never empty. An error ends the feeding.
    fn piece(&mut self, class: Class, bytes: &[u8]) -> io::Result<()>;
}

impl<F: FnMut(Class, &[u8]) -> io::Result<()>> Sink for F {
    fn piece(&mut self, class: Class, bytes: &[u8]) -> io::Result<()> {
        self(class, bytes)
    }
}

/// Brings a document into the form for reading while it comes.
///
/// The last line has no line feed. Indentation stops growing at [`Pretty::DEEPEST`] levels, so that a deep document does
/// not become endless.
#[derive(Clone, Debug)]
pub struct Pretty {
    machine: Machine,
    gap: Gap,
    /// The first bytes of a character whose last ones are still to come.
    held: Vec<u8>,
    error: Option<Error>,
    /// How many bytes from the beginning are those of a byte order mark, while nothing else came.
    mark: usize,
}

/// What goes before the next token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Nothing,
    /// A new line, unless the container closes at once.
    AfterOpening,
    NewLine,
    Space,
}

impl Default for Pretty {
    fn default() -> Self {
        Pretty::new()
    }
}

impl Pretty {
    /// How many levels are indented at most.
    pub const DEEPEST: usize = 100;

    /// Begins a document.
    pub fn new() -> Self {
        Pretty {
            machine: Machine::new(0),
            gap: Gap::Nothing,
            held: Vec::with_capacity(4),
            error: None,
            mark: 0,
        }
    }

    /// Takes the next bytes of the document. From the first byte that does not fit on, all are passed on as they are. The
    /// error is the sink's.
    pub fn feed(&mut self, chunk: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        let mut rest = chunk;
        while !rest.is_empty() {
            if self.error.is_some() {
                return self.raw(rest, sink);
            }
            match self.machine.step(rest) {
                Ok(step) => {
                    let (bytes, after) = rest.split_at(step.len);
                    self.show(step, bytes, sink)?;
                    rest = after;
                }
                Err(error) => {
                    let good = error.offset.saturating_sub(self.machine.offset());
                    let (bytes, after) = rest.split_at(good.min(rest.len()));
                    self.fail(error, bytes, sink)?;
                    rest = after;
                }
            }
        }
        Ok(())
    }

    /// Ends the document. The inner result says whether it was JSON; the outer error is the sink's.
    pub fn finish(mut self, sink: &mut impl Sink) -> io::Result<Result<(), Error>> {
        let held = std::mem::take(&mut self.held);
        emit(Class::Raw, &held, sink)?;
        Ok(match self.error {
            Some(error) if self.mark == BYTE_ORDER_MARK.len() => Err(Error {
                kind: ErrorKind::ByteOrderMark,
                ..error
            }),
            Some(error) => Err(error),
            None => self.machine.finish().map(drop),
        })
    }

    #[inline]
    fn show(&mut self, step: Step, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        match step.what {
            What::Space => Ok(()),
            What::Comma => {
                self.gap = Gap::NewLine;
                sink.piece(Class::Punctuation, bytes)
            }
            What::Colon => {
                self.gap = Gap::Space;
                sink.piece(Class::Punctuation, bytes)
            }
            What::Token(kind) => self.token(kind, bytes, sink),
        }
    }

    #[inline]
    fn token(&mut self, kind: Kind, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        let mut gap = std::mem::replace(&mut self.gap, Gap::Nothing);
        let class = match kind {
            Kind::ObjectStart | Kind::ArrayStart => {
                self.gap = Gap::AfterOpening;
                // The machine already counts what opens here.
                fill(gap, self.machine.depth() - 1, sink)?;
                return sink.piece(Class::Punctuation, bytes);
            }
            Kind::ObjectEnd | Kind::ArrayEnd => {
                gap = match gap {
                    Gap::AfterOpening => Gap::Nothing,
                    _ => Gap::NewLine,
                };
                Class::Punctuation
            }
            kind => class_of(kind),
        };
        fill(gap, self.machine.depth(), sink)?;
        match class {
            Class::Key | Class::String => self.text(class, bytes, sink),
            class => emit(class, bytes, sink),
        }
    }

    /// A part of a string: passes on whole characters and holds the beginning of one back.
    #[inline]
    fn text(&mut self, class: Class, mut bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        let unfinished = self.machine.unfinished();
        if !self.held.is_empty() {
            let is_continuation = |byte: &&u8| **byte & 0xC0 == 0x80;
            let (end, after) =
                bytes.split_at(bytes.iter().take(3).take_while(is_continuation).count());
            self.held.extend_from_slice(end);
            bytes = after;
            if self.held.len() == unfinished && bytes.is_empty() {
                return Ok(());
            }
            sink.piece(class, &self.held)?;
            self.held.clear();
        }
        let (whole, begun) = bytes.split_at(bytes.len().saturating_sub(unfinished));
        self.held.extend_from_slice(begun);
        emit(class, whole, sink)
    }

    /// The document is wrong after these `bytes`, which still belong to the token that was being read.
    fn fail(&mut self, error: Error, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        match self.machine.inside() {
            Some(kind) if !bytes.is_empty() => self.good_part(kind, bytes, sink)?,
            Some(_) => {}
            None => {
                let gap = std::mem::replace(&mut self.gap, Gap::Nothing);
                fill(gap, self.machine.depth(), sink)?;
            }
        }
        self.error = Some(error);
        let held = std::mem::take(&mut self.held);
        emit(Class::Raw, &held, sink)
    }

    fn good_part(&mut self, kind: Kind, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        let gap = std::mem::replace(&mut self.gap, Gap::Nothing);
        fill(gap, self.machine.depth(), sink)?;
        // The machine did not take this step, so that what it says of unfinished characters is about the bytes before.
        let mut whole = std::mem::take(&mut self.held);
        whole.extend_from_slice(bytes);
        emit(class_of(kind), &whole, sink)
    }

    fn raw(&mut self, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        if self.mark < BYTE_ORDER_MARK.len() && self.error.is_some_and(|error| error.offset == 0) {
            let same = bytes
                .iter()
                .zip(&BYTE_ORDER_MARK[self.mark..])
                .take_while(|(a, b)| a == b)
                .count();
            self.mark += same;
            if same < bytes.len() && self.mark < BYTE_ORDER_MARK.len() {
                // Another beginning: what comes later is no mark.
                self.mark = usize::MAX;
            }
        }
        emit(Class::Raw, bytes, sink)
    }
}

fn class_of(kind: Kind) -> Class {
    match kind {
        Kind::Key => Class::Key,
        Kind::String => Class::String,
        Kind::Number => Class::Number,
        Kind::True | Kind::False | Kind::Null => Class::Literal,
        Kind::ObjectStart | Kind::ObjectEnd | Kind::ArrayStart | Kind::ArrayEnd => {
            Class::Punctuation
        }
    }
}

#[inline]
fn emit(class: Class, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
    match bytes {
        [] => Ok(()),
        bytes => sink.piece(class, bytes),
    }
}

#[inline]
fn fill(gap: Gap, depth: usize, sink: &mut impl Sink) -> io::Result<()> {
    const LINE: [u8; 1 + 2 * Pretty::DEEPEST] = {
        let mut line = [b' '; 1 + 2 * Pretty::DEEPEST];
        line[0] = b'\n';
        line
    };
    match gap {
        Gap::Nothing => Ok(()),
        Gap::Space => sink.piece(Class::Whitespace, b" "),
        Gap::AfterOpening | Gap::NewLine => {
            let levels = depth.min(Pretty::DEEPEST);
            sink.piece(Class::Whitespace, &LINE[..1 + 2 * levels])
        }
    }
}
