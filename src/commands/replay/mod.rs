//! `bluehook replay`: recorded deliveries sent again, as captured or signed afresh.

mod queue;
mod recordings;
mod report;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;

use super::compose::{self, Composer};
use super::settings::Settings;
use super::shell::{Problem, Shell, Verdict};
use super::transport::{self, Interrupts, Retries, Transport};
use crate::amount;
use crate::cli::{
    self, Assignment, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets, StampChoice,
};
use crate::delivery::{Delivery, Header, REDACTED};
use crate::http;
use crate::json;
use crate::recording::Recorded;
use crate::sender::{self, BadUrl, Load, Plan, Turn, Url};
use crate::show::harmless;
use crate::signing::Scheme;
use queue::{Choice, Item, Pace, Queue};
use report::Report;

const EXAMPLES: &str = "\
Examples:
  bluehook send 3000 -s geheim --dry-run > delivery.http
  bluehook replay delivery.http 3000 --dry-run
  bluehook replay delivery.http 3000 --resign -s geheim --dry-run";

/// Send recorded deliveries again, as captured or signed afresh
///
/// RECORDING is what listen --record wrote, a raw HTTP request, HAR, a trace of curl's, or a
/// folder of these. Deliveries go out as they were captured: the same bytes, the same headers but
/// those of the connection; --resign signs them afresh.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Replay {
    /// The recording, or a folder of recordings; - for standard input
    pub recording: PathBuf,
    /// Where to, in the forms that send takes. Without a path of its own, each delivery's is kept;
    /// without a URL, the profile's or the recorded one is taken
    pub url: Option<Url>,
    #[command(flatten)]
    /// Which deliveries.
    choice: Choice,
    /// Sign afresh, with a new id and the time of now
    #[arg(long, help_heading = "What")]
    pub resign: bool,
    /// Replace one value in the body and leave all other bytes; implies --resign
    #[arg(
        long,
        value_name = "PATH=VALUE",
        allow_hyphen_values = true,
        help_heading = "What"
    )]
    pub set: Vec<Assignment>,
    /// A further header, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header(), help_heading = "What")]
    pub header: Vec<HeaderOption>,
    #[command(flatten)]
    /// The secret.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice,
    #[command(flatten)]
    /// The id and the time.
    pub stamp: StampChoice,
    /// The receiver's public URL, which --resign signs instead of the one that is sent to, for
    /// schemes that sign it
    #[arg(long, value_name = "BASE", help_heading = "Scheme")]
    pub public_url: Option<Url>,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    #[command(flatten)]
    /// How to deliver.
    pub transport: Transport,
    #[command(flatten)]
    /// How often to try.
    pub retries: Retries,
    #[command(flatten)]
    /// In which order, and how fast.
    pace: Pace,
    /// Print the exact bytes of the requests and send nothing; lines of ### divide several
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub dry_run: bool,
    /// Print the equivalent curl commands and send nothing
    #[arg(long, conflicts_with_all = ["dry_run", "json"], help_heading = "Output")]
    pub curl: bool,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

impl Replay {
    /// Reads, filters, signs where that is asked for, sends, compares.
    ///
    /// # Errors
    /// The options contradict each other, something cannot be read, or there is no URL.
    pub(super) fn run(mut self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let resign = self.resign || !self.set.is_empty();
        let secrets = match resign {
            true => settings.some_secrets(shell, &self.secrets, "")?,
            false if !self.secrets.0.is_empty() => {
                let problem =
                    Problem::wrong("what is sent as captured is not signed with a secret");
                return Err(problem.hint("--resign signs afresh"));
            }
            false => Vec::new(),
        };
        settings.say(shell, self.output.talk.verbose)?;
        if !self.resign && resign && !self.output.talk.quiet {
            (shell.err).say("--set changes the body, so deliveries are signed afresh")?;
        }
        self.refuse_url_first()?;
        let url = compose::url_of(self.url.take(), &settings)?;
        let plan = self.retries.plan()?;
        let talk = self.output.talk;
        let mut composer = Composer::new(
            shell,
            scheme.clone(),
            &secrets,
            &self.header,
            &self.stamp,
            talk,
        )?;
        composer.public_url(self.public_url.take());
        let seed = self.seed(shell)?;
        let queue = Queue::open(shell, &self.recording, &self.choice, &self.pace, seed)?;
        let run = Run {
            replay: &self,
            composer,
            scheme,
            resign,
            url,
        };
        match self.dry_run || self.curl {
            true => run.show(shell, queue),
            false => run.send(shell, queue, plan),
        }
    }

    /// A URL alone is no recording.
    fn refuse_url_first(&self) -> Result<(), Problem> {
        let typed = self.recording.to_str().unwrap_or_default();
        let is_url = self.url.is_none() && typed != "-" && typed.parse::<Url>().is_ok();
        if !is_url || self.recording.exists() {
            return Ok(());
        }
        let problem = Problem::wrong("replay takes the recording first, then the URL");
        let shown = harmless::short(typed.as_bytes(), 60);
        Err(problem.hint(format!(
            "for example: bluehook replay deliveries.jsonl {shown}"
        )))
    }

    fn seed(&self, shell: &mut Shell) -> Result<u64, Problem> {
        match self.pace.seed {
            _ if !self.pace.shuffle => Ok(0),
            Some(seed) => Ok(seed),
            None => {
                let mut random = [0; 4];
                (shell.random)(&mut random).map_err(Problem::failed)?;
                let seed = u32::from_le_bytes(random);
                if !self.output.talk.quiet {
                    let said = format!("out of order: --seed {seed} gives this order again");
                    shell.err.say(said)?;
                }
                Ok(seed.into())
            }
        }
    }
}

/// Everything that is the same for all deliveries.
struct Run<'a> {
    replay: &'a Replay,
    composer: Composer,
    scheme: Scheme,
    resign: bool,
    url: Option<Url>,
}

/// The queue and the streams: one thread at a time has them.
struct Desk<'a> {
    shell: &'a mut Shell,
    queue: Queue<'a>,
    report: Report,
}

impl Run<'_> {
    /// Prints what would be sent.
    fn show(&self, shell: &mut Shell, mut queue: Queue<'_>) -> Result<Verdict, Problem> {
        let mut is_empty = true;
        let mut warned = false;
        while let Some(item) = queue.next(shell, &self.composer)? {
            if !is_empty && !self.replay.curl {
                // As editors divide requests, and as they are read again.
                shell.out.print("\n###\n")?;
            }
            is_empty = false;
            self.mind_redacted(shell, &item, &mut warned)?;
            let (url, draft) = self.draft(&item)?;
            let delivery = self.make(&item, &url, &draft)?;
            shell.out.print(match self.replay.curl {
                true => format!("{}\n", self.replay.transport.curl(&url, &delivery)?).into_bytes(),
                false => sender::request_bytes(&url, &delivery).map_err(Problem::usage)?,
            })?;
        }
        match is_empty {
            true => Err(self.nothing(&queue)),
            false => Ok(Verdict::Yes),
        }
    }

    /// Sends, tells of each attempt as it happens, and of what all came to.
    fn send(&self, shell: &mut Shell, queue: Queue<'_>, plan: Plan) -> Result<Verdict, Problem> {
        let replay = self.replay;
        let sender = replay.transport.sender(replay.pace.concurrency)?;
        let interrupts = Interrupts::heed()?;
        let halt = &interrupts.halt;
        let load = Load {
            deliveries: None,
            duration: None,
            concurrency: replay.pace.concurrency,
            rate: None,
        };
        let desk = Mutex::new(Desk {
            shell,
            queue,
            report: Report::new(replay.output, self.resign, plan),
        });
        let (tally, outcome) = load.run(halt, |_: Turn, tally| {
            let Some((item, pause)) = self.take(&mut lock(&desk))? else {
                return Ok(false);
            };
            if !halt.wait(pause) {
                return Ok(false);
            }
            let (url, draft) = self.draft(&item)?;
            let end = sender.deliver(
                &url,
                &plan,
                halt,
                || self.make(&item, &url, &draft),
                |attempt| {
                    tally.count(attempt.outcome, attempt.took);
                    let desk = &mut *lock(&desk);
                    desk.report.tell(desk.shell, &item, &url, &attempt)
                },
            )?;
            tally.end(end);
            Ok(true)
        });
        let desk = desk.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome?;
        if tally.attempts == 0 && !halt.is_asked() {
            return Err(self.nothing(&desk.queue));
        }
        desk.report.end(desk.shell, &tally)?;
        Ok(interrupts.or(transport::verdict(&tally, &plan)?))
    }

    /// The next delivery, and how long it is to wait.
    fn take(&self, desk: &mut Desk<'_>) -> Result<Option<(Item, Duration)>, Problem> {
        let Some(item) = desk.queue.next(desk.shell, &self.composer)? else {
            return Ok(None);
        };
        self.mind_redacted(desk.shell, &item, &mut desk.report.redacted)?;
        let pause = desk.queue.pause(&item);
        Ok(Some((item, pause)))
    }

    /// Nothing was there to be sent.
    fn nothing(&self, queue: &Queue<'_>) -> Problem {
        let path = &self.replay.recording;
        let name = match path.as_os_str() == "-" {
            true => "standard input".into(),
            false => path.display().to_string(),
        };
        let problem = Problem::failed(match queue.count() {
            0 => anyhow::anyhow!("{name} holds no delivery"),
            1 => anyhow::anyhow!("the options leave out the one delivery of {name}"),
            count => anyhow::anyhow!(
                "the options leave out all {} deliveries of {name}",
                amount::count(count)
            ),
        });
        match self.replay.choice.filter.doubt() {
            Some(doubt) => problem.hint(doubt),
            None => problem,
        }
    }

    /// Says once that headers were kept back when they were recorded, where nothing makes them anew.
    fn mind_redacted(
        &self,
        shell: &mut Shell,
        item: &Item,
        said: &mut bool,
    ) -> Result<(), Problem> {
        if *said || self.replay.output.talk.quiet {
            return Ok(());
        }
        let made = match self.resign {
            true => self.scheme.signature_headers(),
            false => Vec::new(),
        };
        let is_made =
            |header: &Header| (made.iter()).any(|name| name.eq_ignore_ascii_case(&header.name));
        let headers = item.recorded.delivery.headers.iter();
        let names: Vec<_> = headers
            .filter(|header| header.value == REDACTED && !is_made(header))
            .map(|header| header.name.as_str())
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        *said = true;
        shell.err.warn(format!(
            "{} was kept out of the recording: give it with -H, or sign afresh with --resign",
            names.join(" and ")
        ))
    }

    /// Where a delivery goes, and what goes there before it is signed.
    fn draft(&self, item: &Item) -> Result<(Url, Delivery), Problem> {
        let Recorded { delivery, url, .. } = &item.recorded;
        let mut body = delivery.body.clone();
        for assignment in &self.replay.set {
            body = json::splice(&body, &assignment.path, &assignment.value).map_err(|error| {
                let number = item.recorded.number;
                let what = format!("could not set {} in delivery {number}", assignment.path);
                Problem::usage(error).context(what)
            })?;
        }
        let url = match (&self.url, url) {
            (Some(url), _) if url.target() == "/" => url.join(&delivery.target),
            (Some(url), _) => url.clone(),
            (None, Some(url)) => url.parse().map_err(|bad: BadUrl| Problem::usage(bad))?,
            // What is only shown needs no receiver.
            (None, None) if self.replay.dry_run || self.replay.curl => host(delivery)?,
            (None, None) => {
                let problem = Problem::wrong("the recording does not say where to send to");
                return Err(problem.hint(
                    "name a URL after it (3000 is http://localhost:3000), or a profile with -w",
                ));
            }
        };
        let url = self.composer.url(url, &body);
        let mut headers = http::end_to_end(&delivery.headers);
        headers.remove("Host");
        let draft = Delivery {
            method: delivery.method.clone(),
            target: url.target().to_owned(),
            headers,
            body,
        };
        Ok((url, draft))
    }

    /// The delivery of one attempt.
    fn make(&self, item: &Item, url: &Url, draft: &Delivery) -> Result<Delivery, Problem> {
        let stamp = self.composer.again(&item.stamp);
        self.composer.compose(draft, url, &stamp)
    }
}

/// The URL that the recorded Host makes, or else one of this machine.
fn host(delivery: &Delivery) -> Result<Url, Problem> {
    let host = delivery.headers.get("Host").unwrap_or_default();
    let host = std::str::from_utf8(host).unwrap_or_default();
    let url = (format!("http://{host}").parse()).or_else(|_| "http://localhost".parse());
    url.map(|url: Url| url.join(&delivery.target))
        .map_err(|bad: BadUrl| Problem::usage(bad))
}

fn lock<'a, 'b>(desk: &'a Mutex<Desk<'b>>) -> MutexGuard<'a, Desk<'b>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
