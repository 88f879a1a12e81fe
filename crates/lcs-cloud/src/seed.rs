//! The first start of a data directory: tenant, project, databases. Every part is left as it is
//! when it is there, so an interrupted first start is completed by the next one.

use std::{fs, path::Path};

use jiff::tz::TimeZone;
use lcs_databases::sqlite::{EnvironmentFolder, OpenError, PlaceError, Source};
use lcs_directory::{
    Directory, DirectoryFailure,
    bootstrap::{NewTenant, NewUser},
    model::{DirectoryRole, HomeAccount, Multifactor, PasswordState, UserKind},
    totp::TotpSecret,
};
use lcs_projects::{
    Environment, EnvironmentType, Invitation, Member, NewProject, Power, PowerState, Project,
    ProjectStore as _, StoreError,
};
use lcs_sample::{database, facts};
use lcs_store_sqlite::SqliteStore;
use lcs_types::Secret;

use crate::{
    config::{
        CloudConfig, EnvironmentConfig, EnvironmentKind, InvitationAnswer, ProjectRoleName,
        UserConfig, domains,
    },
    credentials::Credentials,
    data_directory::{DataDirectory, DataDirectoryError},
    start::StartOptions,
};

/// A tenant, a project or a database cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The data directory.
    #[error(transparent)]
    DataDirectory(#[from] DataDirectoryError),
    /// The directory of users and applications.
    #[error("could not make the tenant")]
    Tenant(#[from] DirectoryFailure),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A role that directories here do not have.
    #[error("`{role}` is not a directory role that the local cloud knows ({known})")]
    UnknownRole {
        /// As configured.
        role: String,
        /// What there is.
        known: String,
    },
    /// The user's own database cannot be used.
    #[error("the database of `{environment}` cannot be used")]
    Source {
        /// The environment.
        environment: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// A sample database cannot be made.
    #[error("could not make the sample database of `{environment}`")]
    Sample {
        /// The environment.
        environment: String,
        /// Why.
        #[source]
        source: database::CreateError,
    },
    /// A database cannot be put in its place.
    #[error("could not put the database of `{environment}` in its place")]
    Place {
        /// The environment.
        environment: String,
        /// Why.
        #[source]
        source: PlaceError,
    },
    /// The work was cut off.
    #[error("making the sample databases was interrupted")]
    Interrupted,
}

/// Makes what is missing; answers the users' passwords.
pub(crate) async fn ensure(
    directory: &DataDirectory,
    store: &SqliteStore,
    entra: &Directory,
    config: &CloudConfig,
    options: &StartOptions,
) -> Result<Credentials, SeedError> {
    let names = config
        .all_users()
        .filter(|user| user.guest_from.is_none())
        .map(|user| (&user.user_principal_name, user.mfa));
    let path = directory.credentials_file();
    let credentials = if let Some(credentials) = Credentials::read(&path)? {
        credentials
    } else {
        // Written before the hashes are, or an interrupted start would lose the passwords.
        let made = Credentials::make(names, &*options.randomness);
        made.write(&path)?;
        made
    };
    for tenant in tenants(config, &credentials)? {
        entra.create_tenant(&tenant).await?;
    }
    store.create_project(&project(config)).await?;
    let root = directory.environments();
    for environment in &config.environments {
        let (environment, root) = (environment.clone(), root.clone());
        let (rows, as_of) = (options.sample_rows, options.clock.now());
        tokio::task::spawn_blocking(move || ensure_database(&root, &environment, rows, as_of))
            .await
            .map_err(|_| SeedError::Interrupted)??;
    }
    Ok(credentials)
}

fn tenants(config: &CloudConfig, credentials: &Credentials) -> Result<Vec<NewTenant>, SeedError> {
    let users = |users: &[UserConfig]| -> Result<Vec<NewUser>, SeedError> {
        users
            .iter()
            .map(|user| new_user(config, user, credentials))
            .collect()
    };
    let mut tenants = vec![NewTenant {
        id: config.tenant.id,
        display_name: config.tenant.display_name.clone(),
        domains: domains(&config.tenant.domain, &config.tenant.settings),
        settings: config.tenant.settings.clone(),
        users: users(&config.users)?,
    }];
    for tenant in &config.other_tenants {
        tenants.push(NewTenant {
            id: tenant.id,
            display_name: tenant.display_name.clone(),
            domains: domains(&tenant.domain, &tenant.settings),
            settings: tenant.settings.clone(),
            users: users(&tenant.users)?,
        });
    }
    Ok(tenants)
}

fn new_user(
    config: &CloudConfig,
    user: &UserConfig,
    credentials: &Credentials,
) -> Result<NewUser, SeedError> {
    let role = |name: &String| {
        let named = |role: &DirectoryRole| role.display_name().eq_ignore_ascii_case(name);
        DirectoryRole::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| SeedError::UnknownRole {
                role: name.clone(),
                known: DirectoryRole::ALL
                    .map(DirectoryRole::display_name)
                    .join(", "),
            })
    };
    let (given_name, surname) = match user.display_name.rsplit_once(' ') {
        Some((given, family)) => (Some(given.to_owned()), Some(family.to_owned())),
        None => (None, None),
    };
    Ok(NewUser {
        id: user.id,
        user_principal_name: user.user_principal_name.clone(),
        display_name: user.display_name.clone(),
        given_name,
        surname,
        password: credentials
            .password_of(&user.user_principal_name)
            .map(Secret::new),
        roles: user.roles.iter().map(role).collect::<Result<_, _>>()?,
        multifactor: if user.mfa {
            Multifactor::Required
        } else {
            Multifactor::NotRequired
        },
        totp: credentials
            .totp_secret_of(&user.user_principal_name)
            .and_then(|text| TotpSecret::from_base32(text).ok()),
        password_state: if user.must_change_password {
            PasswordState::MustChange
        } else {
            PasswordState::Current
        },
        kind: home_account(config, user).map_or(UserKind::Member, UserKind::Guest),
    })
}

/// The account that a guest is at home.
fn home_account(config: &CloudConfig, user: &UserConfig) -> Option<HomeAccount> {
    let name = user.guest_from.clone()?;
    let (tenant, home) = config.home_of(&name)?;
    Some(HomeAccount {
        tenant,
        user: home,
        name,
        has_accepted: true,
    })
}

fn project(config: &CloudConfig) -> NewProject {
    let members = config.users.iter().filter_map(|user| {
        let role = user.project_role?.into();
        let invitation = match user.project_invitation {
            InvitationAnswer::Accepted => Invitation::Accepted,
            InvitationAnswer::Pending => Invitation::Pending,
            InvitationAnswer::Declined => Invitation::Declined,
        };
        Some(Member {
            tenant: config.tenant.id,
            user: user.id,
            role,
            invitation,
        })
    });
    NewProject {
        project: Project {
            id: config.project.id,
            name: config.project.name.clone(),
            organization_id: config.project.organization_id,
        },
        members: members.chain(from_trusted_tenants(config)).collect(),
        environments: config
            .environments
            .iter()
            .map(|each| environment(config, each))
            .collect(),
    }
}

fn from_trusted_tenants(config: &CloudConfig) -> impl Iterator<Item = Member> {
    config.lcs.trusted_tenants.iter().flat_map(|tenant| {
        tenant.members.iter().map(|member| Member {
            tenant: tenant.id,
            user: member.user,
            role: member.role.into(),
            invitation: Invitation::Accepted,
        })
    })
}

fn environment(config: &CloudConfig, each: &EnvironmentConfig) -> Environment {
    let environment_type = EnvironmentType::from(each.kind);
    // The account that every environment is deployed with.
    let administrator = config
        .users
        .iter()
        .find(|user| user.project_role == Some(ProjectRoleName::ProjectOwner))
        .map(|user| user.user_principal_name.to_string());
    Environment {
        id: each.id,
        project: config.project.id,
        name: each.name.clone(),
        environment_type,
        infrastructure: each.infrastructure.into(),
        product: facts::ENVIRONMENT_PRODUCT.to_owned(),
        base_url: each.base_url.clone(),
        topology_display_name: format!(
            "Finance and Operations - {environment_type} ({} with Platform update {})",
            each.application_release,
            each.platform_release.trim_start_matches("Update"),
        ),
        application_build: each.application_build.clone(),
        application_release: each.application_release.clone(),
        platform_release: each.platform_release.clone(),
        platform_version: each.platform_version.clone(),
        deployed_on: each
            .deployed_on
            .to_zoned(TimeZone::UTC)
            .map_or(jiff::Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp()),
        cloud_location: each.cloud_location.clone(),
        disaster_recovery_location: each.disaster_recovery_location.clone(),
        administrator: administrator.unwrap_or_default(),
        lifecycle: each.lifecycle.into(),
        power: Power {
            state: if each.is_stopped {
                PowerState::Stopped
            } else {
                PowerState::Running
            },
            since: jiff::Timestamp::UNIX_EPOCH,
        },
        is_live: !each.before_go_live,
        financial_reporting: each.financial_reporting.clone(),
        database_capacity_bytes: each.database_capacity_bytes,
        database_backup_location: each.database_backup_location.clone(),
    }
}

/// Binds the user's own database, or makes a sample one when there is none yet.
fn ensure_database(
    root: &Path,
    environment: &EnvironmentConfig,
    rows: u64,
    as_of: jiff::Timestamp,
) -> Result<(), SeedError> {
    let name = environment.name.clone();
    let place = |source| SeedError::Place {
        environment: name.clone(),
        source,
    };
    let folder = EnvironmentFolder::new(root.join(environment.id.to_string()));
    folder.create().map_err(place)?;
    if let Some(own) = &environment.database {
        let source = |source| SeedError::Source {
            environment: name.clone(),
            source,
        };
        drop(Source::open(own).map_err(source)?);
        return folder.bind(own).map_err(place);
    }
    if folder.current().map_err(place)?.is_some() {
        return Ok(());
    }
    let initial = folder.initial_path();
    // What an interrupted start left is of unknown worth.
    let _ = fs::remove_file(&initial);
    let options = database::DatabaseOptions {
        rows,
        seed: 1,
        environment: match environment.kind {
            EnvironmentKind::Production => database::Environment::Production,
            EnvironmentKind::Sandbox | EnvironmentKind::Development | EnvironmentKind::Build => {
                database::Environment::Sandbox { name: name.clone() }
            }
        },
        as_of,
    };
    database::create(&initial, &options).map_err(|source| SeedError::Sample {
        environment: name.clone(),
        source,
    })?;
    folder.adopt(&initial).map_err(place)
}
