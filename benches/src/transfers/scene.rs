//! A local cloud with one large asset, and a gateway before it that cuts connections.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use lcs_client::{UploadRequest, upload};
use lcs_testkit::{Fault, Gateway, TestCloud};
use lcs_types::NoProgress;
use lcs_wire::lcs::{AssetFileType, CreateFileAsset};

/// Inside a range, so that its rest is missing.
const CUT_AFTER: usize = 3 * 1024 * 1024;
/// The client asks for this much at once.
const RANGE: u64 = 8 * 1024 * 1024;

/// What is fetched, and from where.
pub(crate) struct Scene {
    cloud: TestCloud,
    pub(crate) gateway: Gateway,
    /// The signed URL.
    pub(crate) url: String,
    pub(crate) certificates: PathBuf,
    /// Where downloads go.
    pub(crate) folder: PathBuf,
    pub(crate) size_bytes: u64,
}

impl Scene {
    /// Starts a cloud and uploads a file of this size.
    pub(crate) async fn prepare(size_bytes: u64) -> Result<Self> {
        let cloud = TestCloud::start().await?;
        let client = cloud.register().await?.client_id;
        let api = cloud.lcs(client, cloud.service_user()).await?;
        let project = cloud.facts().project_id;
        let new = CreateFileAsset {
            name: "large".to_owned(),
            file_name: "large.bin".to_owned(),
            file_description: None,
            size_byte: 0,
            file_type: AssetFileType::Model,
        };
        let asset = api.create_file_asset(project, &new).await?;
        let location = asset.file_location.context("no place to upload to")?;
        let file = cloud.folder().join("large.bin");
        write(&file, size_bytes)?;
        let request = UploadRequest::new(location.parse()?, &file);
        upload(&cloud.http()?, &request, &NoProgress).await?;
        std::fs::remove_file(&file)?;
        api.commit_file_asset(project, asset.id).await?;
        cloud.wait_until_idle().await;
        let url = api.asset(project, asset.id).await?.file_location;
        Ok(Self {
            gateway: cloud.gateway()?,
            url: url.context("no place to download from")?,
            certificates: cloud.facts().ca_certificate.clone(),
            folder: cloud.folder(),
            size_bytes,
            cloud,
        })
    }

    pub(crate) fn through_the_gateway(&self) -> String {
        let origin = &self.cloud.facts().origin;
        self.url.replacen(origin, &self.gateway.origin, 1)
    }

    /// Cuts five of the coming answers, spread over the file.
    pub(crate) fn cut_five_times(&self) {
        let ranges = self.size_bytes.div_ceil(RANGE);
        let between = usize::try_from(ranges / 5).unwrap_or_default();
        for _ in 0..5 {
            let whole = between.saturating_sub(1);
            self.gateway.fail_next(&vec![Fault::Nothing; whole]);
            self.gateway.fail_next(&[Fault::CutInside(CUT_AFTER)]);
        }
    }
}

/// No block of it is like another.
fn write(path: &Path, size_bytes: u64) -> Result<()> {
    let mut file = BufWriter::with_capacity(1024 * 1024, File::create(path)?);
    for word in 0..size_bytes / 8 {
        file.write_all(&word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes())?;
    }
    file.flush()?;
    Ok(())
}
