use lcs_types::{ClientId, ObjectId, TenantId, UserId};
use lcs_wire::{
    graph::{
        Api, ConsentType, OAuth2PermissionGrant, Organization, PermissionScope, RedirectUris,
        RequiredResourceAccess, ResourceAccess, User, WebApplication,
    },
    well_known::LCS_CLIENT_ID,
};

use super::*;
use crate::facts::SignInFacts;

const OTHER_RESOURCE: ClientId = ClientId::from_u128(77);
const TENANTS_OWN_ID: PermissionId = PermissionId::from_u128(88);

fn request() -> RegistrationRequest {
    RegistrationRequest {
        display_name: "LCS toolkit".to_owned(),
    }
}

fn lcs() -> ServicePrincipal {
    ServicePrincipal {
        id: ObjectId::from_u128(1),
        app_id: LCS_CLIENT_ID,
        display_name: "Dynamics Lifecycle services".to_owned(),
        account_enabled: true,
        app_role_assignment_required: false,
        service_principal_names: Vec::new(),
        oauth2_permission_scopes: vec![PermissionScope {
            id: TENANTS_OWN_ID,
            value: USER_IMPERSONATION.to_owned(),
            consent_by: "User".to_owned(),
            is_enabled: true,
            admin_consent_display_name: String::new(),
            admin_consent_description: String::new(),
            user_consent_display_name: None,
            user_consent_description: None,
        }],
        app_roles: Vec::new(),
        app_owner_organization_id: None,
        service_principal_type: None,
        tags: Vec::new(),
    }
}

/// A tenant with nothing of ours in it.
fn empty_tenant() -> Facts {
    Facts {
        tenant: Organization {
            id: TenantId::from_u128(9),
            display_name: "Contoso".to_owned(),
            verified_domains: Vec::new(),
        },
        signed_in: User {
            id: UserId::from_u128(10),
            user_principal_name: "admin@contoso.com".to_owned(),
            display_name: None,
            given_name: None,
            surname: None,
            mail: None,
            mail_nickname: None,
            account_enabled: None,
            user_type: None,
            created_date_time: None,
            sign_in_sessions_valid_from_date_time: None,
        },
        lcs: Some(lcs()),
        lookalikes: Vec::new(),
        applications: Vec::new(),
        client: None,
        grant: None,
        sign_in: SignInFacts::default(),
    }
}

fn application() -> Application {
    Application {
        id: ObjectId::from_u128(2),
        app_id: ClientId::from_u128(3),
        display_name: "LCS toolkit".to_owned(),
        unique_name: None,
        created_date_time: None,
        publisher_domain: None,
        sign_in_audience: Some(SINGLE_TENANT.to_owned()),
        is_fallback_public_client: Some(true),
        public_client: RedirectUris {
            redirect_uris: vec![LOOPBACK_REDIRECT.to_owned()],
        },
        web: WebApplication::default(),
        spa: RedirectUris::default(),
        required_resource_access: vec![RequiredResourceAccess {
            resource_app_id: LCS_CLIENT_ID,
            resource_access: vec![ResourceAccess {
                id: TENANTS_OWN_ID,
                access_type: DELEGATED.to_owned(),
            }],
        }],
        identifier_uris: Vec::new(),
        api: Api::default(),
        app_roles: Vec::new(),
        password_credentials: Vec::new(),
        key_credentials: Vec::new(),
        tags: Vec::new(),
        notes: None,
    }
}

/// A tenant in which everything is in place.
fn ready_tenant() -> Facts {
    Facts {
        applications: vec![application()],
        client: Some(ServicePrincipal {
            id: ObjectId::from_u128(4),
            app_id: ClientId::from_u128(3),
            ..lcs()
        }),
        grant: Some(OAuth2PermissionGrant {
            id: "grant".to_owned(),
            client_id: ObjectId::from_u128(4),
            consent_type: ConsentType::AllPrincipals,
            principal_id: None,
            resource_id: ObjectId::from_u128(1),
            scope: "user_impersonation".to_owned(),
        }),
        ..empty_tenant()
    }
}

/// The steps and changes that differ from nothing.
fn changes(facts: &Facts) -> Vec<(ArticleStep, Change)> {
    let plan = plan(facts, &request()).unwrap();
    plan.actions
        .into_iter()
        .filter(|action| action.change != Change::None)
        .map(|action| (action.step, action.change))
        .collect()
}

#[test]
fn a_ready_tenant_needs_nothing() {
    assert!(plan(&ready_tenant(), &request()).unwrap().is_empty());
}

#[test]
fn an_empty_tenant_gets_every_step_in_the_articles_order() {
    let changes = changes(&empty_tenant());
    let steps: Vec<_> = changes.iter().map(|(step, _)| *step).collect();
    assert_eq!(
        steps,
        [
            ArticleStep::Registration,
            ArticleStep::Permission,
            ArticleStep::Permission,
            ArticleStep::Permission,
            ArticleStep::PublicClient,
        ]
    );
    let Change::CreateApplication(new) = &changes[0].1 else {
        panic!("{changes:?}");
    };
    assert_eq!(new.sign_in_audience.as_deref(), Some("AzureADMyOrg"));
    assert_eq!(
        new.public_client.as_ref().unwrap().redirect_uris,
        ["http://localhost"]
    );
    assert_eq!(changes[2].1, Change::CreateClientServicePrincipal);
}

#[test]
fn a_tenant_without_lcs_gets_it_first_and_the_published_permission() {
    let facts = Facts {
        lcs: None,
        ..empty_tenant()
    };
    let changes = changes(&facts);
    assert_eq!(changes[1].1, Change::CreateLcsServicePrincipal);
    let Change::UpdateApplication(patch) = &changes[2].1 else {
        panic!("{changes:?}");
    };
    let list = patch.required_resource_access.as_ref().unwrap();
    assert_eq!(list[0].resource_access[0].id, LCS_USER_IMPERSONATION_ID);
}

#[test]
fn foreign_entries_are_kept_when_lists_are_replaced() {
    let mut facts = ready_tenant();
    let application = &mut facts.applications[0];
    application.public_client.redirect_uris = vec!["http://localhost/other".to_owned()];
    let other = RequiredResourceAccess {
        resource_app_id: OTHER_RESOURCE,
        resource_access: Vec::new(),
    };
    application.required_resource_access = vec![other.clone()];
    facts.grant.as_mut().unwrap().scope = " something_else ".to_owned();
    let changes = changes(&facts);
    let [
        (_, Change::UpdateApplication(redirects)),
        (_, Change::UpdateApplication(permissions)),
        (_, Change::UpdateGrant { id, patch }),
    ] = changes.as_slice()
    else {
        panic!("{changes:?}");
    };
    assert_eq!(
        redirects.public_client.as_ref().unwrap().redirect_uris,
        ["http://localhost/other", "http://localhost"]
    );
    let list = permissions.required_resource_access.as_ref().unwrap();
    assert_eq!(list[0], other);
    assert_eq!(list[1].resource_access[0].id, TENANTS_OWN_ID);
    assert_eq!(id, "grant");
    assert_eq!(patch.scope, "something_else user_impersonation");
}

#[test]
fn an_application_permission_with_the_same_id_is_not_the_delegated_one() {
    let mut facts = ready_tenant();
    let access = &mut facts.applications[0].required_resource_access[0].resource_access;
    "Role".clone_into(&mut access[0].access_type);
    let changes = changes(&facts);
    let [(ArticleStep::Permission, Change::UpdateApplication(patch))] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    let list = patch.required_resource_access.as_ref().unwrap();
    assert_eq!(list.len(), 1, "one entry for each resource");
    assert_eq!(list[0].resource_access.len(), 2);
}

#[test]
fn a_switch_that_is_off_or_unset_is_switched_on() {
    for value in [None, Some(false)] {
        let mut facts = ready_tenant();
        facts.applications[0].is_fallback_public_client = value;
        let changes = changes(&facts);
        assert!(
            matches!(
                changes.as_slice(),
                [(ArticleStep::PublicClient, Change::UpdateApplication(patch))]
                    if patch.is_fallback_public_client == Some(true)
            ),
            "{changes:?}"
        );
    }
}

#[test]
fn several_applications_of_one_name_are_listed_and_none_is_touched() {
    let mut facts = ready_tenant();
    facts.applications.push(Application {
        app_id: ClientId::from_u128(5),
        ..application()
    });
    let error = plan(&facts, &request()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 applications are called \"LCS toolkit\": 00000000-0000-0000-0000-000000000003, \
         00000000-0000-0000-0000-000000000005"
    );
}

#[test]
fn what_a_person_must_resolve_is_refused() {
    let mut open = ready_tenant();
    open.applications[0].sign_in_audience = Some("AzureADMultipleOrgs".to_owned());
    let mut bare = ready_tenant();
    bare.lcs.as_mut().unwrap().oauth2_permission_scopes[0].is_enabled = false;
    let mut disabled = ready_tenant();
    disabled.lcs.as_mut().unwrap().account_enabled = false;
    let mut client_disabled = ready_tenant();
    client_disabled.client.as_mut().unwrap().account_enabled = false;
    let refused = |facts: &Facts| plan(facts, &request()).unwrap_err();
    assert!(matches!(refused(&open), PlanError::NotSingleTenant { .. }));
    assert!(matches!(
        refused(&bare),
        PlanError::PermissionMissing { .. }
    ));
    assert!(matches!(refused(&disabled), PlanError::Disabled { .. }));
    assert!(matches!(
        refused(&client_disabled),
        PlanError::Disabled { .. }
    ));
}

/// Graph as far as a plan goes: does what an action says to a tenant.
fn carry_out(facts: &mut Facts, change: &Change) {
    match change {
        Change::None => {}
        Change::CreateApplication(patch) => {
            facts.applications.push(Application {
                is_fallback_public_client: None,
                public_client: RedirectUris::default(),
                required_resource_access: Vec::new(),
                sign_in_audience: patch.sign_in_audience.clone(),
                ..application()
            });
            carry_out(facts, &Change::UpdateApplication(patch.clone()));
        }
        Change::UpdateApplication(patch) => {
            let application = &mut facts.applications[0];
            if let Some(uris) = &patch.public_client {
                application.public_client = uris.clone();
            }
            if let Some(list) = &patch.required_resource_access {
                application.required_resource_access.clone_from(list);
            }
            if let Some(is_on) = patch.is_fallback_public_client {
                application.is_fallback_public_client = Some(is_on);
            }
        }
        Change::CreateLcsServicePrincipal => {
            let mut published = lcs();
            published.oauth2_permission_scopes[0].id = LCS_USER_IMPERSONATION_ID;
            facts.lcs = Some(published);
        }
        Change::CreateClientServicePrincipal => facts.client = ready_tenant().client,
        Change::CreateGrant { resource, scope } => {
            let grant = ready_tenant().grant.map(|grant| OAuth2PermissionGrant {
                scope: scope.clone(),
                ..grant
            });
            match resource {
                Granted::Lcs => facts.grant = grant,
                Granted::Graph => facts.sign_in.grant = grant,
            }
        }
        Change::UpdateGrant { patch, .. } => {
            let grants = [&mut facts.grant, &mut facts.sign_in.grant];
            let grant = grants
                .into_iter()
                .flatten()
                .find(|grant| {
                    let held: Vec<_> = grant.scope.split_whitespace().collect();
                    held.iter().all(|word| patch.scope.contains(word)) && grant.scope != patch.scope
                })
                .expect("the grant that lacks something");
            grant.scope.clone_from(&patch.scope);
        }
    }
}

/// Every state that an interruption, or a person who stopped half-way, can leave.
fn half_done_states() -> Vec<Facts> {
    (0_u32..1 << 7)
        .map(|bits| {
            let is = |bit: u32| bits & (1 << bit) != 0;
            let mut facts = ready_tenant();
            if is(0) {
                facts.lcs = None;
                facts.grant = None;
            }
            let application = &mut facts.applications[0];
            if is(1) {
                application.public_client.redirect_uris.clear();
            }
            if is(2) {
                application.required_resource_access.clear();
            }
            if is(3) {
                application.is_fallback_public_client = None;
            }
            if is(4) {
                facts.client = None;
            }
            if is(4) || is(5) {
                facts.grant = None;
            }
            if is(6) {
                facts.sign_in.users_may_consent = Some(false);
                facts.sign_in.graph = Some(lcs());
            }
            facts
        })
        .chain([empty_tenant()])
        .collect()
}

#[test]
fn from_every_half_done_state_one_plan_is_enough() {
    for before in half_done_states() {
        let mut facts = before.clone();
        for action in plan(&before, &request()).unwrap().actions {
            assert_eq!(
                action.change == Change::None,
                action.before == action.after,
                "what is shown is what is done: {action:?}"
            );
            carry_out(&mut facts, &action.change);
        }
        let rest = plan(&facts, &request()).unwrap();
        assert!(rest.is_empty(), "from {before:?}: {rest:?}");
    }
}
