//! Projects, members, environments, backups.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use lcs_types::{
    AssetId, BackupName, EnvironmentId, OperationActivityId, ParseIdError, ProjectId, TenantId,
    UserId,
};
use serde::{Deserialize, Serialize};

/// An LCS project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its number.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// The number of the organization that owns it.
    pub organization_id: i64,
}

/// A user, wherever users of several tenants meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserKey {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
}

/// A user's place in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The tenant of the user.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The role.
    pub role: ProjectRole,
    /// Whether the invitation was accepted.
    pub invitation: Invitation,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $kind:literal, { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every variant.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that LCS uses, also in the store.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|known| known.as_str() == text)
                    .ok_or_else(|| ParseIdError { kind: $kind, text: text.to_owned() })
            }
        }
    };
}

words!(
    /// A role in a project ("Configure Lifecycle Services security").
    ProjectRole, "project role", {
        /// May do everything.
        ProjectOwner = "Project owner",
        /// May manage environments; the reference pages also say *Environment administrator*.
        EnvironmentManager = "Environment manager",
        /// Works on the project's content, not on its environments.
        ProjectTeamMember = "Project team member",
        /// May look.
        ReadOnly = "Read only",
    }
);

words!(
    /// What became of the invitation to a project.
    Invitation, "invitation state", {
        /// Not answered.
        Pending = "Pending",
        /// Refused by the user.
        Declined = "Declined",
        /// Accepted; only then the membership counts.
        Accepted = "Accepted",
    }
);

words!(
    /// The type of an environment.
    EnvironmentType, "environment type", {
        /// The live system.
        Production = "Production",
        /// A Tier-2 environment.
        Sandbox = "Sandbox",
        /// A Tier-1 machine of a developer. This word and the next are those of LCS's own
        /// `RefinedEnvironmentType`.
        Development = "DevTestDev",
        /// A Tier-1 machine that builds and tests.
        Build = "DevTestBuild",
    }
);

words!(
    /// Who runs an environment, and on what.
    Infrastructure, "infrastructure", {
        /// Self-service deployment.
        SelfService = "SelfService",
        /// Microsoft-managed virtual machines.
        MicrosoftManaged = "MicrosoftManaged",
        /// Cloud-hosted (Tier-1) virtual machines of the customer.
        CustomerManaged = "CustomerManaged",
        /// The customer's own machines. The service's word is not public; this one is that of LCS's
        /// own `DeploymentEnvironmentType`.
        OnPremises = "CustomerOnPrem",
    }
);

words!(
    /// Whether an environment is there, and for whom.
    Lifecycle, "lifecycle of an environment", {
        /// LCS manages it.
        Active = "Active",
        /// The Power Platform admin center manages it; LCS only shows it.
        Migrated = "Migrated",
        /// It was deleted.
        Deleted = "Deleted",
    }
);

words!(
    /// Whether the machines of an environment run. The words are those of LCS's `DeploymentState`.
    PowerState, "power state of an environment", {
        /// They run.
        Running = "Finished",
        /// They are being started.
        Starting = "Starting",
        /// They are being stopped.
        Stopping = "Stopping",
        /// They do not run.
        Stopped = "Stopped",
    }
);

/// Since when the machines of an environment are in a state. Starting and stopping end by
/// themselves: what was written down once is read by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Power {
    /// The state that was written down.
    pub state: PowerState,
    /// When.
    pub since: Timestamp,
}

impl Power {
    /// How long virtual machines take to start and to stop here. At the service it is minutes.
    pub const TRANSITION: SignedDuration = SignedDuration::from_secs(30);

    /// The state at this time.
    pub fn at(self, now: Timestamp) -> PowerState {
        let is_over = now.duration_since(self.since) >= Self::TRANSITION;
        match self.state {
            PowerState::Starting if is_over => PowerState::Running,
            PowerState::Stopping if is_over => PowerState::Stopped,
            state => state,
        }
    }
}

/// An environment of a project ("Get environment metadata").
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "field names are those of the reference page")]
pub struct Environment {
    pub id: EnvironmentId,
    pub project: ProjectId,
    pub name: String,
    pub environment_type: EnvironmentType,
    pub infrastructure: Infrastructure,
    pub product: String,
    pub base_url: String,
    pub topology_display_name: String,
    pub application_build: String,
    pub application_release: String,
    pub platform_release: String,
    pub platform_version: String,
    pub deployed_on: Timestamp,
    pub cloud_location: String,
    pub disaster_recovery_location: String,
    /// Whom the `Admin` account of a database is given to when it is moved here.
    pub administrator: String,
    pub lifecycle: Lifecycle,
    pub power: Power,
    /// Whether a production environment has gone live. Before, it may be a refresh's target: that
    /// is how a golden configuration gets there.
    pub is_live: bool,
    /// The version of the financial reporting service.
    pub financial_reporting: Option<String>,
    /// The most that its database may hold, in bytes; `None` is no limit.
    pub database_capacity_bytes: Option<u64>,
    /// The region of the daily backups of the database; `None` where there are none.
    pub database_backup_location: Option<String>,
}

/// A database backup in a project's asset library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The asset.
    pub id: AssetId,
    /// The project.
    pub project: ProjectId,
    /// The display name; not unique.
    pub name: BackupName,
    /// The name of the file in the artifact store.
    pub artifact: String,
    /// Its length.
    pub size_bytes: u64,
    /// Its MD5, for `Content-MD5`.
    pub md5: [u8; 16],
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// When the export was published.
    pub created_at: Timestamp,
    /// Where it came from.
    pub environment: EnvironmentId,
    /// The export that made it.
    pub operation: OperationActivityId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for role in ProjectRole::ALL {
            assert_eq!(role.as_str().parse::<ProjectRole>().unwrap(), *role);
        }
        assert!("Emperor".parse::<ProjectRole>().is_err());
    }
}
