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
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use crate::blue::event::{self, Event, HEALTH_CHECK};
use crate::blue::scope::Scope;
use crate::nearest::nearest;
use crate::signing::{Scheme, Secret};

/// The file's name.
pub const FILE_NAME: &str = "bluehook.toml";
/// A configuration is no larger than this.
const LARGEST: u64 = 1 << 20;
/// What may stand at the top.
const TABLES: &[&str] = &["webhook", "scheme"];
/// What may stand in a profile.
const FIELDS: &[&str] = &[
    "url",
    "secret",
    "secret_env",
    "secret_file",
    "scheme",
    "events",
    "project_ids",
];

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

/// Where a profile's secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In the configuration itself.
    Value(Secret),
    /// In this environment variable.
    Env(String),
    /// In this file. A relative path has been joined to the configuration's folder, so that it is
    /// never `-`.
    File(PathBuf),
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

/// A profile or scheme that the configuration does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The file.
    pub path: PathBuf,
    /// The name that was asked for.
    pub name: String,
    /// The names there are.
    pub known: Vec<String>,
    /// The one that was most likely meant.
    pub nearest: Option<String>,
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
        if config.holds_secret() && readable_by_others(path) {
            config.warnings.push(format!(
                "{0} holds a secret, and other users of this machine can read it: chmod 600 {0}, or use secret_env or secret_file",
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
        let document = DeTable::parse(text)
            .map_err(|error| Wrong::of_toml(&error, None))
            .map_err(|wrong| wrong.placed(path, text))?;
        let mut reading = Reading {
            folder: match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            },
            check_url: &check_url,
            schemes: BTreeMap::new(),
            doubts: Vec::new(),
        };
        let webhooks = reading
            .document(document.get_ref())
            .map_err(|wrong| wrong.placed(path, text))?;
        let doubts = reading.doubts.into_iter();
        Ok(Self {
            path: path.to_owned(),
            webhooks,
            schemes: reading.schemes,
            warnings: doubts
                .map(|doubt| doubt.placed(path, text).to_string())
                .collect(),
        })
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn webhook(&self, name: &str) -> Result<&Profile, Missing> {
        self.webhooks.get(name).ok_or_else(|| Missing {
            path: self.path.clone(),
            name: name.to_owned(),
            known: self.webhooks.keys().cloned().collect(),
            nearest: nearest(name, self.webhooks.keys().map(String::as_str)).map(str::to_owned),
        })
    }

    fn holds_secret(&self) -> bool {
        let mut sources = self.webhooks.values().flat_map(|profile| &profile.secrets);
        sources.any(|source| matches!(source, SecretSource::Value(_)))
    }
}

impl Profile {
    /// Which deliveries the webhook is for.
    pub fn scope(&self) -> Scope {
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

/// Something that is wrong, before its line is looked up.
struct Wrong {
    span: Range<usize>,
    field: Option<String>,
    message: String,
}

impl Wrong {
    /// What the TOML reader says, without its picture of the line, which may show a secret. In
    /// `around`, the field is looked up by its place.
    fn of_toml(error: &toml::de::Error, around: Option<(&str, &Spanned<DeValue<'_>>)>) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self {
            field: around.map(|(field, value)| field_at(field, value, span.start)),
            message: error.message().trim().replace('\n', ", "),
            span,
        }
    }

    fn placed(self, path: &Path, text: &str) -> Invalid {
        Invalid {
            path: path.to_owned(),
            line: line_at(text.as_bytes(), self.span.start),
            field: self.field,
            message: self.message,
        }
    }
}

/// The line at this byte, from 1.
fn line_at(text: &[u8], offset: usize) -> usize {
    let before = &text[..offset.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The innermost field at this byte, as dotted keys.
fn field_at(field: &str, value: &Spanned<DeValue<'_>>, offset: usize) -> String {
    let children: Vec<(String, Range<usize>, &Spanned<DeValue<'_>>)> = match value.get_ref() {
        DeValue::Table(table) => entries(table, field)
            .into_iter()
            .map(|entry| (entry.field, entry.span, entry.value))
            .collect(),
        DeValue::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (format!("{field}[{index}]"), item.span(), item))
            .collect(),
        _ => return field.to_owned(),
    };
    for (child, key, value) in children {
        if key.contains(&offset) || value.span().contains(&offset) {
            return field_at(&child, value, offset);
        }
        // A table's own span is its header: what stands below it is looked through.
        let inside = field_at(&child, value, offset);
        if inside != child {
            return inside;
        }
    }
    field.to_owned()
}

/// A key with its value and the dotted keys that lead to it.
struct Entry<'a, 'i> {
    key: &'a str,
    field: String,
    span: Range<usize>,
    value: &'a Spanned<DeValue<'i>>,
}

/// The entries of a table in the order of the file.
fn entries<'a, 'i>(table: &'a DeTable<'i>, parent: &str) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref(),
            field: match (parent, shown(key.get_ref())) {
                ("", key) => key,
                (parent, key) => format!("{parent}.{key}"),
            },
            span: key.span(),
            value,
        })
        .collect();
    entries.sort_by_key(|entry| entry.span.start);
    entries
}

/// A key as TOML writes it.
fn shown(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !key.is_empty() && key.bytes().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}

impl<'a, 'i> Entry<'a, 'i> {
    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong {
            span: self.span.clone(),
            field: Some(self.field.clone()),
            message: message.into(),
        }
    }

    fn unknown(&self, known: &[&str]) -> Wrong {
        self.wrong(match nearest(self.key, known.iter().copied()) {
            Some(meant) => format!("unknown field, did you mean {meant}?"),
            None => format!("unknown field; the fields are {}", known.join(", ")),
        })
    }

    fn of_kind(&self, wanted: &str) -> Wrong {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong(format!("this is {found}, and {wanted} is needed"))
    }

    /// The tables below this one: `[webhook.NAME]`.
    fn tables(&self) -> Result<Vec<(Entry<'a, 'i>, &'a DeTable<'i>)>, Wrong> {
        let wanted = format!("a table [{}.NAME]", self.key);
        let DeValue::Table(table) = self.value.get_ref() else {
            return Err(self.of_kind(&wanted));
        };
        let named = entries(table, &self.field).into_iter();
        named
            .map(|entry| match entry.value.get_ref() {
                _ if entry.key.is_empty() => Err(entry.wrong("a name is needed")),
                DeValue::Table(table) => Ok((entry, table)),
                _ => Err(entry.of_kind(&wanted)),
            })
            .collect()
    }

    /// A text that is not empty.
    fn text(&self) -> Result<&'a str, Wrong> {
        match self.value.get_ref() {
            DeValue::String(text) if text.is_empty() => Err(self.wrong("this is empty")),
            DeValue::String(text) => Ok(text),
            _ => Err(self.of_kind("text")),
        }
    }

    /// The items of a list.
    fn items(&self) -> Result<Vec<Entry<'a, 'i>>, Wrong> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return Err(self.of_kind("a list [\"…\"]"));
        };
        let item = |(index, value): (usize, &'a Spanned<DeValue<'i>>)| Entry {
            key: self.key,
            field: format!("{}[{index}]", self.field),
            span: value.span(),
            value,
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// The items of a list that has some, or the one text that stands for such a list.
    fn one_or_more(self) -> Result<Vec<Entry<'a, 'i>>, Wrong> {
        match self.value.get_ref() {
            DeValue::Array(items) if items.is_empty() => Err(self.wrong("this is empty")),
            DeValue::Array(_) => self.items(),
            _ => Ok(vec![self]),
        }
    }
}

/// A document on its way to a [`Config`].
struct Reading<'a> {
    folder: &'a Path,
    check_url: &'a dyn Fn(&str) -> Result<(), String>,
    schemes: BTreeMap<String, Scheme>,
    doubts: Vec<Wrong>,
}

impl Reading<'_> {
    fn document(&mut self, document: &DeTable<'_>) -> Result<BTreeMap<String, Profile>, Wrong> {
        let mut webhooks = Vec::new();
        for entry in entries(document, "") {
            match entry.key {
                "webhook" => webhooks = entry.tables()?,
                "scheme" => {
                    for (entry, _) in entry.tables()? {
                        let scheme = scheme(&entry)?;
                        self.schemes.insert(entry.key.to_owned(), scheme);
                    }
                }
                _ => return Err(entry.unknown(TABLES)),
            }
        }
        // Profiles come last: they name schemes that may stand below them.
        webhooks
            .into_iter()
            .map(|(entry, table)| Ok((entry.key.to_owned(), self.profile(&entry, table)?)))
            .collect()
    }

    fn profile(&mut self, webhook: &Entry<'_, '_>, table: &DeTable<'_>) -> Result<Profile, Wrong> {
        let mut url = None;
        let mut secrets: Option<(&str, Vec<SecretSource>)> = None;
        let mut scheme = None;
        let mut events = Vec::new();
        let mut project_ids = Vec::new();
        for entry in entries(table, &webhook.field) {
            match entry.key {
                "url" => url = Some(self.url(&entry)?),
                "secret" | "secret_env" | "secret_file" => {
                    if let Some((other, _)) = secrets {
                        return Err(entry.wrong(format!("give either this or {other}, not both")));
                    }
                    secrets = Some((entry.key, self.secrets(entry)?));
                }
                "scheme" => scheme = Some(self.scheme_name(&entry)?),
                "events" => events = entry.items()?,
                "project_ids" => {
                    let ids = entry.items()?;
                    let ids = ids.iter().map(|id| id.text().map(str::to_owned));
                    project_ids = ids.collect::<Result<_, _>>()?;
                }
                _ => return Err(entry.unknown(FIELDS)),
            }
        }
        let are_blues = scheme.as_deref().is_none_or(|scheme| scheme == "blue");
        let events = events
            .iter()
            .map(|event| self.event(event, are_blues))
            .collect::<Result<_, _>>()?;
        Ok(Profile {
            name: webhook.key.to_owned(),
            url: url.ok_or_else(|| webhook.wrong("url is missing"))?,
            secrets: secrets.map(|(_, secrets)| secrets).unwrap_or_default(),
            scheme,
            events,
            project_ids,
        })
    }

    fn url(&self, entry: &Entry<'_, '_>) -> Result<String, Wrong> {
        let url = entry.text()?;
        (self.check_url)(url).map_err(|message| entry.wrong(message))?;
        Ok(url.to_owned())
    }

    fn secrets(&self, entry: Entry<'_, '_>) -> Result<Vec<SecretSource>, Wrong> {
        let source = |entry: Entry<'_, '_>| {
            let text = entry.text()?;
            Ok(match entry.key {
                "secret_env" if text.contains(['$', '=', '\0']) => {
                    return Err(
                        entry.wrong("this is not a variable's name, which is written without a $")
                    );
                }
                "secret_env" => SecretSource::Env(text.to_owned()),
                "secret_file" => SecretSource::File(self.folder.join(text)),
                _ => SecretSource::Value(
                    Secret::new(text).map_err(|unusable| entry.wrong(unusable.to_string()))?,
                ),
            })
        };
        entry.one_or_more()?.into_iter().map(source).collect()
    }

    fn scheme_name(&self, entry: &Entry<'_, '_>) -> Result<String, Wrong> {
        let name = entry.text()?;
        let mut known: Vec<&str> = Scheme::names().collect();
        known.extend(self.schemes.keys().map(String::as_str));
        if known.contains(&name) {
            return Ok(name.to_owned());
        }
        Err(entry.wrong(match nearest(name, known) {
            Some(meant) => format!("there is no scheme {name:?}, did you mean {meant}?"),
            None => format!("there is no scheme {name:?}, neither built in nor in this file"),
        }))
    }

    /// An event's name or glob. One that matches none of Blue's events is allowed, for Blue may
    /// have new ones, but it is doubtful.
    fn event(&mut self, entry: &Entry<'_, '_>, are_blues: bool) -> Result<String, Wrong> {
        let pattern = entry.text()?;
        let scope = Scope::new([pattern], [""; 0]).map_err(|bad| entry.wrong(bad.to_string()))?;
        let subscribable = event::all().iter().map(|event| event.name);
        let is_known = pattern == HEALTH_CHECK
            || subscribable
                .filter(|name| *name != HEALTH_CHECK)
                .any(|name| scope.admits(Some(name), None).is_ok());
        if are_blues && !is_known {
            let meant = Event::nearest(pattern)
                .map(|event| format!(", did you mean {}?", event.name))
                .unwrap_or_default();
            let doubt = entry.wrong(format!("none of Blue's events matches {pattern:?}{meant}"));
            self.doubts.push(doubt);
        }
        Ok(pattern.to_owned())
    }
}

/// A scheme's record, as `--scheme-file` reads it.
fn scheme(entry: &Entry<'_, '_>) -> Result<Scheme, Wrong> {
    if Scheme::names().any(|name| name == entry.key) {
        return Err(entry.wrong("a built-in scheme has this name, choose another"));
    }
    let record = Scheme::deserialize(entry.value.clone().into_deserializer())
        .map_err(|error| Wrong::of_toml(&error, Some((&entry.field, entry.value))))?;
    record.checked(entry.key).map_err(|invalid| Wrong {
        span: entry.span.clone(),
        field: Some(match invalid.field {
            Some(field) => format!("{}, {field}", entry.field),
            None => entry.field.clone(),
        }),
        message: invalid.message,
    })
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

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            name,
            known,
            nearest,
        } = self;
        write!(f, "{} has no webhook {name:?}", path.display())?;
        match (nearest, known.is_empty()) {
            (_, true) => write!(f, ", and no other"),
            (None, _) => write!(f, ", only {}", known.join(", ")),
            (Some(meant), _) => {
                write!(f, ", only {}: did you mean {meant}?", known.join(", "))
            }
        }
    }
}

impl std::error::Error for Missing {}

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
        let staging = config.webhook("staging").unwrap();
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
            "line 3, webhook.a.password: unknown field; the fields are url, secret, secret_env, secret_file, scheme, events, project_ids"
        );
        assert_eq!(
            complaint("[webhooks.a]\n"),
            "line 1, webhooks: unknown field, did you mean webhook?"
        );
    }

    #[test]
    fn fields_of_the_wrong_kind_are_named() {
        for (line, said) in [
            (
                "secret = 5",
                "line 3, webhook.a.secret: this is a number, and text is needed",
            ),
            (
                "events = \"X\"",
                "line 3, webhook.a.events: this is text, and a list [\"…\"] is needed",
            ),
            (
                "events = [\"TODO_CREATED\",\n  true]",
                "line 4, webhook.a.events[1]: this is true or false, and text is needed",
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
            "line 1, webhook: this is a number, and a table [webhook.NAME] is needed"
        );
        assert_eq!(
            complaint("[webhook]\nurl = \"3000\""),
            "line 2, webhook.url: this is text, and a table [webhook.NAME] is needed"
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
            said.starts_with("line 19, scheme.mine.variant[0].algorithm: unknown variant"),
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
    fn a_webhook_that_is_not_there_is_answered_with_those_that_are() {
        let config = read(WHOLE).unwrap();
        let missing = config.webhook("stagin").unwrap_err();
        assert_eq!(missing.nearest.as_deref(), Some("staging"));
        assert_eq!(
            missing.to_string(),
            "conf/bluehook.toml has no webhook \"stagin\", only open, production, staging: did you mean staging?"
        );
        assert_eq!(
            config.webhook("zzzzzz").unwrap_err().to_string(),
            "conf/bluehook.toml has no webhook \"zzzzzz\", only open, production, staging"
        );
        assert_eq!(
            read("").unwrap().webhook("a").unwrap_err().to_string(),
            "conf/bluehook.toml has no webhook \"a\", and no other"
        );
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
                "{path} holds a secret, and other users of this machine can read it: chmod 600 {path}, or use secret_env or secret_file"
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
