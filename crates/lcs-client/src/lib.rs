//! Calling LCS and Microsoft Graph: typed requests and answers, retry, waiting, downloads.
//!
//! - [`lcs`] – the LCS API: backups, refresh, export, status, environments
//! - [`graph`] – the calls of Microsoft Graph that steps 1 to 3 of the article need
//! - [`journal`] – what was started, kept on disk from before the request is sent
//! - [`wait`] – waiting for an operation of hours
//! - [`mod@download`] – fetching what a signed URL names, resumable and verified
//! - [`mod@upload`] – putting a file where a signed URL leads
//! - [`rate`] – a limit of bytes per second
//! - [`retry`] – what is repeated when, and what never
//! - [`error`] – how calls of the LCS API fail
//!
//! Where tokens come from is in `lcs-signin`.

pub mod download;
pub mod error;
pub mod graph;
pub mod journal;
pub mod lcs;
pub mod rate;
pub mod retry;
mod transport;
pub mod upload;
pub mod wait;

pub use download::{
    DownloadError, DownloadRequest, Downloaded, Existing, FixedLink, LinkSource, download,
};
pub use error::{ApiError, Challenge};
pub use graph::{GraphApi, GraphCallError, ObjectAge};
pub use lcs::{DeploymentTarget, LcsApi, OperationKind, StartedOperation};
pub use rate::{Rate, RateLimit};
pub use retry::{Failure, RetryObserver, RetryPolicy};
pub use upload::{
    ReservedAsset, ReservedAssets, UploadError, UploadIdentity, UploadRequest, Uploaded, upload,
};
pub use wait::{NoObserver, StatusSource, WaitObserver, WaitOptions, WaitOutcome, wait_for};
