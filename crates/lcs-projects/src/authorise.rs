//! What a token and a member must be to call the API. Pure; the caller loads the facts.
//!
//! "Database movement API – Authentication": delegated permissions only. The reference pages of
//! the environment API: project owner or environment administrator, invitation accepted.

use lcs_types::UserId;
use lcs_wire::well_known::USER_IMPERSONATION;

use crate::model::{Invitation, Member, ProjectRole};

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// List the database backups of the asset library, with URLs to download them.
    ListBackups,
    /// Start a refresh.
    StartRefresh,
    /// Start an export.
    StartExport,
    /// Ask for the status of an operation.
    FetchStatus,
    /// Read environment metadata.
    ReadEnvironments,
    /// Read what was done to an environment.
    ReadHistory,
    /// Start a cloud-hosted environment.
    StartEnvironment,
    /// Stop it.
    StopEnvironment,
    /// Download the certificate for the Regression suite automation tool.
    DownloadCertificate,
    /// Read the asset library, with URLs to download.
    ReadAssets,
    /// Add to the asset library, or delete from it.
    ChangeAssets,
    /// Deploy a package to an environment.
    DeployPackage,
    /// Deploy an extension to a Commerce Scale Unit.
    DeployScaleUnit,
    /// Deploy a package to an e-commerce environment.
    DeployECommerce,
}

impl Capability {
    /// The project library is open to every member; environments are for those who manage them.
    const fn roles(self) -> &'static [ProjectRole] {
        use ProjectRole::{EnvironmentManager, ProjectOwner, ProjectTeamMember, ReadOnly};
        match self {
            Self::ListBackups | Self::ReadAssets => &[
                ProjectOwner,
                EnvironmentManager,
                ProjectTeamMember,
                ReadOnly,
            ],
            // "The project library is open to all project users" (Asset library in LCS).
            Self::ChangeAssets => &[ProjectOwner, EnvironmentManager, ProjectTeamMember],
            Self::StartRefresh
            | Self::StartExport
            | Self::FetchStatus
            | Self::ReadEnvironments
            | Self::ReadHistory
            | Self::StartEnvironment
            | Self::StopEnvironment
            | Self::DownloadCertificate
            | Self::DeployPackage
            | Self::DeployScaleUnit
            | Self::DeployECommerce => &[ProjectOwner, EnvironmentManager],
        }
    }
}

/// What a valid token says about who is behind it.
#[derive(Debug, Clone, Copy)]
pub struct TokenFacts<'token> {
    /// `scp`, split at blanks.
    pub scopes: &'token [&'token str],
    /// `oid`, when it is an id.
    pub user: Option<UserId>,
    /// `idtyp`.
    pub identity_type: Option<&'token str>,
}

/// A valid token that is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenInsufficient {
    /// It belongs to an application itself.
    #[error("the token belongs to an application itself; LCS acts only for users")]
    NoUser,
    /// It lacks the permission.
    #[error("the token lacks the delegated permission user_impersonation")]
    NoPermission,
}

/// The user behind a delegated token.
///
/// Delegated means that `scp` is there: an application's own token has none, and Entra does issue
/// such tokens for LCS, so the refusal is the resource's.
///
/// # Errors
///
/// [`TokenInsufficient`] for an application's own token and for one without `user_impersonation`.
pub fn require_delegated(facts: TokenFacts<'_>) -> Result<UserId, TokenInsufficient> {
    if facts.scopes.is_empty() || facts.identity_type == Some("app") {
        return Err(TokenInsufficient::NoUser);
    }
    if !facts.scopes.contains(&USER_IMPERSONATION) {
        return Err(TokenInsufficient::NoPermission);
    }
    facts.user.ok_or(TokenInsufficient::NoUser)
}

/// Why a user may not do something in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefused {
    /// The project does not exist, or the user is no member of it: the same to an outsider.
    #[error("the user is not a member of the project")]
    NotAMember,
    /// The invitation was not accepted.
    #[error("the user has not accepted the invitation to the project")]
    InvitationNotAccepted,
    /// The role is too weak.
    #[error("the role {role} does not allow it; it takes a project owner or environment manager")]
    RoleTooWeak {
        /// The user's role.
        role: ProjectRole,
    },
}

/// Whether a member may do something.
///
/// # Errors
///
/// [`AccessRefused`] with the first thing that is missing.
pub fn authorise(member: Option<&Member>, capability: Capability) -> Result<(), AccessRefused> {
    let member = member.ok_or(AccessRefused::NotAMember)?;
    match member.invitation {
        Invitation::Accepted => {}
        Invitation::Pending | Invitation::Declined => {
            return Err(AccessRefused::InvitationNotAccepted);
        }
    }
    if capability.roles().contains(&member.role) {
        Ok(())
    } else {
        Err(AccessRefused::RoleTooWeak { role: member.role })
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::TenantId;

    use super::{
        Capability::{ListBackups, StartRefresh},
        Invitation::{Accepted, Declined, Pending},
        ProjectRole::{EnvironmentManager, ProjectOwner, ReadOnly},
        *,
    };

    const USER: UserId = UserId::from_u128(1);

    #[test]
    fn only_a_users_token_with_the_permission_is_enough() {
        let facts = |scopes, user, identity_type| TokenFacts {
            scopes,
            user,
            identity_type,
        };
        let cases = [
            (facts(&["user_impersonation"], Some(USER), None), Ok(USER)),
            (
                facts(&["x", "user_impersonation"], Some(USER), Some("user")),
                Ok(USER),
            ),
            (facts(&[], Some(USER), None), Err(TokenInsufficient::NoUser)),
            (
                facts(&[], Some(USER), Some("app")),
                Err(TokenInsufficient::NoUser),
            ),
            (
                facts(&["user_impersonation"], Some(USER), Some("app")),
                Err(TokenInsufficient::NoUser),
            ),
            (
                facts(&["user_impersonation"], None, None),
                Err(TokenInsufficient::NoUser),
            ),
            (
                facts(&["User.Read"], Some(USER), None),
                Err(TokenInsufficient::NoPermission),
            ),
        ];
        for (facts, wanted) in cases {
            assert_eq!(require_delegated(facts), wanted, "{facts:?}");
        }
    }

    #[test]
    fn roles_and_invitations_decide() {
        let member = |role, invitation| Member {
            tenant: TenantId::from_u128(1),
            user: USER,
            role,
            invitation,
        };
        let weak = Err(AccessRefused::RoleTooWeak { role: ReadOnly });
        let cases = [
            (Some(member(ProjectOwner, Accepted)), StartRefresh, Ok(())),
            (
                Some(member(EnvironmentManager, Accepted)),
                StartRefresh,
                Ok(()),
            ),
            (Some(member(ReadOnly, Accepted)), StartRefresh, weak),
            (Some(member(ReadOnly, Accepted)), ListBackups, Ok(())),
            (
                Some(member(ProjectOwner, Pending)),
                ListBackups,
                Err(AccessRefused::InvitationNotAccepted),
            ),
            (
                Some(member(ProjectOwner, Declined)),
                ListBackups,
                Err(AccessRefused::InvitationNotAccepted),
            ),
            (None, ListBackups, Err(AccessRefused::NotAMember)),
        ];
        for (member, capability, wanted) in cases {
            assert_eq!(
                authorise(member.as_ref(), capability),
                wanted,
                "{member:?} {capability:?}"
            );
        }
    }
}
