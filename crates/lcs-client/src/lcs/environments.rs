//! The environments of a project.

use jiff::civil::DateTime;
use lcs_types::{EnvironmentId, ProjectId};
use lcs_wire::lcs::{EnvironmentDetail, EnvironmentPage};

use super::LcsApi;
use crate::{error::ApiError, transport::encoded};

/// A stop for servers that always claim another page.
const MOST_PAGES: u32 = 200;

impl LcsApi {
    /// All environments of a project, page by page.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn environments(
        &self,
        project: ProjectId,
    ) -> Result<Vec<EnvironmentDetail>, ApiError> {
        Ok(self.environments_and_version(project).await?.0)
    }

    /// The same with the end of life of this version of the API, as the last page names it
    /// (`VersionEOL`, "Database movement API – Versioning": announced six months ahead).
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn environments_and_version(
        &self,
        project: ProjectId,
    ) -> Result<(Vec<EnvironmentDetail>, Option<DateTime>), ApiError> {
        let mut environments = Vec::new();
        let mut end_of_life = None;
        for page in 1..=MOST_PAGES {
            let answer = self.page(project, &format!("page={page}")).await?;
            end_of_life = answer.envelope.version_end_of_life.parse().ok();
            let data = answer.data.unwrap_or_default();
            // An empty page that announces more would go on for ever.
            let is_last = !answer.result_has_more_pages || data.is_empty();
            environments.extend(data);
            if is_last {
                break;
            }
        }
        Ok((environments, end_of_life))
    }

    /// The environment with this id.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn environment(
        &self,
        project: ProjectId,
        environment: EnvironmentId,
    ) -> Result<Option<EnvironmentDetail>, ApiError> {
        let query = format!("environmentId={environment}");
        let answer = self.page(project, &query).await?;
        Ok(answer
            .data
            .unwrap_or_default()
            .into_iter()
            .find(|found| found.environment_id == environment))
    }

    /// The environment with this name, compared without regard to case.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn environment_named(
        &self,
        project: ProjectId,
        name: &str,
    ) -> Result<Option<EnvironmentDetail>, ApiError> {
        let query = format!("environmentName={}", encoded(name));
        let answer = self.page(project, &query).await?;
        Ok(answer
            .data
            .unwrap_or_default()
            .into_iter()
            .find(|found| found.environment_name.to_lowercase() == name.to_lowercase()))
    }

    async fn page(&self, project: ProjectId, query: &str) -> Result<EnvironmentPage, ApiError> {
        // The documented path has a slash before the query.
        let mut url = self.transport.url(&[
            "environmentinfo",
            "v1",
            "detail",
            "project",
            &project.to_string(),
            "",
        ]);
        url.set_query(Some(query));
        self.get("the list of environments", url).await
    }
}
