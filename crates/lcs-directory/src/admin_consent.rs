//! The admin consent endpoint: an administrator accepts permissions of a client for everybody
//! ("Admin consent on the Microsoft identity platform").
//!
//! `.default`, and the first generation of the endpoint, mean all that the registration lists; the
//! tenant-wide grants of the client are replaced by that, as by the portal's button. Named scopes are
//! added.

use std::net::IpAddr;

use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};

use crate::{
    Directory,
    authorize::{AuthorizeError, Reply, ReplyTo, ResponseMode, redirect},
    consent::{Approval, WantedPermission},
    errand::{ConsentView, Errand, Running, Step},
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{PermissionGrant, RedirectType, SignInFlow},
    scopes::{OpenIdScopes, RequestedValues, ResourceRequest},
    sign_in::SignedInUser,
    token::{Client, TokenContext},
};

/// A request to the admin consent endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminConsentRequest {
    /// Who asks, for what.
    pub errand: Errand,
    /// Where the answer goes. The article registers no redirect URI, and then there is nowhere.
    pub reply_to: Option<ReplyTo>,
    /// Whether what was granted for everybody before is replaced.
    replaces: bool,
    /// The scope as it was sent.
    scope: Option<String>,
}

impl Directory {
    /// Reads a request to the admin consent endpoint.
    ///
    /// # Errors
    ///
    /// [`AuthorizeError`]: what Entra refuses before anybody is asked.
    pub async fn read_admin_consent_request(
        &self,
        form: &Form,
        context: &TokenContext,
    ) -> Result<AdminConsentRequest, AuthorizeError> {
        let target = self
            .target_for_people(form, context)
            .await
            .map_err(AuthorizeError::on_page)?;
        let client_id = form.require("client_id").map_err(AuthorizeError::Page)?;
        let client = self
            .client_for_people(target, client_id)
            .await
            .map_err(AuthorizeError::on_page)?;
        let reply_to = reply_to(form, &client).map_err(AuthorizeError::Page)?;
        let scope = match context.endpoint {
            Endpoint::V1 => None,
            Endpoint::V2 => form.text("scope").map(str::to_owned),
        };
        let (resources, replaces) = match &scope {
            None => (listed(&client), true),
            Some(scope) => {
                let requests =
                    ResourceRequest::all_from_scope(scope).map_err(|refusal| match &reply_to {
                        Some(reply_to) => AuthorizeError::Client(reply_to.clone(), refusal),
                        None => AuthorizeError::Page(refusal),
                    })?;
                let is_default =
                    |request: &ResourceRequest| request.values == RequestedValues::Default;
                if requests.iter().any(is_default) {
                    (listed(&client), true)
                } else {
                    (requests, false)
                }
            }
        };
        if resources.is_empty() {
            let refusal = Refusal::new(Aadsts::MisconfiguredApplication)
                .with("client", client_id)
                .with("resource", scope.as_deref().unwrap_or(client.name()));
            return Err(AuthorizeError::Page(refusal));
        }
        Ok(AdminConsentRequest {
            errand: Errand {
                target,
                client: client.id(),
                flow: SignInFlow::AuthorizationCode(RedirectType::Public),
                resources,
            },
            reply_to,
            replaces,
            scope,
        })
    }

    /// What the signed-in person must do next; never [`Step::Done`], for every request is accepted
    /// anew.
    ///
    /// # Errors
    ///
    /// As [`Directory::next_step`].
    pub async fn next_admin_step(
        &self,
        request: &AdminConsentRequest,
        person: &SignedInUser,
        address: IpAddr,
    ) -> Result<Step, DirectoryError> {
        let running = self.run(&request.errand, person).await?;
        let errand = &request.errand;
        if let Some(step) = self.policy_step(errand, person, &running, address).await? {
            return Ok(step);
        }
        let view = ConsentView {
            client: self.view_of_client(&running.client).await?,
            permissions: self
                .permission_views(running.client.tenant.id, &wanted(&running))
                .await?,
            may_accept_for_organization: false,
        };
        Ok(if running.user.consents_for_all() {
            Step::Consent(view)
        } else {
            Step::NeedAdministrator(view, Approval::Elsewhere)
        })
    }

    /// Grants what [`Directory::next_admin_step`] listed to everybody in the person's tenant. Answers
    /// what the client is to hear, if there is anywhere to send it.
    ///
    /// # Errors
    ///
    /// AADSTS90094 when the person is no administrator; as [`Directory::next_step`].
    pub async fn accept_for_organization(
        &self,
        request: &AdminConsentRequest,
        person: &SignedInUser,
        context: &TokenContext,
    ) -> Result<Option<Reply>, DirectoryError> {
        match self
            .next_admin_step(request, person, context.client_address)
            .await?
        {
            Step::Consent(_) => {}
            _ => return Err(Aadsts::AdminConsentNeeded.into()),
        }
        let running = self.run(&request.errand, person).await?;
        let client = self.ensure_presence(&running.client).await?;
        let wanted = wanted(&running);
        if request.replaces {
            self.withdraw_others(person, client, &wanted).await?;
        }
        self.grant(person.tenant, client, None, wanted).await?;
        self.audit_consent(person, context, &running.client, client)
            .await?;
        Ok(request.reply_to.as_ref().map(|reply_to| {
            let mut parameters = vec![
                ("admin_consent", Secret::new("True")),
                ("tenant", Secret::new(person.tenant.to_string())),
            ];
            if let Some(scope) = &request.scope {
                parameters.push(("scope", Secret::new(scope.clone())));
            }
            reply_to.reply(parameters)
        }))
    }

    /// Takes back what was granted to everybody and is not wanted any more; users' own grants stay.
    async fn withdraw_others(
        &self,
        person: &SignedInUser,
        client: lcs_types::ObjectId,
        wanted: &[WantedPermission],
    ) -> Result<(), DirectoryFailure> {
        let principals = self.store.service_principals(person.tenant).await?;
        let is_wanted = |grant: &PermissionGrant, value: &String| {
            principals
                .iter()
                .find(|principal| principal.id == grant.resource)
                .is_some_and(|resource| {
                    wanted.iter().any(|permission| {
                        permission.resource == resource.client_id && permission.value == *value
                    })
                })
        };
        let grants = self.store.grants(person.tenant).await?;
        for grant in grants
            .into_iter()
            .filter(|grant| grant.client == client && grant.principal.is_none())
        {
            let kept: Vec<String> = grant
                .values
                .iter()
                .filter(|value| is_wanted(&grant, value))
                .cloned()
                .collect();
            if kept.is_empty() {
                self.store.remove_grant(person.tenant, &grant.id()).await?;
            } else {
                self.store
                    .change_grant(person.tenant, &grant.id(), &kept)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Where the answer goes: what was sent, if it is registered, else the first registered one.
fn reply_to(form: &Form, client: &Client) -> Result<Option<ReplyTo>, Refusal> {
    let sent = form.text("redirect_uri");
    let registered = client.redirect_uris();
    if sent.is_none() && registered.is_empty() {
        return Ok(None);
    }
    let redirect = redirect::find(sent, &registered, &client.id().to_string())?;
    Ok(Some(ReplyTo {
        redirect,
        mode: ResponseMode::Query,
        state: form.text("state").map(str::to_owned),
    }))
}

/// All resources that the registration lists.
fn listed(client: &Client) -> Vec<ResourceRequest> {
    client
        .required_resource_access()
        .iter()
        .map(|entry| ResourceRequest {
            resource: entry.resource_app_id.to_string(),
            values: RequestedValues::Default,
            open_id: OpenIdScopes::default(),
        })
        .collect()
}

fn wanted(running: &Running) -> Vec<WantedPermission> {
    let mut wanted: Vec<WantedPermission> = Vec::new();
    for authorisation in &running.authorisations {
        for permission in authorisation.all_wanted() {
            if !wanted.contains(&permission) {
                wanted.push(permission);
            }
        }
    }
    wanted
}
