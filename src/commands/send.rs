//! `bluehook send`: a sample or a saved payload, signed and delivered.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Args;

use super::events;
use super::input;
use super::settings::{self, Settings};
use super::{Problem, Shell, Verdict};
use crate::blue::event::Event;
use crate::blue::facts::Facts;
use crate::blue::sample;
use crate::cli::{
    self, Assignment, Data, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets, StampChoice,
};
use crate::delivery::{Delivery, Headers};
use crate::json;
use crate::receiver::{Answer, Limits, Malformed, Received, Receiver, Responder, Service, Stop};
use crate::sender::{self, Curl, Sender, Url};
use crate::show::exchange::{self, Attempt};
use crate::show::lines;
use crate::signing::Scheme;
use crate::signing::Secret;
use crate::signing::{Clock, Judge, Judgement, Keyring, Parts, Signer, Stamp, Tolerance};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("where").args(["url", "loopback", "webhook"]).multiple(true).required(true))]
pub(super) struct Send {
    /// Where to: a URL, or short for localhost: 3000, :3000/path, localhost:3000/path
    pub url: Option<Url>,
    /// Send to a built-in receiver on a free loopback port, which verifies and shows what it got
    #[arg(long, conflicts_with = "url")]
    pub loopback: bool,
    /// The event whose sample to send (bluehook events lists them)
    #[arg(
        short,
        long,
        value_name = "NAME",
        default_value = "TODO_CREATED",
        conflicts_with = "data",
        help_heading = "What"
    )]
    pub event: String,
    /// The body: text, @FILE, or @- for standard input, as curl's --data-binary takes it
    #[arg(short, long, value_name = "DATA", allow_hyphen_values = true, value_parser = cli::data(), help_heading = "What")]
    pub data: Option<Data>,
    /// Replace one value in the body and leave all other bytes: currentValue.title=Hello
    #[arg(
        long,
        value_name = "PATH=VALUE",
        allow_hyphen_values = true,
        help_heading = "What"
    )]
    pub set: Vec<Assignment>,
    /// Give the sample new ids and times, and the target as webhook.url
    #[arg(long, conflicts_with = "data", help_heading = "What")]
    pub fresh: bool,
    /// A further header, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header(), help_heading = "What")]
    pub header: Vec<HeaderOption>,
    #[command(flatten)]
    /// The secret.
    pub secrets: Secrets,
    /// Send without a signature
    #[arg(long, conflicts_with_all = ["secret", "secret_file", "secret_env"], help_heading = "Secret")]
    pub unsigned: bool,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice,
    #[command(flatten)]
    /// The id and the time.
    pub stamp: StampChoice,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    /// Send although the profile's events or projects leave it out
    #[arg(long, requires = "webhook", help_heading = "Profile")]
    pub force: bool,
    #[command(flatten)]
    /// How to deliver.
    pub transport: Transport,
    /// Print the exact bytes of the request and send nothing
    #[arg(long, conflicts_with_all = ["loopback", "json"], help_heading = "Output")]
    pub dry_run: bool,
    /// Print the equivalent curl command and send nothing
    #[arg(long, conflicts_with_all = ["loopback", "dry_run", "json"], help_heading = "Output")]
    pub curl: bool,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

/// How an attempt is made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Delivery")]
pub(super) struct Transport {
    /// How long an attempt may take; Blue waits 7 seconds
    #[arg(long, value_name = "DURATION", default_value = "7s", value_parser = cli::positive_duration)]
    pub timeout: Duration,
    /// Trust the certificates in this PEM file instead of the public ones
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Do not verify the receiver's certificate
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Go through this proxy; without it none is used, whatever the environment says
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}

impl Transport {
    /// The sender that these options describe, for so many attempts at a time.
    ///
    /// # Errors
    /// Certificates or a proxy that cannot be used.
    pub(super) fn sender(&self, concurrency: usize) -> Result<Sender, Problem> {
        let cacert = match &self.cacert {
            None => None,
            Some(path) => Some(std::fs::read(path).map_err(|error| {
                Problem::failed(error).context(format!("could not read {}", path.display()))
            })?),
        };
        Sender::new(&sender::Options {
            timeout: self.timeout,
            cacert,
            insecure: self.insecure,
            proxy: self.proxy.clone(),
            concurrency,
        })
        .map_err(Problem::usage)
    }
}

/// What `User-Agent` says unless `-H` says otherwise.
const USER_AGENT: &str = concat!("bluehook/", env!("CARGO_PKG_VERSION"));

impl Send {
    /// Composes, signs, sends, shows.
    ///
    /// # Errors
    /// The options contradict each other, something cannot be read, or there is no answer.
    pub(super) fn run(mut self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let event = match &self.data {
            None => Some(events::find(&self.event)?),
            Some(_) => None,
        };
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let secrets = self.secrets(shell, &settings)?;
        settings.say(shell, self.output.talk.verbose)?;
        let loopback = match self.loopback {
            true => Some(Loopback::start(&scheme, &secrets)?),
            false => None,
        };
        let url = match (&loopback, self.url.take(), settings.profile()?) {
            (Some(loopback), ..) => loopback.url.clone(),
            (None, Some(url), _) => url,
            (None, None, Some(profile)) => profile
                .url
                .parse()
                .map_err(|error: sender::BadUrl| Problem::usage(error))?,
            (None, None, None) => return Err(Problem::wrong("there is no URL to send to")),
        };
        let body = self.body(shell, event, &url)?;
        if !self.force && self.is_out_of_scope(shell, &settings, &body)? {
            return Ok(Verdict::No);
        }
        let extra = input::headers(shell, &self.header)?;
        let stamp = settings::stamp(shell, &self.stamp)?;
        let mut delivery = compose(&scheme, &secrets, &stamp, &url, body, extra)?;
        for name in input::removed_headers(&self.header) {
            delivery.headers.remove(name);
        }
        if self.dry_run {
            let bytes = sender::request_bytes(&url, &delivery).map_err(Problem::usage)?;
            shell.out.print(bytes)?;
            return Ok(Verdict::Yes);
        }
        if self.curl {
            return self.print_curl(shell, &url, &delivery);
        }
        let sender = self.transport.sender(1)?;
        let event = event
            .map(|event| event.name.to_owned())
            .or_else(|| Facts::of(&delivery.body).event);
        self.deliver(shell, &sender, &url, &delivery, event.as_deref(), loopback)
    }

    /// The secrets to sign with. No secret never turns into an unsigned delivery by itself.
    fn secrets(&self, shell: &mut Shell, settings: &Settings) -> Result<Vec<Secret>, Problem> {
        if self.unsigned {
            return Ok(Vec::new());
        }
        if !self.loopback {
            let otherwise = "; --unsigned sends without a signature";
            return settings.some_secrets(shell, &self.secrets, otherwise);
        }
        let mut secrets = settings.secrets(shell, &self.secrets)?;
        if secrets.is_empty() {
            // In hex, as long as a private key of the asymmetric schemes too.
            let mut random = [0; 32];
            (shell.random)(&mut random).map_err(Problem::failed)?;
            secrets.push(Secret::new(hex::encode(random)).map_err(Problem::usage)?);
            if !self.output.talk.quiet {
                shell
                    .err
                    .print("no secret is given: signing with a random one made for this run\n")?;
            }
        }
        Ok(secrets)
    }

    /// Whether the profile, as Blue would honour it, keeps the delivery back; says so.
    fn is_out_of_scope(
        &self,
        shell: &mut Shell,
        settings: &Settings,
        body: &[u8],
    ) -> Result<bool, Problem> {
        let Some(profile) = settings.profile()? else {
            return Ok(false);
        };
        let facts = Facts::of(body);
        let admitted = profile
            .scope()
            .admits(facts.event.as_deref(), facts.project.as_deref());
        let Err(out_of_scope) = admitted else {
            return Ok(false);
        };
        let why = crate::show::harmless::line(out_of_scope.to_string().as_bytes()).into_owned();
        let hint = shell.err.style.name("hint:");
        shell.err.print(format!(
            "not sent, as Blue would not send it to {}: {why}\n  {hint} --force sends it all the same\n",
            profile.name
        ))?;
        Ok(true)
    }

    /// The body: a sample or data, with the values that `--set` names replaced.
    fn body(
        &self,
        shell: &mut Shell,
        event: Option<&Event>,
        url: &Url,
    ) -> Result<Vec<u8>, Problem> {
        let mut body = match (event, &self.data) {
            (Some(event), _) => sample::sample(event),
            (None, Some(data)) => {
                self.hint_at_file(shell, data)?;
                input::data(shell, data)?
            }
            (None, None) => Vec::new(),
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

    /// A text that names a file is most often a forgotten `@`.
    fn hint_at_file(&self, shell: &mut Shell, data: &Data) -> Result<(), Problem> {
        let Data::Text(text) = data else {
            return Ok(());
        };
        let is_file = std::str::from_utf8(text)
            .is_ok_and(|text| text.len() < 4096 && std::path::Path::new(text).is_file());
        if is_file && !self.output.talk.quiet {
            let name = crate::show::harmless::short(text, 60);
            let hint = shell.err.style.name("hint:");
            shell.err.print(format!(
                "{hint} sending the text \"{name}\" itself; --data @{name} sends the file\n"
            ))?;
        }
        Ok(())
    }

    fn print_curl(
        &self,
        shell: &mut Shell,
        url: &Url,
        delivery: &Delivery,
    ) -> Result<Verdict, Problem> {
        let cacert = self
            .transport
            .cacert
            .as_ref()
            .map(|path| path.display().to_string());
        let options = Curl {
            timeout: Some(self.transport.timeout),
            insecure: self.transport.insecure,
            cacert: cacert.as_deref(),
            proxy: self.transport.proxy.as_deref(),
        };
        let command = sender::curl_command(url, delivery, &options).map_err(Problem::usage)?;
        shell.out.print(format!("{command}\n"))?;
        Ok(Verdict::Yes)
    }

    /// Sends and shows what happened.
    fn deliver(
        &self,
        shell: &mut Shell,
        sender: &Sender,
        url: &Url,
        delivery: &Delivery,
        event: Option<&str>,
        loopback: Option<Loopback>,
    ) -> Result<Verdict, Problem> {
        let talk = self.output.talk;
        let attempt = Attempt {
            url,
            delivery,
            event,
        };
        let style = shell.out.style;
        let report = !self.output.json && !talk.quiet;
        if report {
            shell
                .out
                .print(exchange::request(&attempt, style, talk.verbose))?;
        }
        let start = std::time::Instant::now();
        let outcome = sender.send(url, delivery);
        let took = start.elapsed();
        if let (Some(loopback), true) = (&loopback, report) {
            shell.out.print(loopback.shown(style))?;
        }
        if let Some(loopback) = loopback {
            loopback.stop();
        }
        if self.output.json {
            for line in exchange::json_lines(&attempt, &outcome, took) {
                shell
                    .out
                    .print(lines::to_bytes(&line).map_err(Problem::failed)?)?;
            }
        } else if report {
            shell
                .out
                .print(exchange::outcome(&outcome, took, style, talk.verbose))?;
        }
        match outcome {
            Ok(answer) => Ok(Verdict::from(answer.is_success())),
            Err(failure) => {
                let hint = failure.hint();
                let problem = Problem::failed(failure);
                Err(match hint {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                })
            }
        }
    }
}

/// Makes the delivery: our headers, the signature's, then the person's own, which replace ours of
/// the same name.
fn compose(
    scheme: &Scheme,
    secrets: &[Secret],
    stamp: &Stamp,
    url: &Url,
    body: Vec<u8>,
    extra: Headers,
) -> Result<Delivery, Problem> {
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
    Ok(Delivery {
        method: "POST".into(),
        target: url.target().to_owned(),
        headers,
        body,
    })
}

/// The built-in receiver of `--loopback`: judges what it gets and keeps it for showing.
struct Loopback {
    url: Url,
    arrived: mpsc::Receiver<(Received, Option<Judgement>)>,
    stop: Stop,
    thread: JoinHandle<std::io::Result<()>>,
    scheme: Arc<Scheme>,
}

struct Verifier {
    scheme: Arc<Scheme>,
    keyring: Option<Keyring>,
    url: String,
    arrived: mpsc::Sender<(Received, Option<Judgement>)>,
}

impl Service for Verifier {
    fn received(&self, received: Received, responder: Responder) {
        let judgement = self.keyring.as_ref().and_then(|keyring| {
            let delivery = &received.delivery;
            let parts = Parts {
                method: &delivery.method,
                url: Some(&self.url),
                headers: &delivery.headers,
            };
            let mut judge = Judge::new(&self.scheme, keyring, parts).ok()?;
            judge.update(&delivery.body);
            Some(judge.finish(&Clock {
                now: jiff::Timestamp::try_from(received.at).unwrap_or_default(),
                tolerance: Tolerance::AsScheme,
            }))
        });
        let genuine = judgement.as_ref().is_none_or(Judgement::is_genuine);
        // Kept before it is answered: the sender's side looks for it once it has its answer.
        let _ = self.arrived.send((received, judgement));
        responder.answer(Answer::status(if genuine { 200 } else { 401 }));
    }

    fn malformed(&self, _: Malformed) {}
}

impl Loopback {
    fn start(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Problem> {
        let no_port = |error| Problem::failed(error).context("could not open a loopback port");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let receiver = Receiver::bind(address, Limits::default()).map_err(no_port)?;
        let address = receiver.local_addr().map_err(no_port)?;
        let url: Url = format!("http://{address}/")
            .parse()
            .map_err(|error: sender::BadUrl| Problem::usage(error))?;
        let keyring = match secrets {
            [] => None,
            // The same keys verify: of a key pair the private half holds the public one.
            secrets => Some(Keyring::for_signing(scheme, secrets).map_err(Problem::usage)?),
        };
        let scheme = Arc::new(scheme.clone());
        let (sender, arrived) = mpsc::channel();
        let verifier = Verifier {
            scheme: scheme.clone(),
            keyring,
            url: url.to_string(),
            arrived: sender,
        };
        let stop = Stop::new();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || receiver.serve(verifier, &stopped));
        Ok(Self {
            url,
            arrived,
            stop,
            thread,
            scheme,
        })
    }

    fn shown(&self, style: crate::show::style::Style) -> String {
        match self.arrived.try_recv() {
            Ok((received, judgement)) => {
                exchange::received(&received.delivery, &self.scheme, judgement.as_ref(), style)
            }
            Err(_) => String::new(),
        }
    }

    fn stop(self) {
        self.stop.trigger();
        // Its thread ends by itself; what it might report does not matter any more.
        let _ = self.thread.join();
    }
}
