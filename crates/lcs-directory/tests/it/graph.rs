//! Graph: what an administrator may do, and what it refuses.

use lcs_directory::{
    GraphCaller, GraphRefusal,
    graph::{
        ApplicationKey, Identity, ServicePrincipalKey, ServicePrincipalPatch, Upserted, UserKey,
    },
};
use lcs_types::{ClientId, ObjectId, Secret};
use lcs_wire::{
    graph::{
        ApplicationPatch, ConsentType, GrantPatch, NewGrant, NewServicePrincipal, RedirectUris,
        RequiredResourceAccess, ResourceAccess, WebPatch,
    },
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID},
};

use crate::world::{
    ADMIN, CONTOSO, FABRIKAM, FABRIKAM_ADMIN, ORIGIN, SERVICE, SERVICE_ID, World, correlation_id,
    graph_refusal as refused, registration, text,
};

#[tokio::test]
async fn an_ordinary_user_may_read_and_change_nothing() {
    let world = World::new().await;
    let tool = world.tool().await;
    let user = world.graph("contoso.com", SERVICE).await;
    let directory = &world.directory;
    assert!(directory.list_applications(&user).await.is_ok());
    assert_eq!(directory.me(&user).await.unwrap().id, SERVICE_ID);
    let key = ApplicationKey::Id(tool.id);
    let sp = NewServicePrincipal {
        app_id: tool.client,
        tags: vec![],
    };
    let principal = ServicePrincipalKey::Id(tool.presence);
    let grant = NewGrant {
        client_id: tool.presence,
        consent_type: ConsentType::AllPrincipals,
        principal_id: None,
        resource_id: tool.presence,
        scope: "x".to_owned(),
    };
    let patch = GrantPatch {
        scope: "x".to_owned(),
    };
    for denied in [
        refused(directory.create_application(&user, &registration()).await),
        refused(
            directory
                .update_application(&user, &key, &registration())
                .await,
        ),
        refused(
            directory
                .upsert_application(&user, "x", &registration())
                .await,
        ),
        refused(directory.delete_application(&user, &key).await),
        refused(directory.create_service_principal(&user, &sp).await),
        refused(
            directory
                .update_service_principal(&user, principal, &ServicePrincipalPatch::default())
                .await,
        ),
        refused(directory.delete_service_principal(&user, principal).await),
        refused(directory.create_grant(&user, &grant).await),
        refused(directory.update_grant(&user, &tool.grant, &patch).await),
        refused(directory.delete_grant(&user, &tool.grant).await),
    ] {
        assert_eq!(
            (denied.status(), denied.code()),
            (403, "Authorization_RequestDenied")
        );
        assert_eq!(
            denied.to_string(),
            "Insufficient privileges to complete the operation."
        );
    }
}

/// The same caller with a token for less.
fn with_scope(mut caller: GraphCaller, scope: &str) -> GraphCaller {
    if let Identity::User { scopes, .. } = &mut caller.identity {
        *scopes = vec![scope.to_owned()];
    }
    caller
}

#[tokio::test]
async fn a_role_without_the_scope_is_not_enough() {
    let world = World::new().await;
    let tool = world.tool().await;
    let admin = with_scope(world.admin().await, "User.Read");
    let directory = &world.directory;
    let key = ApplicationKey::Id(tool.id);
    let principal = ServicePrincipalKey::Id(tool.presence);
    for denied in [
        refused(directory.list_applications(&admin).await),
        refused(directory.application(&admin, &key).await),
        refused(directory.delete_application(&admin, &key).await),
        refused(directory.list_service_principals(&admin).await),
        refused(directory.service_principal(&admin, principal).await),
        refused(directory.list_grants(&admin).await),
        refused(directory.permission_grant(&admin, &tool.grant).await),
        refused(directory.delete_grant(&admin, &tool.grant).await),
        refused(directory.list_users(&admin).await),
        refused(directory.user(&admin, &UserKey::Id(SERVICE_ID)).await),
    ] {
        assert_eq!(denied, GraphRefusal::Denied);
    }
    assert!(directory.me(&admin).await.is_ok());
    assert!(directory.organization(&admin).await.is_ok());
    let nobody = with_scope(admin, "openid");
    assert_eq!(refused(directory.me(&nobody).await), GraphRefusal::Denied);
    assert_eq!(
        refused(directory.organization(&nobody).await),
        GraphRefusal::Denied
    );
}

#[tokio::test]
async fn only_a_valid_token_for_graph_makes_a_caller() {
    let world = World::new().await;
    let tool = world.tool().await;
    let answer = world.sign_in(tool.client, &[]).await.unwrap();
    let for_lcs = Secret::new(text(&answer, "access_token"));
    for token in [for_lcs, Secret::new("garbage")] {
        let refusal = refused(
            world
                .directory
                .graph_caller(&token, &[ORIGIN], correlation_id())
                .await,
        );
        assert_eq!(
            (refusal.status(), refusal.code()),
            (401, "InvalidAuthenticationToken")
        );
    }
    let mut claims = serde_json::Map::new();
    claims.insert("oid".to_owned(), SERVICE_ID.to_string().into());
    let app_only = lcs_tokens::ValidatedToken {
        tenant: CONTOSO,
        claims,
    };
    assert_eq!(
        GraphCaller::from_token(&app_only, correlation_id())
            .unwrap_err()
            .status(),
        401
    );
}

#[tokio::test]
async fn an_application_is_created_read_changed_and_deleted() {
    let world = World::new().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let made = directory
        .create_application(&admin, &registration())
        .await
        .unwrap();
    assert_eq!(made.display_name, "LCS toolkit");
    assert_eq!(made.publisher_domain.as_deref(), Some("contoso.com"));
    assert_eq!(made.is_fallback_public_client, Some(true));
    for key in [
        ApplicationKey::Id(made.id),
        ApplicationKey::AppId(made.app_id),
    ] {
        assert_eq!(directory.application(&admin, &key).await.unwrap(), made);
    }
    let key = ApplicationKey::Id(made.id);
    let patch = ApplicationPatch {
        notes: Some("mine".to_owned()),
        ..ApplicationPatch::default()
    };
    directory
        .update_application(&admin, &key, &patch)
        .await
        .unwrap();
    let read = directory.application(&admin, &key).await.unwrap();
    assert_eq!(read.notes.as_deref(), Some("mine"));
    assert_eq!(read.required_resource_access, made.required_resource_access);
    assert_eq!(directory.list_applications(&admin).await.unwrap(), [read]);
    directory.delete_application(&admin, &key).await.unwrap();
    let gone = refused(directory.application(&admin, &key).await);
    assert_eq!(
        (gone.status(), gone.code()),
        (404, "Request_ResourceNotFound")
    );
    assert_eq!(
        refused(directory.delete_application(&admin, &key).await),
        gone
    );
}

#[tokio::test]
async fn an_alternate_key_creates_once_and_updates_then() {
    let world = World::new().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let first = directory
        .upsert_application(&admin, "lcs-toolkit", &registration())
        .await
        .unwrap();
    let Upserted::Created(made) = first else {
        panic!("not created")
    };
    assert_eq!(made.unique_name.as_deref(), Some("lcs-toolkit"));
    let again = directory
        .upsert_application(&admin, "lcs-toolkit", &registration())
        .await
        .unwrap();
    assert_eq!(again, Upserted::Updated);
    assert_eq!(directory.list_applications(&admin).await.unwrap().len(), 1);
}

#[tokio::test]
async fn properties_that_make_no_sense_are_refused_and_change_nothing() {
    let world = World::new().await;
    let tool = world.tool().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let key = ApplicationKey::Id(tool.id);
    let before = directory.application(&admin, &key).await.unwrap();
    let wrong = || ApplicationPatch {
        display_name: Some("New".to_owned()),
        ..Default::default()
    };
    let access = |id: ClientId, access_type: &str| RequiredResourceAccess {
        resource_app_id: id,
        resource_access: vec![ResourceAccess {
            id: lcs_wire::well_known::LCS_USER_IMPERSONATION_ID,
            access_type: access_type.to_owned(),
        }],
    };
    let uris = |uri: &str| {
        Some(RedirectUris {
            redirect_uris: vec![uri.to_owned()],
        })
    };
    for patch in [
        ApplicationPatch {
            display_name: Some(" ".to_owned()),
            ..wrong()
        },
        ApplicationPatch {
            sign_in_audience: Some("Everybody".to_owned()),
            ..wrong()
        },
        ApplicationPatch {
            public_client: uris("http://contoso.com"),
            ..wrong()
        },
        ApplicationPatch {
            web: Some(WebPatch {
                redirect_uris: Some(vec!["myapp://x".to_owned()]),
                ..WebPatch::default()
            }),
            ..wrong()
        },
        ApplicationPatch {
            spa: uris("relative"),
            ..wrong()
        },
        ApplicationPatch {
            required_resource_access: Some(vec![access(LCS_CLIENT_ID, "Delegated")]),
            ..wrong()
        },
        ApplicationPatch {
            required_resource_access: Some(vec![
                access(LCS_CLIENT_ID, "Scope"),
                access(LCS_CLIENT_ID, "Scope"),
            ]),
            ..wrong()
        },
    ] {
        let refusal = refused(directory.update_application(&admin, &key, &patch).await);
        assert_eq!(
            (refusal.status(), refusal.code()),
            (400, "Request_BadRequest"),
            "{patch:?}"
        );
        assert_eq!(directory.application(&admin, &key).await.unwrap(), before);
    }
    let nameless = refused(
        directory
            .create_application(&admin, &ApplicationPatch::default())
            .await,
    );
    assert!(nameless.to_string().contains("'displayName'"));
}

#[tokio::test]
async fn a_service_principal_needs_an_application_and_stands_once() {
    let world = World::new().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let new = |app_id| NewServicePrincipal {
        app_id,
        tags: vec![],
    };
    let unknown = refused(
        directory
            .create_service_principal(&admin, &new(ClientId::from_u128(0xdead)))
            .await,
    );
    assert_eq!(
        (unknown.status(), unknown.code()),
        (400, "Request_BadRequest")
    );
    assert_eq!(unknown.detail(), Some("NoBackingApplicationObject"));
    let taken = refused(
        directory
            .create_service_principal(&admin, &new(LCS_CLIENT_ID))
            .await,
    );
    assert_eq!(
        (taken.status(), taken.code()),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
    // Removed and made again from the catalogue.
    let lcs = ServicePrincipalKey::AppId(LCS_CLIENT_ID);
    let before = directory.service_principal(&admin, lcs).await.unwrap();
    directory
        .delete_service_principal(&admin, lcs)
        .await
        .unwrap();
    assert_eq!(
        refused(directory.service_principal(&admin, lcs).await).status(),
        404
    );
    let after = directory
        .create_service_principal(&admin, &new(LCS_CLIENT_ID))
        .await
        .unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(
        after.oauth2_permission_scopes,
        before.oauth2_permission_scopes
    );
    assert_eq!(after.service_principal_names[0], LCS_CLIENT_ID.to_string());
}

#[tokio::test]
async fn a_grant_exists_once_and_is_changed_by_its_id() {
    let world = World::new().await;
    let tool = world.tool().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let made = directory
        .permission_grant(&admin, &tool.grant)
        .await
        .unwrap();
    assert_eq!(made.id.len(), 43);
    let again = NewGrant {
        client_id: made.client_id,
        consent_type: ConsentType::AllPrincipals,
        principal_id: None,
        resource_id: made.resource_id,
        scope: "user_impersonation".to_owned(),
    };
    let taken = refused(directory.create_grant(&admin, &again).await);
    assert_eq!(taken.to_string(), "Permission entry already exists.");
    assert_eq!(taken.status(), 409);
    let patch = GrantPatch {
        scope: "a b a".to_owned(),
    };
    directory
        .update_grant(&admin, &made.id, &patch)
        .await
        .unwrap();
    assert_eq!(
        directory
            .permission_grant(&admin, &made.id)
            .await
            .unwrap()
            .scope,
        "a b"
    );
    for wrong in [
        NewGrant {
            consent_type: ConsentType::Principal,
            ..again.clone()
        },
        NewGrant {
            principal_id: Some(SERVICE_ID.as_object_id()),
            ..again.clone()
        },
    ] {
        assert_eq!(
            refused(directory.create_grant(&admin, &wrong).await).status(),
            400
        );
    }
    let nothing = ObjectId::from_u128(0xdead);
    for missing in [
        NewGrant {
            client_id: nothing,
            ..again.clone()
        },
        NewGrant {
            resource_id: nothing,
            ..again.clone()
        },
        NewGrant {
            consent_type: ConsentType::Principal,
            principal_id: Some(nothing),
            ..again.clone()
        },
    ] {
        assert_eq!(
            refused(directory.create_grant(&admin, &missing).await).status(),
            404
        );
    }
    directory.delete_grant(&admin, &made.id).await.unwrap();
    for gone in [
        refused(directory.delete_grant(&admin, &made.id).await),
        refused(directory.update_grant(&admin, &made.id, &patch).await),
    ] {
        assert_eq!(gone.status(), 404);
    }
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let world = World::new().await;
    let tool = world.tool().await;
    let foreign = world.graph(&FABRIKAM.to_string(), FABRIKAM_ADMIN).await;
    let directory = &world.directory;
    assert!(
        directory
            .list_applications(&foreign)
            .await
            .unwrap()
            .is_empty()
    );
    for key in [
        ApplicationKey::Id(tool.id),
        ApplicationKey::AppId(tool.client),
    ] {
        assert_eq!(
            refused(directory.application(&foreign, &key).await).status(),
            404
        );
        assert_eq!(
            refused(directory.delete_application(&foreign, &key).await).status(),
            404
        );
    }
    let principal = ServicePrincipalKey::Id(tool.presence);
    assert_eq!(
        refused(directory.service_principal(&foreign, principal).await).status(),
        404
    );
    assert_eq!(
        refused(directory.delete_grant(&foreign, &tool.grant).await).status(),
        404
    );
    assert_eq!(
        refused(directory.user(&foreign, &UserKey::Id(SERVICE_ID)).await).status(),
        404
    );
    // A single-tenant application cannot be made present elsewhere.
    let new = NewServicePrincipal {
        app_id: tool.client,
        tags: vec![],
    };
    let single = refused(directory.create_service_principal(&foreign, &new).await);
    assert_eq!(
        single,
        GraphRefusal::NoBackingApplicationObject {
            app_id: tool.client
        }
    );
}

#[tokio::test]
async fn the_tenant_and_its_people_are_shown() {
    let world = World::new().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let organization = directory.organization(&admin).await.unwrap();
    assert_eq!(
        (organization.id, organization.display_name.as_str()),
        (CONTOSO, "Contoso")
    );
    assert!(organization.verified_domains[0].is_default);
    assert!(organization.verified_domains[1].is_initial);
    let by_name = UserKey::Name(SERVICE.parse().unwrap());
    assert_eq!(
        directory.user(&admin, &by_name).await.unwrap().id,
        SERVICE_ID
    );
    assert_eq!(
        directory.me(&admin).await.unwrap().user_principal_name,
        ADMIN
    );
    assert_eq!(directory.list_users(&admin).await.unwrap().len(), 5);
    let graph = ServicePrincipalKey::AppId(GRAPH_CLIENT_ID);
    let graph = directory.service_principal(&admin, graph).await.unwrap();
    assert!(
        graph
            .oauth2_permission_scopes
            .iter()
            .any(|scope| scope.value == "User.Read")
    );
}
