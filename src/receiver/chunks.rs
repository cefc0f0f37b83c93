//! The chunked transfer coding (RFC 9112, section 7.1), read strictly: which bytes are data, and
//! where the body ends.

/// What chunk extensions, and what trailers, may take up in one body.
const SIDE_BYTES: u32 = 64 * 1024;
/// As many hex digits as a 64-bit size has.
const SIZE_DIGITS: u8 = 16;

/// A chunked body, as far as it has been read.
#[derive(Debug)]
pub(super) struct Chunks {
    state: State,
    /// The size of the chunk whose size line is being read.
    size: u64,
    /// Bytes of extensions and trailers so far.
    aside: u32,
    /// What the chunks' sizes may add up to, less the sizes so far.
    allowed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size { digits: u8 },
    AfterSize,
    Extension,
    SizeLf,
    Data { left: u64 },
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
pub(super) enum Stretch {
    /// Sizes, extensions, line ends, trailers.
    Framing(usize),
    /// Bytes of the body.
    Data(usize),
    /// The body has ended; none of the input belongs to it.
    End,
}

/// What is wrong with a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not chunks as RFC 9112 has them.
    Syntax(&'static str),
    /// More data than allowed.
    TooLarge,
}

impl Chunks {
    /// A body of which nothing has been read, and which may hold that many bytes of data.
    pub(super) fn new(allowed: u64) -> Self {
        Self {
            state: State::Size { digits: 0 },
            size: 0,
            aside: 0,
            allowed,
        }
    }

    /// Reads the next stretch of the input, which must go on where the last stretch ended.
    pub(super) fn read(&mut self, input: &[u8]) -> Result<Stretch, Fault> {
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
            (State::Size { .. } | State::AfterSize, b' ' | b'\t') => self.beside(State::AfterSize),
            (State::Size { .. } | State::AfterSize, b';') => self.beside(State::Extension),
            (State::Size { .. } | State::AfterSize | State::Extension, b'\r') => Ok(State::SizeLf),
            (State::Extension, 0x20..=0x7e | b'\t' | 0x80..) => self.beside(State::Extension),
            (State::Size { .. } | State::AfterSize | State::Extension, _) => {
                Err(Fault::Syntax("a chunk's size line holds a wrong character"))
            }
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
            b"3\r\nabc\r\n00a ;x=\"y\"\r\n0123456789\r\n0\r\nX-Trailer: 1\r\nY: \xff\r\n\r\n";
        let input = [body.as_slice(), b"POST"].concat();
        for step in 1..=input.len() {
            let expected = (b"abc0123456789".to_vec(), Some(body.len()));
            assert_eq!(read(&input, step), Ok(expected), "{step}");
        }
    }

    #[test]
    fn a_body_without_its_last_chunk_has_not_ended() {
        assert_eq!(read(b"3\r\nabc\r\n", 4), Ok((b"abc".to_vec(), None)));
        assert_eq!(read(b"3\r\nabc\r\n0\r\n", 4), Ok((b"abc".to_vec(), None)));
    }

    #[test]
    fn what_is_not_a_chunk_is_refused() {
        let wrong: [&[u8]; 15] = [
            b"+3\r\nabc\r\n0\r\n\r\n",
            b"-3\r\nabc\r\n0\r\n\r\n",
            b"0x3\r\nabc\r\n0\r\n\r\n",
            b" 3\r\nabc\r\n0\r\n\r\n",
            b"3 3\r\nabc\r\n0\r\n\r\n",
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
