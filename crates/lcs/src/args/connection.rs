//! Flags that say which tenant, application, LCS instance and project are meant.

use std::path::PathBuf;

use clap::Args;

/// Where to sign in and what to call; each overrides the profile.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    #[arg(
        long,
        value_name = "TENANT",
        help = "The tenant: a GUID or a domain [env: LCS_TENANT]"
    )]
    pub(crate) tenant: Option<String>,
    #[arg(
        long,
        value_name = "GUID",
        help = "The application (client) id of the registration [env: LCS_CLIENT_ID]"
    )]
    pub(crate) client_id: Option<String>,
    #[arg(
        long,
        value_name = "REGION",
        help = "The region of the project: us, eu, fr, no, sa, ch, uae, gov, gov-high, cn [env: LCS_REGION]"
    )]
    pub(crate) region: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "The URL of the LCS API, instead of a region [env: LCS_API_URL]"
    )]
    pub(crate) api_url: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "The URL of the authority, instead of the region's [env: LCS_AUTHORITY]"
    )]
    pub(crate) authority: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "What tokens are requested for, if not the API's own URL [env: LCS_RESOURCE]"
    )]
    pub(crate) resource: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "The URL of Microsoft Graph, instead of the cloud's [env: LCS_GRAPH_URL]"
    )]
    pub(crate) graph_url: Option<String>,
    #[arg(
        long,
        value_name = "NUMBER",
        help = "The number of the LCS project [env: LCS_PROJECT]"
    )]
    pub(crate) project: Option<String>,
    #[arg(
        long,
        value_name = "PATH",
        help = "A PEM file of a certificate authority to trust besides [env: LCS_CA_CERTIFICATE]"
    )]
    pub(crate) ca_certificate: Option<PathBuf>,
}
