//! How raw bytes are written in headers and secrets: hex, base64, base64url.
//!
//! Signatures are read strictly, so that one signature has one spelling (hex in either case aside);
//! secrets are read as Python and JavaScript read them, since their owners only copy them.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

/// The encoding of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal digits: written in lower case, read in either.
    #[default]
    Hex,
    /// Base64 with `+`, `/` and padding (RFC 4648, section 4).
    Base64,
    /// Base64 with `-` and `_` (RFC 4648, section 5): written without padding, read with or
    /// without.
    Base64url,
    /// The text itself: a token that is compared as it is.
    Text,
}

/// Reads either alphabet's base64, with or without padding, with stray bits at the end.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const LENIENT_STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const LENIENT_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const STANDARD: GeneralPurpose = base64::engine::general_purpose::STANDARD;

impl Encoding {
    /// Writes raw bytes in this encoding.
    pub fn encode(self, raw: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(raw),
            Self::Base64 => STANDARD.encode(raw),
            Self::Base64url => URL.encode(raw),
            Self::Text => String::from_utf8_lossy(raw).into_owned(),
        }
    }

    /// Reads text in this encoding; `None` when it is not of this encoding's one spelling.
    pub(super) fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hex => {
                let mut raw = vec![0; text.len() / 2];
                hex::decode_to_slice(text, &mut raw).ok().map(|()| raw)
            }
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64url => URL.decode(text).ok(),
            Self::Text => Some(text.to_vec()),
        }
    }

    /// The encoding's name, as records and messages write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Text => "text",
        }
    }
}

/// Reads a base64 secret as Python and JavaScript do: with or without padding, with stray trailing
/// bits, in either alphabet.
pub(super) fn lenient_base64(text: &[u8]) -> Option<Vec<u8>> {
    // Stray padding ("MfKQ9r8…Br==" and "…LaS=") is common in hand-edited secrets.
    let end = text
        .iter()
        .rposition(|&byte| byte != b'=')
        .map_or(0, |last| last + 1);
    let text = &text[..end];
    LENIENT_STANDARD
        .decode(text)
        .or_else(|_| LENIENT_URL.decode(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_have_one_spelling() {
        assert_eq!(Encoding::Hex.decode(b"0aFF"), Some(vec![10, 255]));
        assert_eq!(Encoding::Hex.decode(b"0af"), None);
        assert_eq!(Encoding::Base64.decode(b"/w=="), Some(vec![255]));
        assert_eq!(Encoding::Base64.decode(b"/w"), None, "padding is missing");
        assert_eq!(Encoding::Base64.decode(b"/x=="), None, "stray bits");
        assert_eq!(Encoding::Base64.decode(b"_w=="), None, "the other alphabet");
        assert_eq!(Encoding::Base64url.decode(b"_w"), Some(vec![255]));
    }

    #[test]
    fn secrets_are_read_as_their_owners_copy_them() {
        for spelling in ["/w==", "/w", "/w=", "/x==", "_w"] {
            assert_eq!(
                lenient_base64(spelling.as_bytes()),
                Some(vec![255]),
                "{spelling}"
            );
        }
        assert_eq!(lenient_base64(b"not base64!!"), None);
    }
}
