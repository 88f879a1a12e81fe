//! A client of another tenant becomes present in this one, as a service principal, when somebody
//! consents to it.

use lcs_types::ObjectId;

use crate::{
    Directory, error::DirectoryFailure, model::ServicePrincipal, store::Added, token::Client,
};

impl Directory {
    /// A client of another tenant becomes present in this one when somebody consents to it.
    pub(crate) async fn ensure_presence(
        &self,
        client: &Client,
    ) -> Result<ObjectId, DirectoryFailure> {
        match self.store.add_service_principal(&client.principal).await? {
            Added::Yes => Ok(client.principal.id),
            Added::Conflict => {
                let present = self
                    .store
                    .service_principal_of_client(client.tenant.id, client.id())
                    .await?;
                let present = present.ok_or(DirectoryFailure::Dangling("service principal"))?;
                self.mirror_abroad(client, &present).await?;
                Ok(present.id)
            }
        }
    }

    /// What an application of another tenant has become since it was made present here shows when
    /// somebody consents anew.
    async fn mirror_abroad(
        &self,
        client: &Client,
        present: &ServicePrincipal,
    ) -> Result<(), DirectoryFailure> {
        let Some(application) = &client.registration else {
            return Ok(());
        };
        let mut settings = present.settings.clone();
        settings.mirror(application);
        if settings != present.settings {
            self.store
                .change_service_principal(present.tenant, present.id, &settings)
                .await?;
        }
        Ok(())
    }
}
