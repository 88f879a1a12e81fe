//! Steps 1 to 3: reads the facts, applies the plan, reads back and verifies.

use lcs_client::{GraphApi, GraphCallError, ObjectAge};
use lcs_types::ClientId;
use lcs_wire::{
    entra::ArticleStep,
    graph::{
        Application, ApplicationPatch, ConsentType, GrantPatch, NewGrant, NewServicePrincipal,
        ServicePrincipal,
    },
    well_known::{LCS_CLIENT_ID, LCS_DISPLAY_NAME},
};

use crate::{
    facts::{Facts, administrators_grant},
    plan::{Change, PlanError, PlannedAction, RegistrationPlan, plan},
    report::{Lookalike, RegistrationReport},
};

/// How often the tenant is read back before a change counts as lost.
const MOST_LOOKS: u32 = 4;
/// Makes the application show under *Enterprise applications*, as the portal does.
const PORTAL_TAG: &str = "WindowsAzureActiveDirectoryIntegratedApp";

/// What to set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// The name of the application registration.
    pub display_name: String,
}

/// Steps 1 to 3 could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The name is empty or too long.
    #[error("an application's name has 1 to 120 characters")]
    Name,
    /// The tenant is in a state that only a person can resolve. Nothing was written.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The tenant could not be read.
    #[error("could not read the tenant")]
    Read(#[source] GraphCallError),
    /// A change was refused or got lost. Earlier ones stand; running again goes on.
    #[error("could not set up: {what}")]
    Write {
        /// The step that it belongs to.
        step: ArticleStep,
        /// The thing, for a person.
        what: String,
        /// Why.
        #[source]
        source: GraphCallError,
    },
    /// Everything was accepted, and reading back shows otherwise.
    #[error("accepted by Microsoft Graph, but not to be seen when read back: {what}")]
    Unverified {
        /// The step that it belongs to.
        step: ArticleStep,
        /// The thing, for a person.
        what: String,
    },
}

impl RegistrationError {
    /// Whether the signed-in user lacks a right.
    pub const fn is_forbidden(&self) -> bool {
        match self {
            Self::Read(source) | Self::Write { source, .. } => source.is_forbidden(),
            Self::Name | Self::Plan(_) | Self::Unverified { .. } => false,
        }
    }
}

/// Steps 1 to 3 of the article.
#[derive(Debug)]
pub struct Registration;

impl Registration {
    /// Says what [`Registration::ensure`] would do. Writes nothing.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::Name`], [`RegistrationError::Plan`], [`RegistrationError::Read`].
    pub async fn plan(
        graph: &GraphApi,
        request: &RegistrationRequest,
    ) -> Result<RegistrationPlan, RegistrationError> {
        let facts = read(graph, request).await?;
        Ok(plan(&facts, request)?)
    }

    /// Brings the tenant to where the article's steps 1 to 3 leave it, writing only what differs,
    /// and reads back. A second run writes nothing.
    ///
    /// # Errors
    ///
    /// [`RegistrationError`]. After a failure in the middle, running again goes on from there.
    pub async fn ensure(
        graph: &GraphApi,
        request: &RegistrationRequest,
    ) -> Result<RegistrationReport, RegistrationError> {
        let facts = read(graph, request).await?;
        let plan = plan(&facts, request)?;
        let mut state = State::of(&facts);
        for action in &plan.actions {
            state.apply(graph, &action.change).await.map_err(|source| {
                RegistrationError::Write {
                    step: action.step,
                    what: action.what.clone(),
                    source,
                }
            })?;
        }
        let verified = state.verify(graph, request, &facts, &plan).await?;
        Ok(report(&verified, &plan))
    }
}

async fn read(graph: &GraphApi, request: &RegistrationRequest) -> Result<Facts, RegistrationError> {
    let length = request.display_name.trim().chars().count();
    if length == 0 || length > 120 {
        return Err(RegistrationError::Name);
    }
    Facts::read(graph, &request.display_name)
        .await
        .map_err(RegistrationError::Read)
}

/// What is known while the plan is applied.
struct State {
    application: Option<Application>,
    application_age: ObjectAge,
    client: Option<ServicePrincipal>,
    client_age: ObjectAge,
    lcs: Option<ServicePrincipal>,
}

impl State {
    fn of(facts: &Facts) -> Self {
        Self {
            application: facts.applications.first().cloned(),
            application_age: ObjectAge::Established,
            client: facts.client.clone(),
            client_age: ObjectAge::Established,
            lcs: facts.lcs.clone(),
        }
    }

    async fn apply(&mut self, graph: &GraphApi, change: &Change) -> Result<(), GraphCallError> {
        match change {
            Change::None => Ok(()),
            Change::CreateApplication(new) => {
                self.application = Some(graph.create_application(new).await?);
                self.application_age = ObjectAge::JustCreated;
                Ok(())
            }
            Change::UpdateApplication(patch) => self.update_application(graph, patch).await,
            Change::CreateLcsServicePrincipal => {
                // LCS is Microsoft's application, not one of this run: no patience with a denial.
                let lcs = make_present(graph, LCS_CLIENT_ID, &[], ObjectAge::Established).await?;
                self.lcs = Some(lcs);
                Ok(())
            }
            Change::CreateClientServicePrincipal => {
                let client_id = self.application()?.app_id;
                let tags = [PORTAL_TAG.to_owned()];
                self.client =
                    Some(make_present(graph, client_id, &tags, self.application_age).await?);
                self.client_age = ObjectAge::JustCreated;
                Ok(())
            }
            Change::CreateGrant { scope } => self.create_grant(graph, scope).await,
            Change::UpdateGrant { id, patch } => graph.update_grant(id, patch).await,
        }
    }

    async fn update_application(
        &self,
        graph: &GraphApi,
        patch: &ApplicationPatch,
    ) -> Result<(), GraphCallError> {
        let id = self.application()?.id;
        graph
            .update_application(id, patch, self.application_age)
            .await
    }

    async fn create_grant(&self, graph: &GraphApi, scope: &str) -> Result<(), GraphCallError> {
        let (client, lcs) = (self.client()?.id, self.lcs()?.id);
        let new = NewGrant {
            client_id: client,
            consent_type: ConsentType::AllPrincipals,
            principal_id: None,
            resource_id: lcs,
            scope: scope.to_owned(),
        };
        match graph.create_grant(&new, self.client_age).await {
            Err(error) if error.is_conflict() => {
                // Somebody else was faster: take theirs, and add what it lacks.
                let Some(grant) = administrators_grant(graph, client, lcs).await? else {
                    return Err(error);
                };
                let mut values: Vec<_> = grant.scope.split_whitespace().collect();
                if values.contains(&scope) {
                    return Ok(());
                }
                values.push(scope);
                let patch = GrantPatch {
                    scope: values.join(" "),
                };
                graph.update_grant(&grant.id, &patch).await
            }
            result => result.map(|_| ()),
        }
    }

    /// Reads back until nothing is left to plan. Objects of this run are addressed by their keys,
    /// since lists show them late.
    async fn verify(
        &self,
        graph: &GraphApi,
        request: &RegistrationRequest,
        before: &Facts,
        applied: &RegistrationPlan,
    ) -> Result<Facts, RegistrationError> {
        if applied.is_empty() {
            return Ok(before.clone());
        }
        let mut looks = 0;
        loop {
            let facts = self
                .read_back(graph, before)
                .await
                .map_err(RegistrationError::Read)?;
            let rest = plan(&facts, request)?;
            let missing: Option<&PlannedAction> = rest
                .actions
                .iter()
                .find(|action| action.change != Change::None);
            let Some(missing) = missing else {
                return Ok(facts);
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

    async fn read_back(&self, graph: &GraphApi, before: &Facts) -> Result<Facts, GraphCallError> {
        let application = self.application()?;
        let read_back = graph
            .application(application.id, self.application_age)
            .await?;
        let client = graph.service_principal(application.app_id).await?;
        let lcs = graph.service_principal(LCS_CLIENT_ID).await?;
        let grant = match (&client, &lcs) {
            (Some(client), Some(lcs)) => administrators_grant(graph, client.id, lcs.id).await?,
            _ => None,
        };
        Ok(Facts {
            lcs,
            applications: vec![read_back],
            client,
            grant,
            ..before.clone()
        })
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

    fn lcs(&self) -> Result<&ServicePrincipal, GraphCallError> {
        self.lcs
            .as_ref()
            .ok_or(GraphCallError::Missing("the service principal of LCS"))
    }
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

fn report(facts: &Facts, plan: &RegistrationPlan) -> RegistrationReport {
    let application = facts
        .applications
        .first()
        .expect("a verified plan has its application");
    let domains = &facts.tenant.verified_domains;
    let domain = domains
        .iter()
        .find(|domain| domain.is_default)
        .or_else(|| domains.first());
    RegistrationReport {
        tenant_id: facts.tenant.id,
        tenant_name: facts.tenant.display_name.clone(),
        tenant_domain: domain.map(|domain| domain.name.clone()),
        signed_in_as: facts.signed_in.user_principal_name.clone(),
        client_id: application.app_id,
        application_object_id: application.id,
        display_name: application.display_name.clone(),
        lcs_display_name: facts
            .lcs
            .as_ref()
            .map_or(LCS_DISPLAY_NAME, |lcs| &lcs.display_name)
            .to_owned(),
        lookalikes: facts
            .lookalikes
            .iter()
            .map(|principal| Lookalike {
                display_name: principal.display_name.clone(),
                app_id: principal.app_id,
            })
            .collect(),
        steps: plan.actions.iter().map(PlannedAction::outcome).collect(),
    }
}
