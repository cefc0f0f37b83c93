//! The deliveries of one or several recordings, in the order in which they go out again.

use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::input::Input;
use super::shell::{Problem, Shell};
use crate::recording::{Reader, Recorded, Unreadable};

/// What recordings hold: of a folder its files in the order of their names, those whose deliveries
/// have a time merged by it.
pub(super) struct Playlist {
    /// Files without times, which go first, one after another.
    untimed: VecDeque<PathBuf>,
    open: Vec<Source>,
    is_folder: bool,
    /// What was worth a word since it was last taken.
    warnings: Vec<String>,
    /// How many deliveries there were.
    count: u64,
}

struct Source {
    name: String,
    reader: Reader<BufReader<Box<dyn Read + Send>>>,
    /// The delivery that was looked at and not yet taken.
    ahead: Option<Recorded>,
}

impl Playlist {
    /// Opens a recording or a folder of them; `-` is standard input.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn open(shell: &mut Shell, path: &Path) -> Result<Self, Problem> {
        let mut playlist = Self {
            untimed: VecDeque::new(),
            open: Vec::new(),
            is_folder: path.is_dir(),
            warnings: Vec::new(),
            count: 0,
        };
        if !playlist.is_folder {
            let input = Input::open(shell, Some(path), "RECORDING", "the recording")?;
            playlist.open.push(Source::new(input.name, input.reader));
            return Ok(playlist);
        }
        for path in files_of(path)? {
            let mut source = Source::of(&path)?;
            let said = playlist.warnings.len();
            match playlist.read(&mut source)? {
                Some(recorded) if recorded.at.is_some() => {
                    source.ahead = Some(recorded);
                    playlist.open.push(source);
                }
                Some(_) => {
                    // It will be read from its beginning, and say it again.
                    playlist.warnings.truncate(said);
                    playlist.untimed.push_back(path);
                }
                None => {}
            }
        }
        Ok(playlist)
    }

    /// The next delivery, with the name of its file. None at the end.
    ///
    /// # Errors
    /// A file is no recording, or reading failed; in a folder such a file is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Recorded>, Problem> {
        loop {
            let is_untimed =
                |source: &Source| source.ahead.as_ref().is_none_or(|ahead| ahead.at.is_none());
            if !self.open.iter().any(is_untimed)
                && let Some(path) = self.untimed.pop_front()
            {
                self.open.insert(0, Source::of(&path)?);
            }
            let time = |source: &Source| source.ahead.as_ref().map(|ahead| ahead.at);
            // One that was not looked at goes first; else the earliest.
            let first = (0..self.open.len()).min_by_key(|index| time(&self.open[*index]));
            let Some(first) = first else {
                return Ok(None);
            };
            let mut source = self.open.remove(first);
            let found = match source.ahead.take() {
                Some(recorded) => Some(recorded),
                None => self.read(&mut source)?,
            };
            if self.is_folder {
                source.ahead = self.read(&mut source)?;
                if source.ahead.is_some() {
                    self.open.push(source);
                }
            } else if found.is_some() {
                self.open.push(source);
            }
            if found.is_some() {
                self.count += 1;
                return Ok(found);
            }
        }
    }

    /// Takes what was worth a word since it was last taken.
    pub(super) fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// How many deliveries there were so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    fn read(&mut self, source: &mut Source) -> Result<Option<Recorded>, Problem> {
        let found = source.reader.next().transpose();
        let name = &source.name;
        for warning in source.reader.take_warnings() {
            self.warnings.push(format!("{name}, {warning}"));
        }
        match found {
            Err(error @ Unreadable::Malformed { .. }) if self.is_folder => {
                self.warnings
                    .push(format!("{name} is passed over from here on: {error}"));
                Ok(None)
            }
            Err(error) => {
                let malformed = matches!(error, Unreadable::Malformed { .. });
                let problem = Problem::failed(error).context(format!("could not read {name}"));
                Err(match malformed && self.count == 0 && is_payload(name) {
                    true => problem.hint(format!(
                        "a payload alone is sent by bluehook send --data @{name}"
                    )),
                    false => problem,
                })
            }
            Ok(found) => Ok(found),
        }
    }
}

impl Source {
    fn new(name: String, reader: Box<dyn Read + Send>) -> Self {
        Self {
            name,
            reader: Reader::new(BufReader::new(reader)),
            ahead: None,
        }
    }

    fn of(path: &Path) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let file = std::fs::File::open(path)
            .map_err(|error| Problem::failed(error).context(format!("could not read {name}")))?;
        Ok(Self::new(name, Box::new(file)))
    }
}

/// The files of a folder but the hidden ones, in the order of their names.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let unreadable =
        |error| Problem::failed(error).context(format!("could not read {}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file begins as JSON does, and not as a recording.
fn is_payload(name: &str) -> bool {
    let mut start = [0; 64];
    let read = std::fs::File::open(name).and_then(|mut file| file.read(&mut start));
    let start = start[..read.unwrap_or(0)].trim_ascii_start();
    matches!(start.first(), Some(b'{' | b'[')) && !start.starts_with(b"{\"type\":\"")
}
