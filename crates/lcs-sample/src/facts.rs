//! Who and what exists in the Contoso sample: plain constants with fixed ids.
//!
//! Whoever seeds a local cloud turns these into their own types. Passwords are not here.

use jiff::civil::{DateTime, date};
use lcs_types::{EnvironmentId, ProjectId, TenantId, UserId};

/// The sample's directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantFacts {
    /// The tenant's id.
    pub id: TenantId,
    /// The name that sign-in pages show.
    pub display_name: &'static str,
    /// The tenant's initial domain.
    pub domain: &'static str,
}

/// What a user may do in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryRole {
    /// May do everything, admin consent included.
    GlobalAdministrator,
    /// An ordinary member of the directory.
    None,
}

/// Whether a password alone signs a user in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multifactor {
    /// A second factor is demanded, so the password grant is refused.
    Required,
    /// The password is enough.
    NotRequired,
}

/// What a user may do in the LCS project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectRole {
    /// May do everything in the project.
    ProjectOwner,
    /// May manage environments and move databases.
    EnvironmentManager,
}

/// A user of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserFacts {
    /// The user's object id.
    pub id: UserId,
    /// The sign-in name.
    pub user_principal_name: &'static str,
    /// The name that people read.
    pub display_name: &'static str,
    /// The role in the directory.
    pub directory_role: DirectoryRole,
    /// Whether a second factor is demanded.
    pub multifactor: Multifactor,
    /// The role in the project.
    pub project_role: ProjectRole,
}

/// The sample's LCS project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectFacts {
    /// The project's number.
    pub id: ProjectId,
    /// The project's name.
    pub name: &'static str,
    /// The number of the organization that owns the project.
    pub organization_id: i64,
}

/// Which of the two kinds of environment the sample has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnvironmentKind {
    /// The live system.
    Production,
    /// A Tier-2 environment for acceptance tests.
    Sandbox,
}

impl EnvironmentKind {
    /// The word that LCS uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::Sandbox => "Sandbox",
        }
    }
}

/// An environment of the sample; all are self-service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentFacts {
    /// The environment's id.
    pub id: EnvironmentId,
    /// The environment's name.
    pub name: &'static str,
    /// Production or sandbox.
    pub kind: EnvironmentKind,
    /// Where users of the environment would sign in; ends with a slash.
    pub base_url: &'static str,
    /// For example `10.0.46`.
    pub application_release: &'static str,
    /// For example `10.0.2428.63`.
    pub application_build: &'static str,
    /// For example `Update70`.
    pub platform_release: &'static str,
    /// For example `7.0.7778.29`.
    pub platform_version: &'static str,
    /// When the environment was deployed, in UTC.
    pub deployed_on: DateTime,
    /// The Azure region that holds the environment.
    pub cloud_location: &'static str,
    /// The Azure region that stands in after a disaster.
    pub disaster_recovery_location: &'static str,
}

impl EnvironmentFacts {
    /// The topology's name as LCS shows it.
    pub fn topology_display_name(&self) -> String {
        format!(
            "Finance and Operations - {} ({} with Platform update {})",
            self.kind.name(),
            self.application_release,
            self.platform_release.trim_start_matches("Update"),
        )
    }
}

/// The infrastructure of every sample environment, as LCS names it.
pub const ENVIRONMENT_INFRASTRUCTURE: &str = "SelfService";

/// The product of every sample environment, as LCS names it.
pub const ENVIRONMENT_PRODUCT: &str = "Finance and Operations";

/// The sample's directory.
pub const TENANT: TenantFacts = TenantFacts {
    id: TenantId::from_u128(0x6f2d_8e1c_94b7_4c0a_a3d5_1e7f_b820_c964),
    display_name: "Contoso",
    domain: "contoso.onmicrosoft.com",
};

/// Grants consent and owns the project.
pub const ADMINISTRATOR: UserFacts = UserFacts {
    id: UserId::from_u128(0x1b0e_5a74_3c8f_4d26_9e61_7a42_d05c_8f13),
    user_principal_name: "admin@contoso.onmicrosoft.com",
    display_name: "Contoso Administrator",
    directory_role: DirectoryRole::GlobalAdministrator,
    multifactor: Multifactor::NotRequired,
    project_role: ProjectRole::ProjectOwner,
};

/// Signs in with user name and password, unattended.
pub const SERVICE_USER: UserFacts = UserFacts {
    id: UserId::from_u128(0x4c9a_2f05_e7d1_4b83_8a0f_36b9_c1e4_7d52),
    user_principal_name: "svc-lcs@contoso.onmicrosoft.com",
    display_name: "LCS Service Account",
    directory_role: DirectoryRole::None,
    multifactor: Multifactor::NotRequired,
    project_role: ProjectRole::EnvironmentManager,
};

/// A person whose sign-in demands a second factor.
pub const MULTIFACTOR_USER: UserFacts = UserFacts {
    id: UserId::from_u128(0x8d37_c6b2_0f4e_4915_b2c8_e95d_17a3_60fb),
    user_principal_name: "megan@contoso.onmicrosoft.com",
    display_name: "Megan Bowen",
    directory_role: DirectoryRole::None,
    multifactor: Multifactor::Required,
    project_role: ProjectRole::ProjectOwner,
};

/// Every user of the sample: the administrator first.
pub const USERS: [UserFacts; 3] = [ADMINISTRATOR, SERVICE_USER, MULTIFACTOR_USER];

/// The sample's project.
pub const PROJECT: ProjectFacts = ProjectFacts {
    id: ProjectId(1_234_567),
    name: "Contoso Finance and Operations",
    organization_id: 4711,
};

/// The live environment.
pub const PRODUCTION: EnvironmentFacts = EnvironmentFacts {
    id: EnvironmentId::from_u128(0x2a5c_91d8_6e0b_4f37_8c14_d3f9_70b6_e285),
    name: "Contoso-PROD",
    kind: EnvironmentKind::Production,
    base_url: "https://contoso.operations.dynamics.com/",
    application_release: "10.0.46",
    application_build: "10.0.2428.63",
    platform_release: "Update70",
    platform_version: "7.0.7778.29",
    deployed_on: date(2023, 5, 15).at(21, 30, 0, 0),
    cloud_location: "East US",
    disaster_recovery_location: "West US",
};

/// The sandbox for acceptance tests.
pub const UAT: EnvironmentFacts = EnvironmentFacts {
    id: EnvironmentId::from_u128(0x5e83_07af_b9c2_4a6d_a751_28e4_f6d0_193b),
    name: "Contoso-UAT",
    kind: EnvironmentKind::Sandbox,
    base_url: "https://contoso-uat.sandbox.operations.dynamics.com/",
    application_release: "10.0.46",
    application_build: "10.0.2428.63",
    platform_release: "Update70",
    platform_version: "7.0.7778.29",
    deployed_on: date(2023, 3, 2).at(14, 5, 0, 0),
    cloud_location: "East US",
    disaster_recovery_location: "West US",
};

/// A second sandbox.
pub const TEST: EnvironmentFacts = EnvironmentFacts {
    id: EnvironmentId::from_u128(0x93f1_4d6a_2c58_4e07_b06e_5c8a_913d_f472),
    name: "Contoso-TEST",
    kind: EnvironmentKind::Sandbox,
    base_url: "https://contoso-test.sandbox.operations.dynamics.com/",
    application_release: "10.0.46",
    application_build: "10.0.2428.41",
    platform_release: "Update70",
    platform_version: "7.0.7778.18",
    deployed_on: date(2024, 1, 22).at(9, 45, 0, 0),
    cloud_location: "East US",
    disaster_recovery_location: "West US",
};

/// Every environment of the sample: production first.
pub const ENVIRONMENTS: [EnvironmentFacts; 3] = [PRODUCTION, UAT, TEST];

#[cfg(test)]
mod tests {
    use super::*;
    use lcs_types::UserPrincipalName;
    use std::collections::HashSet;

    #[test]
    fn every_user_is_of_the_tenants_domain_and_ids_are_unique() {
        for user in USERS {
            let name: UserPrincipalName = user.user_principal_name.parse().unwrap();
            assert_eq!(name.domain().as_str(), TENANT.domain);
            assert_eq!(name.as_str(), user.user_principal_name);
        }
        let users: HashSet<_> = USERS.iter().map(|user| user.id).collect();
        let environments: HashSet<_> = ENVIRONMENTS.iter().map(|each| each.id).collect();
        assert_eq!((users.len(), environments.len()), (3, 3));
    }

    #[test]
    fn ids_are_version_4_uuids() {
        let ids = USERS.iter().map(|user| *user.id.as_uuid());
        let ids = ids.chain(ENVIRONMENTS.iter().map(|each| *each.id.as_uuid()));
        for id in ids.chain([*TENANT.id.as_uuid()]) {
            assert_eq!(id.get_version_num(), 4, "{id}");
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122, "{id}");
        }
    }

    #[test]
    fn the_environments_share_a_release_so_that_a_refresh_is_allowed() {
        for environment in ENVIRONMENTS {
            assert_eq!(
                environment.application_release,
                PRODUCTION.application_release
            );
        }
        assert_eq!(
            UAT.topology_display_name(),
            "Finance and Operations - Sandbox (10.0.46 with Platform update 70)"
        );
    }
}
