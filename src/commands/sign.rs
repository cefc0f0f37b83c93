//! `bluehook sign`: the signature of a body.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sha2::{Digest as _, Sha256};

use super::input::{self, Input};
use super::settings::{self, Settings};
use super::shell::{Problem, Shell, Verdict};
use crate::cli::{
    self, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets, SignedRequest, StampChoice,
};
use crate::show::lines::{self, BodyDigest, SignLine};
use crate::signing::Scheme;
use crate::signing::{Keyring, Parts, Signed, Signer};

const EXAMPLES: &str = "\
Examples:
  bluehook events TODO_CREATED | bluehook sign -s geheim
  bluehook events TODO_CREATED > body.json
  bluehook sign body.json -s geheim --scheme stripe --format headers
  bluehook sign body.json -s geheim --json";

/// Print the signature of a body
///
/// The body is read as bytes and never changed: a line end at its end is signed too.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Sign {
    /// The file to sign; - or nothing for standard input
    pub body: Option<PathBuf>,
    #[command(flatten)]
    /// The secret.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice,
    #[command(flatten)]
    /// The id and the time.
    pub stamp: StampChoice,
    #[command(flatten)]
    /// The request.
    pub request: SignedRequest,
    /// A header of the delivery, for schemes that sign one; in curl's syntax
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header(), help_heading = "Scheme")]
    pub header: Vec<HeaderOption>,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    /// What to print: the value of the signature header, all headers that the scheme adds (one a
    /// line, as curl's -H @- reads them), or JSON
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "value|headers|json",
        help_heading = "Output",
        conflicts_with = "json"
    )]
    pub format: Format,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

/// What `sign` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// The value of the signature header alone.
    #[default]
    Value,
    /// All headers that the scheme adds.
    Headers,
    /// One JSON object.
    Json,
}

impl Sign {
    /// Signs and prints.
    ///
    /// # Errors
    /// There is no usable secret, or the body cannot be read.
    pub(super) fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let format = if self.output.json {
            Format::Json
        } else {
            self.format
        };
        let body = Input::open(shell, self.body.as_deref(), "BODY", "the body")?;
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let secrets = settings.some_secrets(shell, &self.secrets, "")?;
        settings.say(shell, self.output.talk.verbose)?;
        let keyring = Keyring::for_signing(&scheme, &secrets).map_err(settings::unfit)?;
        let headers = input::headers(shell, &self.header)?;
        let stamp = settings::stamp(shell, &scheme, &self.stamp, self.output.talk)?;
        let parts = Parts {
            method: &self.request.signed_method,
            url: self.request.signed_url.as_deref(),
            headers: &headers,
        };
        let mut signer = Signer::new(&scheme, &keyring, parts, &stamp)
            .map_err(|missing| settings::missing(&scheme, missing, "--signed-url"))?;
        let mut digest = (format == Format::Json).then(Sha256::new);
        let mut bytes = 0;
        body.for_each(|piece| {
            signer.update(piece);
            if let Some(digest) = &mut digest {
                digest.update(piece);
            }
            bytes += piece.len() as u64;
        })?;
        let signed = signer
            .finish()
            .map_err(|missing| settings::missing(&scheme, missing, "--signed-url"))?;
        if self.output.talk.verbose {
            shell.err.say(format!(
                "signed {} by the scheme {} with secret {}",
                crate::amount::bytes(bytes),
                scheme.name,
                keyring.fingerprints().join(", ")
            ))?;
        }
        if format == Format::Headers && signed.headers.is_empty() && !self.output.talk.quiet {
            let name = &scheme.name;
            shell.err.note(format!(
                "{name} adds no headers: its signature travels in the body"
            ))?;
        }
        let digest = digest.map(|digest| BodyDigest {
            bytes,
            sha256: hex::encode(digest.finalize()),
        });
        shell
            .out
            .print(shown(format, &scheme, &signed, digest.as_ref())?)?;
        Ok(Verdict::Yes)
    }
}

/// The signature in the form that was asked for.
fn shown(
    format: Format,
    scheme: &Scheme,
    signed: &Signed,
    body: Option<&BodyDigest>,
) -> Result<Vec<u8>, Problem> {
    Ok(match (format, body) {
        (Format::Headers, _) => signed
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect::<String>()
            .into_bytes(),
        (Format::Json, Some(body)) => lines::to_bytes(&SignLine {
            scheme: &scheme.name,
            headers: &signed.headers,
            body,
        })
        .map_err(Problem::failed)?,
        _ => format!("{}\n", signed.value).into_bytes(),
    })
}
