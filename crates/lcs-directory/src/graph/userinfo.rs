//! The `UserInfo` endpoint of OpenID Connect (Core §5.3), which Microsoft Graph hosts.

use serde::Serialize;

use super::{GraphCaller, GraphFailed, UserKey};
use crate::{Directory, token::pairwise_subject};

/// Who the signed-in user is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    /// The same as in the id token.
    pub sub: String,
    /// The name shown to people.
    pub name: String,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The e-mail address, with the scope `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Directory {
    /// Who the caller is.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`](super::GraphRefusal::Denied) without the scope `openid`,
    /// [`GraphRefusal::NotFound`](super::GraphRefusal::NotFound) when the account is gone; a failure
    /// of ours.
    pub async fn user_info(&self, caller: &GraphCaller) -> Result<UserInfo, GraphFailed> {
        caller.require_permission(&["openid"])?;
        let key = UserKey::Id(caller.user()?);
        let user = self.find_user(caller.tenant, &key).await?;
        let has_email = caller.require_permission(&["email"]).is_ok();
        Ok(UserInfo {
            sub: pairwise_subject(caller.client, user.id),
            name: user.display_name,
            given_name: user.given_name,
            family_name: user.surname,
            email: has_email.then(|| user.user_principal_name.to_string()),
        })
    }
}
