//! The password grant (RFC 6749 §4.3), step 4 of the article.

use lcs_types::{TenantId, UserPrincipalName};
use lcs_wire::entra::{Aadsts, Endpoint};

use super::{
    Demand, Issue, SignInDraft, TokenContext, TokenResponse, read_request, require_resource,
};
use crate::{
    Directory,
    error::DirectoryError,
    form::Form,
    model::{Authentication, SignInFlow, TenantTarget},
    policy::PolicyQuestion,
};

impl Directory {
    pub(super) async fn password_grant(
        &self,
        form: &Form,
        context: &TokenContext,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        if target == TenantTarget::Common && context.endpoint == Endpoint::V2 {
            return Err(Aadsts::GrantNotForCommon.into());
        }
        let name = form.require("username")?;
        let password = form.require_secret("password")?;
        require_resource(form, context.endpoint)?;
        draft.user_name = Some(super::shortened(name));
        let tenant = self.tenant_of_user(target, name).await?;
        draft.tenant = Some(tenant);
        let client = self.client_in(tenant, form.require("client_id")?).await?;
        draft.note_client(&client);
        let inferences = &self.settings.inferences;
        let demand = Demand::of_password(inferences.secret_beside_switch);
        let client_authentication = self.authenticate(&client, form, context, demand);
        // Inferred: which of both is asked first.
        if client_authentication.is_err() && !inferences.switch_before_password {
            self.check_password(&client.tenant, name, password).await?;
        }
        let client_authentication = client_authentication?;
        let request = read_request(form, context.endpoint)?;
        draft.resource = Some(request.audience());
        let authorisation = self.authorise(&client, request).await?;
        let user = self.check_password(&client.tenant, name, password).await?;
        draft.note_user(&user);
        let session = lcs_types::randomness::random_uuid(&*self.randomness);
        let authentication = Authentication::by_password(self.now(), session);
        self.check_policies(
            &PolicyQuestion {
                tenant: &client.tenant,
                user: &user,
                resource: authorisation.resource.client_id,
                flow: SignInFlow::Password,
                address: context.client_address,
                authentication: &authentication,
            },
            draft,
        )
        .await?;
        self.require_assignment(&user, &[&client.principal, &authorisation.resource])
            .await?;
        let values = authorisation.granted(&client, &user)?;
        let issued = self
            .issue(&Issue {
                client: &client,
                client_authentication,
                authorisation: &authorisation,
                values: &values,
                user: &user,
                flow: SignInFlow::Password,
                authentication: &authentication,
                family: None,
                nonce: None,
                form,
                context,
            })
            .await?;
        if let Some(token) = &issued.refresh_token {
            self.store.add_refresh_token(token).await?;
        }
        Ok(issued.response)
    }

    /// The tenant that a path names, or else the one that owns the user's domain.
    pub(crate) async fn tenant_of_user(
        &self,
        target: TenantTarget,
        name: &str,
    ) -> Result<TenantId, DirectoryError> {
        match target {
            TenantTarget::Tenant(tenant) => Ok(tenant),
            TenantTarget::Common | TenantTarget::Organizations => {
                let name: UserPrincipalName =
                    name.parse().map_err(|_| Aadsts::NoTenantInformation)?;
                let tenant = self.store.tenant_of_domain(&name.domain()).await?;
                Ok(tenant.ok_or(Aadsts::NoTenantInformation)?.id)
            }
        }
    }
}
