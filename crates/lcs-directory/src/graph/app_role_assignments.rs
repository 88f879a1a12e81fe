//! `/servicePrincipals/{id}/appRoleAssignments` and `/appRoleAssignedTo`,
//! `/users/{id}/appRoleAssignments`.

use lcs_types::{ObjectId, TenantId, UserId};
use lcs_wire::graph::{AppRoleAssignment as Shown, NewAppRoleAssignment};

use super::{
    GraphCaller, GraphFailed, GraphRefusal, Operation, ServicePrincipalKey, UserKey, instant,
};
use crate::{
    Directory,
    model::{AppRoleAssignment, AppRoleAssignmentId, Assignee, DEFAULT_ACCESS, ServicePrincipal},
    store::{Added, Changed},
};

/// Whose assignments a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignmentsOf {
    /// What a user is assigned to.
    User(UserKey),
    /// What an application is assigned to.
    ServicePrincipal(ServicePrincipalKey),
    /// Who is assigned to a resource.
    Resource(ServicePrincipalKey),
}

/// The same, found in the caller's tenant.
enum Found {
    Assignee(Assignee),
    Resource(ObjectId),
}

impl Directory {
    /// The assignments of somebody, or to a resource, oldest first.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn list_app_role_assignments(
        &self,
        caller: &GraphCaller,
        of: &AssignmentsOf,
    ) -> Result<Vec<Shown>, GraphFailed> {
        caller.require(Operation::ReadRoleAssignments)?;
        let found = self.find_assignments_of(caller.tenant, of).await?;
        let assignments = self.assignments(caller.tenant, &found).await?;
        let mut shown = Vec::with_capacity(assignments.len());
        for assignment in &assignments {
            shown.push(self.shown_assignment(assignment).await?);
        }
        Ok(shown)
    }

    /// Assigns a role of a resource to a user or an application.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::BadRequest`]; a
    /// failure of ours.
    pub async fn assign_app_role(
        &self,
        caller: &GraphCaller,
        of: &AssignmentsOf,
        new: &NewAppRoleAssignment,
    ) -> Result<Shown, GraphFailed> {
        caller.require(Operation::WriteRoleAssignments)?;
        let tenant = caller.tenant;
        let is_same = match self.find_assignments_of(tenant, of).await? {
            Found::Assignee(Assignee::User(id)) => {
                ObjectId::from(*id.as_uuid()) == new.principal_id
            }
            Found::Assignee(Assignee::ServicePrincipal(id)) => id == new.principal_id,
            Found::Resource(id) => id == new.resource_id,
        };
        if !is_same {
            return Err(GraphRefusal::bad_request(
                "The id in the path is not the one in the assignment.",
            )
            .into());
        }
        let resource = self
            .store
            .service_principal(tenant, new.resource_id)
            .await?;
        let resource = resource.ok_or_else(|| GraphRefusal::not_found(new.resource_id))?;
        let assignee = self.find_assignee(tenant, new.principal_id).await?;
        check_role(&resource, assignee, new)?;
        let assignment = AppRoleAssignment {
            tenant,
            assignee,
            resource: resource.id,
            role: new.app_role_id,
            created_at: self.now(),
        };
        match self.store.add_app_role_assignment(&assignment).await? {
            Added::Yes => {
                let activity = match assignee {
                    Assignee::User(_) => "Add app role assignment grant to user",
                    Assignee::ServicePrincipal(_) => "Add app role assignment to service principal",
                };
                self.audit_call(caller, activity, &resource).await?;
                self.shown_assignment(&assignment).await
            }
            Added::Conflict => Err(GraphRefusal::bad_request(
                "Permission being assigned already exists on the object",
            )
            .into()),
        }
    }

    /// Withdraws an assignment.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn remove_app_role_assignment(
        &self,
        caller: &GraphCaller,
        of: &AssignmentsOf,
        id: &str,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::WriteRoleAssignments)?;
        let found = self.find_assignments_of(caller.tenant, of).await?;
        let id = AppRoleAssignmentId::from_text(id);
        let not_found = || GraphFailed::from(GraphRefusal::not_found(&id));
        let assignments = self.assignments(caller.tenant, &found).await?;
        let assignment = assignments.into_iter().find(|it| it.id() == id);
        let assignment = assignment.ok_or_else(not_found)?;
        match self
            .store
            .remove_app_role_assignment(caller.tenant, &id)
            .await?
        {
            Changed::Yes => {}
            Changed::NotFound => return Err(not_found()),
        }
        let activity = match assignment.assignee {
            Assignee::User(_) => "Remove app role assignment from user",
            Assignee::ServicePrincipal(_) => "Remove app role assignment from service principal",
        };
        let key = ServicePrincipalKey::Id(assignment.resource);
        let resource = self.find_service_principal(caller.tenant, key).await?;
        self.audit_call(caller, activity, &resource).await
    }

    async fn assignments(
        &self,
        tenant: TenantId,
        found: &Found,
    ) -> Result<Vec<AppRoleAssignment>, GraphFailed> {
        Ok(match *found {
            Found::Assignee(assignee) => {
                self.store.app_role_assignments_of(tenant, assignee).await?
            }
            Found::Resource(id) => self.store.app_role_assignments_on(tenant, id).await?,
        })
    }

    async fn find_assignments_of(
        &self,
        tenant: TenantId,
        of: &AssignmentsOf,
    ) -> Result<Found, GraphFailed> {
        Ok(match of {
            AssignmentsOf::User(key) => {
                let user = self.find_user(tenant, key).await?;
                Found::Assignee(Assignee::User(user.id))
            }
            AssignmentsOf::ServicePrincipal(key) => {
                let principal = self.find_service_principal(tenant, *key).await?;
                Found::Assignee(Assignee::ServicePrincipal(principal.id))
            }
            AssignmentsOf::Resource(key) => {
                Found::Resource(self.find_service_principal(tenant, *key).await?.id)
            }
        })
    }

    async fn find_assignee(&self, tenant: TenantId, id: ObjectId) -> Result<Assignee, GraphFailed> {
        if self.store.service_principal(tenant, id).await?.is_some() {
            return Ok(Assignee::ServicePrincipal(id));
        }
        let user = UserId::from(*id.as_uuid());
        let found = self.store.user(tenant, user).await?;
        if found.is_some_and(|user| user.deleted_at.is_none()) {
            return Ok(Assignee::User(user));
        }
        Err(GraphRefusal::not_found(id).into())
    }

    async fn shown_assignment(&self, assignment: &AppRoleAssignment) -> Result<Shown, GraphFailed> {
        let tenant = assignment.tenant;
        let (principal_id, principal_type, principal_display_name) = match assignment.assignee {
            Assignee::User(id) => {
                let user = self.store.user(tenant, id).await?;
                let name = user.map(|user| user.display_name);
                (ObjectId::from(*id.as_uuid()), "User", name)
            }
            Assignee::ServicePrincipal(id) => {
                let principal = self.store.service_principal(tenant, id).await?;
                let name = principal.map(|principal| principal.settings.display_name);
                (id, "ServicePrincipal", name)
            }
        };
        let resource = self
            .store
            .service_principal(tenant, assignment.resource)
            .await?;
        Ok(Shown {
            id: assignment.id().to_string(),
            app_role_id: assignment.role,
            created_date_time: instant(assignment.created_at),
            principal_display_name,
            principal_id,
            principal_type: principal_type.to_owned(),
            resource_display_name: resource.map(|resource| resource.settings.display_name),
            resource_id: assignment.resource,
        })
    }
}

/// The role must be one that the resource has for such an assignee. Without a role a user may be
/// assigned only where the resource has none to choose from.
fn check_role(
    resource: &ServicePrincipal,
    assignee: Assignee,
    new: &NewAppRoleAssignment,
) -> Result<(), GraphRefusal> {
    let kind = match assignee {
        Assignee::User(_) => "User",
        Assignee::ServicePrincipal(_) => "Application",
    };
    let mut offered = resource.settings.app_roles.iter().filter(|role| {
        role.is_enabled
            && role
                .allowed_member_types
                .iter()
                .any(|member| member == kind)
    });
    let is_offered = if new.app_role_id == DEFAULT_ACCESS {
        offered.next().is_none()
    } else {
        offered.any(|role| role.id == new.app_role_id)
    };
    if is_offered {
        Ok(())
    } else {
        Err(GraphRefusal::bad_request(format!(
            "Permission being assigned was not found on application '{}'",
            resource.client_id
        )))
    }
}
