//! `/users/{id}/authentication`: what a user signs in with. Never a secret.

use lcs_types::UserId;
use serde::Serialize;
use uuid::{Uuid, uuid};

use super::{
    GraphCaller, GraphFailed, GraphRefusal, Operation, UserKey, instant, users::may_touch,
};
use crate::{Directory, model::User, store::Changed};

/// The id of everybody's password ("passwordAuthenticationMethod resource type").
const PASSWORD: Uuid = uuid!("28c10230-6103-485e-b985-444c60001490");

/// A method in the shape of Graph's `passwordAuthenticationMethod` or
/// `softwareOathAuthenticationMethod`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationMethodView {
    /// Which of both it is.
    #[serde(rename = "@odata.type")]
    pub kind: &'static str,
    /// The id, unique for the user.
    pub id: Uuid,
    /// When an authenticator app was set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date_time: Option<String>,
}

impl AuthenticationMethodView {
    /// The type of passwords.
    pub const PASSWORD: &'static str = "#microsoft.graph.passwordAuthenticationMethod";
    /// The type of authenticator apps.
    pub const SOFTWARE_OATH: &'static str = "#microsoft.graph.softwareOathAuthenticationMethod";
}

impl Directory {
    /// What the caller signs in with.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NeedsUser`]; a failure of ours.
    pub async fn own_authentication_methods(
        &self,
        caller: &GraphCaller,
    ) -> Result<Vec<AuthenticationMethodView>, GraphFailed> {
        caller.require(Operation::ReadOwnAuthenticationMethods)?;
        let key = UserKey::Id(caller.user()?);
        Ok(methods(&self.find_user(caller.tenant, &key).await?))
    }

    /// What a user signs in with.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn authentication_methods(
        &self,
        caller: &GraphCaller,
        key: &UserKey,
    ) -> Result<Vec<AuthenticationMethodView>, GraphFailed> {
        caller.require(Operation::ReadAuthenticationMethods)?;
        let user = self.find_user(caller.tenant, key).await?;
        caller.require_unless(Operation::ReadAuthenticationMethods, caller.is(user.id))?;
        Ok(methods(&user))
    }

    /// Takes a user's authenticator app away: the next sign-in that needs one sets it up anew.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], also for the app of somebody who holds a directory role, which
    /// only global administrators may take; [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn remove_authenticator_app(
        &self,
        caller: &GraphCaller,
        key: &UserKey,
        id: &str,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::RemoveAuthenticationMethod)?;
        let mut user = self.find_user(caller.tenant, key).await?;
        may_touch(caller, &user)?;
        let not_found = || GraphFailed::from(GraphRefusal::not_found(id));
        let is_this = id.parse::<Uuid>().is_ok_and(|id| id == app_id(user.id));
        if user.totp.is_none() || !is_this {
            return Err(not_found());
        }
        user.totp = None;
        match self.store.replace_user(&user).await? {
            Changed::Yes => {}
            Changed::NotFound => return Err(not_found()),
        }
        self.audit_call(caller, "Admin deleted security info", &user)
            .await
    }
}

fn methods(user: &User) -> Vec<AuthenticationMethodView> {
    let password = user.password.as_ref().map(|_| AuthenticationMethodView {
        kind: AuthenticationMethodView::PASSWORD,
        id: PASSWORD,
        created_date_time: None,
    });
    let app = user.totp.as_ref().map(|totp| AuthenticationMethodView {
        kind: AuthenticationMethodView::SOFTWARE_OATH,
        id: app_id(user.id),
        created_date_time: Some(instant(totp.enrolled_at)),
    });
    password.into_iter().chain(app).collect()
}

/// A user has one app at most; its id follows from the user's.
fn app_id(user: UserId) -> Uuid {
    Uuid::new_v5(
        user.as_uuid(),
        AuthenticationMethodView::SOFTWARE_OATH.as_bytes(),
    )
}
