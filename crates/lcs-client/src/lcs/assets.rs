//! `/box/fileasset`: the asset library. Its answers have no envelope, and its failures take two
//! shapes: a status with `Message`, or 200 without an asset.

use lcs_types::{AssetId, ProjectId};
use lcs_wire::lcs::{AssetFileType, AssetValidation, CreateFileAsset, FileAsset};
use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::{LcsApi, message_of, read};
use crate::{
    error::{ApiError, Challenge, LostAnswer, printable},
    retry::Repeatable,
    transport::{Answer, Call, TransportError},
};

impl LcsApi {
    /// Reserves an asset; its `file_location` is the signed URL to upload to. Nothing is listed
    /// until [`LcsApi::commit_file_asset`].
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn create_file_asset(
        &self,
        project: ProjectId,
        new: &CreateFileAsset,
    ) -> Result<FileAsset, ApiError> {
        let url = self.library("CreateFileAsset", Some(project), None);
        let body = serde_json::json!(new).to_string().into_bytes();
        let answer = self
            .library_call(Method::POST, url, Some(body), Repeatable::No)
            .await?;
        asset_of("the new asset", &answer)
    }

    /// Ends an upload, after which LCS validates the asset. Twice is as good as once.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn commit_file_asset(
        &self,
        project: ProjectId,
        asset: AssetId,
    ) -> Result<(), ApiError> {
        let url = self.library("CommitFileAsset", Some(project), Some(asset));
        self.library_call(Method::POST, url, None, Repeatable::Yes)
            .await
            .map(drop)
    }

    /// How far the validation of an asset is.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn asset_validation_status(
        &self,
        project: ProjectId,
        asset: AssetId,
    ) -> Result<AssetValidation, ApiError> {
        let url = self.library("GetFileAssetValidationStatus", Some(project), Some(asset));
        let answer = self
            .library_call(Method::GET, url, None, Repeatable::Yes)
            .await?;
        asset_of("the validation status", &answer)
    }

    /// The project's assets of a type, each with a URL that is signed for this answer.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn assets(
        &self,
        project: ProjectId,
        file_type: AssetFileType,
    ) -> Result<Vec<FileAsset>, ApiError> {
        let url = self.library("GetAssets", Some(project), None);
        self.list_of_assets(url, file_type).await
    }

    /// The shared library's assets of a type. They have no URL; [`LcsApi::asset`] signs one.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn shared_assets(
        &self,
        file_type: AssetFileType,
    ) -> Result<Vec<FileAsset>, ApiError> {
        let url = self.library("GetSharedAssets", None, None);
        self.list_of_assets(url, file_type).await
    }

    /// One asset, of the project or of the shared library, with a URL to read it.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn asset(&self, project: ProjectId, asset: AssetId) -> Result<FileAsset, ApiError> {
        let url = self.library("GetFileAsset", Some(project), Some(asset));
        let answer = self
            .library_call(Method::GET, url, None, Repeatable::Yes)
            .await?;
        asset_of("the asset", &answer)
    }

    /// Deletes an asset of the project.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn delete_asset(&self, project: ProjectId, asset: AssetId) -> Result<(), ApiError> {
        let url = self.library("DeleteFileAsset", Some(project), Some(asset));
        self.library_call(Method::POST, url, None, Repeatable::No)
            .await
            .map(drop)
    }

    async fn list_of_assets(
        &self,
        mut url: Url,
        file_type: AssetFileType,
    ) -> Result<Vec<FileAsset>, ApiError> {
        url.set_query(Some(&format!("fileType={}", file_type.number())));
        let answer = self
            .library_call(Method::GET, url, None, Repeatable::Yes)
            .await?;
        asset_of("the list of assets", &answer)
    }

    fn library(&self, action: &str, project: Option<ProjectId>, asset: Option<AssetId>) -> Url {
        let project = project.map(|project| project.to_string());
        let segments: Vec<&str> = ["box", "fileasset", action]
            .into_iter()
            .chain(project.as_deref())
            .collect();
        let mut url = self.transport.url(&segments);
        if let Some(asset) = asset {
            url.set_query(Some(&format!("assetId={asset}")));
        }
        url
    }

    async fn library_call(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        repeatable: Repeatable,
    ) -> Result<Answer, ApiError> {
        let call = Call {
            method,
            url,
            body,
            repeatable,
        };
        match self.transport.send(&call).await {
            Ok(answer) => judge(answer),
            // LCS answers 500 to what it does not like in an upload, and nothing was begun that a
            // second attempt would do twice.
            Err(TransportError::OutcomeUnknown(LostAnswer::ServerFailed { status })) => {
                Err(ApiError::AssetLibrary {
                    status,
                    message: format!("it failed with status {status}"),
                    activity_id: None,
                })
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn judge(answer: Answer) -> Result<Answer, ApiError> {
    match answer.status {
        200 | 204 => Ok(answer),
        401 => Err(ApiError::Unauthorized {
            challenge: answer.header("www-authenticate").and_then(Challenge::parse),
        }),
        403 => Err(ApiError::Forbidden {
            message: message_of(&answer.body),
        }),
        status if status >= 500 => Err(ApiError::Unexpected {
            status,
            message: message_of(&answer.body),
            activity_id: answer.header("activity-id").map(printable),
        }),
        _ => Err(declined(&answer)),
    }
}

/// Reads the answer, or the failure that came with status 200 in its place.
fn asset_of<T: DeserializeOwned>(what: &'static str, answer: &Answer) -> Result<T, ApiError> {
    read(what, answer).map_err(|malformed| match message_of(&answer.body) {
        Some(_) => declined(answer),
        None => ApiError::Malformed(malformed),
    })
}

fn declined(answer: &Answer) -> ApiError {
    ApiError::AssetLibrary {
        status: answer.status,
        message: message_of(&answer.body)
            .unwrap_or_else(|| format!("status {}, no reason given", answer.status)),
        activity_id: answer.header("activity-id").map(printable),
    }
}
