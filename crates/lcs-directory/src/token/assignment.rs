//! Who is assigned to an application, and with which roles.

use lcs_types::PermissionId;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::Client;
use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    model::{AppRoleAssignment, Assignee, ServicePrincipal, User},
};

impl Directory {
    /// Refuses a user who is not assigned to an application that demands it: the client, or the
    /// resource.
    ///
    /// # Errors
    ///
    /// AADSTS50105; a failure of ours.
    pub(crate) async fn require_assignment(
        &self,
        user: &User,
        applications: &[&ServicePrincipal],
    ) -> Result<(), DirectoryError> {
        if applications
            .iter()
            .all(|application| !application.settings.requires_assignment)
        {
            return Ok(());
        }
        let assignments = self.assignments_of(user).await?;
        match first_unassigned(applications, &assignments) {
            None => Ok(()),
            Some(application) => Err(Refusal::new(Aadsts::UserNotAssigned)
                .with("client", application.client_id.to_string())
                .with("name", application.settings.display_name.clone())
                .with("user", "{EUII Hidden}")
                .into()),
        }
    }

    /// The values of the roles that a user has on a resource.
    pub(crate) async fn roles_of_user(
        &self,
        user: &User,
        resource: &ServicePrincipal,
    ) -> Result<Vec<String>, DirectoryFailure> {
        if resource.settings.app_roles.is_empty() {
            return Ok(Vec::new());
        }
        Ok(role_values(resource, &self.assignments_of(user).await?))
    }

    /// The values of the roles that a client has for itself on a resource.
    pub(crate) async fn roles_of_application(
        &self,
        client: &Client,
        resource: &ServicePrincipal,
    ) -> Result<Vec<String>, DirectoryFailure> {
        let assignee = Assignee::ServicePrincipal(client.principal.id);
        let assignments = self
            .store
            .app_role_assignments_of(client.tenant.id, assignee)
            .await?;
        Ok(role_values(resource, &assignments))
    }

    async fn assignments_of(
        &self,
        user: &User,
    ) -> Result<Vec<AppRoleAssignment>, DirectoryFailure> {
        let assignee = Assignee::User(user.id);
        Ok(self
            .store
            .app_role_assignments_of(user.tenant, assignee)
            .await?)
    }
}

fn first_unassigned<'principal>(
    applications: &[&'principal ServicePrincipal],
    assignments: &[AppRoleAssignment],
) -> Option<&'principal ServicePrincipal> {
    let is_assigned = |application: &ServicePrincipal| {
        assignments
            .iter()
            .any(|assignment| assignment.resource == application.id)
    };
    applications
        .iter()
        .copied()
        .find(|application| application.settings.requires_assignment && !is_assigned(application))
}

/// An assignment may outlive the role that it names.
fn role_values(resource: &ServicePrincipal, assignments: &[AppRoleAssignment]) -> Vec<String> {
    let assigned: Vec<PermissionId> = assignments
        .iter()
        .filter(|assignment| assignment.resource == resource.id)
        .map(|assignment| assignment.role)
        .collect();
    resource
        .settings
        .app_roles
        .iter()
        .filter(|role| role.is_enabled && assigned.contains(&role.id))
        .filter_map(|role| role.value.clone())
        .collect()
}
