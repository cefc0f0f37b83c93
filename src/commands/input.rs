//! Reading what options name: bodies, secrets, headers, from files, standard input and the
//! environment.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::shell::{Problem, Shell};
use crate::cli::{Data, Field, HeaderOption};
use crate::config::SecretSource;
use crate::delivery::Headers;
use crate::show::harmless;
use crate::signing::Secret;
use crate::signing::jwk::{self, NoKeys};

/// How much is read at a time.
const PIECE: usize = 32 * 1024;
/// A file of headers, of a secret or of a record holds no more than this.
pub(super) const SETTING_BYTES: u64 = 1 << 20;
/// Who names a file that no option names.
pub(super) const PROFILE: &str = "the profile";
/// What is sent is no larger: it is in memory as a whole.
const LARGE_FILE: u64 = 256 << 20;

/// Something to read, with the name that messages use for it.
pub(super) struct Input {
    /// The bytes.
    pub reader: Box<dyn Read + Send>,
    /// `body.json`, or `standard input`.
    pub name: String,
}

impl Input {
    /// Opens a file, or standard input for `-` or nothing. On a terminal it is said what is
    /// awaited.
    ///
    /// # Errors
    /// The file cannot be read; standard input is named twice.
    pub(super) fn open(
        shell: &mut Shell,
        path: Option<&Path>,
        argument: &'static str,
        awaited: &str,
    ) -> Result<Self, Problem> {
        match path {
            Some(path) if path.as_os_str() != "-" => Ok(Self {
                reader: Box::new(open(path, argument).map_err(|problem| match path.exists() {
                    true => problem,
                    false if argument == "--header" => {
                        problem.hint("pass @- to read standard input")
                    }
                    false if argument == PROFILE => problem,
                    false => problem.hint("pass - to read standard input"),
                })?),
                name: path.display().to_string(),
            }),
            _ => {
                let reader = shell.stdin.take(argument)?;
                if shell.stdin.is_terminal {
                    shell.err.print(format!(
                        "reading {awaited} from standard input, end it with Ctrl-D\n"
                    ))?;
                }
                Ok(Self {
                    reader,
                    name: "standard input".into(),
                })
            }
        }
    }

    /// Reads everything, piece by piece, in constant memory.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn for_each(mut self, mut take: impl FnMut(&[u8])) -> Result<(), Problem> {
        let mut buffer = vec![0; PIECE];
        loop {
            match read_piece(&mut self.reader, &mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => take(&buffer[..length]),
                Err(error) => return Err(unreadable(&self.name, error)),
            }
        }
    }

    /// Reads everything into memory.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn read_all(self) -> Result<Vec<u8>, Problem> {
        let (name, mut bytes) = (self.name, Vec::new());
        self.reader
            .take(LARGE_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(&name, error))?;
        if bytes.len() as u64 > LARGE_FILE {
            return Err(Problem::wrong(format!("{name} is larger than 256 MiB")));
        }
        Ok(bytes)
    }

    /// Reads everything, up to the size that such a thing sensibly has.
    fn read_small(self, most: u64) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let mut bytes = Zeroizing::new(Vec::new());
        let name = self.name;
        self.reader
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(&name, error))?;
        if bytes.len() as u64 > most {
            return Err(Problem::wrong(format!(
                "{name} is larger than {} MiB",
                most >> 20
            )));
        }
        Ok(bytes)
    }
}

/// Reads a file of the size that settings sensibly have: records, certificates, scripted answers.
///
/// # Errors
/// It cannot be read, or has more bytes than `most`.
pub(super) fn small_file(
    path: &Path,
    option: &str,
    most: u64,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let input = Input {
        reader: Box::new(open(path, option)?),
        name: path.display().to_string(),
    };
    input.read_small(most)
}

/// Reads once, as much as comes at once; 0 at the end.
fn read_piece(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Opens a file to read; a folder is refused at once, in words.
fn open(path: &Path, argument: &str) -> Result<File, Problem> {
    let name = path.display().to_string();
    let is_named = argument.starts_with("--") || argument == PROFILE;
    let file = File::open(path).map_err(|error| match is_named {
        true => unreadable(&format!("{name}, which {argument} names"), error),
        false => unreadable(&name, error),
    })?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => Err(Problem::failed(anyhow::anyhow!(
            "{name} is a folder, not a file"
        ))),
        _ => Ok(file),
    }
}

fn unreadable(name: &str, error: io::Error) -> Problem {
    Problem::failed(error).context(format!("could not read {name}"))
}

/// The secrets that are named `by` an option or the profile, in order; else the environment's `BLUEHOOK_SECRET`.
/// May be none: whether that is an error is the command's to say.
///
/// # Errors
/// A secret that is empty, a variable that is unset, a file that cannot be read.
pub(super) fn secrets(
    shell: &mut Shell,
    named: &[SecretSource],
    by: &'static str,
) -> Result<Vec<Secret>, Problem> {
    if named.is_empty() {
        return match (shell.env)("BLUEHOOK_SECRET") {
            None => Ok(Vec::new()),
            Some(value) => from_env("BLUEHOOK_SECRET", Some(&value)).map(|secret| secret.parts()),
        };
    }
    let mut secrets = Vec::new();
    for source in named {
        match source {
            SecretSource::Value(secret) => secrets.extend(secret.parts()),
            SecretSource::File(path) => secrets.extend(from_file(shell, path, by)?.parts()),
            SecretSource::Env(name) => {
                secrets.extend(from_env(name, (shell.env)(name).as_deref())?.parts());
            }
            SecretSource::Keys(path) => secrets.extend(keys(shell, path, by)?),
        }
    }
    Ok(secrets)
}

/// The keys of a file.
fn keys(shell: &mut Shell, path: &Path, by: &'static str) -> Result<Vec<Secret>, Problem> {
    let by = if by == PROFILE { by } else { "--keys" };
    let input = Input::open(shell, Some(path), by, "the keys")?;
    let name = input.name.clone();
    let file = input.read_small(SETTING_BYTES)?;
    jwk::keys(&file).map_err(|wrong| {
        let problem = Problem::wrong(format!("{name}, which {by} names, {wrong}"));
        match wrong {
            NoKeys::TooMany => problem,
            _ => problem
                .hint("a JWK set is JSON ({\"keys\": [...]}), a PEM key begins with -----BEGIN"),
        }
    })
}

/// There is no secret, and there must be one. `otherwise` says what else can be done.
pub(super) fn no_secret(otherwise: &str) -> Problem {
    Problem::wrong("no secret is given").hint(format!(
        "use --secret-file FILE, --secret-env NAME, --secret SECRET, --keys FILE or the variable BLUEHOOK_SECRET{otherwise}"
    ))
}

fn from_env(name: &str, value: Option<&OsStr>) -> Result<Secret, Problem> {
    if name.is_empty() {
        let problem = Problem::wrong("--secret-env names no variable");
        return Err(problem.hint("give the variable's name, without a $"));
    }
    let Some(value) = value else {
        return Err(Problem::wrong(format!(
            "the environment variable {} is not set",
            variable(name)
        ))
        .hint("export it, or use --secret-file FILE"));
    };
    Secret::new(value.as_encoded_bytes()).map_err(|_| {
        Problem::wrong(format!("the environment variable {name} is empty"))
            .hint("give it the secret, or use --secret-file FILE")
    })
}

/// A variable's name as messages tell it, if it is written like one: what is not may be the secret
/// itself, typed in the wrong place.
fn variable(name: &str) -> &str {
    let is_name = name.len() <= 40
        && name
            .trim_end_matches(|last: char| last.is_ascii_digit())
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if is_name { name } else { "of that name" }
}

fn from_file(shell: &mut Shell, path: &Path, by: &'static str) -> Result<Secret, Problem> {
    if path.as_os_str() == "-" && shell.stdin.is_terminal {
        shell.stdin.take("--secret-file")?;
        shell.err.print("the secret, which is not shown: ")?;
        let typed = (shell.stdin.hidden)().map_err(|error| unreadable("the secret", error))?;
        return Secret::new(typed)
            .map_err(|_| Problem::wrong("the secret that was typed is empty"));
    }
    let input = Input::open(shell, Some(path), by, "the secret")?;
    let name = input.name.clone();
    let bytes = input.read_small(SETTING_BYTES)?;
    let secret = without_line_end(&bytes);
    let is_pem = secret.starts_with(b"-----BEGIN ");
    if secret.contains(&b'\n') && !is_pem {
        shell.err.warn(format!(
            "{name} has more than one line: all of it is one secret, line ends inside included"
        ))?;
    }
    Secret::new(secret).map_err(|_| {
        Problem::wrong(format!("{name}, which {by} names, is empty"))
            .hint("printf %s SECRET > FILE writes a secret without a line end")
    })
}

/// Exactly one line end is no part of a secret: editors and `echo` add it.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_suffix(b"\r\n")
        .or_else(|| bytes.strip_suffix(b"\n"))
        .unwrap_or(bytes)
}

/// The headers that `-H` options name, in order, `@FILE` ones read in.
///
/// # Errors
/// A file that cannot be read, or a line in it that is no header.
pub(super) fn headers(shell: &mut Shell, options: &[HeaderOption]) -> Result<Headers, Problem> {
    let mut headers = Headers::new();
    for option in options {
        match option {
            HeaderOption::Field(field) if field.is_removal => {}
            HeaderOption::Field(field) => headers.push(field.name.clone(), field.value.clone()),
            HeaderOption::File(path) => headers_of_file(shell, path, &mut headers)?,
        }
    }
    Ok(headers)
}

/// The headers that `-H 'Name:'` takes away, as curl does.
pub(super) fn removed_headers(options: &[HeaderOption]) -> impl Iterator<Item = &str> {
    options.iter().filter_map(|option| match option {
        HeaderOption::Field(field) if field.is_removal => Some(field.name.as_str()),
        _ => None,
    })
}

fn headers_of_file(shell: &mut Shell, path: &Path, headers: &mut Headers) -> Result<(), Problem> {
    let input = Input::open(shell, Some(path), "--header", "headers")?;
    let name = input.name.clone();
    let text = input.read_small(SETTING_BYTES)?;
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let field = Field::parse(line)
            .map_err(|error| Problem::wrong(format!("{name}, line {}: {error}", index + 1)))?;
        if !field.is_removal {
            headers.push(field.name, field.value);
        }
    }
    Ok(())
}

/// The bytes that `--data` names.
///
/// # Errors
/// The file cannot be read; a text names a file.
pub(super) fn data(shell: &mut Shell, data: &Data) -> Result<Vec<u8>, Problem> {
    match data {
        Data::Text(text) => refuse_file_name(text).map(|()| text.clone()),
        Data::File(path) => Input::open(shell, Some(path), "--data", "the payload")?.read_all(),
    }
}

/// A text that names a file is a forgotten `@`: nothing is sent.
fn refuse_file_name(text: &[u8]) -> Result<(), Problem> {
    let is_file =
        std::str::from_utf8(text).is_ok_and(|text| text.len() < 4096 && Path::new(text).is_file());
    if !is_file {
        return Ok(());
    }
    let name = harmless::short(text, 60);
    Err(
        Problem::wrong(format!("--data {name} would send this text itself"))
            .hint(format!("--data @{name} sends the file")),
    )
}

/// Whether a file begins as JSON does, and not as a recording: a body alone.
pub(super) fn is_payload(path: &Path) -> bool {
    let mut start = [0; 64];
    let read = File::open(path).and_then(|mut file| file.read(&mut start));
    let start = start[..read.unwrap_or(0)].trim_ascii_start();
    matches!(start.first(), Some(b'{' | b'[')) && !start.starts_with(b"{\"type\":\"")
}
