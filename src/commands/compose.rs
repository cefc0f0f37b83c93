//! What is sent: a sample or a payload of one's own, with values replaced, and the headers around it.

use clap::Args;

use super::events;
use super::input;
use super::settings;
use super::{Problem, Shell};
use crate::blue::facts::Facts;
use crate::blue::sample;
use crate::cli::{self, Assignment, Data, HeaderOption};
use crate::delivery::{Delivery, Headers};
use crate::json;
use crate::sender::Url;
use crate::show::harmless;
use crate::signing::{Keyring, Parts, Scheme, Secret, Signer, Stamp};

/// What `User-Agent` says unless `-H` says otherwise.
const USER_AGENT: &str = concat!("bluehook/", env!("CARGO_PKG_VERSION"));

/// What is sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "What")]
pub(super) struct Content {
    /// The event whose sample to send (bluehook events lists them)
    #[arg(
        short,
        long,
        value_name = "NAME",
        default_value = "TODO_CREATED",
        conflicts_with = "data"
    )]
    pub event: String,
    /// The body: text, @FILE, or - for standard input; as curl's --data-binary
    #[arg(short, long, visible_alias = "data-binary", value_name = "DATA", allow_hyphen_values = true, value_parser = cli::data())]
    pub data: Option<Data>,
    /// Replace one value in the body and leave all other bytes: currentValue.title=Hello
    #[arg(long, value_name = "PATH=VALUE", allow_hyphen_values = true)]
    pub set: Vec<Assignment>,
    /// Give the sample new ids and times, and the target as webhook.url
    #[arg(long, conflicts_with = "data")]
    pub fresh: bool,
    /// A further header, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header())]
    pub header: Vec<HeaderOption>,
}

impl Content {
    /// The body: a sample or data, with the values that `--set` names replaced.
    ///
    /// # Errors
    /// There is no such event, the data cannot be read, or a value cannot be set.
    pub(super) fn body(&self, shell: &mut Shell, url: &Url) -> Result<Vec<u8>, Problem> {
        let mut body = match &self.data {
            Some(data) => {
                refuse_file_name(data)?;
                input::data(shell, data)?
            }
            None => sample::sample(events::find(&self.event)?),
        };
        if self.fresh {
            let random = shell.random;
            let mut failure = None;
            let mut bits = || {
                let mut bytes = [0; 16];
                if let Err(error) = random(&mut bytes) {
                    failure = Some(error);
                }
                u128::from_le_bytes(bytes)
            };
            body = sample::fresh(&body, &mut bits, (shell.now)(), &url.to_string());
            if let Some(error) = failure {
                return Err(Problem::failed(error));
            }
        }
        for assignment in &self.set {
            body = json::splice(&body, &assignment.path, &assignment.value).map_err(|error| {
                Problem::usage(error).context(format!("could not set {}", assignment.path))
            })?;
        }
        Ok(body)
    }

    /// The event that is sent, for the report.
    pub(super) fn event(&self, body: &[u8]) -> Option<String> {
        match self.data {
            Some(_) => Facts::of(body).event,
            None => Some(self.event.clone()),
        }
    }

    /// The delivery: our headers, the signature's, then the person's own, which replace ours of the
    /// same name.
    ///
    /// # Errors
    /// A header's file cannot be read, or the scheme does not get what it needs.
    pub(super) fn delivery(
        &self,
        shell: &mut Shell,
        (scheme, secrets): (&Scheme, &[Secret]),
        stamp: &Stamp,
        url: &Url,
        body: Vec<u8>,
    ) -> Result<Delivery, Problem> {
        let extra = input::headers(shell, &self.header)?;
        let mut headers = Headers::new();
        headers.push("Content-Type", "application/json");
        headers.push("User-Agent", USER_AGENT);
        if !secrets.is_empty() {
            let keyring = Keyring::for_signing(scheme, secrets).map_err(Problem::usage)?;
            let url = url.to_string();
            let parts = Parts {
                method: "POST",
                url: Some(&url),
                headers: &extra,
            };
            let missing = |missing| settings::missing(scheme, missing, "URL");
            let mut signer = Signer::new(scheme, &keyring, parts, stamp).map_err(missing)?;
            signer.update(&body);
            for (name, value) in signer.finish().map_err(missing)?.headers {
                headers.push(name, value);
            }
        }
        for header in &extra {
            headers.remove(&header.name);
        }
        headers.extend(extra);
        for name in input::removed_headers(&self.header) {
            headers.remove(name);
        }
        Ok(Delivery {
            method: "POST".into(),
            target: url.target().to_owned(),
            headers,
            body,
        })
    }
}

/// A text that names a file is a forgotten `@`: nothing is sent.
fn refuse_file_name(data: &Data) -> Result<(), Problem> {
    let Data::Text(text) = data else {
        return Ok(());
    };
    let is_file = std::str::from_utf8(text)
        .is_ok_and(|text| text.len() < 4096 && std::path::Path::new(text).is_file());
    if !is_file {
        return Ok(());
    }
    let name = harmless::short(text, 60);
    Err(
        Problem::wrong(format!("--data {name} would send the text {name} itself"))
            .hint(format!("--data @{name} sends the file")),
    )
}
