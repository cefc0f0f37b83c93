//! HTTP/1.1's grammar, once: tokens, field values, lengths, chunks, and which fields belong to one
//! connection. It works on bytes and knows no sockets; what a message as a whole must be like is
//! for those who read or write one.

use crate::delivery::Headers;

/// Fields that belong to one connection and not to the message (RFC 9110, section 7.6.1), those
/// that say how a message is framed, and `Expect`, which is over when the message is there.
const HOP_BY_HOP: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether it is a token (RFC 9110, section 5.6.2): what a method or a field's name may be.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// Whether a token may hold this byte.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a field may have this value without ending early: it holds no CR, LF or NUL (RFC 9110,
/// section 5.5).
pub fn is_field_value(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

/// Whether a request may have this target: visible ASCII (RFC 9112, section 3.2; what a URI has
/// beyond it is percent-encoded).
pub fn is_target(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic)
}

/// Without the white space around it (RFC 9110, section 5.6.3).
pub fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The number that a `Content-Length` says: digits and nothing else. One of more than 64 bits is
/// taken for the largest of 64: it is over any limit.
pub fn content_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(value.iter().fold(0_u64, |length, digit| {
        length
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    }))
}

/// Whether a field of that name is between the two ends of one connection.
pub fn is_hop_by_hop(name: &str) -> bool {
    HOP_BY_HOP.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether `Connection` lists that option, or the name of that field.
pub fn connection_lists(headers: &Headers, option: &str) -> bool {
    headers
        .all("Connection")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|listed| trimmed(listed).eq_ignore_ascii_case(option.as_bytes()))
}

/// The fields that are meant for the message's final recipient.
pub fn end_to_end(headers: &Headers) -> Headers {
    headers
        .iter()
        .filter(|header| !is_hop_by_hop(&header.name) && !connection_lists(headers, &header.name))
        .cloned()
        .collect()
}

/// What chunk extensions, and what trailers, may take up in one body.
const SIDE_BYTES: u32 = 64 * 1024;
/// As many hex digits as a 64-bit size has.
const SIZE_DIGITS: u8 = 16;

/// A body in the chunked transfer coding (RFC 9112, section 7.1), as far as it has been read.
#[derive(Debug)]
pub struct Chunks {
    state: State,
    /// The size of the chunk whose size line is being read.
    size: u64,
    /// Bytes of extensions and trailers so far.
    aside: u32,
    /// What the chunks' sizes may add up to, less the sizes so far.
    allowed: u64,
    /// Lines may end in a line feed alone.
    bare_lf: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size {
        digits: u8,
    },
    /// In an extension's name, of which something has been read or not.
    Name {
        begun: bool,
    },
    /// Behind the equals sign.
    Value,
    /// In a value that is a token.
    Token,
    Quoted,
    /// Behind a backslash in a quoted value.
    Escaped,
    AfterQuoted,
    SizeLf,
    Data {
        left: u64,
    },
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    End,
}

/// The first bytes of the input that are of one kind, by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Sizes, extensions, line ends, trailers.
    Framing(usize),
    /// Bytes of the body.
    Data(usize),
    /// The body has ended; none of the input belongs to it.
    End,
}

/// What is wrong with a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not chunks as RFC 9112 has them.
    Syntax(&'static str),
    /// More data than allowed.
    TooLarge,
}

impl Chunks {
    /// A body of which nothing has been read, and which may hold that many bytes of data.
    pub fn new(allowed: u64) -> Self {
        Self {
            state: State::Size { digits: 0 },
            size: 0,
            aside: 0,
            allowed,
            bare_lf: false,
        }
    }

    /// A body that an editor may have had in hand: its lines may end in a line feed alone.
    pub fn saved() -> Self {
        Self {
            bare_lf: true,
            ..Self::new(u64::MAX)
        }
    }

    /// Whether the last chunk has been read: nothing but trailers can follow.
    pub fn is_complete(&self) -> bool {
        use State::{End, EndLf, Trailer, TrailerLf, TrailerStart};
        matches!(self.state, TrailerStart | Trailer | TrailerLf | EndLf | End)
    }

    /// Reads the next stretch of the input, which must go on where the last stretch ended.
    pub fn read(&mut self, input: &[u8]) -> Result<Stretch, Fault> {
        match self.state {
            State::End => Ok(Stretch::End),
            State::Data { left } => {
                let taken = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - taken as u64;
                self.state = if left == 0 {
                    State::DataCr
                } else {
                    State::Data { left }
                };
                Ok(Stretch::Data(taken))
            }
            _ => self.read_framing(input),
        }
    }

    fn read_framing(&mut self, input: &[u8]) -> Result<Stretch, Fault> {
        let mut read = 0;
        for byte in input {
            if matches!(self.state, State::Data { .. } | State::End) {
                break;
            }
            self.state = self.next(*byte)?;
            read += 1;
        }
        Ok(Stretch::Framing(read))
    }

    fn next(&mut self, byte: u8) -> Result<State, Fault> {
        use State::{DataLf, EndLf, SizeLf, TrailerLf};
        let after_cr = matches!(self.state, SizeLf | DataLf | TrailerLf | EndLf);
        if byte == b'\n' && self.bare_lf && !after_cr {
            self.state = self.step(b'\r')?;
        }
        self.step(byte)
    }

    fn step(&mut self, byte: u8) -> Result<State, Fault> {
        match (self.state, byte) {
            (State::Size { digits }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                if digits == SIZE_DIGITS {
                    return Err(Fault::TooLarge);
                }
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                self.size = self.size << 4 | u64::from(digit);
                Ok(State::Size { digits: digits + 1 })
            }
            (State::Size { digits: 0 }, _) => Err(Fault::Syntax("a chunk begins without a size")),
            (
                State::Size { .. }
                | State::Name { begun: true }
                | State::Token
                | State::AfterQuoted,
                b';',
            ) => self.beside(State::Name { begun: false }),
            (
                State::Size { .. }
                | State::Name { begun: true }
                | State::Token
                | State::AfterQuoted,
                b'\r',
            ) => Ok(State::SizeLf),
            (State::Name { begun: true }, b'=') => self.beside(State::Value),
            (State::Name { .. }, _) if is_token_byte(byte) => {
                self.beside(State::Name { begun: true })
            }
            (State::Value | State::Token, _) if is_token_byte(byte) => self.beside(State::Token),
            (State::Value, b'"') => self.beside(State::Quoted),
            (State::Quoted, b'"') => self.beside(State::AfterQuoted),
            (State::Quoted, b'\\') => self.beside(State::Escaped),
            (State::Quoted | State::Escaped, b' '..=b'~' | b'\t' | 0x80..) => {
                self.beside(State::Quoted)
            }
            (State::Size { .. }, _) => Err(Fault::Syntax(
                "a chunk's size is not followed by its line's end or an extension",
            )),
            (
                State::Name { .. }
                | State::Value
                | State::Token
                | State::Quoted
                | State::Escaped
                | State::AfterQuoted,
                _,
            ) => Err(Fault::Syntax(
                "a chunk's extension is neither a name nor a name with a token or a quoted string",
            )),
            (State::SizeLf, b'\n') => self.begin_data(),
            (State::DataCr, b'\r') => Ok(State::DataLf),
            (State::DataLf, b'\n') => Ok(State::Size { digits: 0 }),
            (State::DataCr | State::DataLf, _) => {
                Err(Fault::Syntax("a chunk is longer than its size says"))
            }
            (State::TrailerStart, b'\r') => Ok(State::EndLf),
            (State::Trailer, b'\r') => Ok(State::TrailerLf),
            (State::TrailerStart | State::Trailer, 0x20..=0x7e | b'\t' | 0x80..) => {
                self.beside(State::Trailer)
            }
            (State::TrailerStart | State::Trailer, _) => {
                Err(Fault::Syntax("a trailer holds a wrong character"))
            }
            (State::TrailerLf, b'\n') => Ok(State::TrailerStart),
            (State::EndLf, b'\n') => Ok(State::End),
            (State::SizeLf | State::TrailerLf | State::EndLf, _) => Err(Fault::Syntax(
                "a carriage return stands without its line feed",
            )),
            (State::Data { .. } | State::End, _) => Ok(self.state),
        }
    }

    fn begin_data(&mut self) -> Result<State, Fault> {
        let size = std::mem::take(&mut self.size);
        if size == 0 {
            return Ok(State::TrailerStart);
        }
        self.allowed = self.allowed.checked_sub(size).ok_or(Fault::TooLarge)?;
        Ok(State::Data { left: size })
    }

    /// Counts a byte that is neither size nor data.
    fn beside(&mut self, state: State) -> Result<State, Fault> {
        self.aside += 1;
        if self.aside > SIDE_BYTES {
            return Err(Fault::Syntax(
                "chunk extensions and trailers take up too much",
            ));
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_connection_and_those_that_it_names_stay_behind() {
        let mut headers = Headers::new();
        for (name, value) in [
            ("X-A", "1"),
            ("connection", "close, X-Own"),
            ("Keep-Alive", "5"),
            ("x-own", "2"),
            ("Host", "a"),
        ] {
            headers.push(name, value);
        }
        let names: Vec<_> = end_to_end(&headers).into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["X-A", "Host"]);
        assert!(connection_lists(&headers, "Close"));
        assert!(!connection_lists(&headers, "keep-alive"));
    }

    #[test]
    fn a_length_is_digits_and_nothing_else() {
        assert_eq!(content_length(b"0042"), Some(42));
        assert_eq!(content_length(b"18446744073709551616"), Some(u64::MAX));
        for wrong in ["", "+1", "-1", "0x1", "1 1", "1,1", "one"] {
            assert_eq!(content_length(wrong.as_bytes()), None, "{wrong}");
        }
    }

    /// The data and the length of a whole body, read in pieces of `step` bytes.
    fn read(input: &[u8], step: usize) -> Result<(Vec<u8>, Option<usize>), Fault> {
        let mut chunks = Chunks::new(1000);
        let (mut data, mut at) = (Vec::new(), 0);
        while at < input.len() {
            let piece = &input[at..input.len().min(at + step)];
            match chunks.read(piece)? {
                Stretch::Framing(read) => at += read,
                Stretch::Data(read) => {
                    data.extend(&piece[..read]);
                    at += read;
                }
                Stretch::End => break,
            }
        }
        let ended = chunks.read(b"")? == Stretch::End;
        Ok((data, ended.then_some(at)))
    }

    #[test]
    fn chunks_are_read_in_pieces_of_any_size() {
        let body =
            b"3\r\nabc\r\n00a;x=\"y \\\" z\";a=b;c\r\n0123456789\r\n0\r\nX-Trailer: 1\r\nY: \xff\r\n\r\n";
        let input = [body.as_slice(), b"POST"].concat();
        for step in 1..=input.len() {
            let expected = (b"abc0123456789".to_vec(), Some(body.len()));
            assert_eq!(read(&input, step), Ok(expected), "{step}");
        }
    }

    #[test]
    fn a_saved_body_may_have_bare_line_feeds() {
        let input = b"3\nabc\n0a;x\n0123456789\r\n0\nT: u\n\nrest";
        let mut chunks = Chunks::saved();
        let (mut data, mut at) = (Vec::new(), 0);
        loop {
            match chunks.read(&input[at..]).unwrap() {
                Stretch::Framing(read) => at += read,
                Stretch::Data(read) => {
                    data.extend(&input[at..at + read]);
                    at += read;
                }
                Stretch::End => break,
            }
        }
        assert_eq!(
            (data.as_slice(), &input[at..]),
            (b"abc0123456789".as_slice(), b"rest".as_slice())
        );
        assert!(Chunks::saved().read(b"\n").is_err());
    }

    #[test]
    fn a_body_without_its_last_chunk_has_not_ended() {
        assert_eq!(read(b"3\r\nabc\r\n", 4), Ok((b"abc".to_vec(), None)));
        assert_eq!(read(b"3\r\nabc\r\n0\r\n", 4), Ok((b"abc".to_vec(), None)));
    }

    #[test]
    fn what_is_not_a_chunk_is_refused() {
        let wrong: &[&[u8]] = &[
            b"+3\r\nabc\r\n0\r\n\r\n",
            b"-3\r\nabc\r\n0\r\n\r\n",
            b"0x3\r\nabc\r\n0\r\n\r\n",
            b" 3\r\nabc\r\n0\r\n\r\n",
            b"3 3\r\nabc\r\n0\r\n\r\n",
            b"3 \r\nabc\r\n0\r\n\r\n",
            b"3\t;x\r\nabc\r\n0\r\n\r\n",
            b"3; x\r\nabc\r\n0\r\n\r\n",
            b"3;\r\nabc\r\n0\r\n\r\n",
            b"3;=x\r\nabc\r\n0\r\n\r\n",
            b"3;x=\r\nabc\r\n0\r\n\r\n",
            b"3;x=\"y\r\nabc\r\n0\r\n\r\n",
            b"3;x=\"y\"z\r\nabc\r\n0\r\n\r\n",
            b"3;x=\"\\\x01\"\r\nabc\r\n0\r\n\r\n",
            b"g\r\nabc\r\n0\r\n\r\n",
            b"\r\nabc\r\n0\r\n\r\n",
            b";x\r\nabc\r\n0\r\n\r\n",
            b"3\nabc\r\n0\r\n\r\n",
            b"3\rabc\r\n0\r\n\r\n",
            b"3\r\nabcd\r\n0\r\n\r\n",
            b"3\r\nabc\n0\r\n\r\n",
            b"3;x\ny\r\nabc\r\n0\r\n\r\n",
            b"0\r\nX: y\nZ: a\r\n\r\n",
            b"0\r\nX: \0\r\n\r\n",
        ];
        for input in wrong {
            let read = read(input, input.len());
            assert!(
                matches!(read, Err(Fault::Syntax(_))),
                "{}: {read:?}",
                input.escape_ascii()
            );
        }
    }

    #[test]
    fn sizes_are_limited_before_their_data_comes() {
        assert!(read(b"3e8\r\n", 9).is_ok());
        for input in ["3e9\r\n", "ffffffffffffffff\r\n", "00000000000000003\r\n"] {
            assert_eq!(read(input.as_bytes(), 99), Err(Fault::TooLarge), "{input}");
        }
    }

    #[test]
    fn extensions_and_trailers_are_limited() {
        let extension = [b"3;".as_slice(), &vec![b'x'; 70_000]].concat();
        let trailers = [b"0\r\n".as_slice(), &b"a: b\r\n".repeat(20_000)].concat();
        for input in [extension, trailers] {
            let read = read(&input, 1000);
            assert!(matches!(read, Err(Fault::Syntax(_))), "{read:?}");
        }
    }
}
