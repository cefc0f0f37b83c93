//! A document read once, to be walked value by value as often as needed.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{Error, ErrorKind};
use super::text::unescape;
use super::{Kind, Tokens};

/// Where each value of a valid document stands: 16 bytes of memory for each key and value.
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
    /// The number of the first spot that is no longer inside this one.
    next: u32,
    kind: Kind,
}

impl<'a> Outline<'a> {
    /// Reads `doc` to its end. Documents of 4 GiB and more are refused as [`ErrorKind::TooLong`].
    pub fn read(doc: &'a [u8]) -> Result<Self, Error> {
        if u32::try_from(doc.len()).is_err() {
            return Err(Error {
                offset: 0,
                line: 1,
                column: 1,
                kind: ErrorKind::TooLong,
            });
        }
        let mut spots: Vec<Spot> = Vec::new();
        let mut open = Vec::new();
        for token in Tokens::new(doc) {
            let token = token?;
            let (start, end) = (token.start as u32, token.end as u32);
            match token.kind {
                Kind::ObjectEnd | Kind::ArrayEnd => {
                    let next = spots.len() as u32;
                    if let Some(container) =
                        open.pop().and_then(|at: u32| spots.get_mut(at as usize))
                    {
                        (container.end, container.next) = (end, next);
                    }
                    continue;
                }
                Kind::ObjectStart | Kind::ArrayStart => open.push(spots.len() as u32),
                _ => {}
            }
            spots.push(Spot {
                start,
                end,
                next: spots.len() as u32 + 1,
                kind: token.kind,
            });
        }
        Ok(Outline { doc, spots })
    }

    /// The document that was read.
    pub fn doc(&self) -> &'a [u8] {
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

/// A value of the document, or a key.
#[derive(Clone, Copy, Debug)]
pub struct Node<'o> {
    outline: &'o Outline<'o>,
    number: u32,
}

impl<'o> Node<'o> {
    /// What it is.
    pub fn kind(&self) -> Kind {
        self.spot().kind
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

    /// Its members (with their keys) or elements, in order, duplicates included; none for what is no container.
    pub fn entries(&self) -> Nodes<'o> {
        Nodes {
            outline: self.outline,
            next: self.number + 1,
            end: self.spot().next,
        }
    }

    /// The value of its member `name`, the last if there are several.
    pub fn member(&self, name: &str) -> Option<Node<'o>> {
        self.entries()
            .filter(|(key, _)| key.is_some_and(|key| key.text() == name))
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
        let mut value = Node {
            outline,
            number: self.next,
        };
        let mut key = None;
        if value.kind() == Kind::Key {
            key = Some(value);
            value.number += 1;
        }
        self.next = value.spot().next;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_walked_value_by_value() {
        let doc = br#" {"a":[1,{"b":[]},"x"],"c":{},"a":null} "#;
        let outline = Outline::read(doc).unwrap();
        let root = outline.root();
        assert_eq!(root.range(), 1..doc.len() - 1);
        let keys: Vec<_> = root
            .entries()
            .filter_map(|(key, _)| Some(key?.text().into_owned()))
            .collect();
        assert_eq!(keys, ["a", "c", "a"]);
        let (_, first) = root.entries().next().unwrap();
        let elements: Vec<_> = first.entries().map(|(_, value)| value.bytes()).collect();
        assert_eq!(elements, [&b"1"[..], b"{\"b\":[]}", b"\"x\""]);
        assert_eq!(root.member("a").unwrap().kind(), Kind::Null);
        assert!(root.member("b").is_none());
        assert_eq!(root.member("c").unwrap().entries().count(), 0);
        assert_eq!(root.member("a").unwrap().entries().count(), 0);
    }
}
