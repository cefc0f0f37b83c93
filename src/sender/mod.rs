//! The sender: attempts over HTTP and HTTPS, and what an attempt would put on the wire.
//!
//! The request's bytes are ours from the first to the last ([`request_bytes`]), so that headers keep
//! their order and case and `--dry-run` shows exactly what is sent. Redirects are never followed,
//! every status is an answer, and no proxy is taken from the environment. ureq does the rest, and
//! `transport` alone knows it. Nothing here knows of signing or of the terminal.

mod answer;
mod attempts;
mod curl;
mod failure;
mod load;
mod names;
mod policy;
mod request;
mod tls;
mod trace;
mod transport;
mod typed;
mod url;

pub use answer::{ANSWER_LIMIT, Answer, Timing};
pub use attempts::{Attempt, End, Halt};
pub(crate) use curl::shell;
pub use curl::{Curl, curl_command};
pub use failure::{Failure, Phase};
pub use load::{Load, Tally, Turn};
pub use policy::{Next, Plan, Policy, Reason};
pub use request::{is_framing, request_bytes};
pub use tls::TlsProblem;
pub use transport::{BLUE_TIMEOUT, BadOption, Options, Sender};
pub(crate) use url::is_private;
pub use url::{BadUrl, Scheme, Url};
