//! What is sent: a sample or a payload of one's own, with values replaced; and a delivery out of a
//! draft, signed, with the person's own headers.

use clap::Args;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::events;
use super::input;
use super::settings::{self, Settings};
use super::shell::{Problem, Shell};
use crate::blue::facts::Facts;
use crate::blue::sample;
use crate::cli::{self, Assignment, Data, HeaderOption, StampChoice, Talk};
use crate::delivery::{Delivery, Headers};
use crate::json;
use crate::sender::{self, BadUrl, Url};
use crate::signing::record::Variant;
use crate::signing::{Keyring, Parts, Scheme, Secret, Signed, Signer, Stamp};

/// What `User-Agent` says unless `-H` says otherwise.
pub(super) const USER_AGENT: &str = concat!("bluehook/", env!("CARGO_PKG_VERSION"));

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
        value_parser = cli::event_name(),
        hide_possible_values = true,
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
            Some(data) => input::data(shell, data)?,
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
}

/// The person's own headers, as `-H` names them.
pub(super) struct OwnHeaders {
    set: Headers,
    removed: Vec<String>,
}

impl OwnHeaders {
    /// Reads what the options name.
    ///
    /// # Errors
    /// A header that cannot be read or sent.
    pub(super) fn read(shell: &mut Shell, options: &[HeaderOption]) -> Result<Self, Problem> {
        let set = input::headers(shell, options)?;
        if let Some(header) = set.iter().find(|header| sender::is_framing(header)) {
            return Err(Problem::wrong(format!(
                "{} frames the message on its connection and cannot be set with -H",
                header.name
            )));
        }
        let removed = input::removed_headers(options).map(str::to_owned).collect();
        Ok(Self { set, removed })
    }

    /// Takes out what they replace.
    fn clear(&self, headers: &mut Headers) {
        for header in &self.set {
            headers.remove(&header.name);
        }
    }

    /// Puts them in, in the place of others of the same name.
    pub(super) fn put(&self, headers: &mut Headers) {
        self.clear(headers);
        headers.extend(self.set.clone());
        for name in &self.removed {
            headers.remove(name);
        }
    }
}

/// Makes deliveries. Threads share one.
pub(super) struct Composer {
    scheme: Scheme,
    /// None signs nothing.
    keyring: Option<Keyring>,
    own: OwnHeaders,
    at: Option<Timestamp>,
    id: Option<String>,
    /// The base of the URL that is signed, if it is not the one that is sent to.
    public_url: Option<Url>,
    now: fn() -> Timestamp,
    random: fn(&mut [u8]) -> std::io::Result<()>,
}

impl Composer {
    /// Reads what the options name. No secrets sign nothing.
    ///
    /// # Errors
    /// A header that cannot be read or sent, a secret that fits no key of the scheme.
    pub(super) fn new(
        shell: &mut Shell,
        scheme: Scheme,
        secrets: &[Secret],
        headers: &[HeaderOption],
        stamp: &StampChoice,
        talk: Talk,
    ) -> Result<Self, Problem> {
        settings::note_stamp(shell, &scheme, stamp, talk)?;
        let keyring = match secrets {
            [] => None,
            secrets => Some(Keyring::for_signing(&scheme, secrets).map_err(settings::unfit)?),
        };
        Ok(Self {
            scheme,
            keyring,
            own: OwnHeaders::read(shell, headers)?,
            at: stamp.at,
            id: stamp.id.clone(),
            public_url: None,
            now: shell.now,
            random: shell.random,
        })
    }

    /// Signs this URL, joined with each delivery's target, instead of the one that is sent to.
    pub(super) fn public_url(&mut self, base: Option<Url>) {
        self.public_url = base;
    }

    /// The URL to send this body to: a scheme may want the digest of a JSON body in its query.
    pub(super) fn url(&self, url: Url, body: &[u8]) -> Url {
        let rules = self.scheme.variants.iter().filter_map(|it| it.url.as_ref());
        let name = rules
            .filter_map(|rule| rule.body_sha256_parameter.as_deref())
            .next();
        match name {
            Some(name) if self.keyring.is_some() && json::validate(body).is_ok() => {
                url.with_parameter(name, &hex::encode(Sha256::digest(body)))
            }
            _ => url,
        }
    }

    /// The stamp of a new delivery: a random id and now, where nothing else is asked for.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub(super) fn stamp(&self) -> Result<Stamp, Problem> {
        Ok(Stamp {
            id: match &self.id {
                Some(id) => id.clone(),
                None if !self.scheme.has_id() => String::new(),
                None => settings::random_id(self.random)?,
            },
            at: self.at.unwrap_or_else(self.now),
        })
    }

    /// The stamp of another attempt at the delivery: the same id, and now.
    pub(super) fn again(&self, stamp: &Stamp) -> Stamp {
        Stamp {
            id: stamp.id.clone(),
            at: self.at.unwrap_or_else(self.now),
        }
    }

    /// Signs a draft and adds the person's own headers, which replace others of the same name.
    ///
    /// # Errors
    /// Something that the scheme signs is not known.
    pub(super) fn compose(
        &self,
        draft: &Delivery,
        url: &Url,
        stamp: &Stamp,
    ) -> Result<Delivery, Problem> {
        let mut delivery = draft.clone();
        self.own.clear(&mut delivery.headers);
        if let Some(keyring) = &self.keyring {
            let signed = self.sign(keyring, &delivery, url, stamp)?;
            for name in self.scheme.variants.iter().flat_map(Variant::headers) {
                if !signed.iter().any(|(it, _)| it.eq_ignore_ascii_case(&name)) {
                    delivery.headers.remove(&name);
                }
            }
            for (name, value) in signed {
                delivery.headers.set(&name, value);
            }
        }
        self.own.put(&mut delivery.headers);
        Ok(delivery)
    }

    fn sign(
        &self,
        keyring: &Keyring,
        delivery: &Delivery,
        url: &Url,
        stamp: &Stamp,
    ) -> Result<Vec<(String, String)>, Problem> {
        let url = match &self.public_url {
            Some(base) => base.join(&delivery.target).to_string(),
            None => url.to_string(),
        };
        let mut headers = delivery.headers.clone();
        headers.extend(self.own.set.clone());
        let parts = Parts {
            method: &delivery.method,
            url: Some(&url),
            headers: &headers,
        };
        let missing = |missing| settings::missing(&self.scheme, missing, "URL");
        let mut signer = Signer::new(&self.scheme, keyring, parts, stamp).map_err(missing)?;
        signer.update(&delivery.body);
        let signed = signer.finish().map_err(missing)?;
        self.refuse_other(&signed, &delivery.body)?;
        Ok(signed.headers)
    }

    /// A signature that travels in the body is not written there: bodies are sent as they are.
    fn refuse_other(&self, signed: &Signed, body: &[u8]) -> Result<(), Problem> {
        let mut places = self.scheme.variants.iter().map(|it| &it.signature.json);
        let Some(path) = places.find_map(Option::as_ref) else {
            return Ok(());
        };
        let there = json::find(body, &path.0).ok().flatten();
        let there = there.and_then(|range| body.get(range)).unwrap_or_default();
        if there == format!("\"{}\"", signed.value).as_bytes() {
            return Ok(());
        }
        let name = &self.scheme.name;
        Err(Problem::wrong(format!(
            "the signature of {name} travels in the body, at {path}, and the right one is not there"
        ))
        .hint(format!(
            "bluehook sign --scheme {name} prints it; without a secret the body is sent as it is"
        )))
    }
}

/// The draft of a delivery of ours.
pub(super) fn draft(url: &Url, body: Vec<u8>) -> Delivery {
    let mut headers = Headers::new();
    headers.push("Content-Type", "application/json");
    headers.push("User-Agent", USER_AGENT);
    Delivery {
        method: "POST".into(),
        target: url.target().to_owned(),
        headers,
        body,
    }
}

/// The URL that was typed, or else the profile's.
///
/// # Errors
/// The profile's is none.
pub(super) fn url_of(typed: Option<Url>, settings: &Settings) -> Result<Option<Url>, Problem> {
    match (typed, settings.profile()?) {
        (None, Some(profile)) => profile
            .url
            .parse()
            .map(Some)
            .map_err(|bad: BadUrl| Problem::usage(bad)),
        (typed, _) => Ok(typed),
    }
}
