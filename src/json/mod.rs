//! Lossless JSON: what a body says, byte for byte, without ever turning it into another value.
//!
//! This room owns the strict reading of a document as [`Tokens`] (RFC 8259, any depth, any size), the lookup and
//! replacement of one value by [`Path`], the [`Outline`] for walking a document value by value, its re-writing as
//! another serialiser would have written it ([`Dialect`]), and the [`Pretty`] form, which copies every token as it
//! stands. It leaves meaning, colour and making text harmless to others and knows nothing else of the project.
//!
//! A document is a slice, and everything takes time in proportion to its length, whatever its shape. Nothing recurses, so
//! that depth costs one bit a level and no stack, and nothing panics, whatever the bytes.

mod error;
mod lexer;
mod number;
mod outline;
mod path;
mod pretty;
mod text;
mod writer;

#[rustfmt::skip] // One line a dialect.
mod dialect;

pub use dialect::Dialect;
pub use error::{Error, ErrorKind, unmarked};
pub use lexer::{Kind, Token, Tokens, validate};
pub use outline::{Node, Nodes, Outline};
pub use path::{Path, PathError, SpliceError, Step, find, splice};
pub use pretty::{Piece, Pretty};
pub use text::unescape;
pub use writer::{rewrite, same};
