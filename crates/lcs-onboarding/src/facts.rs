//! What stands in the tenant, as far as steps 1 to 3 need to know.

use lcs_client::{GraphApi, GraphCallError};
use lcs_types::ObjectId;
use lcs_wire::{
    graph::{
        Application, ConsentType, OAuth2PermissionGrant, Organization, ServicePrincipal, User,
    },
    well_known::LCS_CLIENT_ID,
};

/// How the names of all the entries start that could be mistaken for LCS in the picker.
const LOOKALIKE_PREFIX: &str = "Dynamics";

/// What Graph says before anything is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The tenant.
    pub tenant: Organization,
    /// Who asks.
    pub signed_in: User,
    /// *Dynamics Lifecycle services*, found by its GUID.
    pub lcs: Option<ServicePrincipal>,
    /// Other entries with a similar name.
    pub lookalikes: Vec<ServicePrincipal>,
    /// The applications with the wanted name.
    pub applications: Vec<Application>,
    /// The service principal of the application, if there is exactly one application.
    pub client: Option<ServicePrincipal>,
    /// The administrator's grant from the client to LCS.
    pub grant: Option<OAuth2PermissionGrant>,
}

impl Facts {
    /// Reads them; writes nothing.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn read(graph: &GraphApi, display_name: &str) -> Result<Self, GraphCallError> {
        let tenant = graph.organization().await?;
        let signed_in = graph.me().await?;
        let lcs = graph.service_principal(LCS_CLIENT_ID).await?;
        let mut lookalikes = graph
            .service_principals_starting_with(LOOKALIKE_PREFIX)
            .await?;
        lookalikes.retain(|principal| principal.app_id != LCS_CLIENT_ID);
        let applications = graph.applications_named(display_name).await?;
        let client = match applications.as_slice() {
            [application] => graph.service_principal(application.app_id).await?,
            _ => None,
        };
        let grant = match (&client, &lcs) {
            (Some(client), Some(lcs)) => administrators_grant(graph, client.id, lcs.id).await?,
            _ => None,
        };
        Ok(Self {
            tenant,
            signed_in,
            lcs,
            lookalikes,
            applications,
            client,
            grant,
        })
    }
}

/// The grant for all users between two service principals.
pub(crate) async fn administrators_grant(
    graph: &GraphApi,
    client: ObjectId,
    resource: ObjectId,
) -> Result<Option<OAuth2PermissionGrant>, GraphCallError> {
    let grants = graph
        .grants(client, resource, ConsentType::AllPrincipals)
        .await?;
    Ok(grants.into_iter().next())
}
