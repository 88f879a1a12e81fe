//! Permission grants: what consent creates.

use lcs_types::ObjectId;
use lcs_wire::graph::{ConsentType, GrantPatch, NewGrant, OAuth2PermissionGrant};

use super::{GraphApi, GraphCallError, ObjectAge, quoted};

impl GraphApi {
    /// The grants of one kind between a client and a resource, by the object ids of their
    /// service principals.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn grants(
        &self,
        client: ObjectId,
        resource: ObjectId,
        consent_type: ConsentType,
    ) -> Result<Vec<OAuth2PermissionGrant>, GraphCallError> {
        let filter = format!(
            "clientId eq {} and resourceId eq {} and consentType eq {}",
            quoted(&client.to_string()),
            quoted(&resource.to_string()),
            quoted(consent_type.as_str()),
        );
        let url = self.url(&["oauth2PermissionGrants"], &[("$filter", &filter)]);
        self.list("the list of permission grants", url).await
    }

    /// Creates a grant.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`]; a conflict ([`GraphCallError::is_conflict`]) when there is one.
    pub async fn create_grant(
        &self,
        grant: &NewGrant,
        age_of_client: ObjectAge,
    ) -> Result<OAuth2PermissionGrant, GraphCallError> {
        let url = self.url(&["oauth2PermissionGrants"], &[]);
        self.patiently(age_of_client, || {
            self.create("the new permission grant", url.clone(), grant)
        })
        .await
    }

    /// States all values that a grant shall hold from now on.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn update_grant(&self, id: &str, patch: &GrantPatch) -> Result<(), GraphCallError> {
        let url = self.url(&["oauth2PermissionGrants", id], &[]);
        self.update(url, patch).await
    }

    /// The grants of all clients to a resource, of users and of administrators.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn grants_to(
        &self,
        resource: ObjectId,
    ) -> Result<Vec<OAuth2PermissionGrant>, GraphCallError> {
        let filter = format!("resourceId eq {}", quoted(&resource.to_string()));
        let url = self.url(&["oauth2PermissionGrants"], &[("$filter", &filter)]);
        self.list("the list of permission grants", url).await
    }

    /// Takes a grant back. One that is gone already is as wanted.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn delete_grant(&self, id: &str) -> Result<(), GraphCallError> {
        self.delete(self.url(&["oauth2PermissionGrants", id], &[]))
            .await
    }
}
