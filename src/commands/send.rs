//! `bluehook send`: a sample or a saved payload, signed and delivered.

use clap::Args;

use super::compose::Content;
use super::loopback::Loopback;
use super::settings::{self, Settings};
use super::transport::Transport;
use super::{Problem, Shell, Verdict};
use crate::blue::facts::Facts;
use crate::cli::{Output, ProfileChoice, SchemeChoice, Secrets, StampChoice};
use crate::delivery::Delivery;
use crate::sender::{self, Sender, Url};
use crate::show::exchange::{self, Attempt};
use crate::show::lines;
use crate::signing::Secret;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("where").args(["url", "loopback", "webhook"]).multiple(true).required(true))]
pub(super) struct Send {
    /// Where to: a URL, or short for localhost: 3000, :3000/path, localhost:3000/path
    pub url: Option<Url>,
    /// Send to a built-in receiver on a free loopback port, which verifies and shows what it got
    #[arg(long, conflicts_with = "url")]
    pub loopback: bool,
    #[command(flatten)]
    /// What is sent.
    pub content: Content,
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

impl Send {
    /// Composes, signs, sends, shows.
    ///
    /// # Errors
    /// The options contradict each other, something cannot be read, or there is no answer.
    pub(super) fn run(mut self, shell: &mut Shell) -> Result<Verdict, Problem> {
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
        let body = self.content.body(shell, &url)?;
        if !self.force && self.is_out_of_scope(shell, &settings, &body)? {
            return Ok(Verdict::No);
        }
        let stamp = settings::stamp(shell, &scheme, &self.stamp, self.output.talk)?;
        let signing = (&scheme, secrets.as_slice());
        let delivery = self.content.delivery(shell, signing, &stamp, &url, body)?;
        if self.dry_run {
            let bytes = sender::request_bytes(&url, &delivery).map_err(Problem::usage)?;
            shell.out.print(bytes)?;
            return Ok(Verdict::Yes);
        }
        if self.curl {
            let command = self.transport.curl(&url, &delivery)?;
            shell.out.print(format!("{command}\n"))?;
            return Ok(Verdict::Yes);
        }
        let sender = self.transport.sender(1)?;
        let event = self.content.event(&delivery.body);
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
