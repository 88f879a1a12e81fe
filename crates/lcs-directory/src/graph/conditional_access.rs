//! `/identity/conditionalAccess/policies`. What a policy comes down to is decided in
//! [`crate::conditional_access`].

use lcs_types::ConditionalAccessPolicyId;
use serde_json::{Map, Value};

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation};
use crate::{
    Directory,
    model::{ConditionalAccessPolicy, ConditionalAccessSettings},
    store::Changed,
};

impl Directory {
    /// The policies of the caller's tenant, oldest first.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_conditional_access(
        &self,
        caller: &GraphCaller,
    ) -> Result<Vec<ConditionalAccessPolicy>, GraphFailed> {
        caller.require(Operation::ReadConditionalAccess)?;
        Ok(self
            .store
            .conditional_access_policies(caller.tenant)
            .await?)
    }

    /// A policy of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn conditional_access(
        &self,
        caller: &GraphCaller,
        id: ConditionalAccessPolicyId,
    ) -> Result<ConditionalAccessPolicy, GraphFailed> {
        let policies = self.list_conditional_access(caller).await?;
        let found = policies.into_iter().find(|policy| policy.id == id);
        Ok(found.ok_or_else(|| GraphRefusal::not_found(id))?)
    }

    /// Makes a policy, which counts at once.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; [`GraphRefusal::BadRequest`] for conditions and controls that the
    /// local cloud cannot judge; a failure of ours.
    pub async fn create_conditional_access(
        &self,
        caller: &GraphCaller,
        settings: ConditionalAccessSettings,
    ) -> Result<ConditionalAccessPolicy, GraphFailed> {
        caller.require(Operation::WriteConditionalAccess)?;
        check(&settings)?;
        let policy = ConditionalAccessPolicy {
            id: ConditionalAccessPolicyId::random(&*self.randomness),
            created_date_time: self.now(),
            modified_date_time: None,
            settings,
        };
        self.store
            .add_conditional_access_policy(caller.tenant, &policy)
            .await?;
        self.audit_call(caller, "Add conditional access policy", &policy)
            .await?;
        Ok(policy)
    }

    /// Changes the properties that are there; each is replaced as a whole.
    ///
    /// # Errors
    ///
    /// As [`Directory::create_conditional_access`], and [`GraphRefusal::NotFound`].
    pub async fn change_conditional_access(
        &self,
        caller: &GraphCaller,
        id: ConditionalAccessPolicyId,
        changes: Map<String, Value>,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::WriteConditionalAccess)?;
        let mut policy = self.conditional_access(caller, id).await?;
        let bad = |error: serde_json::Error| GraphRefusal::bad_request(error.to_string());
        let mut settings = serde_json::to_value(&policy.settings).map_err(bad)?;
        if let Value::Object(settings) = &mut settings {
            settings.extend(changes);
        }
        policy.settings = serde_json::from_value(settings).map_err(bad)?;
        check(&policy.settings)?;
        policy.modified_date_time = Some(self.now());
        self.store
            .replace_conditional_access_policy(caller.tenant, &policy)
            .await?;
        self.audit_call(caller, "Update conditional access policy", &policy)
            .await
    }

    /// Removes a policy.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn delete_conditional_access(
        &self,
        caller: &GraphCaller,
        id: ConditionalAccessPolicyId,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::WriteConditionalAccess)?;
        let policy = self.conditional_access(caller, id).await?;
        match self
            .store
            .remove_conditional_access_policy(caller.tenant, id)
            .await?
        {
            Changed::Yes => {}
            Changed::NotFound => return Err(GraphRefusal::not_found(id).into()),
        }
        self.audit_call(caller, "Delete conditional access policy", &policy)
            .await
    }
}

/// What cannot be judged is refused: a policy that silently concerned nobody would be no policy.
fn check(settings: &ConditionalAccessSettings) -> Result<(), GraphRefusal> {
    let unsupported = settings.unsupported();
    if unsupported.is_empty() {
        return Ok(());
    }
    Err(GraphRefusal::bad_request(format!(
        "The local cloud cannot judge these properties of a policy: {}.",
        unsupported.join(", ")
    )))
}
