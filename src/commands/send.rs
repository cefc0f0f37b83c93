//! `bluehook send`: a sample or a saved payload, signed and delivered.

use std::time::Instant;

use clap::Args;

use super::compose::{self, Composer, Content};
use super::loopback::Loopback;
use super::settings::Settings;
use super::shell::{Problem, Shell, Verdict};
use super::transport::{self, Interrupts, Many, Retries, Transport};
use crate::blue::facts::Facts;
use crate::cli::{Output, ProfileChoice, SchemeChoice, Secrets, StampChoice};
use crate::delivery::Delivery;
use crate::sender::{self, End, Next, Plan, Policy, Reason, Sender, Tally, Url};
use crate::show::exchange::{self, Attempt};
use crate::show::lines;
use crate::show::seen::{Detail, Layout};
use crate::signing::{Secret, Stamp};

const EXAMPLES: &str = "\
Examples:
  bluehook send --loopback
  bluehook send --loopback -e COMMENT_CREATED --set currentValue.text=Hi
  bluehook send 3000 -s geheim --curl
  bluehook events TODO_MOVED | bluehook send 3000 -d - -s geheim --dry-run";

/// Send a sample or saved payload, signed
///
/// Without further options it sends the TODO_CREATED sample, Blue's documented payload.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("where").args(["url", "loopback", "webhook"]).multiple(true).required(true))]
#[command(override_usage = "bluehook send [OPTIONS] <URL|-w NAME|--loopback>", after_help = EXAMPLES)]
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
    #[arg(long, conflicts_with_all = ["secret", "secret_file", "secret_env", "keys"], help_heading = "Secret")]
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
    #[command(flatten)]
    /// How often to try.
    pub retries: Retries,
    #[command(flatten)]
    /// How many.
    pub many: Many,
    /// Print the exact bytes of the request and send nothing
    #[arg(long, conflicts_with_all = ["loopback", "json"], help_heading = "Output")]
    pub dry_run: bool,
    /// Print the equivalent curl command and send nothing
    #[arg(long, conflicts_with_all = ["loopback", "dry_run", "json"], help_heading = "Output")]
    pub curl: bool,
    /// How much is shown of what the built-in receiver got: line, short or full
    #[arg(
        long,
        value_name = "DETAIL",
        value_enum,
        requires = "loopback",
        conflicts_with = "url",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    pub show: Option<Detail>,
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
        let url = match &loopback {
            Some(loopback) => loopback.url.clone(),
            None => compose::url_of(self.url.take(), &settings)?
                .ok_or_else(|| Problem::wrong("there is no URL to send to"))?,
        };
        let plan = self.retries.plan()?;
        let body = self.content.body(shell, &url)?;
        if !self.force && self.is_out_of_scope(shell, &settings, &body)? {
            return Ok(Verdict::No);
        }
        let composer = Composer::new(
            shell,
            scheme,
            &secrets,
            &self.content.header,
            &self.stamp,
            self.output.talk,
        )?;
        let url = composer.url(url, &body);
        let event = self.content.event(&body);
        let run = Run {
            draft: compose::draft(&url, body),
            composer,
            url,
            event,
            plan,
        };
        if self.dry_run || self.curl {
            let delivery = run.again(&run.composer.stamp()?)?;
            let bytes = match self.curl {
                true => format!("{}\n", self.transport.curl(&run.url, &delivery)?).into_bytes(),
                false => sender::request_bytes(&run.url, &delivery).map_err(Problem::usage)?,
            };
            shell.out.print(bytes)?;
            return Ok(Verdict::Yes);
        }
        let sender = self.transport.sender(self.many.concurrency)?;
        let verdict = match self.many.is_one() {
            true => self.one(shell, &sender, &run, loopback.as_ref()),
            false => self.load(shell, &sender, &run),
        };
        if let Some(loopback) = loopback {
            loopback.stop();
        }
        verdict
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
                    .say("no secret is given: signing with a random one made for this run")?;
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
        let name = &profile.name;
        shell.err.say(format!(
            "not sent, as Blue would not send it to {name}: {out_of_scope}"
        ))?;
        let hint = shell.err.style.name("hint:");
        shell
            .err
            .print(format!("  {hint} --force sends it all the same\n"))?;
        Ok(true)
    }

    /// Delivers once and tells of each attempt as it happens.
    fn one(
        &self,
        shell: &mut Shell,
        sender: &Sender,
        run: &Run,
        loopback: Option<&Loopback>,
    ) -> Result<Verdict, Problem> {
        let interrupts = match run.plan.policy {
            // The process ends at once.
            Policy::Once => None,
            _ => Some(Interrupts::heed()?),
        };
        let halt = interrupts.as_ref().map(|it| it.halt.clone());
        let (style, talk) = (shell.out.style, self.output.talk);
        let layout = Layout {
            style,
            width: shell.out.width,
            detail: self.show.unwrap_or_default(),
            verbose: talk.verbose,
        };
        let report = !self.output.json && !talk.quiet;
        let (mut tally, mut failure) = (Tally::default(), None);
        let start = Instant::now();
        let stamp = run.composer.stamp()?;
        let mut first = Some(run.again(&stamp)?);
        if let (Some(delivery), true) = (&first, report) {
            let request = Attempt {
                url: &run.url,
                delivery,
                event: run.event.as_deref(),
            };
            shell.out.print(exchange::request(&request, &layout))?;
        }
        let end = sender.deliver(
            &run.url,
            &run.plan,
            &halt.unwrap_or_default(),
            || match first.take() {
                Some(delivery) => Ok(delivery),
                None => run.again(&stamp),
            },
            |attempt| {
                tally.count(attempt.outcome, attempt.took);
                failure = attempt.outcome.as_ref().err().cloned();
                if self.output.json {
                    let line = exchange::attempt_line(1, &attempt, run.event.as_deref(), &run.url);
                    let line = lines::to_bytes(&line).map_err(Problem::failed)?;
                    return shell.out.print(line);
                }
                if !report {
                    return Ok(());
                }
                if let Some(loopback) = loopback {
                    shell.out.print(loopback.shown(&layout))?;
                }
                let mut text = match attempt.outcome {
                    Ok(_) => exchange::outcome(attempt.outcome, attempt.took, &layout),
                    Err(_) if attempt.next == Next::GivenUp(Reason::Once) => String::new(),
                    Err(failure) => exchange::failed(failure, attempt.took, style),
                };
                text.push_str(&exchange::next(
                    attempt.next,
                    attempt.attempt,
                    &run.plan,
                    style,
                ));
                shell.out.print(text)
            },
        )?;
        tally.end(end);
        tally.took = start.elapsed();
        if self.output.json {
            let line = exchange::result_line(&tally);
            shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?)?;
        }
        match (end, failure) {
            (End::GivenUp(Reason::Once), Some(failure)) => {
                let hint = failure.hint();
                let problem = Problem::failed(failure);
                Err(match hint {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                })
            }
            _ => {
                let verdict = transport::verdict(&tally, &run.plan)?;
                Ok(interrupts.map_or(verdict, |interrupts| interrupts.or(verdict)))
            }
        }
    }

    /// Delivers many times and tells what they came to.
    fn load(&self, shell: &mut Shell, sender: &Sender, run: &Run) -> Result<Verdict, Problem> {
        let talk = self.output.talk;
        let interrupts = Interrupts::heed()?;
        let load = self.many.load();
        let bar = transport::progress(shell, &load, !talk.quiet);
        let (tally, outcome) = load.run(&interrupts.halt, |turn, tally| {
            let stamp = run.composer.stamp()?;
            let end = sender.deliver(
                &run.url,
                &run.plan,
                &interrupts.halt,
                || run.again(&stamp),
                |attempt| {
                    let late = turn.due.filter(|_| attempt.attempt == 1);
                    tally.count(
                        attempt.outcome,
                        late.map_or(attempt.took, |due| due.elapsed()),
                    );
                    Ok::<_, Problem>(())
                },
            )?;
            tally.end(end);
            bar.inc(1);
            Ok(true)
        });
        bar.finish_and_clear();
        if self.output.json {
            let line = exchange::result_line(&tally);
            shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?)?;
        } else if !talk.quiet {
            let text = crate::show::load::summary(&tally, &load, shell.out.style);
            shell.out.print(text)?;
        }
        outcome?;
        Ok(interrupts.or(transport::verdict(&tally, &run.plan)?))
    }
}

/// What is sent, where to, and how often it is tried.
struct Run {
    composer: Composer,
    draft: Delivery,
    url: Url,
    event: Option<String>,
    plan: Plan,
}

impl Run {
    /// The delivery of that id, signed now.
    fn again(&self, stamp: &Stamp) -> Result<Delivery, Problem> {
        let stamp = self.composer.again(stamp);
        self.composer.compose(&self.draft, &self.url, &stamp)
    }
}
