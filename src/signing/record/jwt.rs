//! What a record may say of a JSON Web Token that carries the signature.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::template::Template;
use super::words::{read_duration, write_duration};

/// What a token must claim. Its algorithm is the variant's (`alg` may only agree), its key the one of
/// its `kid`, if it has one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JwtRule {
    /// What these claims are, as texts with parts in braces: `sha256 = "{body_sha256}"`.
    pub claims: BTreeMap<String, Template>,
    /// Of these claims, those that are left out where there is no body, and only there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with_body: Vec<String>,
    /// A claim that is text and must be there; when signing it is the delivery's id.
    pub id: Option<String>,
    /// How long a token lives that is signed here: `nbf` and `exp` are written then, and must be
    /// there. Where there is no `timestamp`, what tells the delivery's time is `nbf`.
    #[serde(deserialize_with = "read_duration", serialize_with = "write_duration")]
    pub lifetime: Option<Duration>,
}
