//! The deliveries of one recording, or of a folder of them in the order of their times.

use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::commands::input::{self, Input};
use crate::commands::shell::{Problem, Shell};
use crate::recording::{Reader, Recorded, Unreadable};

/// What a recording or a folder of them holds.
pub(super) struct Recordings {
    files: Files,
    /// What was worth a word since it was last taken.
    warnings: Vec<String>,
    /// How many deliveries there were.
    count: u64,
}

enum Files {
    One(File),
    Folder {
        /// Those not yet begun, by the time of their first delivery. Those without times go first,
        /// one after another.
        waiting: VecDeque<(Option<Timestamp>, PathBuf)>,
        /// Those being read, each with its next delivery: as many as overlap in time.
        open: Vec<(Recorded, File)>,
    },
}

struct File {
    name: String,
    reader: Reader<BufReader<Box<dyn Read + Send>>>,
}

impl Recordings {
    /// Opens a recording or a folder of them; `-` is standard input.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn open(shell: &mut Shell, path: &Path) -> Result<Self, Problem> {
        let mut warnings = Vec::new();
        let files = match path.is_dir() {
            true => Files::folder(path, &mut warnings)?,
            false => {
                let input = Input::open(shell, Some(path), "RECORDING", "the recording")?;
                Files::One(File::new(input.name, input.reader))
            }
        };
        Ok(Self {
            files,
            warnings,
            count: 0,
        })
    }

    /// The next delivery. None at the end.
    ///
    /// # Errors
    /// A file is no recording, or reading failed; in a folder such a file is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Recorded>, Problem> {
        let found = match &mut self.files {
            Files::One(file) => {
                let found = file.next(&mut self.warnings);
                found.map_err(|error| file.problem(error, self.count == 0))?
            }
            Files::Folder { waiting, open } => earliest(waiting, open, &mut self.warnings)?,
        };
        self.count += u64::from(found.is_some());
        Ok(found)
    }

    /// Takes what was worth a word since it was last taken.
    pub(super) fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// How many deliveries there were so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

impl Files {
    fn folder(folder: &Path, warnings: &mut Vec<String>) -> Result<Self, Problem> {
        let mut waiting = Vec::new();
        for path in files_of(folder)? {
            let said = warnings.len();
            if let Some(first) = File::open(&path)?.next_of_several(warnings)? {
                // It will be read from its beginning, and say it again.
                warnings.truncate(said);
                waiting.push((first.at, path));
            }
        }
        // In the order of their names where times are equal.
        waiting.sort_by_key(|(at, _)| *at);
        Ok(Self::Folder {
            waiting: waiting.into(),
            open: Vec::new(),
        })
    }
}

/// The earliest delivery of several files. A file is opened when its first one is next.
fn earliest(
    waiting: &mut VecDeque<(Option<Timestamp>, PathBuf)>,
    open: &mut Vec<(Recorded, File)>,
    warnings: &mut Vec<String>,
) -> Result<Option<Recorded>, Problem> {
    loop {
        let first = (open.iter().enumerate())
            .min_by_key(|(_, (ahead, _))| ahead.at)
            .map(|(index, (ahead, _))| (index, ahead.at));
        let is_next = |at: &Option<Timestamp>| first.is_none_or(|(_, first)| *at < first);
        if waiting.front().is_some_and(|(at, _)| is_next(at))
            && let Some((_, path)) = waiting.pop_front()
        {
            let mut file = File::open(&path)?;
            open.extend(file.next_of_several(warnings)?.map(|ahead| (ahead, file)));
            continue;
        }
        let Some((index, _)) = first else {
            return Ok(None);
        };
        let (found, mut file) = open.remove(index);
        if let Some(ahead) = file.next_of_several(warnings)? {
            open.insert(index, (ahead, file));
        }
        return Ok(Some(found));
    }
}

impl File {
    fn new(name: String, reader: Box<dyn Read + Send>) -> Self {
        Self {
            name,
            reader: Reader::new(BufReader::new(reader)),
        }
    }

    fn open(path: &Path) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let file = std::fs::File::open(path)
            .map_err(|error| Problem::failed(error).context(format!("could not read {name}")))?;
        Ok(Self::new(name, Box::new(file)))
    }

    fn next(&mut self, warnings: &mut Vec<String>) -> Result<Option<Recorded>, Unreadable> {
        let found = self.reader.next().transpose();
        let said = self.reader.take_warnings();
        warnings.extend(said.iter().map(|it| format!("{}, {it}", self.name)));
        found
    }

    /// The next one, where a file that is no recording is passed over.
    fn next_of_several(&mut self, warnings: &mut Vec<String>) -> Result<Option<Recorded>, Problem> {
        match self.next(warnings) {
            Err(error @ Unreadable::Malformed { .. }) => {
                let name = &self.name;
                warnings.push(format!("{name} is passed over from here on: {error}"));
                Ok(None)
            }
            found => found.map_err(|error| self.problem(error, false)),
        }
    }

    fn problem(&self, error: Unreadable, is_first: bool) -> Problem {
        let name = &self.name;
        let is_malformed = matches!(error, Unreadable::Malformed { .. });
        let problem = Problem::failed(error).context(format!("could not read {name}"));
        match is_malformed && is_first && input::is_payload(Path::new(name)) {
            true => problem.hint(format!(
                "a payload alone is sent by bluehook send --data @{name}"
            )),
            false => problem,
        }
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
