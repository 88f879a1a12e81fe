//! What an environment went through, starting and stopping it, and its RSAT certificate.

use jiff::Timestamp;
use lcs_types::{EnvironmentId, OperationActivityId, ProjectId};
use lcs_wire::lcs::{
    HistoryItem, HistoryPage, RsatCertificate, RsatCertificateAnswer, parse_listing_date,
};

use super::LcsApi;
use crate::error::{ApiError, Malformed};

/// A stop for servers that always claim another page.
const MOST_PAGES: u32 = 200;

impl LcsApi {
    /// The newest operations of an environment, running and ended: the first page of its history.
    /// LCS answers six such questions in thirty seconds.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn recent_history(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<Vec<HistoryItem>, ApiError> {
        let page = self.history_page(project, environment, 1).await?;
        Ok(page.data.unwrap_or_default())
    }

    /// Everything that an environment went through, newest first, page by page.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn history(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<Vec<HistoryItem>, ApiError> {
        self.history_while(project, environment, |_| true).await
    }

    /// The pages of the history that tell of what began after `since`; the last one may tell of more.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn history_since(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        since: Timestamp,
    ) -> Result<Vec<HistoryItem>, ApiError> {
        let is_later = |oldest: &HistoryItem| {
            let start = oldest.start_date_time_utc.as_deref();
            start
                .and_then(parse_listing_date)
                .is_none_or(|at| at > since)
        };
        self.history_while(project, environment, is_later).await
    }

    /// Page by page, as long as the oldest one of a page is wanted.
    async fn history_while(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        is_wanted: impl Fn(&HistoryItem) -> bool,
    ) -> Result<Vec<HistoryItem>, ApiError> {
        let mut items = Vec::new();
        for number in 1..=MOST_PAGES {
            let page = self.history_page(project, environment, number).await?;
            let data = page.data.unwrap_or_default();
            // An empty page that announces more would go on for ever.
            let is_last = !page.result_has_more_pages || !data.last().is_some_and(&is_wanted);
            items.extend(data);
            if is_last {
                break;
            }
        }
        Ok(items)
    }

    async fn history_page(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
        number: u32,
    ) -> Result<HistoryPage, ApiError> {
        // The documented path has a slash before the query.
        let mut url = self.transport.url(&[
            "environmentinfo",
            "v1",
            "history",
            "project",
            &project.to_string(),
            "environment",
            &environment.to_string(),
            "",
        ]);
        url.set_query(Some(&format!("page={number}")));
        self.get("the history of the environment", url).await
    }

    /// Starts a customer-managed environment. LCS says only that it has begun; a running one is a
    /// success too.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn start_environment(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<OperationActivityId, ApiError> {
        self.power("start", project, environment).await
    }

    /// Stops a customer-managed environment. LCS says only that it has begun; one that is stopped
    /// already is refused.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn stop_environment(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<OperationActivityId, ApiError> {
        self.power("stop", project, environment).await
    }

    async fn power(
        &self,
        action: &str,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<OperationActivityId, ApiError> {
        let url = self.transport.url(&[
            "environment",
            "v1",
            action,
            "project",
            &project.to_string(),
            "environment",
            &environment.to_string(),
        ]);
        let envelope = self
            .start("the answer about the environment's machines", url)
            .await?;
        Ok(envelope.operation_activity_id)
    }

    /// The environment's certificate for the Regression suite automation tool, with a password
    /// that is new with every call. LCS answers once a minute for an environment.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn rsat_certificate(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<RsatCertificate, ApiError> {
        let url = self.transport.url(&[
            "environmentinfo",
            "v1",
            "rsatdownload",
            "project",
            &project.to_string(),
            "environment",
            &environment.to_string(),
        ]);
        let answer: RsatCertificateAnswer = self.get("the RSAT certificate", url).await?;
        answer.data.ok_or(ApiError::Malformed(Malformed {
            what: "the RSAT certificate",
            line: 1,
            column: 1,
        }))
    }
}
