//! Directory roles ("Microsoft Entra built-in roles"), as far as a call here asks for one.

use serde::{Deserialize, Serialize};

/// A directory role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DirectoryRole {
    /// May do everything.
    GlobalAdministrator,
    /// May manage applications and consent to delegated permissions for all.
    ApplicationAdministrator,
    /// The same without the application proxy.
    CloudApplicationAdministrator,
    /// May register applications, which are its own then, whatever the tenant allows its users.
    ApplicationDeveloper,
    /// May manage roles, consent to every permission, and set what users may do.
    PrivilegedRoleAdministrator,
    /// May manage users and the passwords of those who hold no role.
    UserAdministrator,
    /// May reset passwords of those who hold no role.
    PasswordAdministrator,
    /// May see and reset what those who hold no role sign in with.
    AuthenticationAdministrator,
    /// May manage security policies and read the logs.
    SecurityAdministrator,
    /// May read security policies and the logs.
    SecurityReader,
    /// May manage conditional access.
    ConditionalAccessAdministrator,
    /// May read the logs.
    ReportsReader,
    /// May read everything.
    GlobalReader,
}

impl DirectoryRole {
    /// All roles.
    pub const ALL: [Self; 13] = [
        Self::GlobalAdministrator,
        Self::ApplicationAdministrator,
        Self::CloudApplicationAdministrator,
        Self::ApplicationDeveloper,
        Self::PrivilegedRoleAdministrator,
        Self::UserAdministrator,
        Self::PasswordAdministrator,
        Self::AuthenticationAdministrator,
        Self::SecurityAdministrator,
        Self::SecurityReader,
        Self::ConditionalAccessAdministrator,
        Self::ReportsReader,
        Self::GlobalReader,
    ];

    /// The role's template id, the same in every tenant; stands in `wids`.
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::ApplicationAdministrator => "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
            Self::CloudApplicationAdministrator => "158c047a-c907-4556-b7ef-446551a6b5f7",
            Self::ApplicationDeveloper => "cf1c38e5-3621-4004-a7cb-879624dced7c",
            Self::PrivilegedRoleAdministrator => "e8611ab8-c189-46e8-94e1-60213ab1f814",
            Self::UserAdministrator => "fe930be7-5e62-47db-91af-98c3a49a38b1",
            Self::PasswordAdministrator => "966707d0-3269-4727-9be2-8c3a10f19b9d",
            Self::AuthenticationAdministrator => "c4e39bd9-1100-46d3-8c65-fb160da0071f",
            Self::SecurityAdministrator => "194ae4cb-b126-40b2-bd5b-6091b380977d",
            Self::SecurityReader => "5d6b6bb7-de71-4623-b4af-96380a352509",
            Self::ConditionalAccessAdministrator => "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
            Self::ReportsReader => "4a5d8f65-41da-4de4-8968-e035b65339cf",
            Self::GlobalReader => "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        }
    }

    /// The role with this template id.
    pub fn from_template_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.template_id() == id)
    }

    /// Whether it may manage applications and service principals.
    pub const fn manages_applications(self) -> bool {
        matches!(
            self,
            Self::GlobalAdministrator
                | Self::ApplicationAdministrator
                | Self::CloudApplicationAdministrator
        )
    }

    /// Whether it may consent to delegated permissions for everybody.
    pub const fn consents_for_all(self) -> bool {
        self.manages_applications() || matches!(self, Self::PrivilegedRoleAdministrator)
    }

    /// The name shown to people.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::ApplicationAdministrator => "Application Administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
            Self::ApplicationDeveloper => "Application Developer",
            Self::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            Self::UserAdministrator => "User Administrator",
            Self::PasswordAdministrator => "Password Administrator",
            Self::AuthenticationAdministrator => "Authentication Administrator",
            Self::SecurityAdministrator => "Security Administrator",
            Self::SecurityReader => "Security Reader",
            Self::ConditionalAccessAdministrator => "Conditional Access Administrator",
            Self::ReportsReader => "Reports Reader",
            Self::GlobalReader => "Global Reader",
        }
    }
}

/// The template id that every member's token carries beside those of roles.
pub(crate) const MEMBER_TEMPLATE_ID: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
