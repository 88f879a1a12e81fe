//! The person's side of the device flow: finding the request, approving, declining. What the person
//! must do in between is an [`Errand`].

use std::net::IpAddr;

use lcs_wire::entra::Aadsts;

use crate::{
    Directory,
    errand::{ClientView, Errand},
    error::{DirectoryError, DirectoryFailure},
    model::{DeviceApproval, DeviceCode, DeviceCodeState, DeviceDecision, SignInFlow},
    scopes::ResourceRequest,
    secret_hash::SecretHash,
    sign_in::SignedInUser,
    store::Changed,
};

/// A device request that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// What the person is asked for.
    pub errand: Errand,
    /// Who asks.
    pub client: ClientView,
}

impl Directory {
    /// The waiting request with this user code, entered in any case and with blanks or dashes.
    ///
    /// # Errors
    ///
    /// AADSTS90120 when somebody answered it already; what the token endpoint would refuse of the
    /// client; a failure of ours.
    pub async fn find_device_request(
        &self,
        user_code: &str,
    ) -> Result<Option<DeviceRequest>, DirectoryError> {
        let Some(code) = self.device_request(user_code).await? else {
            return Ok(None);
        };
        if code.state != DeviceCodeState::Pending {
            return Err(Aadsts::AlreadyAnswered.into());
        }
        // The request was let in at `common` too, where a page would refuse a single-tenant client.
        let client = self
            .client_for(code.target, &code.client.to_string())
            .await?;
        Ok(Some(DeviceRequest {
            errand: Errand {
                target: code.target,
                client: code.client,
                flow: SignInFlow::DeviceCode,
                resources: ResourceRequest::all_from_scope(&code.scope)?,
            },
            client: self.view_of_client(&client).await?,
        }))
    }

    /// Approves the request in the name of the signed-in person. The next poll gets tokens.
    ///
    /// # Errors
    ///
    /// AADSTS70018 when the request is not waiting any more, 65001 when something stands between;
    /// as [`Directory::next_step`].
    pub async fn approve_device_code(
        &self,
        user_code: &str,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<(), DirectoryError> {
        let request = self
            .find_device_request(user_code)
            .await?
            .ok_or(Aadsts::BadVerificationCode)?;
        self.require_done(&request.errand, person, address).await?;
        let approval = DeviceApproval {
            tenant: person.tenant,
            user: person.user,
            authentication: person.authentication.clone(),
        };
        self.decide(hash_of(user_code), DeviceDecision::Approve(approval))
            .await
    }

    /// Refuses the request; the next poll ends.
    ///
    /// # Errors
    ///
    /// AADSTS70018 when the request is not waiting any more; a failure of ours.
    pub async fn decline_device_code(&self, user_code: &str) -> Result<(), DirectoryError> {
        self.decide(hash_of(user_code), DeviceDecision::Decline)
            .await
    }

    async fn decide(
        &self,
        user_code: SecretHash,
        decision: DeviceDecision,
    ) -> Result<(), DirectoryError> {
        match self
            .store
            .decide_device_code(user_code, decision, self.now())
            .await?
        {
            Changed::Yes => Ok(()),
            Changed::NotFound => Err(Aadsts::BadVerificationCode.into()),
        }
    }

    async fn device_request(
        &self,
        user_code: &str,
    ) -> Result<Option<DeviceCode>, DirectoryFailure> {
        Ok(self
            .store
            .device_code_of_user_code(hash_of(user_code), self.now())
            .await?)
    }
}

/// People type codes in any case, and with blanks or dashes.
fn hash_of(user_code: &str) -> SecretHash {
    let typed: String = user_code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    SecretHash::of(&typed)
}
