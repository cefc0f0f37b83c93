//! The configuration: webhooks as profiles, and signature schemes of the user's own, from
//! `bluehook.toml`.
//!
//! Owns where the file is looked for, what may stand in it, and saying what is wrong by file, line
//! and field. Nothing here is sent, signed or shown, and secrets in other files or in the
//! environment are named, not read: whoever uses a profile reads what it names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_path_to_error::Segment;
use toml::Spanned;
use zeroize::Zeroizing;

use crate::blue::event::{self, Event};
use crate::blue::scope::Scope;
use crate::nearest::nearest;
use crate::signing::{Scheme, Secret};

/// The file's name.
pub const FILE_NAME: &str = "bluehook.toml";
/// A configuration is no larger than this.
const LARGEST: u64 = 1 << 20;

/// What a configuration file says.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file, as it was named or found.
    pub path: PathBuf,
    /// The profiles by name.
    pub webhooks: BTreeMap<String, Profile>,
    /// The user's own schemes by name.
    pub schemes: BTreeMap<String, Scheme>,
    /// What is allowed but unwise, a sentence each.
    pub warnings: Vec<String>,
}

/// One webhook, as Blue keeps it: a name, a URL, secrets, events, projects.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The name that `-w` takes.
    pub name: String,
    /// Where it delivers to, as written.
    pub url: String,
    /// Where its secrets are, in order. Several are for a rotation: the first one is the current
    /// one.
    pub secrets: Vec<SecretSource>,
    /// The name of its signature scheme: of a built-in one or of one in the same file.
    pub scheme: Option<String>,
    /// The events that it is for, as names or globs; empty = all.
    pub events: Vec<String>,
    /// The projects that it is for; empty = all.
    pub project_ids: Vec<String>,
}

/// Where a secret is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// Here.
    Value(Secret),
    /// In this environment variable.
    Env(String),
    /// In this file. A profile's relative path has been joined to the configuration's folder, so
    /// that it is never `-`.
    File(PathBuf),
    /// Several keys in this file, which is named likewise.
    Keys(PathBuf),
}

/// A configuration that cannot be used: what is wrong, and where. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The field as dotted keys, if one is meant.
    pub field: Option<String>,
    /// What is wrong with it.
    pub message: String,
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum Unusable {
    /// The file could not be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What stands in it is wrong.
    Invalid(Invalid),
}

/// What may stand in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    webhook: BTreeMap<String, Spanned<Webhook>>,
    #[serde(default)]
    scheme: BTreeMap<String, Spanned<Scheme>>,
}

/// What may stand in a profile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: Option<Spanned<String>>,
    secret: Option<Spanned<OneOrMore>>,
    secret_env: Option<Spanned<OneOrMore>>,
    secret_file: Option<Spanned<OneOrMore>>,
    keys: Option<Spanned<OneOrMore>>,
    scheme: Option<Spanned<String>>,
    #[serde(default)]
    events: Vec<Spanned<String>>,
    #[serde(default)]
    project_ids: Vec<Spanned<String>>,
}

/// What may stand at the top.
const TABLES: &[&str] = &["webhook", "scheme"];
/// A profile's fields and what each needs, in words.
const FIELDS: &[(&str, &str)] = &[
    ("url", "text"),
    ("secret", "text or a list of texts"),
    ("secret_env", "text or a list of texts"),
    ("secret_file", "text or a list of texts"),
    ("keys", "text or a list of texts"),
    ("scheme", "text"),
    ("events", "a list of texts"),
    ("project_ids", "a list of texts"),
];

/// A list, or the one text that stands for such a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Finds the configuration: the nearest one upwards from `start`, else the one in the user's folder
/// for configurations (see [`user_folder`]).
pub fn find(start: &Path, user_folder: Option<&Path>) -> Option<PathBuf> {
    let upwards = start.ancestors().map(|folder| folder.join(FILE_NAME));
    let users = user_folder.map(|folder| folder.join("bluehook").join(FILE_NAME));
    upwards.chain(users).find(|path| path.is_file())
}

/// The user's folder for configurations, by the environment: `XDG_CONFIG_HOME` if it is absolute
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>), else `APPDATA` on Windows and
/// `~/.config` elsewhere.
pub fn user_folder(env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| {
        env(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    folder("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) {
            folder("APPDATA")
        } else {
            folder("HOME").map(|home| home.join(".config"))
        }
    })
}

/// Whether other users of the machine can read or change a file. Only Unix tells.
pub fn readable_by_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

impl Config {
    /// Reads a file. A secret in a file that others can read is worth a warning.
    ///
    /// # Errors
    /// The file cannot be read, or what stands in it is wrong.
    pub fn open(
        path: &Path,
        check_url: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Self, Unusable> {
        let text = text_of(path)?;
        let mut config = Self::read(path, &text, check_url).map_err(Unusable::Invalid)?;
        let mut sources = config.webhooks.values().flat_map(|one| &one.secrets);
        let holds_secret = sources.any(|source| matches!(source, SecretSource::Value(_)));
        if holds_secret && readable_by_others(path) {
            config.warnings.push(format!(
                "other users of this machine can read {}, which holds a secret: chmod 600 mends it, as do secret_env and secret_file",
                path.display()
            ));
        }
        Ok(config)
    }

    /// Reads the text of the file at `path`, which is used for messages and as the start of
    /// relative paths. `check_url` says what is wrong with a URL.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(
        path: &Path,
        text: &str,
        check_url: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Self, Invalid> {
        let source = Source { path, text };
        let document = source.document()?;
        let mut schemes = BTreeMap::new();
        for (name, record) in document.scheme {
            let scheme = source.scheme(&name, record)?;
            schemes.insert(name, scheme);
        }
        let mut warnings = Vec::new();
        let mut webhooks = BTreeMap::new();
        for (name, webhook) in document.webhook {
            let reading = Reading {
                source,
                field: format!("webhook.{}", key(&name)),
                check_url: &check_url,
                schemes: &schemes,
            };
            let profile = reading.profile(&name, webhook, &mut warnings)?;
            webhooks.insert(name, profile);
        }
        Ok(Self {
            path: path.to_owned(),
            webhooks,
            schemes,
            warnings,
        })
    }
}

impl Profile {
    /// Which deliveries the webhook is for.
    pub(crate) fn scope(&self) -> Scope {
        // The patterns have been checked when they were read.
        Scope::new(&self.events, self.project_ids.iter().cloned()).unwrap_or_default()
    }
}

fn text_of(path: &Path) -> Result<Zeroizing<String>, Unusable> {
    let unreadable = |error| Unusable::Unreadable {
        path: path.to_owned(),
        error,
    };
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    let invalid = |line, message: &str| {
        Unusable::Invalid(Invalid {
            path: path.to_owned(),
            line,
            field: None,
            message: message.to_owned(),
        })
    };
    if bytes.len() as u64 > LARGEST {
        return Err(invalid(1, "a configuration of more than 1 MiB is not read"));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(error) => Err(invalid(
            line_at(&bytes, error.valid_up_to()),
            "TOML is UTF-8, and this is not",
        )),
    }
}

/// The line at this byte, from 1.
fn line_at(text: &[u8], offset: usize) -> usize {
    let before = &text[..offset.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// A key as TOML writes it.
fn key(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !key.is_empty() && key.bytes().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}

/// The file that is read.
#[derive(Clone, Copy)]
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    /// Where relative paths begin.
    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        }
    }

    fn invalid(
        &self,
        offset: usize,
        field: impl Into<Option<String>>,
        message: impl Into<String>,
    ) -> Invalid {
        Invalid {
            path: self.path.to_owned(),
            line: line_at(self.text.as_bytes(), offset),
            field: field.into(),
            message: message.into(),
        }
    }

    fn document(&self) -> Result<Document, Invalid> {
        // Without the reader's picture of the line, which may show a secret.
        let said = |error: &toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            (start, error.message().trim().replace('\n', ", "))
        };
        let reader = toml::Deserializer::parse(self.text).map_err(|error| {
            let (start, message) = said(&error);
            self.invalid(start, None, message)
        })?;
        serde_path_to_error::deserialize(reader).map_err(|error| {
            let (start, message) = said(error.inner());
            let keys = keys(error.path());
            let message = needed(&keys).unwrap_or(message);
            self.invalid(start, dotted(&keys), message)
        })
    }

    /// A scheme's record, as `--scheme-file` reads it.
    fn scheme(&self, name: &str, record: Spanned<Scheme>) -> Result<Scheme, Invalid> {
        let field = format!("scheme.{}", key(name));
        let start = record.span().start;
        if Scheme::known().any(|known| known == name) || name == Scheme::AUTO {
            let taken = match name {
                Scheme::AUTO => "this name stands for any scheme, choose another",
                _ => "a built-in scheme has this name, choose another",
            };
            return Err(self.invalid(start, field, taken));
        }
        record.into_inner().checked(name).map_err(|invalid| {
            let field = match invalid.field {
                Some(inner) => format!("{field}, {inner}"),
                None => field,
            };
            self.invalid(start, field, invalid.message)
        })
    }
}

/// The steps to a field, without those that stand for the reader's own marks.
fn keys(path: &serde_path_to_error::Path) -> Vec<&Segment> {
    path.iter()
        .filter(|segment| !matches!(segment, Segment::Map { key } if key.starts_with("$__")))
        .filter(|segment| !matches!(segment, Segment::Unknown))
        .collect()
}

/// The steps as dotted keys.
fn dotted(keys: &[&Segment]) -> Option<String> {
    let mut field = String::new();
    for segment in keys {
        match segment {
            Segment::Seq { index } => field.push_str(&format!("[{index}]")),
            Segment::Map { key: step } | Segment::Enum { variant: step } => {
                let dot = if field.is_empty() { "" } else { "." };
                field.push_str(dot);
                field.push_str(&key(step));
            }
            Segment::Unknown => {}
        }
    }
    Some(field).filter(|field| !field.is_empty())
}

/// What is needed where something else stands. What stands there is not repeated: it may be a
/// secret. `None` inside of a scheme's record, which has none.
fn needed(keys: &[&Segment]) -> Option<String> {
    let key = |at: usize| match keys.get(at) {
        Some(Segment::Map { key }) => key.as_str(),
        _ => "",
    };
    let fields = || FIELDS.iter().map(|(field, _)| *field);
    Some(match (key(0), keys.len()) {
        ("webhook", 1 | 2) => "a table [webhook.NAME] is needed".into(),
        ("scheme", 1) => "a table [scheme.NAME] is needed".into(),
        (table, 1) => unknown(table, TABLES.iter().copied()),
        ("webhook", 3) => match FIELDS.iter().find(|(field, _)| *field == key(2)) {
            Some((_, needed)) => format!("{needed} is needed"),
            None => unknown(key(2), fields()),
        },
        ("webhook", _) => "text is needed".into(),
        _ => return None,
    })
}

fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(key, known.clone()) {
        Some(meant) => format!("unknown field, did you mean {meant}?"),
        None => {
            let known: Vec<&str> = known.collect();
            format!("unknown field; the fields are {}", known.join(", "))
        }
    }
}

/// A profile that is read.
struct Reading<'a> {
    source: Source<'a>,
    field: String,
    check_url: &'a dyn Fn(&str) -> Result<(), String>,
    schemes: &'a BTreeMap<String, Scheme>,
}

impl Reading<'_> {
    fn profile(
        &self,
        name: &str,
        webhook: Spanned<Webhook>,
        warnings: &mut Vec<String>,
    ) -> Result<Profile, Invalid> {
        let start = webhook.span().start;
        let webhook = webhook.into_inner();
        let url = match webhook.url {
            _ if name.is_empty() => Err("a name is needed"),
            None => Err("url is missing"),
            Some(url) => Ok(url),
        };
        let url = url.map_err(|wrong| self.source.invalid(start, self.field.clone(), wrong))?;
        (self.check_url)(self.filled("url", &url)?)
            .map_err(|message| self.wrong("url", &url, message))?;
        let scheme = match &webhook.scheme {
            None => None,
            Some(scheme) => Some(self.scheme_name(scheme)?),
        };
        let are_blues = scheme.as_deref().is_none_or(|scheme| scheme == "blue");
        for (index, event) in webhook.events.iter().enumerate() {
            let field = format!("events[{index}]");
            let doubt = self.event(&field, event)?.filter(|_| are_blues);
            warnings.extend(doubt.map(|doubt| self.wrong(&field, event, doubt).to_string()));
        }
        for (index, id) in webhook.project_ids.iter().enumerate() {
            self.filled(&format!("project_ids[{index}]"), id)?;
        }
        let texts =
            |list: Vec<Spanned<String>>| list.into_iter().map(Spanned::into_inner).collect();
        let mut secrets = self.secrets([
            ("secret", webhook.secret),
            ("secret_env", webhook.secret_env),
            ("secret_file", webhook.secret_file),
        ])?;
        secrets.extend(self.secrets([("keys", webhook.keys)])?);
        Ok(Profile {
            name: name.to_owned(),
            secrets,
            url: url.into_inner(),
            scheme,
            events: texts(webhook.events),
            project_ids: texts(webhook.project_ids),
        })
    }

    fn wrong<T>(&self, field: &str, at: &Spanned<T>, message: impl Into<String>) -> Invalid {
        let field = format!("{}.{field}", self.field);
        self.source.invalid(at.span().start, field, message)
    }

    fn filled<'t>(&self, field: &str, text: &'t Spanned<String>) -> Result<&'t str, Invalid> {
        match text.get_ref().as_str() {
            "" => Err(self.wrong(field, text, "this is empty")),
            text => Ok(text),
        }
    }

    /// The secrets of the one kind that there is.
    fn secrets<const N: usize>(
        &self,
        kinds: [(&str, Option<Spanned<OneOrMore>>); N],
    ) -> Result<Vec<SecretSource>, Invalid> {
        let given = kinds
            .into_iter()
            .filter_map(|(kind, value)| value.map(|value| (kind, value)));
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(_, value)| value.span().start);
        if let [(first, _), (second, value), ..] = given.as_slice() {
            let message = format!("give either this or {first}, not both");
            return Err(self.wrong(second, value, message));
        }
        let Some((kind, value)) = given.pop() else {
            return Ok(Vec::new());
        };
        let texts = match value.get_ref() {
            OneOrMore::One(text) => std::slice::from_ref(text),
            OneOrMore::More(texts) => texts.as_slice(),
        };
        let empty = match texts.iter().position(String::is_empty) {
            Some(index) if texts.len() > 1 => Some(format!("{kind}[{index}]")),
            Some(_) => Some(kind.to_owned()),
            None => texts.is_empty().then(|| kind.to_owned()),
        };
        if let Some(field) = empty {
            return Err(self.wrong(&field, &value, "this is empty"));
        }
        let source = |text: &String| match kind {
            "secret_env" if text.contains(['$', '=', '\0']) => {
                Err("this is not a variable's name, which is written without a $".to_owned())
            }
            "secret_env" => Ok(SecretSource::Env(text.clone())),
            "secret_file" => Ok(SecretSource::File(self.source.folder().join(text))),
            "keys" => Ok(SecretSource::Keys(self.source.folder().join(text))),
            _ => Secret::new(text.as_bytes())
                .map(SecretSource::Value)
                .map_err(|unusable| unusable.to_string()),
        };
        let sources: Result<_, _> = texts.iter().map(source).collect();
        sources.map_err(|message| self.wrong(kind, &value, message))
    }

    fn scheme_name(&self, scheme: &Spanned<String>) -> Result<String, Invalid> {
        let name = self.filled("scheme", scheme)?;
        let mut known: Vec<&str> = Scheme::known().collect();
        known.extend(self.schemes.keys().map(String::as_str));
        known.push(Scheme::AUTO);
        if known.contains(&name) {
            return Ok(name.to_owned());
        }
        let message = match nearest(name, known) {
            Some(meant) => format!("there is no scheme {name:?}, did you mean {meant}?"),
            None => format!("there is no scheme {name:?}, neither built in nor in this file"),
        };
        Err(self.wrong("scheme", scheme, message))
    }

    /// Checks an event's name or glob. One that matches none of Blue's events is allowed, for Blue
    /// may have new ones, but it is doubtful.
    fn event(&self, field: &str, event: &Spanned<String>) -> Result<Option<String>, Invalid> {
        let pattern = self.filled(field, event)?;
        let scope = Scope::new([pattern], [""; 0])
            .map_err(|bad| self.wrong(field, event, bad.to_string()))?;
        let admitted = |event: &Event| scope.admits(Some(event.name), None).is_ok();
        // The health check reaches every webhook: only its very name means it.
        let is_known = |event: &Event| {
            event.name == pattern || event.name != event::HEALTH_CHECK && admitted(event)
        };
        if event::all().iter().any(is_known) {
            return Ok(None);
        }
        let meant = Event::nearest(pattern)
            .map(|event| format!(", did you mean {}?", event.name))
            .unwrap_or_default();
        Ok(Some(format!(
            "none of Blue's events matches {pattern:?}{meant}"
        )))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.path.display(), self.line)?;
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Invalid {}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, .. } => write!(f, "could not read {}", path.display()),
            Self::Invalid(invalid) => invalid.fmt(f),
        }
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { error, .. } => Some(error),
            Self::Invalid(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
[webhook.staging]                      # a comment
url = "http://localhost:3000/hooks/blue"
secret_env = "STAGING_SECRET"
scheme = "mine"
events = ["TODO_CREATED", "COMMENT_*"]
project_ids = ["p1"]

[webhook.production]
url = "https://example.com"
secret_file = ["new.txt", "/etc/old.txt"]

[webhook.open]
url = "3000"

[scheme.mine]
about = "ours"
[[scheme.mine.variant]]
algorithm = "hmac-sha256"
encoding = "hex"
content = "{body}"
signature = { header = "X-Ours" }
"#;

    fn any_url(_: &str) -> Result<(), String> {
        Ok(())
    }

    fn read(text: &str) -> Result<Config, Invalid> {
        Config::read(Path::new("conf/bluehook.toml"), text, any_url)
    }

    /// What is said of a text, without the path.
    fn complaint(text: &str) -> String {
        let said = read(text).unwrap_err().to_string();
        said.strip_prefix("conf/bluehook.toml, ")
            .unwrap()
            .to_owned()
    }

    /// What is said of a profile `a` with a URL and this line, which is the third.
    fn complaint_of(line: &str) -> String {
        complaint(&format!("[webhook.a]\nurl = \"3000\"\n{line}"))
    }

    #[test]
    fn a_whole_configuration_is_read() {
        let config = read(WHOLE).unwrap();
        assert_eq!(config.warnings, [""; 0]);
        let staging = &config.webhooks["staging"];
        assert_eq!(
            *staging,
            Profile {
                name: "staging".into(),
                url: "http://localhost:3000/hooks/blue".into(),
                secrets: vec![SecretSource::Env("STAGING_SECRET".into())],
                scheme: Some("mine".into()),
                events: vec!["TODO_CREATED".into(), "COMMENT_*".into()],
                project_ids: vec!["p1".into()],
            }
        );
        assert!(staging.scope().admits(Some("TAG_CREATED"), None).is_err());
        assert_eq!(
            config.webhooks["production"].secrets,
            [
                SecretSource::File(Path::new("conf").join("new.txt")),
                SecretSource::File("/etc/old.txt".into())
            ]
        );
        assert_eq!(config.webhooks["open"].secrets, []);
        assert_eq!(config.schemes["mine"].name, "mine");
        assert_eq!(config.schemes["mine"].variants.len(), 1);
    }

    #[test]
    fn an_empty_file_is_a_configuration() {
        let config = read("# nothing yet\n").unwrap();
        assert!(config.webhooks.is_empty() && config.schemes.is_empty());
    }

    #[test]
    fn a_secret_file_beside_a_bare_file_name_is_never_standard_input() {
        let text = "[webhook.a]\nurl = \"3000\"\nsecret_file = \"-\"";
        let config = Config::read(Path::new("bluehook.toml"), text, any_url).unwrap();
        let expected = SecretSource::File(Path::new(".").join("-"));
        assert_eq!(config.webhooks["a"].secrets, [expected]);
        assert_ne!(Path::new(".").join("-").as_os_str(), "-");
    }

    #[test]
    fn unknown_fields_are_named_with_what_was_meant() {
        let text = "[webhook.staging]\nsecret = \"s\"\n\nurll = \"x\"";
        assert_eq!(
            read(text).unwrap_err().to_string(),
            "conf/bluehook.toml, line 4, webhook.staging.urll: unknown field, did you mean url?"
        );
        assert_eq!(
            complaint_of("password = 1"),
            "line 3, webhook.a.password: unknown field; the fields are url, secret, secret_env, secret_file, keys, scheme, events, project_ids"
        );
        assert_eq!(
            complaint("[webhooks.a]\n"),
            "line 1, webhooks: unknown field, did you mean webhook?"
        );
    }

    #[test]
    fn every_field_that_is_offered_is_taken() {
        for (field, _) in FIELDS {
            let said = complaint_of(&format!("{field} = true"));
            assert!(!said.contains("unknown field"), "{said}");
        }
    }

    #[test]
    fn no_complaint_repeats_a_value() {
        for text in [
            "webhook = \"hunter2\"",
            "[webhook]\nsecret = \"hunter2\"",
            "[webhook.a]\nurl = \"1\"\nsecret = 1.hunter2",
            "[webhook.a]\nurl = \"1\"\nsecret = { hunter2 = 1 }",
            "[webhook.a]\nurl = \"1\"\nsecret = [[\"hunter2\"]]",
            "[webhook.a]\nurl = \"1\"\nsecrets = \"hunter2\"",
            "[webhook.a]\nurl = \"1\"\nevents = \"hunter2\"",
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn fields_of_the_wrong_kind_are_named() {
        for (line, said) in [
            (
                "secret = 5",
                "line 3, webhook.a.secret: text or a list of texts is needed",
            ),
            (
                "events = \"X\"",
                "line 3, webhook.a.events: a list of texts is needed",
            ),
            (
                "events = [\"TODO_CREATED\",\n  true]",
                "line 4, webhook.a.events[1]: text is needed",
            ),
            (
                "project_ids = [\"\"]",
                "line 3, webhook.a.project_ids[0]: this is empty",
            ),
        ] {
            assert_eq!(complaint_of(line), said);
        }
        assert_eq!(
            complaint("webhook = 1"),
            "line 1, webhook: a table [webhook.NAME] is needed"
        );
        assert_eq!(
            complaint("[webhook]\nurl = \"3000\""),
            "line 2, webhook.url: a table [webhook.NAME] is needed"
        );
        assert_eq!(
            complaint("[webhook.\"a b\"]\nsecret = \"s\""),
            "line 1, webhook.\"a b\": url is missing"
        );
        assert_eq!(
            complaint("[webhook.\"\"]"),
            "line 1, webhook.\"\": a name is needed"
        );
    }

    #[test]
    fn a_webhook_has_one_kind_of_secret_and_never_an_empty_one() {
        assert_eq!(
            complaint_of("secret = \"s\"\nsecret_env = \"S\""),
            "line 4, webhook.a.secret_env: give either this or secret, not both"
        );
        for kind in ["secret", "secret_env", "secret_file"] {
            let said = format!("line 3, webhook.a.{kind}: this is empty");
            assert_eq!(complaint_of(&format!("{kind} = \"\"")), said);
            assert_eq!(complaint_of(&format!("{kind} = []")), said);
            assert_eq!(
                complaint_of(&format!("{kind} = [\"a\", \"\"]")),
                format!("line 3, webhook.a.{kind}[1]: this is empty")
            );
        }
        assert_eq!(
            complaint_of("secret_env = \"$S\""),
            "line 3, webhook.a.secret_env: this is not a variable's name, which is written without a $"
        );
    }

    #[test]
    fn urls_patterns_and_scheme_names_are_checked() {
        let no_url = |_: &str| Err("this is no URL".to_owned());
        let said = Config::read(Path::new("b"), "[webhook.a]\nurl = \"x y\"", no_url);
        assert_eq!(
            said.unwrap_err().to_string(),
            "b, line 2, webhook.a.url: this is no URL"
        );
        let said = complaint_of("events = [\"TODO_[A\"]");
        assert!(
            said.starts_with("line 3, webhook.a.events[0]: cannot read the event pattern TODO_[A"),
            "{said}"
        );
        assert_eq!(
            complaint_of("scheme = \"bleu\""),
            "line 3, webhook.a.scheme: there is no scheme \"bleu\", did you mean blue?"
        );
        assert_eq!(
            complaint_of("scheme = \"somethingelse\""),
            "line 3, webhook.a.scheme: there is no scheme \"somethingelse\", neither built in nor in this file"
        );
    }

    #[test]
    fn an_event_that_blue_does_not_have_is_doubtful_unless_another_scheme_is_used() {
        let text = |scheme| {
            format!(
                "{WHOLE}[webhook.b]\nurl = \"1\"\nevents = [\"TODO_*\", \"TODO_CREATE\", \"WEBHOOK_HEALTH_CHECK\"]\nscheme = {scheme:?}\n"
            )
        };
        assert_eq!(
            read(&text("blue")).unwrap().warnings,
            [
                "conf/bluehook.toml, line 25, webhook.b.events[1]: none of Blue's events matches \"TODO_CREATE\", did you mean TODO_CREATED?"
            ]
        );
        assert_eq!(read(&text("mine")).unwrap().warnings, [""; 0]);
    }

    #[test]
    fn a_scheme_of_the_users_own_is_a_record_and_no_built_in_one() {
        let with = |from: &str, to: &str| complaint(&WHOLE.replace(from, to));
        let said = with("algorithm = ", "algoritm = ");
        assert!(
            said.starts_with("line 19, scheme.mine.variant[0].algoritm: unknown field `algoritm`"),
            "{said}"
        );
        let said = with("\"hmac-sha256\"", "\"hmac-sha3\"");
        assert!(
            said.starts_with(
                "line 19, scheme.mine.variant[0].algorithm: no algorithm is called `hmac-sha3`"
            ),
            "{said}"
        );
        assert_eq!(
            with("header = \"X-Ours\"", ""),
            "line 16, scheme.mine, variant 1, signature: give either header or json"
        );
        let said = with("about = \"ours\"\n", "");
        assert!(
            said.contains("scheme.mine: missing field `about`"),
            "{said}"
        );
        assert_eq!(
            complaint("[scheme.blue]\nabout = \"\""),
            "line 1, scheme.blue: a built-in scheme has this name, choose another"
        );
        assert_eq!(
            complaint("[scheme.auto]\nabout = \"\""),
            "line 1, scheme.auto: this name stands for any scheme, choose another"
        );
    }

    #[test]
    fn what_is_no_toml_is_named_by_its_line_and_shows_no_secret() {
        let error = read("[webhook.a]\nurl = \"1\"\nsecret = \"hunter2\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(!error.to_string().contains("hunter2"), "{error}");
        let error = read("[webhook.a]\nsecret: hunter2=x\n").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let text = "[webhook.a]\nurl = \"1\"\nsecret = [\"hunter2\", \"hunter3\"]";
        let config = read(text).unwrap();
        assert_eq!(config.webhooks["a"].secrets.len(), 2);
        assert!(!format!("{config:?}").contains("hunter"));
    }

    #[test]
    fn the_nearest_file_upwards_is_found_and_the_users_own_last() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let deep = folder.path().join("work/a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir_all(home.join("bluehook")).unwrap();
        assert_eq!(find(&deep, Some(&home)), None);
        let users = home.join("bluehook").join(FILE_NAME);
        fs::write(&users, "").unwrap();
        assert_eq!(find(&deep, Some(&home)), Some(users));
        assert_eq!(find(&deep, None), None);
        let upper = folder.path().join("work").join(FILE_NAME);
        fs::write(&upper, "").unwrap();
        // A folder of that name is no configuration.
        fs::create_dir(deep.join(FILE_NAME)).unwrap();
        assert_eq!(find(&deep, Some(&home)), Some(upper));
        let near = folder.path().join("work/a").join(FILE_NAME);
        fs::write(&near, "").unwrap();
        assert_eq!(find(&deep, Some(&home)), Some(near));
    }

    #[cfg(unix)]
    #[test]
    fn the_users_folder_is_told_by_the_environment() {
        let with = |xdg: Option<&str>, home: Option<&str>| {
            user_folder(|name| match name {
                "XDG_CONFIG_HOME" => xdg.map(OsString::from),
                "HOME" => home.map(OsString::from),
                _ => None,
            })
        };
        assert_eq!(with(Some("/x"), Some("/h")), Some("/x".into()));
        assert_eq!(with(None, Some("/h")), Some("/h/.config".into()));
        assert_eq!(
            with(Some("relative"), Some("/h")),
            Some("/h/.config".into())
        );
        assert_eq!(with(Some(""), None), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_is_warned_about() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let warnings = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Config::open(&path, any_url).unwrap().warnings
        };
        let (value, env) = (
            "[webhook.a]\nurl = \"1\"\nsecret = \"s\"",
            "[webhook.a]\nurl = \"1\"\nsecret_env = \"S\"",
        );
        let path = path.display();
        assert_eq!(
            warnings(value, 0o640),
            [format!(
                "other users of this machine can read {path}, which holds a secret: chmod 600 mends it, as do secret_env and secret_file"
            )]
        );
        assert_eq!(warnings(value, 0o600), [""; 0]);
        assert_eq!(warnings(env, 0o644), [""; 0]);
    }

    #[test]
    fn files_that_are_missing_too_large_or_no_text_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let missing = Config::open(&path, any_url).unwrap_err();
        assert!(matches!(missing, Unusable::Unreadable { .. }));
        assert!(missing.to_string().starts_with("could not read "));
        let said = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            match Config::open(&path, any_url) {
                Err(Unusable::Invalid(invalid)) => (invalid.line, invalid.message),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            said(b"# a\n# \xff"),
            (2, "TOML is UTF-8, and this is not".into())
        );
        let large = vec![b'\n'; (1 << 20) + 1];
        assert_eq!(
            said(&large).1,
            "a configuration of more than 1 MiB is not read"
        );
    }

    #[test]
    fn tables_nested_without_end_are_refused_or_read_without_a_crash() {
        for (from, to) in [("a.", "a = 1"), ("[", ""), ("{ a = ", "")] {
            let nested = from.repeat(100_000);
            for start in ["", "scheme.mine.", "[scheme.mine.", "scheme.mine.a = "] {
                let _ = read(&format!("{start}{nested}{to}"));
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s)([\\[\\]a-z.=\"{}\n ]|webhook|scheme|secret|url|variant){0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn a_configuration_cut_anywhere_is_read_or_refused(at in 0..WHOLE.len()) {
            let _ = read(&WHOLE[..at]);
        }
    }
}
