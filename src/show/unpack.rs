//! What stands in bodies that are wrapped: compressed ones, forms, the parts of multipart ones.
//!
//! The bytes decide whether they are compressed, but for deflate without a frame, which is known by its
//! `Content-Encoding` only, as forms are by their `Content-Type`. What
//! is made of a body is bounded, and nothing here changes what is judged or recorded.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use percent_encoding::percent_decode;

/// How many bytes are unpacked of a compressed body.
const MOST_UNPACKED: usize = 4 << 20;
/// How many parts of a multipart body are told.
const MOST_PARTS: usize = 1000;
/// The longest boundary that RFC 2046 allows.
const LONGEST_BOUNDARY: usize = 70;

/// A body that was compressed.
pub(super) struct Unpacked {
    /// How it was compressed.
    pub(super) format: &'static str,
    /// What was in it, or the first few megabytes of that.
    pub(super) bytes: Vec<u8>,
    /// Whether that is all.
    pub(super) is_whole: bool,
}

/// Unpacks a body in gzip's or zlib's format, or in deflate's where that is its encoding; None for what
/// is none, or is broken.
pub(super) fn unpacked(body: &[u8], encoding: &[u8]) -> Option<Unpacked> {
    let (format, reader): (_, Box<dyn Read>) = match body {
        [0x1F, 0x8B, ..] => ("gzip", Box::new(GzDecoder::new(body))),
        // HTTP's `deflate` is zlib's format, whose first two bytes are a multiple of 31.
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) => {
            ("deflate", Box::new(ZlibDecoder::new(body)))
        }
        // Some senders leave the frame out.
        [_, ..] if encoding.trim_ascii().eq_ignore_ascii_case(b"deflate") => {
            ("deflate", Box::new(DeflateDecoder::new(body)))
        }
        _ => return None,
    };
    let mut bytes = Vec::new();
    let limit = MOST_UNPACKED as u64 + 1;
    reader.take(limit).read_to_end(&mut bytes).ok()?;
    let is_whole = bytes.len() <= MOST_UNPACKED;
    bytes.truncate(MOST_UNPACKED);
    Some(Unpacked {
        format,
        bytes,
        is_whole,
    })
}

/// The fields of a urlencoded form, decoded, in order.
pub(super) fn fields(body: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let fields = body.trim_ascii_end().split(|&byte| byte == b'&');
    fields.filter(|field| !field.is_empty()).map(|field| {
        let mut halves = field.splitn(2, |&byte| byte == b'=');
        let mut half = || decoded(halves.next().unwrap_or_default());
        (half(), half())
    })
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_decode(&spaced).collect()
}

/// One part of a multipart body.
pub(super) struct Part<'a> {
    /// The field's name.
    pub(super) name: Vec<u8>,
    /// The name of the file that it is.
    pub(super) file: Option<Vec<u8>>,
    /// Its own content type.
    pub(super) kind: Option<&'a [u8]>,
    /// What it holds.
    pub(super) content: &'a [u8],
}

/// The parts of a multipart body (RFC 7578) and whether there are more than are told; None if its
/// content type is another or names no boundary.
pub(super) fn parts<'a>(body: &'a [u8], content_type: &[u8]) -> Option<(Vec<Part<'a>>, bool)> {
    if !starts_with(content_type, b"multipart/") {
        return None;
    }
    let boundary = parameter(content_type, "boundary")?;
    if boundary.is_empty() || boundary.len() > LONGEST_BOUNDARY {
        return None;
    }
    let delimiter = [b"--", &boundary[..]].concat();
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        if let Some(rest) = line.strip_prefix(&delimiter[..])
            && matches!(rest.trim_ascii(), b"" | b"--")
        {
            if parts.len() >= MOST_PARTS {
                return Some((parts, true));
            }
            parts.extend(start.map(|start| Part::of(&body[start..at])));
            start = Some(at + line.len()).filter(|_| rest.trim_ascii().is_empty());
        }
        at += line.len();
    }
    // The last one may be cut off.
    parts.extend(start.map(|start| Part::of(&body[start..])));
    Some((parts, false))
}

impl<'a> Part<'a> {
    fn of(part: &'a [u8]) -> Self {
        let mut this = Self {
            name: Vec::new(),
            file: None,
            kind: None,
            content: b"",
        };
        let mut at = 0;
        for line in part.split_inclusive(|&byte| byte == b'\n') {
            at += line.len();
            let line = line.trim_ascii();
            if line.is_empty() {
                break;
            }
            let mut halves = line.splitn(2, |&byte| byte == b':');
            let (name, value) = (halves.next(), halves.next().unwrap_or_default());
            let is = |wanted: &str| {
                name.is_some_and(|name| name.eq_ignore_ascii_case(wanted.as_bytes()))
            };
            if is("content-disposition") {
                this.name = parameter(value, "name").unwrap_or_default();
                this.file = parameter(value, "filename");
            } else if is("content-type") {
                this.kind = Some(value.trim_ascii());
            }
        }
        // The line end before the delimiter belongs to the delimiter.
        let content = &part[at..];
        let content = content.strip_suffix(b"\n").unwrap_or(content);
        this.content = content.strip_suffix(b"\r").unwrap_or(content);
        this
    }
}

/// A parameter of a header's value: `; name="value"`. A quoted one may hold anything but quotes.
fn parameter(value: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut is_quoted = false;
    let parameters = value.split(|&byte| {
        is_quoted ^= byte == b'"';
        byte == b';' && !is_quoted
    });
    parameters.skip(1).find_map(|parameter| {
        let mut halves = parameter.splitn(2, |&byte| byte == b'=');
        let found = halves.next()?.trim_ascii();
        let value = halves.next()?.trim_ascii();
        let unquoted = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""));
        found
            .eq_ignore_ascii_case(name.as_bytes())
            .then(|| unquoted.unwrap_or(value).to_vec())
    })
}

/// Whether a value begins so, in any case.
pub(super) fn starts_with(value: &[u8], beginning: &[u8]) -> bool {
    value
        .trim_ascii_start()
        .get(..beginning.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    #[test]
    fn compressed_bodies_are_unpacked_up_to_a_bound() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(b"[1]").unwrap();
        let found = unpacked(&gzip.finish().unwrap(), b"").unwrap();
        assert_eq!(
            (found.format, &found.bytes[..], found.is_whole),
            ("gzip", &b"[1]"[..], true)
        );
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(&vec![b' '; 100 << 20]).unwrap();
        let found = unpacked(&zlib.finish().unwrap(), b"").unwrap();
        assert_eq!(
            (found.format, found.bytes.len(), found.is_whole),
            ("deflate", MOST_UNPACKED, false)
        );
        for other in [
            &b"\x1f\x8b\x08\0abc"[..],
            b"x^2 is no zlib",
            b"{}",
            b"",
            b"\x1f",
            b"x",
        ] {
            assert!(
                unpacked(other, b"gzip").is_none(),
                "{}",
                other.escape_ascii()
            );
        }
    }

    #[test]
    fn a_form_is_read_field_by_field() {
        let fields: Vec<_> = fields(b"a+b=c%20d&&e&=x&f=1=2%zz\r\n").collect();
        let expected = [("a b", "c d"), ("e", ""), ("", "x"), ("f", "1=2%zz")];
        let expected =
            expected.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_multipart_body_is_read_part_by_part() {
        let body = b"preamble\r\n--x y\r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\n1\r\n2\r\n--x y  \r\ncontent-disposition: form-data; name=f; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x y--\r\nepilogue";
        let (parts, more) = parts(
            body,
            b"Multipart/Form-Data; charset=utf-8; boundary=\"x y\"",
        )
        .unwrap();
        let [text, file] = &parts[..] else {
            panic!("two parts")
        };
        assert_eq!(
            (&text.name[..], text.content),
            (&b"a;b"[..], &b"1\r\n2"[..])
        );
        assert!(text.file.is_none() && text.kind.is_none());
        assert_eq!((&file.name[..], file.content), (&b"f"[..], &b"\x89PNG"[..]));
        assert_eq!(file.file.as_deref(), Some(&b"a.png"[..]));
        assert_eq!(file.kind, Some(&b"image/png"[..]));
        assert!(!more);
    }

    #[test]
    fn what_is_no_multipart_body_has_no_parts() {
        assert!(parts(b"--x", b"text/plain; boundary=x").is_none());
        assert!(parts(b"--x", b"multipart/form-data").is_none());
        assert!(parts(b"--", b"multipart/form-data; boundary=\"\"").is_none());
        let many = [b"--x\n\n".repeat(5000), b"--x--".to_vec()].concat();
        let (told, more) = parts(&many, b"multipart/mixed; boundary=x").unwrap();
        assert_eq!((told.len(), more), (MOST_PARTS, true));
        let (cut, _) = parts(b"--x\nA: b\n\nhalf", b"multipart/mixed; boundary=x").unwrap();
        assert_eq!(cut[0].content, b"half");
    }
}
