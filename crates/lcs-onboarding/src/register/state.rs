//! One write after the other, each noted before and after; and reading back.

use lcs_client::{GraphApi, GraphCallError, ObjectAge};
use lcs_types::{ClientId, ObjectId, PermissionId};
use lcs_wire::{
    graph::{
        Application, ApplicationPatch, ConsentType, GrantPatch, NewGrant, NewServicePrincipal,
        ServicePrincipal,
    },
    well_known::LCS_CLIENT_ID,
};

use super::{RegistrationError, RegistrationRequest};
use crate::{
    effect::{Effect, MARK},
    facts::{Facts, administrators_grant},
    plan::{
        Change, Granted, LOOPBACK_REDIRECT, PlannedAction, RegistrationPlan, SetupObject, plan,
    },
    record::{Notes, RecordError},
};

/// How often the tenant is read back before a change counts as lost.
const MOST_LOOKS: u32 = 4;
/// Makes the application show under *Enterprise applications*, as the portal does.
const PORTAL_TAG: &str = "WindowsAzureActiveDirectoryIntegratedApp";

/// Why an action stopped.
pub(super) enum Failed {
    /// Graph refused, or did not answer.
    Call(GraphCallError),
    /// It could not be noted.
    Record(RecordError),
}

impl From<GraphCallError> for Failed {
    fn from(error: GraphCallError) -> Self {
        Self::Call(error)
    }
}

impl From<RecordError> for Failed {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

/// What is known while the plan is applied.
pub(super) struct State {
    mark: String,
    permission: PermissionId,
    application: Option<Application>,
    application_age: ObjectAge,
    client: Option<ServicePrincipal>,
    client_age: ObjectAge,
    lcs: Option<ServicePrincipal>,
    graph: Option<ServicePrincipal>,
}

impl State {
    pub(super) fn of(facts: &Facts, mark: String) -> Self {
        // An earlier run that was interrupted may have created them a moment ago.
        let age = |tags: Option<&Vec<String>>| {
            if tags.is_some_and(|tags| tags.contains(&mark)) {
                ObjectAge::JustCreated
            } else {
                ObjectAge::Established
            }
        };
        let application = facts.applications.first().cloned();
        Self {
            permission: facts.permission(),
            application_age: age(application.as_ref().map(|found| &found.tags)),
            client_age: age(facts.client.as_ref().map(|found| &found.tags)),
            application,
            client: facts.client.clone(),
            lcs: facts.lcs.clone(),
            graph: facts.sign_in.graph.clone(),
            mark,
        }
    }

    /// Does one action. What is refused is not noted.
    pub(super) async fn apply(
        &mut self,
        graph: &GraphApi,
        action: &PlannedAction,
        notes: &mut Notes<'_>,
    ) -> Result<(), Failed> {
        let Some(effect) = self.effect(action)? else {
            return Ok(());
        };
        notes.begin(effect.clone())?;
        match self.write(graph, &action.change, effect).await {
            Ok(effect) => Ok(notes.finish(effect)?),
            Err(error) => {
                // Only a refusal says for certain that nothing was done.
                if error.status().is_some_and(|status| status < 500) {
                    notes.finish(None)?;
                }
                Err(error.into())
            }
        }
    }

    /// What an action will have done.
    fn effect(&self, action: &PlannedAction) -> Result<Option<Effect>, GraphCallError> {
        Ok(Some(match &action.change {
            Change::None => return Ok(None),
            Change::CreateApplication(_) => Effect::CreatedApplication { id: None },
            Change::UpdateApplication(_) => {
                let application = self.application()?;
                let id = application.id;
                match action.object {
                    SetupObject::Permission => Effect::AddedPermission {
                        application: id,
                        permission: self.permission,
                    },
                    SetupObject::PublicClient => Effect::SwitchedOn {
                        application: id,
                        before: application.is_fallback_public_client,
                    },
                    _ => Effect::AddedRedirectUri {
                        application: id,
                        uri: LOOPBACK_REDIRECT.to_owned(),
                    },
                }
            }
            Change::CreateLcsServicePrincipal => Effect::CreatedServicePrincipal {
                app_id: LCS_CLIENT_ID,
                id: None,
            },
            Change::CreateClientServicePrincipal => Effect::CreatedServicePrincipal {
                app_id: self.application()?.app_id,
                id: None,
            },
            Change::CreateGrant { resource, scope } => Effect::CreatedGrant {
                client: self.client()?.id,
                resource: self.granted(*resource)?,
                scope: scope.clone(),
            },
            Change::UpdateGrant { .. } => Effect::AddedScope {
                client: self.client()?.id,
                resource: self.granted(match action.object {
                    SetupObject::SignInConsent => Granted::Graph,
                    _ => Granted::Lcs,
                })?,
                scope: added(action),
            },
        }))
    }

    /// Writes, and says what was really done: nothing, if somebody else was faster.
    async fn write(
        &mut self,
        graph: &GraphApi,
        change: &Change,
        effect: Effect,
    ) -> Result<Option<Effect>, GraphCallError> {
        match change {
            Change::None => Ok(None),
            Change::CreateApplication(new) => {
                let mut tags = vec![MARK.to_owned(), self.mark.clone()];
                tags.dedup();
                let new = ApplicationPatch {
                    tags: Some(tags),
                    ..new.clone()
                };
                let created = graph.create_application(&new).await?;
                self.application_age = ObjectAge::JustCreated;
                let id = Some(created.id);
                self.application = Some(created);
                Ok(Some(Effect::CreatedApplication { id }))
            }
            Change::UpdateApplication(patch) => {
                let id = self.application()?.id;
                graph
                    .update_application(id, patch, self.application_age)
                    .await?;
                Ok(Some(effect))
            }
            Change::CreateLcsServicePrincipal => {
                // LCS is Microsoft's application, not one of this run: no patience with a denial.
                let tags = [self.mark.clone()];
                let lcs = make_present(graph, LCS_CLIENT_ID, &tags, ObjectAge::Established).await?;
                let effect = self.created(&lcs);
                self.lcs = Some(lcs);
                Ok(effect)
            }
            Change::CreateClientServicePrincipal => {
                let client_id = self.application()?.app_id;
                let tags = [PORTAL_TAG.to_owned(), self.mark.clone()];
                let client = make_present(graph, client_id, &tags, self.application_age).await?;
                let effect = self.created(&client);
                self.client = Some(client);
                self.client_age = ObjectAge::JustCreated;
                Ok(effect)
            }
            Change::CreateGrant { resource, scope } => {
                let resource = self.granted(*resource)?;
                self.create_grant(graph, resource, scope).await
            }
            Change::UpdateGrant { id, patch } => {
                graph.update_grant(id, patch).await?;
                Ok(Some(effect))
            }
        }
    }

    /// Ours, or that of somebody who was faster.
    fn created(&self, principal: &ServicePrincipal) -> Option<Effect> {
        principal
            .tags
            .contains(&self.mark)
            .then_some(Effect::CreatedServicePrincipal {
                app_id: principal.app_id,
                id: Some(principal.id),
            })
    }

    async fn create_grant(
        &self,
        graph: &GraphApi,
        resource: ObjectId,
        scope: &str,
    ) -> Result<Option<Effect>, GraphCallError> {
        let client = self.client()?.id;
        let new = NewGrant {
            client_id: client,
            consent_type: ConsentType::AllPrincipals,
            principal_id: None,
            resource_id: resource,
            scope: scope.to_owned(),
        };
        match graph.create_grant(&new, self.client_age).await {
            Err(error) if error.is_conflict() => {
                // Somebody else was faster: take theirs, and add what it lacks.
                let Some(grant) = administrators_grant(graph, client, resource).await? else {
                    return Err(error);
                };
                let mut values: Vec<_> = grant.scope.split_whitespace().collect();
                let missing: Vec<_> = scope
                    .split_whitespace()
                    .filter(|word| !values.contains(word))
                    .collect();
                if missing.is_empty() {
                    return Ok(None);
                }
                values.extend(&missing);
                let patch = GrantPatch {
                    scope: values.join(" "),
                };
                graph.update_grant(&grant.id, &patch).await?;
                Ok(Some(Effect::AddedScope {
                    client,
                    resource,
                    scope: missing.join(" "),
                }))
            }
            result => {
                result?;
                Ok(Some(Effect::CreatedGrant {
                    client,
                    resource,
                    scope: scope.to_owned(),
                }))
            }
        }
    }

    /// Reads back until nothing is left to plan but what was denied; `None` when there is no
    /// application to look at. Objects of this run are addressed by their keys, since lists show
    /// them late.
    pub(super) async fn verify(
        &self,
        graph: &GraphApi,
        request: &RegistrationRequest,
        before: &Facts,
        applied: &RegistrationPlan,
        denied: &[SetupObject],
    ) -> Result<Option<Facts>, RegistrationError> {
        if applied.is_empty() {
            return Ok(Some(before.clone()));
        }
        let Some(application) = &self.application else {
            return Ok(None);
        };
        let mut looks = 0;
        loop {
            let facts = self
                .read_back(graph, application, before)
                .await
                .map_err(RegistrationError::Read)?;
            let rest = plan(&facts, request)?;
            let missing = rest
                .changes()
                .find(|action| !denied.contains(&action.object));
            let Some(missing) = missing else {
                return Ok(Some(facts));
            };
            looks += 1;
            if looks >= MOST_LOOKS {
                return Err(RegistrationError::Unverified {
                    step: missing.step,
                    what: missing.what.clone(),
                });
            }
            graph.pause_for_consistency(looks).await;
        }
    }

    async fn read_back(
        &self,
        graph: &GraphApi,
        application: &Application,
        before: &Facts,
    ) -> Result<Facts, GraphCallError> {
        let read_back = graph
            .application(application.id, self.application_age)
            .await?;
        let client = graph.service_principal(application.app_id).await?;
        let lcs = graph.service_principal(LCS_CLIENT_ID).await?;
        let grant = match (&client, &lcs) {
            (Some(client), Some(lcs)) => administrators_grant(graph, client.id, lcs.id).await?,
            _ => None,
        };
        let mut sign_in = before.sign_in.clone();
        sign_in.grant = sign_in.grant_to_graph(graph, client.as_ref()).await?;
        Ok(Facts {
            lcs,
            applications: vec![read_back],
            client,
            grant,
            sign_in,
            ..before.clone()
        })
    }

    fn granted(&self, resource: Granted) -> Result<ObjectId, GraphCallError> {
        let (principal, name) = match resource {
            Granted::Lcs => (&self.lcs, "the service principal of LCS"),
            Granted::Graph => (&self.graph, "the service principal of Microsoft Graph"),
        };
        let principal = principal.as_ref().ok_or(GraphCallError::Missing(name))?;
        Ok(principal.id)
    }

    fn application(&self) -> Result<&Application, GraphCallError> {
        self.application
            .as_ref()
            .ok_or(GraphCallError::Missing("the application"))
    }

    fn client(&self) -> Result<&ServicePrincipal, GraphCallError> {
        self.client.as_ref().ok_or(GraphCallError::Missing(
            "the application's service principal",
        ))
    }
}

/// The values that an action adds.
fn added(action: &PlannedAction) -> String {
    let added: Vec<_> = action
        .after
        .iter()
        .filter(|value| !action.before.contains(value))
        .map(String::as_str)
        .collect();
    added.join(" ")
}

/// Creates a service principal, or takes the one that somebody else has just created.
async fn make_present(
    graph: &GraphApi,
    app_id: ClientId,
    tags: &[String],
    age: ObjectAge,
) -> Result<ServicePrincipal, GraphCallError> {
    let new = NewServicePrincipal {
        app_id,
        tags: tags.to_vec(),
    };
    match graph.create_service_principal(&new, age).await {
        Err(error) if error.is_conflict() => match graph.service_principal(app_id).await? {
            Some(principal) => Ok(principal),
            None => Err(error),
        },
        result => result,
    }
}
