//! What the shared options come to: the profile, the scheme, the secrets, the clock.
//!
//! The configuration is read only when something of it is asked for.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::input;
use super::shell::{Problem, Shell};
use crate::cli::{ClockChoice, ProfileChoice, SchemeChoice, Secrets, StampChoice, Talk};
use crate::config::{self, Config, Profile};
use crate::nearest::nearest;
use crate::sender::Url;
use crate::show::harmless;
use crate::signing::Scheme;
use crate::signing::Secret;
use crate::signing::{Clock, Missing, Stamp, Tolerance, Unfit, Unusable};

/// Providers whose deliveries no record can describe, and why.
const NOT_EXPRESSIBLE: &[(&str, &str)] = &[
    ("adyen", "it signs each item of a body by a rule of its own"),
    (
        "braintree",
        "it signs a payload inside a form by a rule of its own",
    ),
    ("jira-connect", "it signs with JSON Web Tokens"),
];

/// The configuration and the profile that were asked for.
pub(super) struct Settings {
    config: Option<Config>,
    profile: Option<String>,
}

impl Settings {
    /// Finds the profile that was named, if one was.
    ///
    /// # Errors
    /// There is no configuration, it is wrong, or it has no such profile.
    pub(super) fn of(shell: &mut Shell, choice: &ProfileChoice) -> Result<Self, Problem> {
        let mut settings = Self {
            config: None,
            profile: choice.webhook.clone(),
        };
        if choice.webhook.is_some() || choice.config.is_some() {
            settings.config = Some(open(shell, choice.config.as_deref())?);
            settings.profile()?;
        }
        Ok(settings)
    }

    /// The profile.
    ///
    /// # Errors
    /// There is none of that name.
    pub(super) fn profile(&self) -> Result<Option<&Profile>, Problem> {
        match (&self.config, &self.profile) {
            (Some(config), Some(name)) => match config.webhooks.get(name) {
                Some(profile) => Ok(Some(profile)),
                None => Err(no_webhook(config, name)),
            },
            _ => Ok(None),
        }
    }

    /// The scheme: the options' or else the profile's or else Blue's.
    ///
    /// # Errors
    /// There is no scheme of that name, or the record is wrong.
    pub(super) fn scheme<const JUDGES: bool>(
        &mut self,
        shell: &mut Shell,
        choice: &SchemeChoice<JUDGES>,
    ) -> Result<Scheme, Problem> {
        if let Some(path) = &choice.scheme_file {
            return scheme_of_file(path);
        }
        match self.scheme_name(choice)? {
            None => Ok(Scheme::default()),
            Some(name) if name == Scheme::AUTO => Err(Problem::wrong(
                "auto finds the scheme of one delivery, and only verify and listen do that: name the scheme here",
            )),
            Some(name) => {
                let own = "; --scheme-file takes one of your own";
                self.scheme_named(shell, &name, own)
            }
        }
    }

    /// The schemes among which a delivery's own is looked for, the user's first; `None` where one is
    /// named.
    ///
    /// # Errors
    /// The configuration is wrong.
    pub(super) fn schemes(
        &mut self,
        shell: &mut Shell,
        choice: &SchemeChoice<true>,
    ) -> Result<Option<Vec<Scheme>>, Problem> {
        if choice.scheme_file.is_some()
            || self.scheme_name(choice)?.as_deref() != Some(Scheme::AUTO)
        {
            return Ok(None);
        }
        let mut schemes = self.own_schemes(shell)?;
        schemes.extend(Scheme::names().filter_map(Scheme::named));
        Ok(Some(schemes))
    }

    fn scheme_name<const JUDGES: bool>(
        &self,
        choice: &SchemeChoice<JUDGES>,
    ) -> Result<Option<String>, Problem> {
        let of_profile = self.profile()?.and_then(|profile| profile.scheme.clone());
        Ok(choice.scheme.clone().or(of_profile))
    }

    /// The scheme of that name: of the table, or the user's own. `otherwise` says what else can be
    /// done.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn scheme_named(
        &mut self,
        shell: &mut Shell,
        name: &str,
        otherwise: &str,
    ) -> Result<Scheme, Problem> {
        if let Some(scheme) = Scheme::named(name) {
            return Ok(scheme);
        }
        if self.config.is_none() {
            self.config = find(shell)
                .map(|path| open(shell, Some(&path)))
                .transpose()?;
        }
        let own = self
            .config
            .as_ref()
            .and_then(|config| config.schemes.get(name));
        own.cloned()
            .ok_or_else(|| self.unknown_scheme(name, otherwise))
    }

    fn unknown_scheme(&self, name: &str, otherwise: &str) -> Problem {
        let shown = harmless::name(name);
        if let Some((name, why)) = NOT_EXPRESSIBLE
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            return Problem::wrong(format!("{name} is left out on purpose: {why}"));
        }
        let mut names: Vec<&str> = Vec::new();
        if let Some(config) = &self.config {
            names.extend(config.schemes.keys().map(String::as_str));
        }
        for name in Scheme::known() {
            names.push(name);
        }
        let problem = Problem::wrong(format!("{shown} is not a known scheme"));
        match nearest(name, names) {
            Some(nearest) => problem.hint(format!("did you mean {nearest}?")),
            None => problem.hint(format!("bluehook schemes lists them{otherwise}")),
        }
    }

    /// The secrets: the options', else the profile's, else the environment's. May be none.
    ///
    /// # Errors
    /// A secret that is empty, unset or unreadable.
    pub(super) fn secrets(
        &self,
        shell: &mut Shell,
        named: &Secrets,
    ) -> Result<Vec<Secret>, Problem> {
        let of_profile = self.profile()?.map(|profile| profile.secrets.as_slice());
        let (sources, by) = match of_profile {
            Some(of_profile) if named.0.is_empty() => (of_profile, input::PROFILE),
            _ => (named.0.as_slice(), "--secret-file"),
        };
        input::secrets(shell, sources, by)
    }

    /// As [`Settings::secrets`], and at least one.
    ///
    /// # Errors
    /// Also when there is none.
    pub(super) fn some_secrets(
        &self,
        shell: &mut Shell,
        named: &Secrets,
        otherwise: &str,
    ) -> Result<Vec<Secret>, Problem> {
        let secrets = self.secrets(shell, named)?;
        if secrets.is_empty() {
            return Err(input::no_secret(otherwise));
        }
        Ok(secrets)
    }

    /// Says with `-v` which configuration is used.
    ///
    /// # Errors
    /// It could not be said.
    pub(super) fn say(&self, shell: &mut Shell, verbose: bool) -> Result<(), Problem> {
        match &self.config {
            Some(config) if verbose => shell.err.say(format!("using {}", config.path.display())),
            _ => Ok(()),
        }
    }

    /// All schemes of the user's own.
    ///
    /// # Errors
    /// The configuration is wrong.
    pub(super) fn own_schemes(&mut self, shell: &mut Shell) -> Result<Vec<Scheme>, Problem> {
        if self.config.is_none() {
            self.config = find(shell)
                .map(|path| open(shell, Some(&path)))
                .transpose()?;
        }
        let schemes = self
            .config
            .iter()
            .flat_map(|config| config.schemes.values());
        Ok(schemes.cloned().collect())
    }
}

fn no_webhook(config: &Config, name: &str) -> Problem {
    let known = || config.webhooks.keys().map(String::as_str);
    let (path, shown) = (config.path.display(), harmless::name(name));
    let problem = Problem::wrong(format!("{path} has no profile {shown}"));
    match nearest(name, known()) {
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None if config.webhooks.is_empty() => problem.hint("it has no [webhook.NAME] at all"),
        None => problem.hint(format!(
            "it has {}",
            known().collect::<Vec<_>>().join(" and ")
        )),
    }
}

/// Reads a record of the user's own. Its name is the file's.
fn scheme_of_file(path: &Path) -> Result<Scheme, Problem> {
    let bytes = input::small_file(path, "--scheme-file", input::SETTING_BYTES)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Problem::wrong(format!(
            "{}: TOML is UTF-8, and this is not",
            path.display()
        ))
    })?;
    let name = path
        .file_stem()
        .map(|name| name.to_string_lossy().into_owned());
    Scheme::from_toml(&name.unwrap_or_default(), text)
        .map_err(|invalid| Problem::wrong(format!("{}, {invalid}", path.display())))
}

fn find(shell: &Shell) -> Option<PathBuf> {
    let start = std::env::current_dir().unwrap_or_default();
    config::find(&start, config::user_folder(shell.env).as_deref())
}

fn open(shell: &mut Shell, path: Option<&Path>) -> Result<Config, Problem> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => find(shell).ok_or_else(|| {
            let here = "there is no bluehook.toml, neither from here upwards nor in your configuration folder";
            Problem::wrong(here).hint("write one with [webhook.NAME], or name it with --config")
        })?,
    };
    let check = |url: &str| {
        url.parse::<Url>()
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let config = Config::open(&path, check).map_err(|unusable| match unusable {
        config::Unusable::Unreadable { .. } => Problem::failed(unusable),
        config::Unusable::Invalid(invalid) => Problem::usage(invalid),
    })?;
    for warning in &config.warnings {
        shell.err.warn(warning)?;
    }
    Ok(config)
}

/// The names of the profiles that `-w` would find, for completions: without a word of what is wrong.
/// Shells evaluate what they are given, and the file may be a stranger's: only plain names.
pub(super) fn profile_names(shell: &Shell) -> Vec<String> {
    let is_plain = |name: &&String| {
        (name.chars()).all(|character| character.is_alphanumeric() || "-_.".contains(character))
    };
    let config = find(shell).and_then(|path| Config::open(&path, |_| Ok(())).ok());
    let webhooks = config.map(|config| config.webhooks).unwrap_or_default();
    webhooks.keys().filter(is_plain).cloned().collect()
}

/// A secret that the scheme has no use for, and where a right one comes from.
pub(super) fn unfit(unfit: Unfit) -> Problem {
    let hint = match &unfit.why {
        Unusable::NotBase64 { .. } => {
            Some("take it as the provider shows it; printf %s SECRET | base64 makes one of a text")
        }
        Unusable::NotHex => Some("take it as the provider shows it"),
        Unusable::NoPrefix { .. } => Some("take it as the provider shows it, with its prefix"),
        Unusable::NotAKey { .. } => Some(
            "verify with the public key that the provider shows, sign with the private one (PEM)",
        ),
        _ => None,
    };
    let problem = Problem::usage(unfit);
    match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// The id and time to sign with: random and now, where nothing is said. What the scheme has no use
/// for is told of.
///
/// # Errors
/// The system gives no random bytes.
pub(super) fn stamp(
    shell: &mut Shell,
    scheme: &Scheme,
    choice: &StampChoice,
    talk: Talk,
) -> Result<Stamp, Problem> {
    note_stamp(shell, scheme, choice, talk)?;
    let id = match &choice.id {
        Some(id) => id.clone(),
        None if !scheme.has_id() => String::new(),
        None => random_id(shell.random)?,
    };
    Ok(Stamp {
        id,
        at: choice.at.unwrap_or_else(shell.now),
    })
}

/// Tells of an id or a time that a scheme has no use for.
///
/// # Errors
/// It could not be said.
pub(super) fn note_stamp(
    shell: &mut Shell,
    scheme: &Scheme,
    choice: &StampChoice,
    talk: Talk,
) -> Result<(), Problem> {
    let unused = [
        (
            "--at",
            "timestamp",
            choice.at.is_some() && !scheme.has_timestamp(),
        ),
        ("--id", "id", choice.id.is_some() && !scheme.has_id()),
    ];
    note_unused(shell, scheme, &unused, talk)
}

/// An id that no other delivery has.
///
/// # Errors
/// The system gives no random bytes.
pub(super) fn random_id(random: fn(&mut [u8]) -> std::io::Result<()>) -> Result<String, Problem> {
    let mut bytes = [0; 16];
    random(&mut bytes).map_err(Problem::failed)?;
    Ok(format!("msg_{}", hex::encode(bytes)))
}

/// Tells of a clock that a scheme without timestamps has no use for.
///
/// # Errors
/// It could not be said.
pub(super) fn note_clock(
    shell: &mut Shell,
    scheme: &Scheme,
    choice: &ClockChoice,
    talk: Talk,
) -> Result<(), Problem> {
    let is_timeless = !scheme.has_timestamp();
    let unused = [
        ("--at", "timestamp", choice.at.is_some() && is_timeless),
        (
            "--tolerance",
            "timestamp",
            matches!(choice.tolerance, Some(Tolerance::Within(_))) && is_timeless,
        ),
    ];
    note_unused(shell, scheme, &unused, talk)
}

fn note_unused(
    shell: &mut Shell,
    scheme: &Scheme,
    options: &[(&str, &str, bool)],
    talk: Talk,
) -> Result<(), Problem> {
    for (option, what, _) in options.iter().filter(|(.., unused)| *unused && !talk.quiet) {
        let name = &scheme.name;
        shell.err.note(format!(
            "{option} changes nothing: the scheme {name} has no {what}"
        ))?;
    }
    Ok(())
}

/// The clock to judge by.
pub(super) fn clock(choice: &ClockChoice, now: Timestamp) -> Clock {
    Clock {
        now: choice.at.unwrap_or(now),
        tolerance: choice.tolerance.unwrap_or(Tolerance::AsScheme),
    }
}

/// What the scheme needs and did not get; `option` is the one that names the URL.
pub(super) fn missing(scheme: &Scheme, missing: Missing, option: &str) -> Problem {
    match missing {
        Missing::SignedUrl => Problem::wrong(format!(
            "the scheme {} signs the URL that the sender was given",
            scheme.name
        ))
        .hint(format!("name it with {option}")),
        other => Problem::usage(other),
    }
}
