//! `lcs asset upload`: reserves an asset, puts the file where its link leads, and commits it. An upload
//! that ended in the middle goes on with the asset that it had reserved.

use lcs_client::{
    ReservedAsset, ReservedAssets, UploadError, UploadIdentity, UploadRequest, Uploaded, upload,
};
use lcs_types::{AssetId, Clock as _, SystemClock};
use lcs_wire::lcs::CreateFileAsset;
use serde::Serialize;

use super::{link, wait_until_valid};
use crate::{
    args::AssetUploadArgs,
    commands::{
        Context,
        signed_in::{self, SignedInApi},
    },
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown, progress::TransferDisplay},
};

/// What was uploaded.
#[derive(Debug, Serialize)]
struct UploadedAsset {
    id: AssetId,
    name: String,
    file_name: String,
    size_bytes: u64,
    resumed_from_bytes: u64,
}

impl Shown for UploadedAsset {
    const COLUMNS: &'static [Column] = &[
        ("Name", "name"),
        ("File", "file_name"),
        ("Bytes", "size_bytes"),
        ("Id", "id"),
    ];
}

/// An upload, from its reservation to its commit.
struct Upload<'command> {
    context: &'command Context,
    signed_in: &'command SignedInApi,
    args: &'command AssetUploadArgs,
    new: CreateFileAsset,
    identity: UploadIdentity,
    reserved: ReservedAssets,
}

pub(super) async fn run(context: &Context, args: AssetUploadArgs) -> Result<Report, Diagnostic> {
    let file_name = match args.file.file_name() {
        Some(name) if args.file.is_file() => name.to_string_lossy().into_owned(),
        _ => {
            return Err(Diagnostic::new(
                Code::Usage,
                format!("`{}` is not a file", args.file.display()),
            )
            .help("name a file: lcs asset upload FILE --name NAME"));
        }
    };
    let connection = context.connection(&args.connection)?;
    connection.may_change()?;
    let signed_in = signed_in::api(context, &connection).await?;
    let new = CreateFileAsset {
        name: args.name.clone(),
        file_name: file_name.clone(),
        file_description: args.description.clone(),
        size_byte: 0,
        file_type: args.of.file_type,
    };
    let (api, project) = (connection.api_url()?, signed_in.project);
    let identity = UploadIdentity::of(&api, project, &new, &args.file)
        .map_err(|error| Diagnostic::of(Code::File, &error).while_trying("reading the file"))?;
    let upload = Upload {
        context,
        signed_in: &signed_in,
        args: &args,
        new,
        identity,
        reserved: ReservedAssets::new(context.paths.uploads()),
    };
    let (id, uploaded) = upload.run().await?;
    if args.waiting.wait {
        let timeout = args.waiting.timeout;
        return wait_until_valid(&signed_in.within(timeout), id, timeout).await;
    }
    context.output.note(&format!(
        "LCS validates it now; wait for that with: lcs asset wait {id}"
    ));
    Ok(Report::one(&UploadedAsset {
        id,
        name: args.name,
        file_name,
        size_bytes: uploaded.size_bytes,
        resumed_from_bytes: uploaded.resumed_from_bytes,
    }))
}

/// How an attempt with an asset that was reserved earlier ended.
enum Attempt {
    Done(Uploaded),
    /// That asset takes nothing any more: its link has expired, or somebody deleted or committed it.
    Stale(Diagnostic),
}

impl Upload<'_> {
    /// Goes on with what an earlier attempt reserved, else begins.
    async fn run(&self) -> Result<(AssetId, Uploaded), Diagnostic> {
        if let Some(reserved) = self.reserved.find(&self.identity, SystemClock.now()) {
            self.context.output.note(&format!(
                "going on with the upload to the asset {}",
                reserved.id
            ));
            match self.fill(&reserved).await? {
                Attempt::Done(uploaded) => return Ok((reserved.id, uploaded)),
                Attempt::Stale(why) => {
                    self.context.output.note(&format!(
                        "the upload begins anew, as that asset takes no more: {}",
                        why.message
                    ));
                    self.reserved.forget(&self.identity);
                }
            }
        }
        let reserved = self.reserve().await?;
        match self.fill(&reserved).await? {
            Attempt::Done(uploaded) => Ok((reserved.id, uploaded)),
            Attempt::Stale(why) => {
                self.reserved.forget(&self.identity);
                Err(why)
            }
        }
    }

    async fn reserve(&self) -> Result<ReservedAsset, Diagnostic> {
        let asset = self
            .signed_in
            .api
            .create_file_asset(self.signed_in.project, &self.new)
            .await?;
        let reserved = ReservedAsset {
            id: asset.id,
            location: link(asset.file_location.as_deref())?,
            reserved_at: SystemClock.now(),
            is_uploaded: false,
        };
        self.keep(&reserved);
        Ok(reserved)
    }

    /// Without a place to keep it the upload works, and only cannot be gone on with.
    fn keep(&self, reserved: &ReservedAsset) {
        if let Err(error) = self.reserved.keep(&self.identity, reserved) {
            self.context.output.warning(&format!(
                "an interrupted upload would begin anew: {} cannot be written ({error})",
                self.context.paths.uploads().display()
            ));
        }
    }

    /// Puts what is missing of the file, and commits the asset.
    async fn fill(&self, reserved: &ReservedAsset) -> Result<Attempt, Diagnostic> {
        let uploaded = if reserved.is_uploaded {
            let size_bytes = self.identity.length();
            Uploaded::before(size_bytes)
        } else {
            match self.put(reserved).await? {
                Ok(uploaded) => uploaded,
                Err(error @ (UploadError::LinkRefused { .. } | UploadError::Refused { .. })) => {
                    return Ok(Attempt::Stale(error.into()));
                }
                Err(error) => return Err(error.into()),
            }
        };
        self.keep(&ReservedAsset {
            is_uploaded: true,
            ..reserved.clone()
        });
        let (api, project) = (&self.signed_in.api, self.signed_in.project);
        match api.commit_file_asset(project, reserved.id).await {
            Ok(()) => {
                self.reserved.forget(&self.identity);
                Ok(Attempt::Done(uploaded))
            }
            Err(error @ lcs_client::ApiError::AssetLibrary { .. }) => {
                Ok(Attempt::Stale(error.into()))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn put(
        &self,
        reserved: &ReservedAsset,
    ) -> Result<Result<Uploaded, UploadError>, Diagnostic> {
        let request = UploadRequest {
            limit: self.args.rate.limit(),
            ..UploadRequest::new(reserved.location.clone(), &self.args.file)
        };
        let display = TransferDisplay::new(&self.context.output);
        let outcome = tokio::select! {
            outcome = upload(&self.signed_in.http, &request, &display) => Ok(outcome),
            _ = tokio::signal::ctrl_c() => {
                Err(Diagnostic::new(Code::Interrupted, "the upload was interrupted")
                    .help("run the same command again: it goes on where it stopped"))
            }
        };
        display.finish();
        outcome
    }
}
