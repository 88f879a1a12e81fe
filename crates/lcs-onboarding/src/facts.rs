//! What stands in the tenant, as far as steps 1 to 3 need to know.

use lcs_client::{GraphApi, GraphCallError};
use lcs_types::{ObjectId, PermissionId};
use lcs_wire::{
    graph::{
        Application, ConsentType, OAuth2PermissionGrant, Organization, ServicePrincipal, User,
    },
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID},
};

use crate::plan::user_impersonation;

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
    /// What signing in itself needs.
    pub sign_in: SignInFacts,
}

/// Whether users can accept what signing in needs of Microsoft Graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInFacts {
    /// Whether users may consent for themselves; `None` when the caller may not read the policy.
    pub users_may_consent: Option<bool>,
    /// Microsoft Graph in the tenant.
    pub graph: Option<ServicePrincipal>,
    /// The administrator's grant from the client to Microsoft Graph.
    pub grant: Option<OAuth2PermissionGrant>,
}

impl SignInFacts {
    /// Whether an administrator has to consent to signing in.
    pub const fn is_needed(&self) -> bool {
        matches!(self.users_may_consent, Some(false)) && self.graph.is_some()
    }
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
        let sign_in = sign_in_facts(graph, client.as_ref()).await?;
        Ok(Self {
            tenant,
            signed_in,
            lcs,
            lookalikes,
            applications,
            client,
            grant,
            sign_in,
        })
    }
}

impl Facts {
    /// The delegated permission: the tenant's own id of it, or the published one.
    pub(crate) fn permission(&self) -> PermissionId {
        user_impersonation(self.lcs.as_ref()).unwrap_or(LCS_USER_IMPERSONATION_ID)
    }
}

/// Read only where users may not consent: elsewhere nothing follows from them.
async fn sign_in_facts(
    graph: &GraphApi,
    client: Option<&ServicePrincipal>,
) -> Result<SignInFacts, GraphCallError> {
    let users_may_consent = graph.users_may_consent().await?;
    let mut facts = SignInFacts {
        users_may_consent,
        ..SignInFacts::default()
    };
    if users_may_consent == Some(false) {
        facts.graph = graph.service_principal(GRAPH_CLIENT_ID).await?;
        facts.grant = facts.grant_to_graph(graph, client).await?;
    }
    Ok(facts)
}

impl SignInFacts {
    pub(crate) async fn grant_to_graph(
        &self,
        graph: &GraphApi,
        client: Option<&ServicePrincipal>,
    ) -> Result<Option<OAuth2PermissionGrant>, GraphCallError> {
        match (client, &self.graph) {
            (Some(client), Some(resource)) => {
                administrators_grant(graph, client.id, resource.id).await
            }
            _ => Ok(None),
        }
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
