//! Applications: the registration of step 1, its permissions and its public client switch.

use lcs_types::{ClientId, ObjectId};
use lcs_wire::graph::{Application, ApplicationPatch};

use super::{GraphApi, GraphCallError, ObjectAge, found, quoted, with_query};

const FIELDS: &str = "id,appId,displayName,uniqueName,createdDateTime,publisherDomain,\
                      signInAudience,isFallbackPublicClient,publicClient,web,spa,\
                      requiredResourceAccess,passwordCredentials,keyCredentials,\
                      identifierUris,appRoles,tags,notes";

impl GraphApi {
    /// The applications with exactly this display name, which need not be unique.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn applications_named(
        &self,
        display_name: &str,
    ) -> Result<Vec<Application>, GraphCallError> {
        let filter = format!("displayName eq {}", quoted(display_name));
        let url = self.url(
            &["applications"],
            &[("$filter", &filter), ("$select", FIELDS)],
        );
        self.list("the list of applications", url).await
    }

    /// An application by its application (client) id; `None` when it is not at home in the tenant.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn application_by_client_id(
        &self,
        id: ClientId,
    ) -> Result<Option<Application>, GraphCallError> {
        let url = self.url_by_key("applications", "appId", &id.to_string());
        let url = with_query(url, &[("$select", FIELDS)]);
        found(self.get("the application", url).await)
    }

    /// An application by its object id.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`]; 404 as [`GraphCallError::Refused`].
    pub async fn application(
        &self,
        id: ObjectId,
        age: ObjectAge,
    ) -> Result<Application, GraphCallError> {
        let url = self.url(&["applications", &id.to_string()], &[("$select", FIELDS)]);
        self.patiently(age, async || self.get("the application", url.clone()).await)
            .await
    }

    /// Creates an application.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`]; after [`GraphCallError::OutcomeUnknown`] it may be there.
    pub async fn create_application(
        &self,
        application: &ApplicationPatch,
    ) -> Result<Application, GraphCallError> {
        let url = self.url(&["applications"], &[]);
        self.create("the new application", url, application).await
    }

    /// Changes what is present in the patch. Lists are replaced whole, so give them whole.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn update_application(
        &self,
        id: ObjectId,
        patch: &ApplicationPatch,
        age: ObjectAge,
    ) -> Result<(), GraphCallError> {
        let url = self.url(&["applications", &id.to_string()], &[]);
        self.patiently(age, || self.update(url.clone(), patch))
            .await
    }

    /// Deletes an application with its service principal; both can be restored for thirty days.
    /// One that is gone already is as wanted.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn delete_application(&self, id: ObjectId) -> Result<(), GraphCallError> {
        self.delete(self.url(&["applications", &id.to_string()], &[]))
            .await
    }
}
