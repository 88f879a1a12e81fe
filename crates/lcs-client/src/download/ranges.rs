//! A file in ranges, several at a time, put together in their order.
//!
//! Each range is fetched into a channel that holds it whole, so what is fetched ahead is bounded:
//! [`PARALLEL`] times [`RANGE`]. The front one goes to the file as it arrives. A range that breaks off
//! goes on where it broke off, and the others do not notice. As the file only grows at its end, its
//! length tells how far it is: nothing else has to be remembered for another process to go on.

use std::{collections::VecDeque, ops::Range};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use lcs_types::Progress;
use tokio::sync::mpsc;

use super::{
    DownloadError, Stop,
    exchange::{Reply, Stream},
    origin::{Origin, Patience},
    partial::Partial,
};

/// How many bytes are asked for at once.
pub(super) const RANGE: u64 = 8 * 1024 * 1024;
/// How many ranges travel or wait for their turn at a time.
const PARALLEL: usize = 4;
/// How many pieces of a range wait for their turn; a record of TLS is a piece, 16 KiB at most.
const MOST_PIECES: usize = 1024;

/// The range that begins there.
pub(super) const fn range_from(start: u64) -> Range<u64> {
    start..start.saturating_add(RANGE)
}

/// A range on its way.
struct Travelling {
    end: u64,
    pieces: mpsc::Receiver<Bytes>,
}

/// Fetches what is missing of a file of `total` bytes with this `ETag`, whose next range has begun to
/// arrive.
pub(super) async fn fetch(
    origin: &Origin<'_>,
    first: Stream,
    etag: &str,
    total: u64,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<(), Stop> {
    let mut first = Some(first);
    let mut next = partial.length();
    let mut fetching = FuturesUnordered::new();
    let mut travelling = VecDeque::with_capacity(PARALLEL);
    loop {
        while travelling.len() < PARALLEL && next < total {
            let end = range_from(next).end.min(total);
            let (sender, pieces) = mpsc::channel(MOST_PIECES);
            fetching.push(fetch_range(origin, next..end, etag, first.take(), sender));
            travelling.push_back(Travelling { end, pieces });
            next = end;
        }
        let Some(front) = travelling.front_mut() else {
            return Ok(());
        };
        let piece = tokio::select! {
            Some(fetched) = fetching.next() => {
                match fetched {
                    Ok(()) => continue,
                    Err(stop) => {
                        keep_what_is_there(front, partial).await?;
                        return Err(stop);
                    }
                }
            }
            piece = front.pieces.recv() => piece,
        };
        match piece {
            Some(piece) => {
                partial.append(piece).await?;
                progress.advanced("bytes", partial.length(), total);
            }
            None if partial.length() == front.end => {
                travelling.pop_front();
            }
            // It failed, which it tells next.
            None => {}
        }
    }
}

async fn keep_what_is_there(
    front: &mut Travelling,
    partial: &mut Partial,
) -> Result<(), DownloadError> {
    while let Ok(piece) = front.pieces.try_recv() {
        partial.append(piece).await?;
    }
    Ok(())
}

/// Fetches one range, from where it has got to whenever it breaks off.
async fn fetch_range(
    origin: &Origin<'_>,
    range: Range<u64>,
    etag: &str,
    mut begun: Option<Stream>,
    pieces: mpsc::Sender<Bytes>,
) -> Result<(), Stop> {
    let mut patience = origin.patience();
    let mut missing = range;
    while !missing.is_empty() {
        let stream = match begun.take() {
            Some(stream) => stream,
            None => match origin.range(&missing, Some(etag), &mut patience).await? {
                Reply::Range(stream) => *stream,
                Reply::Whole(_) | Reply::NoRanges | Reply::Changed => return Err(Stop::Changed),
            },
        };
        let expected_bytes = missing.end - missing.start;
        let broken = receive(origin, stream, &mut missing, &pieces, &mut patience).await;
        if !missing.is_empty() {
            let error = broken.err().unwrap_or(DownloadError::Short {
                expected_bytes,
                received_bytes: expected_bytes - (missing.end - missing.start),
            });
            patience.bear(error).await?;
        }
    }
    Ok(())
}

async fn receive(
    origin: &Origin<'_>,
    mut stream: Stream,
    missing: &mut Range<u64>,
    pieces: &mpsc::Sender<Bytes>,
    patience: &mut Patience,
) -> Result<(), DownloadError> {
    while !missing.is_empty()
        && let Some(mut piece) = stream.next().await?
    {
        // A server may send more than it was asked for.
        let wanted = missing.end - missing.start;
        piece.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        if let Some(limit) = &origin.request.limit {
            limit.took(piece.len()).await;
        }
        missing.start += piece.len() as u64;
        patience.restore();
        if pieces.send(piece).await.is_err() {
            // Nobody waits for them any more.
            break;
        }
    }
    Ok(())
}
