//! From an empty tenant to a registration, and again.

use lcs_onboarding::{Registration, RegistrationError, RegistrationRequest, StepChange};
use lcs_wire::entra::ArticleStep;
use serde_json::json;

use crate::graph::{Tenant, start, tenant};

fn request() -> RegistrationRequest {
    RegistrationRequest {
        display_name: "LCS toolkit".to_owned(),
    }
}

#[tokio::test]
async fn an_empty_tenant_is_set_up_step_by_step_and_a_second_run_writes_nothing() {
    let (graph, tenant) = start(tenant()).await;
    let plan = Registration::plan(&graph, &request()).await.unwrap();
    assert!(!plan.is_empty());
    assert!(
        tenant.lock().unwrap().writes.is_empty(),
        "a plan writes nothing"
    );

    let first = Registration::ensure(&graph, &request()).await.unwrap();
    let done: Vec<_> = first
        .steps
        .iter()
        .map(|step| (step.step, step.change))
        .collect();
    assert_eq!(
        done,
        [
            (ArticleStep::Registration, StepChange::Created),
            (ArticleStep::Permission, StepChange::AlreadyInPlace),
            (ArticleStep::Permission, StepChange::Updated),
            (ArticleStep::Permission, StepChange::Created),
            (ArticleStep::Permission, StepChange::Created),
            (ArticleStep::PublicClient, StepChange::Updated),
        ]
    );
    assert_eq!(
        tenant.lock().unwrap().writes,
        [
            "POST /applications",
            "PATCH application requiredResourceAccess",
            "POST /servicePrincipals",
            "POST /oauth2PermissionGrants",
            "PATCH application isFallbackPublicClient",
        ]
    );
    assert_eq!(first.tenant_domain.as_deref(), Some("contoso.com"));
    assert_eq!(first.signed_in_as, "admin@contoso.com");
    let lookalikes: Vec<_> = first
        .lookalikes
        .iter()
        .map(|other| other.display_name.as_str())
        .collect();
    assert_eq!(lookalikes, ["Dynamics Deployment Services [wsfed-enabled]"]);

    tenant.lock().unwrap().writes.clear();
    let second = Registration::ensure(&graph, &request()).await.unwrap();
    assert!(second.is_unchanged());
    assert_eq!(second.client_id, first.client_id);
    assert!(tenant.lock().unwrap().writes.is_empty());
}

#[tokio::test]
async fn a_tenant_without_lcs_gets_its_service_principal() {
    let (graph, tenant) = start(Tenant::default()).await;
    let report = Registration::ensure(&graph, &request()).await.unwrap();
    assert_eq!(report.steps[1].change, StepChange::Created);
    assert_eq!(tenant.lock().unwrap().principals.len(), 2);
}

#[tokio::test]
async fn what_was_just_created_is_waited_for() {
    let (graph, tenant) = start(Tenant {
        denials: 3,
        ..tenant()
    })
    .await;
    Registration::ensure(&graph, &request()).await.unwrap();
    assert_eq!(tenant.lock().unwrap().denials, 0);
}

#[tokio::test]
async fn a_grant_that_somebody_else_made_first_is_extended() {
    let (graph, tenant) = start(Tenant {
        rival_grant: true,
        ..tenant()
    })
    .await;
    Registration::ensure(&graph, &request()).await.unwrap();
    let tenant = tenant.lock().unwrap();
    assert_eq!(tenant.grants.len(), 1);
    assert_eq!(
        tenant.grants[0]["scope"],
        json!("something_else user_impersonation")
    );
}

#[tokio::test]
async fn an_interrupted_set_up_goes_on_where_it_stopped() {
    let (graph, tenant) = start(tenant()).await;
    Registration::ensure(&graph, &request()).await.unwrap();
    {
        let mut tenant = tenant.lock().unwrap();
        tenant.grants.clear();
        tenant.applications[0]["isFallbackPublicClient"] = json!(false);
        tenant.writes.clear();
    }
    let report = Registration::ensure(&graph, &request()).await.unwrap();
    assert!(!report.is_unchanged());
    assert_eq!(
        tenant.lock().unwrap().writes,
        [
            "POST /oauth2PermissionGrants",
            "PATCH application isFallbackPublicClient",
        ]
    );
}

#[tokio::test]
async fn a_lack_of_rights_names_the_step_that_needs_them() {
    let (graph, _tenant) = start(Tenant {
        is_read_only: true,
        ..tenant()
    })
    .await;
    let error = Registration::ensure(&graph, &request()).await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(
        error.to_string(),
        "could not set up: single-tenant application registration \"LCS toolkit\""
    );
}

#[tokio::test]
async fn what_is_accepted_and_forgotten_is_noticed() {
    let (graph, _tenant) = start(Tenant {
        forgets_patches: true,
        ..tenant()
    })
    .await;
    let error = Registration::ensure(&graph, &request()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            RegistrationError::Unverified { step: ArticleStep::Permission, what }
                if what == "delegated permission user_impersonation"
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_empty_name_is_refused_before_anything_is_asked() {
    let (graph, _tenant) = start(tenant()).await;
    for display_name in [String::new(), " ".to_owned(), "x".repeat(121)] {
        let error = Registration::ensure(&graph, &RegistrationRequest { display_name })
            .await
            .unwrap_err();
        assert!(matches!(error, RegistrationError::Name), "{error:?}");
    }
}
