//! The device code grant: starting a request, and polling for its answer (RFC 8628 §3).
//!
//! The person's side is in [`crate::device`]. Starting succeeds even when the public client
//! switch is off; the poll is then refused. `slow_down` is never answered, because the service
//! does not and several client libraries stop at it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use lcs_wire::entra::{Aadsts, DeviceAnswerV1, DeviceAnswerV2, Endpoint};

use super::{
    ClientAuthentication, Demand, DeviceResponse, Issue, SignInDraft, TokenContext, TokenResponse,
    read_request, require_resource,
};
use crate::{
    Directory,
    error::DirectoryError,
    form::Form,
    model::{DeviceApproval, DeviceCode, DeviceCodeState, SignInFlow, TenantTarget},
    policy::PolicyQuestion,
    scopes::ResourceRequest,
    secret_hash::SecretHash,
    store::{Added, Changed},
};

const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
const INTERVAL_SECONDS: i64 = 5;
/// Upper-case letters and digits without vowels and without those that look alike.
const USER_CODE_ALPHABET: &[u8; 24] = b"BCDFGHJKLMNPQRSTVWXZ3479";
const USER_CODE_LENGTH: usize = 9;

/// A device code that was approved, and the client that polls for it.
struct Redeemed<'request> {
    code: &'request DeviceCode,
    approval: &'request DeviceApproval,
    client_authentication: ClientAuthentication,
}

impl Directory {
    /// Answers a request to the device code endpoint.
    ///
    /// # Errors
    ///
    /// [`DirectoryError::Refused`] for an unknown tenant or client, a bad scope, an unknown
    /// resource; a failure of ours.
    pub async fn start_device_code(
        &self,
        form: &Form,
        context: &TokenContext,
    ) -> Result<DeviceResponse, DirectoryError> {
        let target = self.resolve_tenant(&context.tenant_segment).await?;
        let client_id = form.require("client_id")?;
        require_resource(form, context.endpoint)?;
        let client = self.client_for(target, client_id).await?;
        let request = read_request(form, context.endpoint)?;
        self.authorise(&client, request.clone()).await?;
        let now = self.now();
        let device_code = format!("DAQ{}", URL_SAFE_NO_PAD.encode(self.random_bytes::<96>()));
        loop {
            let user_code = self.user_code();
            let code = DeviceCode {
                device_code: SecretHash::of(&device_code),
                user_code: SecretHash::of(&user_code),
                target,
                client: client.id(),
                endpoint: context.endpoint,
                scope: request.to_scope(),
                expires_at: now + LIFETIME,
                state: DeviceCodeState::Pending,
            };
            // Two living requests never share a user code.
            if self.store.add_device_code(&code, now).await? == Added::Yes {
                return Ok(self.device_response(context, user_code, device_code));
            }
        }
    }

    fn device_response(
        &self,
        context: &TokenContext,
        user_code: String,
        device_code: String,
    ) -> DeviceResponse {
        let settings = &self.settings;
        let origin = settings.device_page_origin.as_ref();
        let origin = origin.unwrap_or(&context.origin);
        let page = format!("{origin}{}", settings.device_page_path);
        let message = format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        );
        match context.endpoint {
            Endpoint::V2 => DeviceResponse::V2(DeviceAnswerV2 {
                user_code,
                device_code,
                verification_uri: page,
                expires_in: LIFETIME.as_secs(),
                interval: INTERVAL_SECONDS,
                message,
            }),
            Endpoint::V1 => DeviceResponse::V1(DeviceAnswerV1 {
                user_code,
                device_code,
                verification_url: page,
                expires_in: LIFETIME.as_secs().to_string(),
                interval: INTERVAL_SECONDS.to_string(),
                message,
            }),
        }
    }

    fn user_code(&self) -> String {
        let mut code = String::with_capacity(USER_CODE_LENGTH);
        while code.len() < USER_CODE_LENGTH {
            let [byte] = self.random_bytes();
            // Bytes past the last whole multiple would make the start of the alphabet likelier.
            if byte < 240 {
                code.push(char::from(USER_CODE_ALPHABET[usize::from(byte % 24)]));
            }
        }
        code
    }

    pub(super) async fn device_code_grant(
        &self,
        form: &Form,
        context: &TokenContext,
        target: TenantTarget,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        // MSAL for Python sends the value under both names.
        let presented = form.text("device_code").or_else(|| form.text("code"));
        let presented = presented.map_or_else(|| form.require("device_code"), Ok)?;
        let presented = SecretHash::of(presented);
        if let TenantTarget::Tenant(tenant) = target {
            draft.tenant = Some(tenant);
        }
        let client = self.client_for(target, form.require("client_id")?).await?;
        draft.client_name = Some(client.name().to_owned());
        let client_authentication = self.authenticate(&client, form, context, Demand::Switch)?;
        let code = self.store.device_code(presented).await?;
        let code = code
            .filter(|code| code.client == client.id())
            .ok_or(Aadsts::BadVerificationCode)?;
        let approval = match &code.state {
            DeviceCodeState::Redeemed => return Err(Aadsts::BadVerificationCode.into()),
            DeviceCodeState::Declined => return Err(Aadsts::AuthorizationDeclined.into()),
            _ if code.expires_at <= self.now() => return Err(Aadsts::DeviceCodeExpired.into()),
            DeviceCodeState::Pending => return Err(Aadsts::AuthorizationPending.into()),
            DeviceCodeState::Approved(approval) => approval,
        };
        if !target.admits(approval.tenant) {
            return Err(Aadsts::OtherTenant.into());
        }
        let redeemed = Redeemed {
            code: &code,
            approval,
            client_authentication,
        };
        self.redeem(form, context, &redeemed, draft).await
    }

    async fn redeem(
        &self,
        form: &Form,
        context: &TokenContext,
        redeemed: &Redeemed<'_>,
        draft: &mut SignInDraft,
    ) -> Result<TokenResponse, DirectoryError> {
        let Redeemed {
            code,
            approval,
            client_authentication,
        } = *redeemed;
        let client = self
            .client_in(approval.tenant, &code.client.to_string())
            .await?;
        let request = ResourceRequest::from_scope(&code.scope)?;
        draft.resource = Some(request.audience());
        let authorisation = self.authorise(&client, request).await?;
        let user = self.named_user(&client.tenant, approval.user).await?;
        draft.note_user(&user);
        crate::sign_in::check_account(&user, &client.tenant)?;
        self.check_policies(
            &PolicyQuestion {
                tenant: &client.tenant,
                user: &user,
                resource: authorisation.resource.client_id,
                flow: SignInFlow::DeviceCode,
                address: context.client_address,
                authentication: &approval.authentication,
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
                flow: SignInFlow::DeviceCode,
                authentication: &approval.authentication,
                family: None,
                nonce: None,
                form,
                context,
            })
            .await?;
        // Of several polls at once exactly one passes here; what the others made is dropped.
        let kept = issued.refresh_token.as_ref();
        match self
            .store
            .redeem_device_code(code.device_code, kept, self.now())
            .await?
        {
            Changed::Yes => Ok(issued.response),
            Changed::NotFound => Err(Aadsts::BadVerificationCode.into()),
        }
    }
}
