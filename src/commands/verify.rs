//! `bluehook verify`: is this delivery genuine? If not, why not, and what would make it match.

use std::path::PathBuf;

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::input::{self, Input};
use super::{Problem, Shell, Verdict};
use crate::cli::{self, HeaderOption, Output, Secrets};
use crate::delivery::Headers;
use crate::show::lines::{self, BodyDigest};
use crate::show::verification;
use crate::signing::explain;
use crate::signing::scheme::Scheme;
use crate::signing::{Clock, Judge, Judgement, Keyring, Parts, Tolerance};

/// How much of a body is kept for the diagnosis.
const KEPT_BYTES: usize = 16 << 20;

/// Is this delivery genuine? If not, why not, and what would make it match
///
/// Exit code 0 when it is genuine, 1 when it is not.
#[derive(Debug, Args)]
pub struct Verify {
    /// The file with the body; - or nothing for standard input
    pub body: Option<PathBuf>,
    /// The signature: short for the scheme's signature header
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub signature: Option<String>,
    /// A header of the delivery, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header())]
    pub header: Vec<HeaderOption>,
    #[command(flatten)]
    /// The secrets: any of them may match.
    pub secrets: Secrets,
    /// Print the signature that would have been right: whoever sees it can forge the delivery
    #[arg(long)]
    pub show_expected: bool,
    /// Show the signed content and the steps from secret to signature
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

/// A body that was read once: what is known of it.
struct Read {
    digest: BodyDigest,
    kept: Vec<u8>,
}

impl Verify {
    /// Judges and says.
    ///
    /// # Errors
    /// There is no usable secret or no signature, or the body cannot be read.
    pub fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let body = Input::open(shell, self.body.as_deref(), "BODY", "the body")?;
        let scheme = Scheme::default();
        let secrets = input::some_secrets(shell, &self.secrets, "")?;
        let keyring = Keyring::for_verifying(&scheme, &secrets).map_err(Problem::usage)?;
        let headers = self.headers(shell, &scheme)?;
        let parts = Parts {
            method: "POST",
            url: None,
            headers: &headers,
        };
        let mut judge = Judge::new(&scheme, &keyring, parts).map_err(Problem::usage)?;
        if self.show_expected || self.explain {
            judge.keep_expected();
        }
        let read = read(body, &mut judge)?;
        let judgement = judge.finish(&Clock {
            now: (shell.now)(),
            tolerance: Tolerance::AsScheme,
        });
        self.say(shell, &scheme, &keyring, parts, &judgement, read)?;
        Ok(Verdict::from(judgement.is_genuine()))
    }

    /// The delivery's headers: those of `-H`, and `--signature` as the scheme's signature header.
    fn headers(&self, shell: &mut Shell, scheme: &Scheme) -> Result<Headers, Problem> {
        let mut headers = input::headers(shell, &self.header)?;
        let name = scheme
            .variants
            .iter()
            .find_map(|variant| variant.signature_header());
        match (&self.signature, name) {
            (Some(value), Some(name)) => headers.push(name, value.as_bytes()),
            (Some(_), None) => {
                return Err(Problem::wrong(
                    "this scheme's signature travels in the body: leave --signature out",
                ));
            }
            (None, Some(name)) if headers.is_empty() => {
                return Err(Problem::wrong("no signature is given")
                    .hint(format!("use --signature VALUE, or -H '{name}: VALUE'")));
            }
            (None, _) => {}
        }
        Ok(headers)
    }

    /// Says the verdict, and why.
    fn say(
        &self,
        shell: &mut Shell,
        scheme: &Scheme,
        keyring: &Keyring,
        parts: Parts<'_>,
        judgement: &Judgement,
        read: Read,
    ) -> Result<(), Problem> {
        let explanation = (self.explain)
            .then(|| explain::explain(scheme, keyring, parts, &read.kept))
            .flatten();
        let expected = judgement.expected.iter().filter(|_| self.show_expected);
        if self.output.json {
            let mut line = verification::line(judgement, scheme, 1, read.digest);
            if self.show_expected {
                line.expected = Some(expected.map(|one| one.value.to_string()).collect());
            }
            line.explanation = explanation.as_ref().map(verification::explanation_object);
            return shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?);
        }
        let style = shell.out.style;
        let mut text = String::new();
        if !self.output.talk.quiet {
            let verdict = verification::verdict(judgement, scheme, read.digest.bytes, style);
            text.push_str(&format!("{verdict}\n"));
        }
        for one in expected {
            text.push_str(&format!(
                "  {} {}\n",
                style.dim("expected:"),
                one.value.as_str()
            ));
        }
        if let Some(explanation) = &explanation {
            text.push_str(&verification::explanation(explanation, style));
        }
        shell.out.print(text)
    }
}

/// Reads the body once: through the judge, through SHA-256, and its start into memory.
fn read(body: Input, judge: &mut Judge<'_>) -> Result<Read, Problem> {
    let mut sha256 = Sha256::new();
    let mut kept = Vec::new();
    let mut bytes = 0;
    body.for_each(|piece| {
        judge.update(piece);
        sha256.update(piece);
        let room = KEPT_BYTES - kept.len();
        kept.extend_from_slice(&piece[..piece.len().min(room)]);
        bytes += piece.len() as u64;
    })?;
    Ok(Read {
        digest: BodyDigest {
            bytes,
            sha256: hex::encode(sha256.finalize()),
        },
        kept,
    })
}
