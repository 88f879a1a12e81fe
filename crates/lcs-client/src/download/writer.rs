//! Writes the bytes of a file in their order and computes its checksums, beside the network: while
//! one lot is written, the next is collected.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
};

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

/// How many bytes are collected at most while others are written.
const MOST_PENDING: usize = 1024 * 1024;
const READ_CHUNK: usize = 256 * 1024;

/// The end of a growing file.
pub(super) struct Writer {
    state: State,
    pending: Vec<Bytes>,
    pending_bytes: usize,
    length: u64,
}

enum State {
    Idle(Box<Sink>),
    Writing(JoinHandle<io::Result<Box<Sink>>>),
    /// A write failed; how much of it is in the file is not known.
    Broken,
}

struct Sink {
    file: File,
    md5: Md5,
    sha256: Sha256,
}

impl Sink {
    fn append(&mut self, lot: &[Bytes]) -> io::Result<()> {
        for bytes in lot {
            self.file.write_all(bytes)?;
            self.md5.update(bytes);
            self.sha256.update(bytes);
        }
        Ok(())
    }
}

/// The checksums of everything that was written.
pub(super) struct Checksums {
    pub(super) md5: [u8; 16],
    pub(super) sha256: [u8; 32],
}

impl Writer {
    /// Goes on behind the first `length` bytes of a file, or all of them if it has fewer; what lies
    /// behind is cut off.
    pub(super) async fn behind(mut file: File, length: u64) -> io::Result<Self> {
        let work = move || {
            let (mut md5, mut sha256) = (Md5::new(), Sha256::new());
            let mut kept = 0;
            let mut buffer = vec![0; READ_CHUNK];
            file.rewind()?;
            let mut front = (&file).take(length);
            loop {
                let count = front.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                md5.update(&buffer[..count]);
                sha256.update(&buffer[..count]);
                kept += count as u64;
            }
            if file.metadata()?.len() > kept {
                file.set_len(kept)?;
            }
            file.seek(SeekFrom::Start(kept))?;
            Ok((Box::new(Sink { file, md5, sha256 }), kept))
        };
        let (sink, length) = finished(tokio::task::spawn_blocking(work).await)?;
        Ok(Self {
            state: State::Idle(sink),
            pending: Vec::new(),
            pending_bytes: 0,
            length,
        })
    }

    /// How many bytes the file has with those that are on their way to it.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes.
    pub(super) async fn append(&mut self, bytes: Bytes) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.pending_bytes += bytes.len();
        self.pending.push(bytes);
        let is_at_work = matches!(&self.state, State::Writing(work) if !work.is_finished());
        if is_at_work && self.pending_bytes < MOST_PENDING {
            return Ok(());
        }
        let mut sink = self.sink().await?;
        let lot = self.lot();
        self.state = State::Writing(tokio::task::spawn_blocking(move || {
            sink.append(&lot)?;
            Ok(sink)
        }));
        Ok(())
    }

    /// Waits until everything is in the file.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.when_written(|_| Ok(())).await
    }

    /// Waits until everything is in the file, and outlives a loss of power.
    pub(super) async fn sync(&mut self) -> io::Result<()> {
        self.when_written(|sink| sink.file.sync_all()).await
    }

    /// Empties the file.
    pub(super) async fn clear(&mut self) -> io::Result<()> {
        drop(self.lot());
        self.length = 0;
        let emptied = self.when_written(|sink| {
            sink.file.set_len(0)?;
            sink.file.rewind()?;
            (sink.md5, sink.sha256) = (Md5::new(), Sha256::new());
            Ok(())
        });
        emptied.await
    }

    /// The checksums of everything that was taken.
    pub(super) async fn checksums(&mut self) -> io::Result<Checksums> {
        let summed_up = self.when_written(|sink| {
            Ok(Checksums {
                md5: sink.md5.clone().finalize().into(),
                sha256: sink.sha256.clone().finalize().into(),
            })
        });
        summed_up.await
    }

    /// Writes what was collected, then does this with the file.
    async fn when_written<T: Send + 'static>(
        &mut self,
        then: impl FnOnce(&mut Sink) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let mut sink = self.sink().await?;
        let lot = self.lot();
        let work = move || {
            sink.append(&lot)?;
            then(&mut sink).map(|done| (sink, done))
        };
        let (sink, done) = finished(tokio::task::spawn_blocking(work).await)?;
        self.state = State::Idle(sink);
        Ok(done)
    }

    fn lot(&mut self) -> Vec<Bytes> {
        self.pending_bytes = 0;
        std::mem::take(&mut self.pending)
    }

    /// The sink, once nobody writes to it.
    async fn sink(&mut self) -> io::Result<Box<Sink>> {
        match std::mem::replace(&mut self.state, State::Broken) {
            State::Idle(sink) => Ok(sink),
            State::Writing(work) => finished(work.await),
            State::Broken => Err(io::Error::other("an earlier write failed")),
        }
    }
}

impl Drop for Writer {
    /// Who is interrupted keeps what has arrived, if that takes no waiting.
    fn drop(&mut self) {
        if let State::Idle(sink) = &mut self.state
            && let Err(error) = sink.append(&self.pending)
        {
            tracing::debug!(%error, "the last bytes of an interrupted download were not kept");
        }
    }
}

fn finished<T>(work: Result<io::Result<T>, tokio::task::JoinError>) -> io::Result<T> {
    work.unwrap_or_else(|error| Err(io::Error::other(error)))
}
