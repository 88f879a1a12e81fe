//! `/applications/{id}/owners`: the users who may change an application without a directory role.

use lcs_types::UserId;
use lcs_wire::graph::User as Shown;

use super::{
    ApplicationKey, GraphCaller, GraphFailed, GraphRefusal, Operation, UserKey,
    applications::found, people::shown,
};
use crate::{Directory, model::Application};

impl Directory {
    /// The owners of an application, in the order in which they became so.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn list_owners(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
    ) -> Result<Vec<Shown>, GraphFailed> {
        caller.require(Operation::ReadApplications)?;
        let application = self.find_application(caller.tenant, key).await?;
        let mut owners = Vec::new();
        for id in &application.settings.owners {
            let owner = self.store.user(caller.tenant, *id).await?;
            let present = owner.filter(|user| user.deleted_at.is_none());
            owners.extend(present.as_ref().map(shown));
        }
        Ok(owners)
    }

    /// Makes a user an owner.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::BadRequest`] for one
    /// who is an owner already; a failure of ours.
    pub async fn add_owner(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
        owner: UserId,
    ) -> Result<(), GraphFailed> {
        let mut application = self.application_to_change(caller, key).await?;
        let user = self.find_user(caller.tenant, &UserKey::Id(owner)).await?;
        let owners = &mut application.settings.owners;
        if owners.contains(&user.id) {
            return Err(GraphRefusal::bad_request(
                "One or more added object references already exist for the following modified properties: 'owners'.",
            )
            .into());
        }
        owners.push(user.id);
        self.change_owners(caller, key, &application, "Add owner to application")
            .await
    }

    /// Makes a user an owner no more. An application may be without any.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn remove_owner(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
        owner: UserId,
    ) -> Result<(), GraphFailed> {
        let mut application = self.application_to_change(caller, key).await?;
        let owners = &mut application.settings.owners;
        let Some(place) = owners.iter().position(|id| *id == owner) else {
            return Err(GraphRefusal::not_found(owner).into());
        };
        owners.remove(place);
        self.change_owners(caller, key, &application, "Remove owner from application")
            .await
    }

    async fn change_owners(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
        application: &Application,
        activity: &str,
    ) -> Result<(), GraphFailed> {
        let changed = self
            .store
            .change_application(caller.tenant, application.id, &application.settings)
            .await?;
        found(changed, key)?;
        self.audit_call(caller, activity, application).await
    }
}
