//! Where the bytes come from: the link and its renewal, and how much trouble is borne on the way.

use std::ops::Range;

use lcs_signin::HttpClient;
use lcs_types::SignedUrl;
use tokio::{sync::Mutex, time::sleep};

use super::{
    DownloadError, DownloadRequest, LinkSource,
    exchange::{self, Reply, Stream},
};
use crate::retry::RetryPolicy;

/// How often a link is renewed without a byte to show for it.
const MOST_RENEWALS: u32 = 2;

/// What all requests of a download share.
pub(super) struct Origin<'a> {
    http: &'a HttpClient,
    pub(super) request: &'a DownloadRequest,
    links: &'a dyn LinkSource,
    link: Mutex<Link>,
}

/// A link, and the how manieth it is.
#[derive(Clone)]
struct Link {
    url: SignedUrl,
    number: u32,
}

impl<'a> Origin<'a> {
    pub(super) fn new(
        http: &'a HttpClient,
        request: &'a DownloadRequest,
        links: &'a dyn LinkSource,
    ) -> Self {
        let link = Link {
            url: request.url.clone(),
            number: 0,
        };
        Self {
            http,
            request,
            links,
            link: Mutex::new(link),
        }
    }

    pub(super) fn patience(&self) -> Patience {
        Patience {
            policy: self.request.policy,
            attempt: 1,
            renewals: 0,
        }
    }

    /// Asks for a range, until there is an answer or `patience` ends.
    pub(super) async fn range(
        &self,
        range: &Range<u64>,
        etag: Option<&str>,
        patience: &mut Patience,
    ) -> Result<Reply, DownloadError> {
        loop {
            let link = self.link.lock().await.clone();
            match exchange::request_range(self.http, &link.url, range, etag).await {
                Ok(reply) => return Ok(reply),
                Err(error) => self.bear(error, &link, patience).await?,
            }
        }
    }

    /// Asks for the whole file, until there is an answer or `patience` ends.
    pub(super) async fn whole(&self, patience: &mut Patience) -> Result<Stream, DownloadError> {
        loop {
            let link = self.link.lock().await.clone();
            match exchange::request_whole(self.http, &link.url).await {
                Ok(stream) => return Ok(stream),
                Err(error) => self.bear(error, &link, patience).await?,
            }
        }
    }

    /// Renews a refused link, if it can be, and waits after trouble that may pass.
    async fn bear(
        &self,
        error: DownloadError,
        refused: &Link,
        patience: &mut Patience,
    ) -> Result<(), DownloadError> {
        if !matches!(error, DownloadError::LinkRefused { .. }) {
            return patience.bear(error).await;
        }
        if patience.renewals >= MOST_RENEWALS {
            return Err(error);
        }
        patience.renewals += 1;
        let mut link = self.link.lock().await;
        // Another request that travelled at the same time may have been refused first.
        if link.number == refused.number {
            link.url = self.links.link().await.ok_or(error)?;
            link.number += 1;
        }
        Ok(())
    }
}

/// How much trouble is still borne until bytes arrive again.
pub(super) struct Patience {
    policy: RetryPolicy,
    /// From 1.
    attempt: u32,
    renewals: u32,
}

impl Patience {
    /// Bytes that arrived show that the other side is alive.
    pub(super) const fn restore(&mut self) {
        (self.attempt, self.renewals) = (1, 0);
    }

    /// Waits after trouble that may pass.
    ///
    /// # Errors
    ///
    /// The trouble itself, if it does not pass, or was borne often enough.
    pub(super) async fn bear(&mut self, error: DownloadError) -> Result<(), DownloadError> {
        if !error.is_transient() || self.attempt >= self.policy.attempts {
            return Err(error);
        }
        tracing::debug!(%error, attempt = self.attempt, "going on with the download");
        sleep(self.policy.delay(self.attempt)).await;
        self.attempt += 1;
        Ok(())
    }
}
