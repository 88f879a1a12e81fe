//! Asking the tenant's policies about a sign-in: the facts are loaded here, the verdict is
//! [`crate::conditional_access`]'s.

use std::net::IpAddr;

use lcs_types::ClientId;
use lcs_wire::entra::aadsts::Refusal;

use crate::{
    Directory,
    conditional_access::{Evaluation, Rules, SignInFacts, evaluate},
    error::DirectoryFailure,
    model::{Authentication, Multifactor, SignInFlow, Tenant, User},
};

/// A sign-in that policies are asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PolicyQuestion<'question> {
    pub(crate) tenant: &'question Tenant,
    pub(crate) user: &'question User,
    pub(crate) resource: ClientId,
    pub(crate) flow: SignInFlow,
    pub(crate) address: IpAddr,
    pub(crate) authentication: &'question Authentication,
}

impl Directory {
    /// What the policies of the tenant say. The second factor of a guest is the one at home.
    pub(crate) async fn ask_policies(
        &self,
        question: &PolicyQuestion<'_>,
    ) -> Result<Evaluation, DirectoryFailure> {
        let user = question.user;
        let home = self.home_of(user).await?;
        let settings = &question.tenant.settings;
        let policies = self
            .store
            .conditional_access_policies(question.tenant.id)
            .await?;
        let is_demanded = [user, &home]
            .iter()
            .any(|user| user.multifactor == Multifactor::Required);
        Ok(evaluate(
            &Rules {
                policies: &policies,
                named_locations: &settings.named_locations,
                security_defaults: settings.security_defaults,
                refuses_administrators: self
                    .settings
                    .inferences
                    .security_defaults_refuse_administrators,
            },
            &SignInFacts {
                user: user.id,
                roles: &user.roles,
                is_guest: user.is_guest(),
                multifactor: if is_demanded {
                    Multifactor::Required
                } else {
                    Multifactor::NotRequired
                },
                is_enrolled: home.totp.is_some(),
                resource: question.resource,
                flow: question.flow,
                address: question.address,
                authentication: question.authentication,
                now: self.now(),
            },
        ))
    }

    /// The account that holds password and second factor of a user.
    async fn home_of(&self, user: &User) -> Result<User, DirectoryFailure> {
        match &user.kind {
            crate::model::UserKind::Member => Ok(user.clone()),
            crate::model::UserKind::Guest(home) => {
                let found = self.store.user(home.tenant, home.user).await?;
                // Whose account at home is gone has no second factor to give.
                Ok(found.unwrap_or_else(|| user.clone()))
            }
        }
    }
}

/// The refusal of a flow in which nobody can be asked for what a policy demands.
pub(crate) fn refuse(evaluation: &Evaluation, resource: ClientId) -> Result<(), Refusal> {
    match evaluation.verdict.refusal(resource) {
        None => Ok(()),
        Some(refusal) => Err(refusal),
    }
}
