//! Service principals: the presence of applications in the tenant.

use lcs_types::{ClientId, ObjectId};
use lcs_wire::graph::{NewServicePrincipal, ServicePrincipal};

use super::{GraphApi, GraphCallError, ObjectAge, found, quoted, with_query};

const FIELDS: &str = "id,appId,displayName,accountEnabled,appRoleAssignmentRequired,\
                      servicePrincipalNames,oauth2PermissionScopes,appOwnerOrganizationId,\
                      servicePrincipalType,tags";

impl GraphApi {
    /// The service principal of an application, by the application's id.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn service_principal(
        &self,
        application: ClientId,
    ) -> Result<Option<ServicePrincipal>, GraphCallError> {
        let url = with_query(
            self.url_by_key("servicePrincipals", "appId", &application.to_string()),
            &[("$select", FIELDS)],
        );
        found(self.get("the service principal", url).await)
    }

    /// The service principals whose display name starts so. To show, never to choose by: names
    /// are not unique.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn service_principals_starting_with(
        &self,
        prefix: &str,
    ) -> Result<Vec<ServicePrincipal>, GraphCallError> {
        let filter = format!("startswith(displayName,{})", quoted(prefix));
        let url = self.url(
            &["servicePrincipals"],
            &[("$filter", &filter), ("$select", FIELDS)],
        );
        self.list("the list of service principals", url).await
    }

    /// Makes an application present in the tenant.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`]; a conflict ([`GraphCallError::is_conflict`]) when it is already.
    pub async fn create_service_principal(
        &self,
        principal: &NewServicePrincipal,
        age_of_application: ObjectAge,
    ) -> Result<ServicePrincipal, GraphCallError> {
        let url = self.url(&["servicePrincipals"], &[]);
        self.patiently(age_of_application, || {
            self.create("the new service principal", url.clone(), principal)
        })
        .await
    }

    /// Takes an application's presence out of the tenant; it can be restored for thirty days. One
    /// that is gone already is as wanted.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn delete_service_principal(&self, id: ObjectId) -> Result<(), GraphCallError> {
        self.delete(self.url(&["servicePrincipals", &id.to_string()], &[]))
            .await
    }
}
