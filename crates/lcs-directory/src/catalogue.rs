//! Microsoft's own applications, as far as the article meets them: LCS, its lookalikes, Graph and
//! the public client of Graph's command-line tools.
//!
//! Application ids are those of the public cloud, and so are the permissions of LCS and Graph. Of
//! the lookalikes little is published: names and permission ids that are not were made up here.

mod application_permissions;
mod graph;

use lcs_types::{ClientId, ObjectId, PermissionId, TenantId};
use lcs_wire::{
    graph::PermissionScope,
    well_known::{
        GRAPH_CLIENT_ID, GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID, LCS_DISPLAY_NAME,
        LCS_USER_IMPERSONATION_ID, POWER_PLATFORM_CLIENT_ID, USER_IMPERSONATION,
    },
};

use application_permissions::ApplicationPermission;

use crate::{
    model::{AccessTokenVersion, ServicePrincipal, ServicePrincipalKind, ServicePrincipalSettings},
    scopes::{NameRule, find_resource},
};

/// An application of Microsoft's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstParty {
    pub(crate) client_id: ClientId,
    pub(crate) display_name: &'static str,
    is_public_client: bool,
    names: &'static [&'static str],
    scopes: &'static [Permission],
    app_roles: &'static [ApplicationPermission],
}

/// A delegated permission of such an application.
#[derive(Debug, Clone, Copy)]
struct Permission {
    id: u128,
    value: &'static str,
    consent_by: &'static str,
    title: &'static str,
    description: &'static str,
}

/// What an administrator's client needs for steps 1 to 3 of the article, and to manage the directory
/// they are done in.
pub(crate) const SET_UP_SCOPES: &[&str] = &[
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "ConsentRequest.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Domain.Read.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.Authorization",
    "Policy.ReadWrite.ConditionalAccess",
    "Policy.ReadWrite.SecurityDefaults",
    "User.DeleteRestore.All",
    "User.Read",
    "User.ReadWrite.All",
    "User.RevokeSessions.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "email",
    "offline_access",
    "openid",
    "profile",
];

/// The application with this id.
pub(crate) fn first_party(client_id: ClientId) -> Option<&'static FirstParty> {
    ALL.iter()
        .find(|application| application.client_id == client_id)
}

/// The application that a request for a resource means, whether the tenant has it or not.
pub(crate) fn named(requested: &str, rule: NameRule<'_>) -> Option<&'static FirstParty> {
    let principals: Vec<ServicePrincipal> = ALL
        .iter()
        .map(|application| ServicePrincipal {
            tenant: TenantId::from_u128(0),
            id: ObjectId::from_u128(0),
            client_id: application.client_id,
            settings: application.settings(),
        })
        .collect();
    first_party(find_resource(requested, &principals, rule)?.client_id)
}

impl FirstParty {
    /// What its service principal starts with.
    pub(crate) fn settings(&self) -> ServicePrincipalSettings {
        ServicePrincipalSettings {
            display_name: self.display_name.to_owned(),
            kind: ServicePrincipalKind::FirstParty {
                is_public_client: self.is_public_client,
            },
            is_enabled: true,
            requires_assignment: false,
            names: self.names.iter().map(|name| (*name).to_owned()).collect(),
            scopes: self.scopes.iter().map(Permission::scope).collect(),
            app_roles: self
                .app_roles
                .iter()
                .map(ApplicationPermission::app_role)
                .collect(),
            access_token_version: AccessTokenVersion::V1,
            tags: Vec::new(),
        }
    }
}

impl Permission {
    fn scope(&self) -> PermissionScope {
        PermissionScope {
            id: PermissionId::from_u128(self.id),
            value: self.value.to_owned(),
            consent_by: self.consent_by.to_owned(),
            is_enabled: true,
            admin_consent_display_name: self.title.to_owned(),
            admin_consent_description: self.description.to_owned(),
            user_consent_display_name: None,
            user_consent_description: None,
        }
    }
}

const fn permission(
    id: u128,
    value: &'static str,
    consent_by: &'static str,
    title: &'static str,
    description: &'static str,
) -> Permission {
    Permission {
        id,
        value,
        consent_by,
        title,
        description,
    }
}

/// An application that offers one permission to act as the signed-in user, as most do.
const fn lookalike(
    client_id: u128,
    display_name: &'static str,
    names: &'static [&'static str],
    scopes: &'static [Permission],
) -> FirstParty {
    FirstParty {
        client_id: ClientId::from_u128(client_id),
        display_name,
        is_public_client: false,
        names,
        scopes,
        app_roles: &[],
    }
}

/// Those that came after the first tenants were made. Of the others a tenant lacks only what was
/// deleted there.
pub(crate) const ADDED_LATER: &[ClientId] = &[POWER_PLATFORM_CLIENT_ID];

/// All of them; a new tenant has each.
pub(crate) const ALL: &[FirstParty] = &[
    FirstParty {
        client_id: LCS_CLIENT_ID,
        display_name: LCS_DISPLAY_NAME,
        is_public_client: false,
        names: &[
            "https://lcs.dynamics.com",
            "https://eu.lcs.dynamics.com",
            "https://fr.lcs.dynamics.com",
            "https://sa.lcs.dynamics.com",
            "https://uae.lcs.dynamics.com",
            "https://ch.lcs.dynamics.com",
            "https://no.lcs.dynamics.com",
            "https://lcs.int.dynamics.com",
            "https://eu.lcs.int.dynamics.com",
            "https://gov.lcs.microsoftdynamics.us",
            "https://high.lcs.microsoftdynamics.us",
        ],
        scopes: &[permission(
            LCS_USER_IMPERSONATION_ID.as_uuid().as_u128(),
            USER_IMPERSONATION,
            "User",
            "Access Dynamics Lifecycle Services",
            "Allow the application to access Dynamics Lifecycle Services on behalf of the signed-in user",
        )],
        app_roles: &[],
    },
    lookalike(
        0xb96b_7e94_b82e_4e71_99a0_cf7f_b188_acea,
        "Dynamics Deployment Services [wsfed-enabled]",
        &["https://deploymentservices.dynamics.com"],
        &[permission(
            0x3a0b_6b0f_3b0a_4a30_8c7e_5d0f_7f3d_1a01,
            USER_IMPERSONATION,
            "User",
            "Access Dynamics Deployment Services",
            "Allow the application to access Dynamics Deployment Services on behalf of the signed-in user",
        )],
    ),
    lookalike(
        0x68fd_ae24_7da6_4d2d_82b6_fd78_a0f3_8eb7,
        "Dynamics Lifecycle services on-premises",
        &["https://onpremises.lcsconnector.dynamics.com"],
        &[permission(
            0x3a0b_6b0f_3b0a_4a30_8c7e_5d0f_7f3d_1a02,
            USER_IMPERSONATION,
            "User",
            "Access the on-premises connector",
            "Allow the application to access the on-premises connector on behalf of the signed-in user",
        )],
    ),
    lookalike(
        0x0000_0015_0000_0000_c000_0000_0000_0000,
        "Microsoft Dynamics ERP",
        &["Microsoft.ERP", "https://erp.dynamics.com"],
        &[permission(
            0x6397_893c_2260_496b_a41d_2f1f_15b1_6ff3,
            "AX.FullAccess",
            "User",
            "Access Dynamics AX online as organization users",
            "Allow the application to access Dynamics AX online as organization users",
        )],
    ),
    lookalike(
        0x0000_0007_0000_0000_c000_0000_0000_0000,
        "Dynamics CRM Online",
        &["https://admin.services.crm.dynamics.com"],
        &[permission(
            0x78ce_3f0f_a1ce_49c2_8cde_64b5_c089_6db4,
            USER_IMPERSONATION,
            "User",
            "Access Common Data Service as organization users",
            "Allow the application to access Common Data Service acting as users in the organization",
        )],
    ),
    lookalike(
        0x2e49_aa60_1bd3_43b6_8ab6_03ad_a3d9_f08b,
        "Dynamics Data Integration",
        &["https://dataintegrator.dynamics.com"],
        &[permission(
            0x3a0b_6b0f_3b0a_4a30_8c7e_5d0f_7f3d_1a05,
            USER_IMPERSONATION,
            "User",
            "Access Dynamics Data Integration",
            "Allow the application to access Dynamics Data Integration on behalf of the signed-in user",
        )],
    ),
    lookalike(
        POWER_PLATFORM_CLIENT_ID.as_uuid().as_u128(),
        "Power Platform API",
        &["https://api.powerplatform.com"],
        POWER_PLATFORM_PERMISSIONS,
    ),
    FirstParty {
        client_id: GRAPH_CLIENT_ID,
        display_name: "Microsoft Graph",
        is_public_client: false,
        names: &["https://graph.microsoft.com", "https://graph.microsoft.us"],
        scopes: graph::PERMISSIONS,
        app_roles: application_permissions::GRAPH,
    },
    FirstParty {
        client_id: GRAPH_COMMAND_LINE_CLIENT_ID,
        display_name: "Microsoft Graph Command Line Tools",
        is_public_client: true,
        names: &[],
        scopes: &[],
        app_roles: &[],
    },
];

/// Delegated permissions of the Power Platform API ("Permission reference"); it has no application
/// permissions that are used, because service principals get rights by role there. Their ids are
/// made up.
const POWER_PLATFORM_PERMISSIONS: &[Permission] = &[
    power_platform(
        0x01,
        "EnvironmentManagement.Environments.Read",
        "Read environments",
    ),
    power_platform(
        0x02,
        "EnvironmentManagement.Settings.Read",
        "Read environment settings",
    ),
    power_platform(
        0x03,
        "EnvironmentManagement.Settings.ReadWrite",
        "Read and write environment settings",
    ),
    power_platform(
        0x04,
        "EnvironmentManagement.Groups.Read",
        "Read environment groups",
    ),
    power_platform(
        0x05,
        "EnvironmentManagement.Groups.ReadWrite",
        "Read and write environment groups",
    ),
    power_platform(
        0x06,
        "AppManagement.ApplicationPackages.Read",
        "Read application packages",
    ),
    power_platform(
        0x07,
        "AppManagement.ApplicationPackages.Install",
        "Install application packages",
    ),
    power_platform(
        0x08,
        "Authorization.RoleAssignments.Read",
        "Read role assignments",
    ),
    power_platform(
        0x09,
        "Authorization.RoleAssignments.Write",
        "Write role assignments",
    ),
];

const fn power_platform(number: u128, value: &'static str, title: &'static str) -> Permission {
    let id = 0x3a0b_6b0f_3b0a_4a30_8c7e_5d0f_7f3d_2a00 + number;
    permission(id, value, "User", title, title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_what_set_up_needs_exists() {
        let mut seen = std::collections::HashSet::new();
        for application in ALL {
            assert!(
                seen.insert(application.client_id),
                "{}",
                application.display_name
            );
        }
        let graph = first_party(GRAPH_CLIENT_ID).unwrap().settings();
        for value in SET_UP_SCOPES {
            assert!(
                graph.scopes.iter().any(|scope| scope.value == *value),
                "{value}"
            );
        }
    }

    #[test]
    fn no_lookalike_captures_the_hosts_of_lcs() {
        for application in ALL
            .iter()
            .filter(|application| application.client_id != LCS_CLIENT_ID)
        {
            for name in application.names {
                let host = name.trim_start_matches("https://");
                assert!(
                    !format!("lcsapi.eu.lcs.{}", "dynamics.com").ends_with(host),
                    "{name}"
                );
            }
        }
    }
}
