//! The sieve between a sender's bytes and hyper: it lets through one message at a time, each with
//! its head restated and its body framed anew, and stops at the first thing that is wrong.

use crate::http::{Chunks, Fault, Stretch};

use super::head::{Framing, Head, Look, Search, body_too_large, look};
use super::{Limits, Refusal};

/// A message for hyper that stands for a head that is refused, so that its answer takes the same
/// way, behind the answers to earlier requests.
const REFUSED: &[u8] = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n";
/// A chunk's size line and line end, at most.
const CHUNK_FRAME_BYTES: usize = 32;

/// Where the restated messages go: a buffer with an end.
pub(super) trait Outlet {
    fn room(&self) -> usize;
    /// Puts bytes, at most as many as there is room for.
    fn put(&mut self, bytes: &[u8]);
}

/// Reads a connection's bytes and remembers where in a message they end.
#[derive(Debug)]
pub(super) struct Sieve {
    state: State,
    limits: Limits,
    /// What still has to go out before anything else.
    ahead: Vec<u8>,
    ahead_sent: usize,
    asked: Option<Result<Head, Refusal>>,
    spoiled: Option<Refusal>,
}

#[derive(Debug)]
enum State {
    /// Before or in a head.
    Head(Search),
    Length {
        left: u64,
        length: u64,
    },
    Chunked {
        chunks: Chunks,
        read: u64,
    },
    /// Something was wrong; nothing is let through any more.
    Refused,
}

impl Sieve {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            state: State::Head(Search::default()),
            limits,
            ahead: Vec::new(),
            ahead_sent: 0,
            asked: None,
            spoiled: None,
        }
    }

    /// Whether the next byte belongs to a head.
    pub(super) fn is_at_head(&self) -> bool {
        matches!(self.state, State::Head(_))
    }

    /// Whether the connection has come to a bad end.
    pub(super) fn has_refused(&self) -> bool {
        matches!(self.state, State::Refused)
    }

    /// The head, or its refusal, whose restatement has been let through since the last call.
    pub(super) fn take_asked(&mut self) -> Option<Result<Head, Refusal>> {
        self.asked.take()
    }

    /// Why the body that was being let through has ended early, if it has since the last call.
    pub(super) fn take_spoiled(&mut self) -> Option<Refusal> {
        self.spoiled.take()
    }

    /// Lets input through, up to the end of a message or of the outlet's room, and returns how much
    /// of it is done with. The rest must come again, with what follows it.
    pub(super) fn sift(&mut self, input: &[u8], out: &mut impl Outlet) -> usize {
        let mut done = 0;
        loop {
            self.send_ahead(out);
            let rest = input.get(done..).unwrap_or_default();
            let in_body = !self.is_at_head();
            let taken = match &self.state {
                _ if !self.ahead.is_empty() => None,
                State::Refused => None,
                State::Head(_) => self.sift_head(rest),
                State::Length { .. } => self.sift_length(rest, out),
                State::Chunked { .. } => self.sift_chunk(rest, out),
            };
            done += taken.unwrap_or(0);
            let at_end = in_body && self.is_at_head();
            if taken.is_none() || at_end {
                self.send_ahead(out);
                return done;
            }
        }
    }

    /// The input ends here, for good: `cause` says how. The sender may still be there to be
    /// `answered`.
    pub(super) fn end(&mut self, unfinished: usize, cause: &str, answered: bool) {
        let (code, message) = match &self.state {
            State::Head(_) => (
                "truncated-head",
                format!("{cause} after {unfinished} bytes of its head"),
            ),
            State::Length { left, length } => (
                "truncated-body",
                format!(
                    "{cause} after {} of its body's {length} bytes",
                    length - left
                ),
            ),
            State::Chunked { read, .. } => (
                "truncated-body",
                format!("{cause} after {read} bytes of its chunked body, before the last chunk"),
            ),
            State::Refused => return,
        };
        self.refuse(if answered {
            Refusal::new(code, 400, message)
        } else {
            Refusal::unanswered(code, message)
        });
    }

    /// Refuses the message that is being read.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        match std::mem::replace(&mut self.state, State::Refused) {
            State::Head(_) => {
                self.asked = Some(Err(refusal));
                self.ahead.extend(REFUSED);
            }
            State::Length { .. } | State::Chunked { .. } => self.spoiled = Some(refusal),
            State::Refused => {}
        }
    }

    fn emit(&mut self, bytes: &[u8], out: &mut impl Outlet) {
        if self.ahead.is_empty() && bytes.len() <= out.room() {
            out.put(bytes);
        } else {
            self.ahead.extend(bytes);
        }
    }

    /// Sends on what has to go out first.
    pub(super) fn send_ahead(&mut self, out: &mut impl Outlet) {
        let waiting = self.ahead.get(self.ahead_sent..).unwrap_or_default();
        let sent = waiting.len().min(out.room());
        out.put(waiting.get(..sent).unwrap_or_default());
        self.ahead_sent += sent;
        if self.ahead_sent == self.ahead.len() {
            self.ahead.clear();
            self.ahead_sent = 0;
        }
    }

    fn sift_head(&mut self, input: &[u8]) -> Option<usize> {
        // One message at a time: hyper asks for another one when it wants it.
        if self.asked.is_some() {
            return None;
        }
        let State::Head(search) = &mut self.state else {
            return None;
        };
        match input {
            // Empty lines before a request line are passed over (RFC 9112, section 2.2).
            [b'\r', b'\n', ..] => return Some(2),
            [b'\n', ..] => return Some(1),
            [] | [b'\r'] => return None,
            _ => {}
        }
        match look(input, search, &self.limits) {
            Look::Partial => None,
            Look::Refused(refusal) => {
                self.refuse(refusal);
                Some(0)
            }
            Look::Whole(head) => {
                head.restate(&mut self.ahead);
                self.state = match head.framing {
                    Framing::Length(length) => State::length(length, length),
                    Framing::Chunked => State::Chunked {
                        chunks: Chunks::new(self.limits.body_bytes),
                        read: 0,
                    },
                };
                let taken = head.bytes;
                self.asked = Some(Ok(head));
                Some(taken)
            }
        }
    }

    fn sift_length(&mut self, input: &[u8], out: &mut impl Outlet) -> Option<usize> {
        let State::Length { left, length } = self.state else {
            return None;
        };
        let taken = input
            .len()
            .min(out.room())
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        out.put(input.get(..taken)?);
        self.state = State::length(left - taken as u64, length);
        (taken > 0).then_some(taken)
    }

    fn sift_chunk(&mut self, input: &[u8], out: &mut impl Outlet) -> Option<usize> {
        let State::Chunked { chunks, read } = &mut self.state else {
            return None;
        };
        let room = out.room().saturating_sub(CHUNK_FRAME_BYTES).max(1);
        let input = input.get(..input.len().min(room))?;
        match chunks.read(input) {
            Ok(Stretch::End) => {
                self.ahead.extend(b"0\r\n\r\n");
                self.state = State::Head(Search::default());
                Some(0)
            }
            Ok(Stretch::Framing(taken)) => (taken > 0).then_some(taken),
            Ok(Stretch::Data(taken)) => {
                if taken > 0 {
                    *read += taken as u64;
                    self.emit(format!("{taken:x}\r\n").as_bytes(), out);
                    self.emit(input.get(..taken)?, out);
                    self.emit(b"\r\n", out);
                }
                (taken > 0).then_some(taken)
            }
            Err(fault) => {
                let refusal = match fault {
                    Fault::TooLarge => body_too_large(&self.limits),
                    Fault::Syntax(message) => Refusal::new("malformed-request", 400, message),
                };
                self.refuse(refusal);
                None
            }
        }
    }
}

impl State {
    fn length(left: u64, length: u64) -> Self {
        if left == 0 {
            State::Head(Search::default())
        } else {
            State::Length { left, length }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An outlet with that much room, which is emptied by its reader now and then.
    struct Pot {
        bytes: Vec<u8>,
        room: usize,
    }

    impl Outlet for Pot {
        fn room(&self) -> usize {
            self.room
        }

        fn put(&mut self, bytes: &[u8]) {
            assert!(bytes.len() <= self.room);
            self.room -= bytes.len();
            self.bytes.extend(bytes);
        }
    }

    /// What comes out of a connection: a line a head, and everything that hyper sees.
    fn sift(input: &[u8], step: usize, room: usize) -> (Vec<String>, Vec<u8>, Sieve) {
        let mut sieve = Sieve::new(Limits::default());
        let mut out = Pot {
            bytes: Vec::new(),
            room,
        };
        let (mut heads, mut held) = (Vec::new(), Vec::new());
        for piece in input.chunks(step) {
            held.extend(piece);
            loop {
                let done = sieve.sift(&held, &mut out);
                held.drain(..done);
                let put = room - out.room;
                out.room = room;
                match sieve.take_asked() {
                    Some(Ok(head)) => heads.push(format!("{} {}", head.method, head.target)),
                    Some(Err(refusal)) => heads.push(refusal.code.to_owned()),
                    None => {}
                }
                if done == 0 && put == 0 {
                    break;
                }
            }
        }
        (heads, out.bytes, sieve)
    }

    /// The bodies of restated messages, by a plain reading of them.
    fn bodies(mut restated: &[u8]) -> Vec<Vec<u8>> {
        let mut bodies = Vec::new();
        while let Some(end) = restated.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8(restated[..end].to_vec()).unwrap();
            restated = &restated[end + 4..];
            let mut body = Vec::new();
            if let Some((_, length)) = head.split_once("content-length: ") {
                let length = length.lines().next().unwrap().parse().unwrap();
                body.extend(&restated[..length]);
                restated = &restated[length..];
            } else if head.contains("chunked") {
                loop {
                    let line = restated.windows(2).position(|it| it == b"\r\n").unwrap();
                    let size = std::str::from_utf8(&restated[..line]).unwrap();
                    let size = usize::from_str_radix(size, 16).unwrap();
                    body.extend(&restated[line + 2..line + 2 + size]);
                    restated = &restated[line + 4 + size..];
                    if size == 0 {
                        break;
                    }
                }
            }
            bodies.push(body);
        }
        bodies
    }

    const CONVERSATION: &[u8] = b"\r\n\r\nPOST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
        GET /two HTTP/1.1\nA: b\n\n\
        POST /three HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\n\r\n\r\n0\r\nT: u\r\n\r\n\
        PUT /four HTTP/1.0\r\nContent-Length: 0\r\n\r\n\
        POST /five HTTP/1.1\r\ncontent-length: 28\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n\r\n\
        FOO{} /six HTTP/1.1\r\n\r\nGET /seven HTTP/1.1\r\n\r\n";

    #[test]
    fn messages_are_told_apart_however_they_come_and_go() {
        for step in 1..=CONVERSATION.len() {
            for room in [1, 7, 50, 8192] {
                let (heads, restated, sieve) = sift(CONVERSATION, step, room);
                let expected = [
                    "POST /one",
                    "GET /two",
                    "POST /three",
                    "PUT /four",
                    "POST /five",
                    "malformed-request",
                ];
                assert_eq!(heads, expected, "{step} {room}");
                let expected: [&[u8]; 6] = [
                    b"hello",
                    b"",
                    b"abc\r\n",
                    b"",
                    b"GET /smuggled HTTP/1.1\r\n\r\n\r\n",
                    b"",
                ];
                assert_eq!(bodies(&restated), expected, "{step} {room}");
                assert!(sieve.has_refused());
            }
        }
    }

    #[test]
    fn hyper_never_sees_what_a_sender_wrote_in_a_head() {
        let head = b"CONNECT evil:1 HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n";
        let (heads, restated, _) = sift(head, 9, 8192);
        assert_eq!(heads, ["CONNECT evil:1"]);
        assert_eq!(restated, b"POST / HTTP/1.1\r\n\r\n");
    }

    #[test]
    fn an_end_within_a_message_is_told_from_one_between_messages() {
        let (_, _, mut sieve) = sift(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel", 7, 99);
        sieve.end(0, "the request ended", true);
        let refusal = sieve.take_spoiled().unwrap();
        assert_eq!(refusal.code, "truncated-body");
        assert_eq!(
            refusal.message,
            "the request ended after 3 of its body's 5 bytes"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_borne(
            input in proptest::collection::vec(any::<u8>(), 0..300),
            step in 1..40_usize,
        ) {
            sift(&input, step, 40);
        }

        #[test]
        fn any_change_to_a_conversation_is_borne_and_read_alike_in_pieces(
            at in 0..CONVERSATION.len(),
            byte in any::<u8>(),
            step in 1..40_usize,
        ) {
            let mut input = CONVERSATION.to_vec();
            input[at] = byte;
            let (whole, restated, _) = sift(&input, input.len(), 8192);
            let (pieces, restated_in_pieces, _) = sift(&input, step, 50);
            prop_assert_eq!(whole, pieces);
            prop_assert_eq!(bodies_or_none(&restated), bodies_or_none(&restated_in_pieces));
        }
    }

    /// For conversations that may be cut short.
    fn bodies_or_none(restated: &[u8]) -> Option<Vec<Vec<u8>>> {
        let restated = restated.to_vec();
        std::panic::catch_unwind(move || bodies(&restated)).ok()
    }
}
