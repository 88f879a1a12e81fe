//! The consent step: what a person must accept, and what is recorded when they do.
//!
//! What is granted is computed here, never from form fields; whether it may be is decided in
//! [`crate::consent`].

use lcs_types::{ObjectId, TenantId, UserId};
use lcs_wire::{
    entra::{Aadsts, aadsts::Refusal},
    well_known::GRAPH_CLIENT_ID,
};

use super::{ConsentView, Errand, Running, Step};
use crate::{
    Directory,
    consent::{self, Consent, WantedPermission},
    error::{DirectoryError, DirectoryFailure},
    model::{AuditCategory, AuditTarget, PermissionGrant},
    sign_in::SignedInUser,
    token::{Client, TokenContext},
};

/// For whom a person accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AcceptFor {
    /// For themself.
    Myself,
    /// For everybody in the tenant; administrators only.
    Organization,
}

impl Running {
    /// What the person must accept – with everything that was accepted before when they are asked
    /// again – and whether only an administrator could.
    pub(crate) fn wanted(
        &self,
        asks_again: bool,
    ) -> Result<(Vec<WantedPermission>, bool), Refusal> {
        let (mut wanted, mut needs_administrator) = (Vec::new(), false);
        for authorisation in &self.authorisations {
            let consent = if asks_again {
                authorisation.consent_anew(&self.user)
            } else {
                authorisation.consent(&self.user)
            };
            match consent {
                Consent::Granted(_) => {}
                // `.default` of a client that lists nothing: accepting would grant nothing.
                Consent::Ask(missing) if missing.is_empty() => {
                    return Err(crate::token::no_consent(&self.client));
                }
                Consent::Ask(missing) => wanted.extend(missing),
                Consent::NeedsAdministrator(missing) => {
                    needs_administrator = true;
                    wanted.extend(missing);
                }
            }
        }
        Ok((wanted, needs_administrator))
    }
}

impl Directory {
    /// Accepting what was not accepted yet, by the person or by somebody who may; else nothing.
    pub(super) async fn consent_step(
        &self,
        errand: &Errand,
        running: &Running,
        asks_again: bool,
    ) -> Result<Step, DirectoryError> {
        let (wanted, needs_administrator) = running.wanted(asks_again)?;
        if wanted.is_empty() {
            return Ok(Step::Done);
        }
        let view = ConsentView {
            client: self.view_of_client(&running.client).await?,
            permissions: self
                .permission_views(running.client.tenant.id, &with_open_id(wanted, errand))
                .await?,
            may_accept_for_organization: running.user.consents_for_all(),
        };
        if !needs_administrator {
            return Ok(Step::Consent(view));
        }
        let workflow = running.client.tenant.settings.admin_consent_workflow;
        let pending_since = self.pending_consent_request(running).await?;
        let approval = consent::approval(workflow, pending_since);
        Ok(Step::NeedAdministrator(view, approval))
    }

    /// Records that the person accepted what [`Directory::next_step`] listed.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_step`]; AADSTS90094 when the person may not accept that.
    pub async fn accept(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        accept_for: AcceptFor,
        context: &TokenContext,
    ) -> Result<(), DirectoryError> {
        let running = self.run(errand, person).await?;
        if accept_for == AcceptFor::Organization && !running.user.consents_for_all() {
            return Err(Aadsts::AdminConsentNeeded.into());
        }
        // What was shown may have been granted before: the person was asked again.
        let (missing, needs_administrator) = running.wanted(false)?;
        let (wanted, needs_administrator) = if missing.is_empty() {
            running.wanted(true)?
        } else {
            (missing, needs_administrator)
        };
        if needs_administrator {
            return Err(Aadsts::AdminConsentNeeded.into());
        }
        let principal = match accept_for {
            AcceptFor::Myself => Some(person.user),
            AcceptFor::Organization => None,
        };
        let client = self.ensure_presence(&running.client).await?;
        // Inferred: that consent to them is recorded, and on which resource.
        let recorded = if self.settings.inferences.sign_in_scopes_recorded {
            with_open_id(wanted, errand)
        } else {
            wanted
        };
        self.grant(person.tenant, client, principal, recorded)
            .await?;
        self.audit_consent(person, context, &running.client, client)
            .await?;
        Ok(())
    }

    /// Adds these permissions to what is granted.
    pub(crate) async fn grant(
        &self,
        tenant: TenantId,
        client: ObjectId,
        principal: Option<UserId>,
        permissions: Vec<WantedPermission>,
    ) -> Result<(), DirectoryFailure> {
        for permission in permissions {
            let resource = self
                .store
                .service_principal_of_client(tenant, permission.resource)
                .await?
                .ok_or(DirectoryFailure::Dangling("service principal"))?;
            self.store
                .merge_grant(&PermissionGrant {
                    tenant,
                    client,
                    resource: resource.id,
                    principal,
                    values: vec![permission.value],
                })
                .await?;
        }
        self.complete_consent_requests(tenant, client).await
    }

    pub(crate) async fn audit_consent(
        &self,
        person: &SignedInUser,
        context: &TokenContext,
        client: &Client,
        service_principal: ObjectId,
    ) -> Result<(), DirectoryFailure> {
        let target = AuditTarget::new("ServicePrincipal", &service_principal, client.name());
        self.audit_person(
            person,
            context,
            "Consent to application",
            AuditCategory::ApplicationManagement,
            vec![target],
        )
        .await
    }
}

/// The scopes of OpenID Connect stand on the page with the others, and are recorded with them as
/// permissions of Microsoft Graph. That they alone never need consent is inferred from the article,
/// whose administrator grants `user_impersonation` and nothing else.
pub(crate) fn with_open_id(
    mut wanted: Vec<WantedPermission>,
    errand: &Errand,
) -> Vec<WantedPermission> {
    // They belong to the request as a whole and stand in each of its parts.
    let asked = errand.resources.first().map(|request| request.open_id);
    for value in asked.unwrap_or_default().words() {
        let is_there = wanted
            .iter()
            .any(|known| known.resource == GRAPH_CLIENT_ID && known.value == value);
        if !is_there {
            wanted.push(WantedPermission {
                resource: GRAPH_CLIENT_ID,
                value: value.to_owned(),
                by: crate::consent::ConsentBy::User,
            });
        }
    }
    wanted
}
