//! The client credentials grant (RFC 6749 §4.4): always refused, because no application has a
//! credential yet.

use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::{SignInDraft, TokenResponse, client::has_credential};
use crate::{Directory, error::DirectoryError, form::Form, model::TenantTarget};

impl Directory {
    pub(super) async fn client_credentials_grant(
        &self,
        form: &Form,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        // The grant is for one tenant; without a user there is none to derive it from.
        let TenantTarget::Tenant(tenant) = target else {
            return Err(Aadsts::GrantNotForCommon.into());
        };
        draft.tenant = Some(tenant);
        let client = self.client_in(tenant, form.require("client_id")?).await?;
        if !has_credential(form) {
            return Err(Aadsts::ClientCredentialsMissing.into());
        }
        if let Some(scope) = form
            .text("scope")
            .filter(|scope| !scope.ends_with("/.default"))
        {
            return Err(Refusal::new(Aadsts::ClientCredentialsScope)
                .with("scope", scope)
                .into());
        }
        Err(client.wrong_secret().into())
    }
}
