//! Flags that say which tenant, application, LCS instance and project are meant.

use std::path::PathBuf;

use clap::Args;

/// Where to sign in and what to call; each overrides the profile.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// The tenant: a GUID or a domain [env: `LCS_TENANT`]
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// The application (client) id of the registration [env: `LCS_CLIENT_ID`]
    #[arg(long, value_name = "GUID")]
    pub(crate) client_id: Option<String>,
    /// The region of the project: us, eu, fr, no, sa, ch, uae, gov, gov-high, cn [env: `LCS_REGION`]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The URL of the LCS API, instead of a region [env: `LCS_API_URL`]
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// The URL of the authority, instead of the region's [env: `LCS_AUTHORITY`]
    #[arg(long, value_name = "URL")]
    pub(crate) authority: Option<String>,
    /// What tokens are requested for, if not the API's own URL [env: `LCS_RESOURCE`]
    #[arg(long, value_name = "URL")]
    pub(crate) resource: Option<String>,
    /// The number of the LCS project [env: `LCS_PROJECT`]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) project: Option<String>,
    /// A PEM file of a certificate authority to trust besides [env: `LCS_CA_CERTIFICATE`]
    #[arg(long, value_name = "PATH")]
    pub(crate) ca_certificate: Option<PathBuf>,
}
