//! What every [`ProjectStore`] must do, as tests over the port. An adapter runs all of them with
//! [`project_conformance!`](crate::project_conformance). Backups are written by the journal of
//! operations, and so tested there.

#![expect(clippy::missing_panics_doc, reason = "a test that fails panics")]

use jiff::Timestamp;
use lcs_types::{EnvironmentId, ProjectId, TenantId, UserId};

use crate::{
    model::{
        Environment, EnvironmentType, Infrastructure, Invitation, Lifecycle, Member, Power,
        PowerState, Project, ProjectRole,
    },
    store::{NewProject, ProjectStore},
};

/// Makes one test of each rule. `$open` is an async function without arguments that yields a new
/// store, and whatever must live as long as it.
#[macro_export]
macro_rules! project_conformance {
    ($open:path) => {
        $crate::project_conformance!(@each $open:
            what_was_added_is_found_as_it_was,
            a_project_that_exists_is_left_as_it_is,
            nothing_is_found_in_another_project_or_tenant,
            a_project_that_cannot_be_added_in_full_is_not_added,
        );
    };
    (@each $open:path: $($rule:ident,)*) => {
        $(
            #[tokio::test]
            async fn $rule() {
                let (store, _alive) = $open().await;
                $crate::conformance::$rule(&store).await;
            }
        )*
    };
}

/// Every field, every word, and the order of the environments.
pub async fn what_was_added_is_found_as_it_was(store: &dyn ProjectStore) {
    let new = project(1);
    store.create_project(&new).await.expect("create");
    let found = store.project(new.project.id).await.expect("project");
    assert_eq!(found.as_ref(), Some(&new.project));
    for member in &new.members {
        let found = store
            .member(new.project.id, member.tenant, member.user)
            .await;
        assert_eq!(found.expect("member").as_ref(), Some(member));
    }
    let environments = store.environments(new.project.id).await;
    assert_eq!(environments.expect("environments"), new.environments);
    for environment in &new.environments {
        let found = store.environment(new.project.id, environment.id).await;
        assert_eq!(found.expect("environment").as_ref(), Some(environment));
    }
    let backups = store.backups(new.project.id).await.expect("backups");
    assert_eq!(backups, Vec::new());
}

/// Whoever sets a store up twice loses nothing.
pub async fn a_project_that_exists_is_left_as_it_is(store: &dyn ProjectStore) {
    let old = project(1);
    store.create_project(&old).await.expect("create");
    let mut changed = project(1);
    "Another name".clone_into(&mut changed.project.name);
    changed.environments.truncate(1);
    store.create_project(&changed).await.expect("create");
    let found = store.project(old.project.id).await.expect("project");
    assert_eq!(found, Some(old.project.clone()));
    let environments = store.environments(old.project.id).await;
    assert_eq!(environments.expect("environments"), old.environments);
}

/// The same user of another tenant is another person, and an environment has one project.
pub async fn nothing_is_found_in_another_project_or_tenant(store: &dyn ProjectStore) {
    let (one, two) = (project(1), project(2));
    store.create_project(&one).await.expect("create");
    store.create_project(&two).await.expect("create");
    let member = &one.members[0];
    let strangers = [
        (two.project.id, member.tenant, member.user),
        (one.project.id, TenantId::from_u128(u128::MAX), member.user),
        (one.project.id, member.tenant, UserId::from_u128(u128::MAX)),
        (ProjectId(i64::MAX), member.tenant, member.user),
    ];
    for (project, tenant, user) in strangers {
        let found = store.member(project, tenant, user).await.expect("member");
        assert_eq!(found, None);
    }
    let found = store
        .environment(two.project.id, one.environments[0].id)
        .await;
    assert_eq!(found.expect("environment"), None);
    let missing = store.project(ProjectId(i64::MAX)).await.expect("project");
    assert_eq!(missing, None);
}

/// All of it or nothing: here two environments have one id.
pub async fn a_project_that_cannot_be_added_in_full_is_not_added(store: &dyn ProjectStore) {
    let mut new = project(1);
    new.environments[1].id = new.environments[0].id;
    assert!(store.create_project(&new).await.is_err());
    let found = store.project(new.project.id).await.expect("project");
    assert_eq!(found, None);
    store
        .create_project(&project(1))
        .await
        .expect("the same project, mended");
}

/// A project with one member for each role and invitation, and one environment for each type and
/// infrastructure, in an order that is not that of their ids.
fn project(number: u32) -> NewProject {
    let base = u128::from(number) * 1000;
    let id = ProjectId(number.into());
    let invitations = Invitation::ALL.iter().cycle();
    let members = (base..)
        .zip(ProjectRole::ALL.iter().zip(invitations))
        .map(|(user, (role, invitation))| Member {
            tenant: TenantId::from_u128(base),
            user: UserId::from_u128(user),
            role: *role,
            invitation: *invitation,
        })
        .collect();
    let types = EnvironmentType::ALL.iter().cycle();
    let environments = (0..)
        .zip(Infrastructure::ALL.iter().zip(types))
        .map(|(count, (infrastructure, environment_type))| {
            let environment = EnvironmentId::from_u128(base + 100 - count);
            environment_of(id, environment, *environment_type, *infrastructure)
        })
        .collect();
    NewProject {
        project: Project {
            id,
            name: format!("Größe {number}"),
            organization_id: i64::from(number) << 40,
        },
        members,
        environments,
    }
}

fn environment_of(
    project: ProjectId,
    id: EnvironmentId,
    environment_type: EnvironmentType,
    infrastructure: Infrastructure,
) -> Environment {
    let field = |name: &str| format!("{name} of {id}");
    Environment {
        id,
        project,
        name: field("name"),
        environment_type,
        infrastructure,
        product: field("product"),
        base_url: field("url"),
        topology_display_name: field("topology"),
        application_build: field("build"),
        application_release: field("release"),
        platform_release: field("platform release"),
        platform_version: field("platform version"),
        deployed_on: Timestamp::UNIX_EPOCH,
        cloud_location: field("location"),
        disaster_recovery_location: field("second location"),
        administrator: field("administrator"),
        lifecycle: Lifecycle::Migrated,
        power: Power {
            state: PowerState::Stopping,
            since: Timestamp::UNIX_EPOCH,
        },
        is_live: false,
        financial_reporting: Some(field("financial reporting")),
        database_capacity_bytes: Some(1 << 40),
        database_backup_location: Some(field("backups")),
    }
}
