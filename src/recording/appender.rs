//! Durable appending: lines go into a recording whole or not at all, and what becomes of the file
//! meanwhile is noticed.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::line;
use crate::amount;

/// How much of a file's first line is looked at to know it for a recording's.
const FIRST_LINE_BYTES: u64 = 16 << 20;

/// A recording that is being written: lines go in whole or not at all, and are on disk when
/// [`Appender::append`] returns.
///
/// While it is open, no other process can open the same recording.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    log: Log<Disk>,
    others_can_read: bool,
}

/// Why a file cannot be recorded to.
#[derive(Debug)]
#[allow(missing_docs)] // Each field is the path as given, or the system's word.
pub enum Refused {
    /// It is a folder.
    Folder { path: PathBuf },
    /// It is a pipe, a socket or a device: nothing that keeps what is written to it.
    Special { path: PathBuf },
    /// Another process is recording to it.
    InUse { path: PathBuf },
    /// It holds something else than a recording.
    Other { path: PathBuf },
    /// It cannot be opened or written.
    Io { path: PathBuf, error: io::Error },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, why) = match self {
            Self::Folder { path } => (path, "it is a folder"),
            Self::Special { path } => (path, "it is a pipe or a device, not a file"),
            Self::InUse { path } => (path, "another bluehook is recording to it"),
            Self::Other { path } => (path, "it holds something else than a recording"),
            Self::Io { path, .. } => {
                return write!(f, "could not open {} to record", path.display());
            }
        };
        write!(f, "cannot record to {}: {why}", path.display())
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// What had become of a recording since it was last written to. Shown, it is a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It was removed or renamed: a new one has been begun in its place.
    Gone,
    /// It was cut short: so many bytes of it are gone.
    Cut(u64),
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the recording was removed or renamed: a new one is begun"),
            Self::Cut(bytes) => {
                let bytes = amount::bytes(*bytes);
                write!(f, "the recording was cut short by {bytes}")
            }
        }
    }
}

impl Appender {
    /// Opens a recording to go on with it, or begins one that only its owner can read. A last line
    /// that is torn will stay apart from what follows.
    ///
    /// The null device is taken, too; it keeps nothing.
    ///
    /// # Errors
    /// The path is no file, or holds something else, or cannot be written, or another process is
    /// recording to it.
    pub fn open(path: &Path) -> Result<Self, Refused> {
        let failed = |error| Refused::Io {
            path: path.to_owned(),
            error,
        };
        // A pipe must not even be opened: that would wait for its reader.
        if let Ok(metadata) = fs::metadata(path) {
            refuse(path, &metadata)?;
        }
        let (file, created) = create_or_open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        refuse(path, &metadata)?;
        let keeps = metadata.is_file();
        if keeps {
            lock(&file, path)?;
            if created {
                sync_folder_of(path).map_err(failed)?;
            } else if !is_recording(&file).map_err(failed)? {
                return Err(Refused::Other {
                    path: path.to_owned(),
                });
            }
        }
        Ok(Self {
            path: path.to_owned(),
            others_can_read: keeps && !created && others_can_read(&metadata),
            log: Log {
                length: if keeps { metadata.len() } else { 0 },
                storage: Disk { file, keeps },
                cut_to: None,
            },
        })
    }

    /// Appends lines in one go and waits until the disk has them. A line may come with its line
    /// feed or without it. Says what had become of the recording, if it is not as it was left.
    ///
    /// # Errors
    /// The lines could not be written (the disk is full) or hold a line feed inside. Then none of
    /// them is in the file, and the next attempt may succeed.
    pub fn append(&mut self, lines: &[impl AsRef<[u8]>]) -> io::Result<Option<Changed>> {
        if lines.is_empty() {
            return Ok(None);
        }
        let block = joined(lines)?;
        let is_gone = !self.is_in_place();
        if is_gone {
            *self = Self::open(&self.path).map_err(|refused| match refused {
                Refused::Io { error, .. } => error,
                refused => io::Error::other(refused),
            })?;
        }
        let lost = self.log.append(&block)?;
        Ok(match lost {
            _ if is_gone => Some(Changed::Gone),
            // The null device stays empty.
            _ if !self.log.storage.keeps => None,
            0 => None,
            lost => Some(Changed::Cut(lost)),
        })
    }

    /// How many bytes the recording has.
    pub fn bytes(&self) -> u64 {
        self.log.length
    }

    /// Whether it is an older file that others than its owner can read.
    pub fn others_can_read(&self) -> bool {
        self.others_can_read
    }

    /// Whether the file is still the one that its path leads to.
    fn is_in_place(&self) -> bool {
        if !self.log.storage.keeps {
            return true;
        }
        let there = fs::metadata(&self.path).and_then(|there| {
            let open = self.log.storage.file.metadata()?;
            Ok(is_same(&there, &open))
        });
        there.unwrap_or(false)
    }
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    // A file that is open can be neither removed nor renamed there.
    true
}

#[cfg(unix)]
fn others_can_read(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn others_can_read(_: &fs::Metadata) -> bool {
    false
}

/// Whether a file begins as a recording does.
fn is_recording(mut file: &File) -> io::Result<bool> {
    let mut start = Vec::new();
    let mut lines = BufReader::new(file.take(FIRST_LINE_BYTES));
    // Blank lines and what a crash left of the first one say nothing.
    while lines.read_until(b'\n', &mut start)? > 0
        && start
            .iter()
            .all(|byte| *byte == 0 || byte.is_ascii_whitespace())
    {
        start.clear();
    }
    file.seek(SeekFrom::End(0))?;
    Ok(line::begins_recording(&start))
}

fn refuse(path: &Path, metadata: &fs::Metadata) -> Result<(), Refused> {
    let path = || path.to_owned();
    if metadata.is_dir() {
        Err(Refused::Folder { path: path() })
    } else if metadata.is_file() || is_null_device(&path()) {
        Ok(())
    } else {
        Err(Refused::Special { path: path() })
    }
}

fn is_null_device(path: &Path) -> bool {
    let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
    path == Path::new(null) || fs::canonicalize(path).is_ok_and(|path| path == Path::new(null))
}

/// Opens for reading and writing, and tells whether the file is new.
fn create_or_open(path: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.clone().create_new(true).open(path) {
        Ok(file) => Ok((file, true)),
        // A link to a file that is yet to be made is there, too.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = options.create(true).truncate(false).open(path)?;
            Ok((file, false))
        }
        Err(error) => Err(error),
    }
}

fn lock(file: &File, path: &Path) -> Result<(), Refused> {
    let path = path.to_owned();
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(fs::TryLockError::WouldBlock) => Err(Refused::InUse { path }),
        // Some network file systems have no locks: recording is worth more than the lock.
        Err(fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(fs::TryLockError::Error(error)) => Err(Refused::Io { path, error }),
    }
}

/// Makes a new file's name outlive a crash. Where folders cannot be synced, nothing is lost by
/// trying.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// The lines as one piece, each with its line feed.
fn joined(lines: &[impl AsRef<[u8]>]) -> io::Result<Cow<'_, [u8]>> {
    let inside = |line: &[u8]| line.strip_suffix(b"\n").unwrap_or(line).contains(&b'\n');
    if lines.iter().any(|line| inside(line.as_ref())) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a line to record holds a line feed",
        ));
    }
    if let [line] = lines
        && line.as_ref().ends_with(b"\n")
    {
        return Ok(Cow::Borrowed(line.as_ref()));
    }
    let size = lines.iter().map(|line| line.as_ref().len() + 1).sum();
    let mut block = Vec::with_capacity(size);
    for line in lines {
        let line = line.as_ref();
        block.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        block.push(b'\n');
    }
    Ok(Cow::Owned(block))
}

/// The end of a file that grows in whole blocks.
#[derive(Debug)]
struct Log<S> {
    storage: S,
    length: u64,
    /// Where the file has to end before anything else is written: a failed write could not be taken
    /// back at once.
    cut_to: Option<u64>,
}

/// What a [`Log`] does to its file. Tests have one that fails.
trait Storage {
    /// Goes to the end and tells where that is.
    fn end(&mut self) -> io::Result<u64>;
    /// Goes to the end, too, and tells the last byte of a file that is not empty.
    fn last(&mut self) -> io::Result<u8>;
    fn put(&mut self, block: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl<S: Storage> Log<S> {
    /// Appends, and tells how many bytes somebody has cut off since the last time.
    fn append(&mut self, block: &[u8]) -> io::Result<u64> {
        let mut start = self.storage.end()?;
        if let Some(length) = self.cut_to.filter(|length| *length < start) {
            self.storage.cut(length)?;
            start = self.storage.end()?;
        }
        self.cut_to = None;
        // A crash, or somebody else, may have left a line without its end.
        let is_apart = start == 0 || self.storage.last()? == b'\n';
        let end: &[u8] = if is_apart { b"" } else { b"\n" };
        let written = (self.storage.put(end))
            .and_then(|()| self.storage.put(block))
            .and_then(|()| self.storage.sync());
        if let Err(error) = written {
            self.cut_to = self.storage.cut(start).is_err().then_some(start);
            return Err(error);
        }
        let lost = self.length.saturating_sub(start);
        self.length = start + (end.len() + block.len()) as u64;
        Ok(lost)
    }
}

#[derive(Debug)]
struct Disk {
    file: File,
    /// Whether it is a file, and not the null device.
    keeps: bool,
}

impl Storage for Disk {
    fn end(&mut self) -> io::Result<u64> {
        self.file.seek(SeekFrom::End(0))
    }

    fn last(&mut self) -> io::Result<u8> {
        if !self.keeps {
            return Ok(b'\n');
        }
        let mut last = [0];
        self.file.seek(SeekFrom::End(-1))?;
        self.file.read_exact(&mut last)?;
        Ok(last[0])
    }

    fn put(&mut self, block: &[u8]) -> io::Result<()> {
        self.file.write_all(block)
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.keeps {
            self.file.sync_data()
        } else {
            Ok(())
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        // The file is as it was for every reader; a disk that fails here failed before.
        let _ = self.file.sync_data();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file in memory with a disk of a size, on which taking back may fail, too.
    #[derive(Default)]
    struct Small {
        bytes: Vec<u8>,
        room: usize,
        broken_sync: bool,
        broken_cut: bool,
    }

    impl Storage for Small {
        fn end(&mut self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }

        fn last(&mut self) -> io::Result<u8> {
            Ok(*self.bytes.last().unwrap())
        }

        fn put(&mut self, block: &[u8]) -> io::Result<()> {
            let room = self.room.saturating_sub(self.bytes.len()).min(block.len());
            self.bytes.extend_from_slice(&block[..room]);
            if room < block.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.broken_sync {
                return Err(io::Error::other("broken"));
            }
            Ok(())
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            if self.broken_cut {
                return Err(io::Error::other("broken"));
            }
            self.bytes.truncate(usize::try_from(length).unwrap());
            Ok(())
        }
    }

    fn log(storage: Small) -> Log<Small> {
        Log {
            storage,
            length: 0,
            cut_to: None,
        }
    }

    #[test]
    fn what_does_not_fit_leaves_no_trace_and_later_lines_do() {
        let mut log = log(Small {
            room: 8,
            ..Small::default()
        });
        log.append(b"one\n").unwrap();
        let error = log.append(b"two three\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!((&*log.storage.bytes, log.length), (&b"one\n"[..], 4));
        log.append(b"two\n").unwrap();
        assert_eq!((&*log.storage.bytes, log.length), (&b"one\ntwo\n"[..], 8));
    }

    #[test]
    fn what_was_not_synced_is_taken_back() {
        let mut log = log(Small {
            room: 100,
            broken_sync: true,
            ..Small::default()
        });
        log.append(b"one\n").unwrap_err();
        assert_eq!(log.storage.bytes, b"");
    }

    #[test]
    fn what_could_not_be_taken_back_is_taken_back_before_anything_else_is_written() {
        let mut log = log(Small {
            room: 6,
            broken_cut: true,
            ..Small::default()
        });
        log.append(b"one\n").unwrap();
        log.append(b"two\n").unwrap_err();
        assert_eq!(log.storage.bytes, b"one\ntw");
        log.storage.room = 100;
        log.append(b"three\n").unwrap_err();
        assert_eq!(log.storage.bytes, b"one\ntw");
        log.storage.broken_cut = false;
        log.append(b"four\n").unwrap();
        assert_eq!(log.storage.bytes, b"one\nfour\n");
    }

    #[cfg(unix)]
    #[test]
    fn the_null_device_was_never_cut_short() {
        let mut appender = Appender::open(Path::new("/dev/null")).unwrap();
        for _ in 0..2 {
            assert_eq!(appender.append(&["one"]).unwrap(), None);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error_each_time() {
        let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut log = Log {
            storage: Disk { file, keeps: true },
            length: 0,
            cut_to: None,
        };
        let error = log.append(b"one\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        log.append(b"two\n").unwrap_err();
    }
}
