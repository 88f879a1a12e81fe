//! What may be called of Graph, and what each call needs: one table.
//!
//! The permissions are those of the "Microsoft Graph permissions reference" and of each call's own
//! page, as far as the catalogue has them; the roles are those that the call's page names.
//! `Directory.AccessAsUser.All` lets a client do whatever the user may.

use crate::model::DirectoryRole::{
    self, ApplicationAdministrator, ApplicationDeveloper, AuthenticationAdministrator,
    CloudApplicationAdministrator, ConditionalAccessAdministrator, GlobalReader,
    PasswordAdministrator, PrivilegedRoleAdministrator, ReportsReader, SecurityAdministrator,
    SecurityReader, UserAdministrator,
};
use Callers::{UsersAndApplications, UsersOnly};
use RoleRequirement::{AnyOf, AnyOfUnlessAllowed, AnyOfUnlessOwn, Nothing};

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The permissions of which the caller must have one: of a user's client in `scp`, of an
    /// application that calls as itself in `roles`.
    pub permissions: &'static [&'static str],
    /// Who may call at all.
    pub callers: Callers,
    /// The directory role that a user must hold.
    pub role: RoleRequirement,
}

/// Who may call at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Users, through a client.
    UsersOnly,
    /// Applications as themselves, too.
    UsersAndApplications,
}

/// The directory role that a user must hold. Global administrators have every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleRequirement {
    /// None: members may by default.
    Nothing,
    /// One of these.
    AnyOf(&'static [DirectoryRole]),
    /// One of these, but for what is one's own, account or application. That is decided where the
    /// object is known.
    AnyOfUnlessOwn(&'static [DirectoryRole]),
    /// One of these, unless the tenant lets every member. That is decided where the tenant is known.
    AnyOfUnlessAllowed(&'static [DirectoryRole]),
}

const READ_USERS: &[&str] = &[
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_ONE_USER: &[&str] = &[
    "User.Read",
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const REVOKE_SESSIONS: &[&str] = &[
    "User.RevokeSessions.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_AUTHENTICATION_METHODS: &[&str] = &[
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];
const READ_APPLICATIONS: &[&str] = &[
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const WRITE_APPLICATIONS: &[&str] = &[
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const WRITE_CONDITIONAL_ACCESS: &[&str] = &["Policy.ReadWrite.ConditionalAccess"];

const APPLICATION_ADMINISTRATORS: &[DirectoryRole] =
    &[ApplicationAdministrator, CloudApplicationAdministrator];
const GRANT_ADMINISTRATORS: &[DirectoryRole] = &[
    ApplicationAdministrator,
    CloudApplicationAdministrator,
    PrivilegedRoleAdministrator,
];
const SECURITY_READERS: &[DirectoryRole] = &[
    GlobalReader,
    SecurityReader,
    SecurityAdministrator,
    ConditionalAccessAdministrator,
];
const SECURITY_ADMINISTRATORS: &[DirectoryRole] =
    &[SecurityAdministrator, ConditionalAccessAdministrator];
const LOG_READERS: &[DirectoryRole] = &[
    GlobalReader,
    ReportsReader,
    SecurityReader,
    SecurityAdministrator,
];

macro_rules! operations {
    ($( $(#[$meta:meta])* $name:ident => $permissions:expr, $callers:expr, $role:expr; )*) => {
        /// A call of Graph.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation {
            $( $(#[$meta])* $name, )*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What the call needs.
            pub const fn requirement(self) -> Requirement {
                match self {
                    $(Self::$name => Requirement {
                        permissions: $permissions,
                        callers: $callers,
                        role: $role,
                    },)*
                }
            }
        }
    };
}

operations! {
    /// Reads the account of the caller.
    ReadMe => READ_ONE_USER, UsersOnly, Nothing;
    /// Lists the users.
    ListUsers => READ_USERS, UsersAndApplications, Nothing;
    /// Reads a user; `User.Read` suffices for the caller's own account.
    ReadUser => READ_ONE_USER, UsersAndApplications, Nothing;
    /// Creates a user.
    CreateUser => &[
        "User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOf(&[UserAdministrator]);
    /// Changes a user's profile.
    UpdateUser => &[
        "User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOf(&[UserAdministrator]);
    /// Switches an account on or off.
    EnableUser => &[
        "User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOf(&[UserAdministrator]);
    /// Gives a user a new password.
    ResetPassword => &[
        "User-PasswordProfile.ReadWrite.All", "User.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOf(&[
        UserAdministrator, PasswordAdministrator, AuthenticationAdministrator,
    ]);
    /// Deletes a user, for thirty days.
    DeleteUser => &[
        "User.DeleteRestore.All", "User.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOf(&[UserAdministrator]);
    /// Revokes what the caller's sign-ins led to.
    RevokeOwnSessions => REVOKE_SESSIONS, UsersOnly, Nothing;
    /// Revokes what somebody's sign-ins led to.
    RevokeSessions => REVOKE_SESSIONS, UsersAndApplications, AnyOfUnlessOwn(&[
        UserAdministrator, PasswordAdministrator, AuthenticationAdministrator,
    ]);
    /// Lists what the caller signs in with.
    ReadOwnAuthenticationMethods => &[
        "UserAuthenticationMethod.Read", "UserAuthenticationMethod.Read.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ], UsersOnly, Nothing;
    /// Lists what somebody signs in with.
    ReadAuthenticationMethods => READ_AUTHENTICATION_METHODS, UsersAndApplications,
        AnyOfUnlessOwn(&[AuthenticationAdministrator, GlobalReader]);
    /// Takes away what somebody signs in with.
    RemoveAuthenticationMethod => &["UserAuthenticationMethod.ReadWrite.All"],
        UsersAndApplications, AnyOf(&[AuthenticationAdministrator]);
    /// Reads the tenant.
    ReadOrganization => &[
        "Organization.Read.All", "User.Read", "User.Read.All", "Directory.Read.All",
        "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, Nothing;
    /// Reads the domains.
    ReadDomains => &[
        "Domain.Read.All", "Directory.Read.All", "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ], UsersAndApplications, Nothing;
    /// Reads applications and service principals.
    ReadApplications => READ_APPLICATIONS, UsersAndApplications, Nothing;
    /// Registers an application.
    CreateApplication => WRITE_APPLICATIONS, UsersAndApplications, AnyOfUnlessAllowed(&[
        ApplicationAdministrator, CloudApplicationAdministrator, ApplicationDeveloper,
    ]);
    /// Changes or deletes an application or a service principal, or makes one present.
    WriteApplication => WRITE_APPLICATIONS, UsersAndApplications,
        AnyOfUnlessOwn(APPLICATION_ADMINISTRATORS);
    /// Reads delegated permission grants.
    ReadGrants => &[
        "DelegatedPermissionGrant.Read.All", "DelegatedPermissionGrant.ReadWrite.All",
        "Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, Nothing;
    /// Grants delegated permissions, or withdraws them.
    WriteGrants => &[
        "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOf(GRANT_ADMINISTRATORS);
    /// Reads who has which app role.
    ReadRoleAssignments => &[
        "AppRoleAssignment.ReadWrite.All", "Application.Read.All", "Application.ReadWrite.All",
        "Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, Nothing;
    /// Assigns app roles, application permissions among them, or withdraws them.
    WriteRoleAssignments => &["AppRoleAssignment.ReadWrite.All", "Directory.AccessAsUser.All"],
        UsersAndApplications, AnyOf(GRANT_ADMINISTRATORS);
    /// Lists deleted applications.
    ListDeletedApplications => READ_APPLICATIONS, UsersAndApplications, Nothing;
    /// Lists deleted users.
    ListDeletedUsers => READ_USERS, UsersAndApplications, Nothing;
    /// Reads a deleted object; which permission is needed follows from what it is.
    ReadDeletedItem => &[
        "Application.Read.All", "Application.ReadWrite.All", "User.Read.All",
        "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ], UsersAndApplications, Nothing;
    /// Restores a deleted object, or removes it for good; likewise.
    ChangeDeletedItem => &[
        "Application.ReadWrite.All", "User.DeleteRestore.All", "User.ReadWrite.All",
        "Directory.ReadWrite.All", "Directory.AccessAsUser.All",
    ], UsersAndApplications, AnyOfUnlessOwn(&[
        ApplicationAdministrator, CloudApplicationAdministrator, UserAdministrator,
    ]);
    /// Reads what users may do by default.
    ReadAuthorizationPolicy => &["Policy.Read.All", "Policy.ReadWrite.Authorization"],
        UsersAndApplications, Nothing;
    /// Changes what users may do by default.
    UpdateAuthorizationPolicy => &["Policy.ReadWrite.Authorization"], UsersAndApplications,
        AnyOf(&[PrivilegedRoleAdministrator]);
    /// Reads whether security defaults are on.
    ReadSecurityDefaults => &["Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"],
        UsersAndApplications, AnyOf(SECURITY_READERS);
    /// Switches security defaults.
    UpdateSecurityDefaults => &[
        "Policy.ReadWrite.SecurityDefaults", "Policy.ReadWrite.ConditionalAccess",
    ], UsersAndApplications, AnyOf(SECURITY_ADMINISTRATORS);
    /// Reads conditional access policies and named locations.
    ReadConditionalAccess => &[
        "Policy.Read.All", "Policy.Read.ConditionalAccess", "Policy.ReadWrite.ConditionalAccess",
    ], UsersAndApplications, AnyOf(SECURITY_READERS);
    /// Creates, changes, deletes them.
    WriteConditionalAccess => WRITE_CONDITIONAL_ACCESS, UsersAndApplications,
        AnyOf(SECURITY_ADMINISTRATORS);
    /// Reads what users asked administrators to consent to.
    ReadConsentRequests => &["ConsentRequest.Read.All"], UsersAndApplications, AnyOf(&[
        ApplicationAdministrator, CloudApplicationAdministrator, GlobalReader,
    ]);
    /// Reads the sign-in log.
    ReadSignIns => &["AuditLog.Read.All"], UsersAndApplications, AnyOf(LOG_READERS);
    /// Reads the audit log.
    ReadAudits => &["AuditLog.Read.All", "Directory.Read.All"], UsersAndApplications,
        AnyOf(LOG_READERS);
}

impl RoleRequirement {
    /// The roles of which one suffices, Global Administrator apart.
    pub const fn roles(self) -> &'static [DirectoryRole] {
        match self {
            Self::Nothing => &[],
            Self::AnyOf(roles) | Self::AnyOfUnlessOwn(roles) | Self::AnyOfUnlessAllowed(roles) => {
                roles
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lcs_wire::well_known::GRAPH_CLIENT_ID;

    use super::*;
    use crate::catalogue::first_party;

    #[test]
    fn every_permission_of_the_table_exists() {
        let graph = first_party(GRAPH_CLIENT_ID).unwrap().settings();
        for operation in Operation::ALL {
            for value in operation.requirement().permissions {
                assert!(
                    graph.scopes.iter().any(|scope| scope.value == *value),
                    "{operation:?}: {value}"
                );
            }
        }
    }
}
