//! A document read once, to be walked value by value as often as needed.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{Error, ErrorKind};
use super::lexer::{Kind, Tokens};
use super::text::{says, unescape, wtf8};

/// How many keys and values an outline has at most: some 48 MB. Bodies of 10 MiB have fewer, unless they are little
/// else than brackets or digits.
const MOST: usize = 4 << 20;

/// A document of up to so many bytes is read at once: what is kept of it is little in any case.
const SMALL: usize = 64 * 1024;

/// Where each value of a valid document stands: 12 bytes of memory for each key and value.
#[derive(Clone, Debug)]
pub struct Outline<'a> {
    doc: &'a [u8],
    /// Keys and values in the document's order; a container is followed by all that it holds.
    spots: Vec<Spot>,
}

#[derive(Clone, Copy, Debug)]
struct Spot {
    start: u32,
    end: u32,
    /// The number of the first spot that is no longer inside this one; while it is open, the number of the container
    /// around it.
    next: u32,
}

impl<'a> Outline<'a> {
    /// Reads `doc` to its end, a large one twice: first it is judged and counted, so that nothing is kept of what is refused.
    /// Documents of 4 GiB, or with more values than could be kept in little memory, are [`ErrorKind::TooLong`].
    pub fn read(doc: &'a [u8]) -> Result<Self, Error> {
        let mut count = 0;
        if doc.len() <= SMALL {
            count = doc.len() / 16;
        } else {
            for token in Tokens::new(doc) {
                count += usize::from(!token?.kind.is_end());
            }
        }
        if count > MOST || u32::try_from(doc.len()).is_err() {
            return Err(Error::at(doc.len(), doc, ErrorKind::TooLong));
        }
        let mut spots: Vec<Spot> = Vec::with_capacity(count);
        let mut innermost = u32::MAX;
        for token in Tokens::new(doc) {
            let token = token?;
            let (start, end) = (token.start as u32, token.end as u32);
            let number = spots.len() as u32;
            if token.kind.is_end() {
                if let Some(container) = spots.get_mut(innermost as usize) {
                    container.end = end;
                    innermost = std::mem::replace(&mut container.next, number);
                }
                continue;
            }
            let next = match token.kind.is_container() {
                true => std::mem::replace(&mut innermost, number),
                false => number + 1,
            };
            spots.push(Spot { start, end, next });
        }
        Ok(Outline { doc, spots })
    }

    /// The document that was read.
    pub(super) fn doc(&self) -> &'a [u8] {
        self.doc
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node {
            outline: self,
            number: 0,
        }
    }
}

/// A value of the document, or a key, which is a string.
#[derive(Clone, Copy, Debug)]
pub struct Node<'o> {
    outline: &'o Outline<'o>,
    number: u32,
}

impl<'o> Node<'o> {
    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind::of(self.outline.doc[self.spot().start as usize])
    }

    /// Where it stands in the document, all of it.
    pub fn range(&self) -> Range<usize> {
        let spot = self.spot();
        spot.start as usize..spot.end as usize
    }

    /// Its bytes as they stand, with quotes or brackets.
    pub fn bytes(&self) -> &'o [u8] {
        &self.outline.doc[self.range()]
    }

    /// What a string or key says; its bytes as text for all other kinds.
    pub fn text(&self) -> Cow<'o, str> {
        unescape(self.bytes())
    }

    /// What a string or key says, as bytes in which a lone surrogate is kept, too: different texts stay different.
    pub fn wtf8(&self) -> Cow<'o, [u8]> {
        wtf8(self.bytes())
    }

    /// Whether it is a string, or a key, that says just this.
    pub fn says(&self, text: &str) -> bool {
        self.kind() == Kind::String && says(self.bytes(), text)
    }

    /// How many keys and values it is made of, itself included.
    pub fn size(&self) -> usize {
        match self.kind().is_container() {
            true => (self.spot().next - self.number) as usize,
            false => 1,
        }
    }

    /// Its members (with their keys) or elements, in order, duplicates included; none for what is no container.
    pub fn entries(&self) -> Nodes<'o> {
        Nodes {
            outline: self.outline,
            is_object: self.kind() == Kind::ObjectStart,
            next: self.number + 1,
            end: self.spot().next,
        }
    }

    /// Whether it has a member `name`.
    pub fn has(&self, name: &str) -> bool {
        self.entries()
            .any(|(key, _)| key.is_some_and(|key| key.says(name)))
    }

    /// The value of its member `name`, the last if there are several.
    pub fn member(&self, name: &str) -> Option<Node<'o>> {
        self.entries()
            .filter(|(key, _)| key.is_some_and(|key| key.says(name)))
            .last()
            .map(|(_, value)| value)
    }

    fn spot(&self) -> &'o Spot {
        &self.outline.spots[self.number as usize]
    }
}

/// The entries of an object (key and value) or an array (value alone); see [`Node::entries`].
#[derive(Clone, Debug)]
pub struct Nodes<'o> {
    outline: &'o Outline<'o>,
    is_object: bool,
    next: u32,
    end: u32,
}

impl<'o> Iterator for Nodes<'o> {
    type Item = (Option<Node<'o>>, Node<'o>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let outline = self.outline;
        let node = |number| Node { outline, number };
        let key = self.is_object.then(|| node(self.next));
        let value = node(self.next + u32::from(self.is_object));
        self.next = value.spot().next;
        Some((key, value))
    }
}
