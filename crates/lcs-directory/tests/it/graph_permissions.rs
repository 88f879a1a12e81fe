//! Graph: by permission, by role, by ownership; users and applications as callers.

use lcs_directory::{
    GraphCaller, GraphFailed, GraphRefusal,
    graph::{
        ApplicationKey, AuthorizationPolicyPatch, Callers, Identity, Operation, RoleRequirement,
        UserKey,
    },
    model::DirectoryRole,
};
use lcs_types::{ClientId, ObjectId};
use lcs_wire::{
    graph::{ApplicationPatch, NewServicePrincipal},
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID, POWER_PLATFORM_CLIENT_ID},
};
use serde_json::json;

use crate::world::{
    CONTOSO, SERVICE, SERVICE_ID, World, correlation_id, graph_refusal, registration,
};

/// The service user with this role, freshly signed in.
async fn with_role(world: &World, role: DirectoryRole) -> GraphCaller {
    let give = |user: &mut lcs_directory::model::User| user.roles = vec![role];
    let changed = world.directory.change_user(CONTOSO, SERVICE_ID, give);
    changed.await.unwrap();
    world.graph("contoso.com", SERVICE).await
}

/// An application that calls as itself.
fn application(permissions: &[&str]) -> GraphCaller {
    GraphCaller {
        tenant: CONTOSO,
        client: ClientId::from_u128(7),
        identity: Identity::Application {
            principal: ObjectId::from_u128(8),
            permissions: permissions.iter().map(|it| (*it).to_owned()).collect(),
        },
        correlation_id: correlation_id(),
    }
}

#[tokio::test]
async fn each_call_takes_each_role_that_it_names_and_no_other() {
    let world = World::new().await;
    let admin = world.admin().await;
    for operation in Operation::ALL {
        let requirement = operation.requirement();
        for role in DirectoryRole::ALL {
            let mut caller = admin.clone();
            if let Identity::User { scopes, roles, .. } = &mut caller.identity {
                *roles = vec![role];
                *scopes = vec![requirement.permissions[0].to_owned()];
            }
            let may = match requirement.role {
                RoleRequirement::AnyOf(roles) => {
                    role == DirectoryRole::GlobalAdministrator || roles.contains(&role)
                }
                // The rest is decided where the object or the tenant is known.
                RoleRequirement::Nothing
                | RoleRequirement::AnyOfUnlessOwn(_)
                | RoleRequirement::AnyOfUnlessAllowed(_) => true,
            };
            let answer = caller.require(*operation);
            assert_eq!(answer.is_ok(), may, "{operation:?} as {role:?}");
        }
        let mut without = admin.clone();
        if let Identity::User { scopes, .. } = &mut without.identity {
            *scopes = vec!["openid".to_owned()];
        }
        let denied = without.require(*operation).unwrap_err();
        assert_eq!(denied, GraphRefusal::Denied, "{operation:?}");
    }
}

#[test]
fn an_application_needs_the_permission_and_no_role_and_never_stands_for_a_user() {
    for operation in Operation::ALL {
        let requirement = operation.requirement();
        for permission in requirement.permissions {
            let answer = application(&[permission]).require(*operation);
            match requirement.callers {
                Callers::UsersOnly => assert_eq!(answer, Err(GraphRefusal::NeedsUser)),
                Callers::UsersAndApplications => assert_eq!(answer, Ok(()), "{operation:?}"),
            }
        }
        assert!(application(&[]).require(*operation).is_err());
    }
}

#[tokio::test]
async fn a_log_reader_reads_logs_and_a_conditional_access_administrator_policies() {
    let world = World::new().await;
    let directory = &world.directory;
    let reader = with_role(&world, DirectoryRole::ReportsReader).await;
    assert!(directory.sign_in_log(&reader).await.is_ok());
    let policies = directory.list_conditional_access(&reader).await;
    assert_eq!(graph_refusal(policies), GraphRefusal::Denied);
    let role = DirectoryRole::ConditionalAccessAdministrator;
    let policies_administrator = with_role(&world, role).await;
    let policies = directory.list_conditional_access(&policies_administrator);
    assert!(policies.await.is_ok());
    let logs = directory.sign_in_log(&policies_administrator).await;
    assert_eq!(graph_refusal(logs), GraphRefusal::Denied);
}

#[tokio::test]
async fn a_developer_owns_what_it_registers_and_nothing_else() {
    let world = World::new().await;
    let directory = &world.directory;
    let foreign = world.tool().await;
    let developer = with_role(&world, DirectoryRole::ApplicationDeveloper).await;
    let made = directory
        .create_application(&developer, &registration())
        .await
        .unwrap();
    let key = ApplicationKey::Id(made.id);
    let owners = directory.list_owners(&developer, &key).await.unwrap();
    assert_eq!(owners[0].id, SERVICE_ID);
    let patch = ApplicationPatch {
        notes: Some("mine".to_owned()),
        ..ApplicationPatch::default()
    };
    let update = |key| {
        let (patch, developer) = (&patch, &developer);
        async move { directory.update_application(developer, key, patch).await }
    };
    update(&key).await.unwrap();
    let others = ApplicationKey::Id(foreign.id);
    let denied: Result<(), GraphFailed> = update(&others).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);

    // Its own application may be made present, Microsoft's may not.
    let new = |app_id| NewServicePrincipal {
        app_id,
        tags: Vec::new(),
    };
    directory
        .create_service_principal(&developer, &new(made.app_id))
        .await
        .unwrap();
    let admin = world.admin().await;
    let power = lcs_directory::graph::ServicePrincipalKey::AppId(POWER_PLATFORM_CLIENT_ID);
    directory
        .delete_service_principal(&admin, power)
        .await
        .unwrap();
    let microsofts = new(POWER_PLATFORM_CLIENT_ID);
    let denied = directory.create_service_principal(&developer, &microsofts);
    let denied = graph_refusal(denied.await);
    assert_eq!(denied, GraphRefusal::BackingApplicationNotLocal);
    assert_eq!(denied.status(), 403);

    // An owner who is one no more may nothing.
    directory
        .remove_owner(&admin, &key, SERVICE_ID)
        .await
        .unwrap();
    assert_eq!(graph_refusal(update(&key).await), GraphRefusal::Denied);
    directory.add_owner(&admin, &key, SERVICE_ID).await.unwrap();
    let twice = directory.add_owner(&admin, &key, SERVICE_ID).await;
    assert_eq!(graph_refusal(twice).status(), 400);
    update(&key).await.unwrap();
    // Who may change everything owns nothing.
    let admins = directory
        .create_application(&admin, &registration())
        .await
        .unwrap();
    let key = ApplicationKey::Id(admins.id);
    let owners = directory.list_owners(&admin, &key).await.unwrap();
    assert!(owners.is_empty());
}

#[tokio::test]
async fn a_tenant_decides_whether_everybody_may_register_applications() {
    let world = World::new().await;
    let directory = &world.directory;
    let (admin, user) = (
        world.admin().await,
        world.graph("contoso.com", SERVICE).await,
    );
    let denied = directory.create_application(&user, &registration()).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    let patch = |value: serde_json::Value| {
        let patch = json!({ "defaultUserRolePermissions": value });
        serde_json::from_value::<AuthorizationPolicyPatch>(patch).unwrap()
    };
    let allowed = patch(json!({ "allowedToCreateApps": true }));
    let denied = directory.update_authorization_policy(&user, &allowed).await;
    assert_eq!(graph_refusal(denied), GraphRefusal::Denied);
    directory
        .update_authorization_policy(&admin, &allowed)
        .await
        .unwrap();
    let made = directory.create_application(&user, &registration()).await;
    let key = ApplicationKey::Id(made.unwrap().id);
    directory.delete_application(&user, &key).await.unwrap();

    let assigned = |names: &[&str]| patch(json!({ "permissionGrantPoliciesAssigned": names }));
    for (names, is_known) in [
        (&[][..], true),
        (
            &["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"],
            true,
        ),
        (
            &["ManagePermissionGrantsForSelf.microsoft-user-default-low"],
            true,
        ),
        (&["ManagePermissionGrantsForSelf.made-up"], false),
        (&["microsoft-user-default-legacy"], false),
    ] {
        let patch = assigned(names);
        let answer = directory.update_authorization_policy(&admin, &patch).await;
        assert_eq!(answer.is_ok(), is_known, "{names:?}");
        let policy = directory.authorization_policy(&user).await.unwrap();
        let shown = policy.default_user_role_permissions;
        if is_known {
            assert_eq!(shown.permission_grant_policies_assigned, names);
        }
        assert!(shown.allowed_to_create_apps);
    }
}

#[tokio::test]
async fn every_change_stands_in_the_audit_log_with_who_made_it() {
    let world = World::new().await;
    let directory = &world.directory;
    let admin = world.admin().await;
    let tool = world.tool().await;
    let key = ApplicationKey::Id(tool.id);
    world.switch(&tool, false).await;
    directory.delete_grant(&admin, &tool.grant).await.unwrap();
    directory.delete_application(&admin, &key).await.unwrap();
    directory
        .switch_security_defaults(&admin, true)
        .await
        .unwrap();
    directory.revoke_own_sessions(&admin).await.unwrap();
    let log = directory.audit_log(&admin).await.unwrap();
    let log = json!(log);
    let activities: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["activityDisplayName"].as_str().unwrap())
        .collect();
    assert_eq!(
        activities,
        [
            "Update StsRefreshTokenValidFrom Timestamp",
            "Enable security defaults",
            "Delete application",
            "Remove delegated permission grant",
            "Update application",
            "Add delegated permission grant",
            "Add service principal",
            "Add application",
        ]
    );
    let by = &log[0]["initiatedBy"]["user"];
    assert_eq!(by["userPrincipalName"], "admin@contoso.com");

    // An application that calls as itself is named as such.
    let pipeline = application(&["User.ReadWrite.All"]);
    let patch = serde_json::from_value(json!({ "displayName": "Renamed" })).unwrap();
    let service = UserKey::Id(SERVICE_ID);
    directory
        .update_user(&pipeline, &service, &patch)
        .await
        .unwrap();
    let log = json!(directory.audit_log(&admin).await.unwrap());
    assert_eq!(log[0]["activityDisplayName"], "Update user");
    assert_eq!(
        log[0]["initiatedBy"]["app"]["appId"],
        json!(pipeline.client)
    );
    assert_eq!(log[0]["category"], "UserManagement");
}

#[tokio::test]
async fn refused_changes_leave_no_trace_in_the_audit_log() {
    let world = World::new().await;
    let directory = &world.directory;
    let user = world.graph("contoso.com", SERVICE).await;
    let _tool = world.tool().await;
    let admin = world.admin().await;
    let before = directory.audit_log(&admin).await.unwrap();
    for app_id in [GRAPH_CLIENT_ID, LCS_CLIENT_ID] {
        let new = NewServicePrincipal {
            app_id,
            tags: Vec::new(),
        };
        graph_refusal(directory.create_service_principal(&user, &new).await);
        graph_refusal(directory.create_service_principal(&admin, &new).await);
    }
    assert_eq!(directory.audit_log(&admin).await.unwrap(), before);
}
