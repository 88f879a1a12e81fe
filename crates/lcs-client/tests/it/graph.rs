//! The calls of Microsoft Graph: what goes over the wire, failures, patience with new things.

use lcs_client::{GraphCallError, ObjectAge};
use lcs_types::{ClientId, ObjectId};
use lcs_wire::graph::{
    ApplicationPatch, ConsentType, GrantPatch, NewGrant, NewServicePrincipal, RedirectUris,
};
use serde_json::{Value, json};

use crate::server::{Reaction, TestServer, answer, ok};

const APPLICATION: ClientId = ClientId::from_u128(5);
const OBJECT: ObjectId = ObjectId::from_u128(6);

fn application() -> Value {
    json!({"id": OBJECT.to_string(), "appId": APPLICATION.to_string(), "displayName": "LCS toolkit"})
}

fn principal() -> Value {
    json!({"id": OBJECT.to_string(), "appId": APPLICATION.to_string(), "displayName": "LCS toolkit"})
}

fn refusal(status: u16, code: &str, message: &str) -> Reaction {
    let body = json!({"error": {"code": code, "message": message, "innerError": {
        "date": "2026-03-01T10:00:00", "request-id": "r-1", "client-request-id": "c-1"}}});
    answer(status, body.to_string())
}

#[tokio::test]
async fn an_absent_service_principal_is_a_normal_answer() {
    let server = TestServer::start(vec![
        refusal(404, "Request_ResourceNotFound", "No."),
        ok(&principal()),
    ])
    .await;
    let graph = server.graph();
    assert_eq!(graph.service_principal(APPLICATION).await.unwrap(), None);
    assert!(
        graph
            .service_principal(APPLICATION)
            .await
            .unwrap()
            .is_some()
    );
    let line = &server.lines()[0];
    assert!(
        line.starts_with(&format!(
            "GET /v1.0/servicePrincipals(appId='{APPLICATION}')?"
        )),
        "{line}"
    );
}

#[tokio::test]
async fn lists_are_followed_over_their_pages_but_not_to_another_host() {
    let foreign = TestServer::start(vec![]).await;
    let server = TestServer::start(vec![]).await;
    for next in [
        format!("{}v1.0/servicePrincipals?$skiptoken=2", server.base),
        format!("{}v1.0/servicePrincipals?$skiptoken=3", foreign.base),
    ] {
        let page = json!({"value": [principal()], "@odata.nextLink": next});
        server.then(ok(&page));
    }
    let list = server
        .graph()
        .service_principals_starting_with("Dynamics")
        .await
        .unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(
        server.lines()[1],
        "GET /v1.0/servicePrincipals?$skiptoken=2"
    );
    assert!(foreign.lines().is_empty(), "the token stays at home");
}

#[tokio::test]
async fn names_are_quoted_and_encoded_in_filters() {
    let server = TestServer::start(vec![ok(&json!({"value": [application()]}))]).await;
    let found = server
        .graph()
        .applications_named("Anna's & co")
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    let line = &server.lines()[0];
    assert!(
        line.starts_with(
            "GET /v1.0/applications?$filter=displayName%20eq%20%27Anna%27%27s%20%26%20co%27&$select="
        ),
        "{line}"
    );
}

#[tokio::test]
async fn a_grant_is_looked_up_by_both_ends_and_its_kind() {
    let server = TestServer::start(vec![ok(&json!({"value": []}))]).await;
    let (client, resource) = (ObjectId::from_u128(1), ObjectId::from_u128(2));
    let grants = server
        .graph()
        .grants(client, resource, ConsentType::AllPrincipals)
        .await
        .unwrap();
    assert!(grants.is_empty());
    assert_eq!(
        server.lines()[0],
        format!(
            "GET /v1.0/oauth2PermissionGrants?$filter=clientId%20eq%20%27{client}%27%20and%20\
             resourceId%20eq%20%27{resource}%27%20and%20consentType%20eq%20%27AllPrincipals%27"
        )
    );
}

#[tokio::test]
async fn only_what_is_in_a_patch_is_sent() {
    let server = TestServer::start(vec![answer(204, "")]).await;
    let patch = ApplicationPatch {
        public_client: Some(RedirectUris {
            redirect_uris: vec!["http://localhost".to_owned()],
        }),
        ..ApplicationPatch::default()
    };
    server
        .graph()
        .update_application(OBJECT, &patch, ObjectAge::Established)
        .await
        .unwrap();
    let request = &server.asked()[0];
    assert_eq!(request.line, format!("PATCH /v1.0/applications/{OBJECT}"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        request.json(),
        json!({"publicClient": {"redirectUris": ["http://localhost"]}})
    );
}

#[tokio::test]
async fn a_refusal_keeps_code_text_and_ids() {
    let text = "Insufficient privileges to complete the operation.";
    let server = TestServer::start(vec![refusal(403, "Authorization_RequestDenied", text)]).await;
    let error = server
        .graph()
        .create_application(&ApplicationPatch::default())
        .await
        .unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(
        error.to_string(),
        format!("Microsoft Graph answered 403 (Authorization_RequestDenied): {text}")
    );
    let GraphCallError::Refused {
        request_id,
        client_request_id,
        ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(request_id.as_deref(), Some("r-1"));
    assert_eq!(client_request_id.as_deref(), Some("c-1"));
}

#[tokio::test]
async fn a_creation_whose_answer_got_lost_is_not_repeated_but_a_patch_is() {
    let server = TestServer::start(vec![Reaction::Cut, Reaction::Cut, answer(204, "")]).await;
    let graph = server.graph();
    let error = graph
        .create_application(&ApplicationPatch::default())
        .await
        .unwrap_err();
    assert!(
        matches!(error, GraphCallError::OutcomeUnknown(_)),
        "{error:?}"
    );
    assert_eq!(server.lines().len(), 1);
    let patch = GrantPatch {
        scope: "user_impersonation".to_owned(),
    };
    graph.update_grant("abc_-1", &patch).await.unwrap();
    assert_eq!(
        server.lines()[1..],
        ["PATCH /v1.0/oauth2PermissionGrants/abc_-1"; 2]
    );
}

#[tokio::test]
async fn what_was_just_created_may_be_denied_for_a_while() {
    let denials = || {
        vec![
            refusal(404, "Request_ResourceNotFound", "No."),
            refusal(
                400,
                "Request_BadRequest",
                "The appId 'x' of the service principal does not reference a valid application object.",
            ),
            refusal(
                403,
                "Authorization_RequestDenied",
                "When using this permission, the backing application of the service principal \
                 being created must in the local tenant",
            ),
            ok(&principal()),
        ]
    };
    let new = NewServicePrincipal {
        app_id: APPLICATION,
        tags: Vec::new(),
    };
    let server = TestServer::start(denials()).await;
    server
        .graph()
        .create_service_principal(&new, ObjectAge::JustCreated)
        .await
        .unwrap();
    assert_eq!(server.lines().len(), 4);

    let server = TestServer::start(denials()).await;
    let error = server
        .graph()
        .create_service_principal(&new, ObjectAge::Established)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(404));
    assert_eq!(server.lines().len(), 1, "what is established is believed");
}

#[tokio::test]
async fn patience_with_new_things_ends() {
    let denial = refusal(404, "Request_ResourceNotFound", "No.");
    let server = TestServer::start(vec![denial; 20]).await;
    let error = server
        .graph()
        .application(OBJECT, ObjectAge::JustCreated)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(404));
    // Pauses of 1, 2 and 4 milliseconds fit into the ten, and a last try follows.
    assert_eq!(server.lines().len(), 4);
}

#[tokio::test]
async fn a_refusal_for_lack_of_rights_is_final_even_for_new_things() {
    let server = TestServer::start(vec![refusal(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )])
    .await;
    let new = NewGrant {
        client_id: OBJECT,
        consent_type: ConsentType::AllPrincipals,
        principal_id: None,
        resource_id: OBJECT,
        scope: "user_impersonation".to_owned(),
    };
    let error = server
        .graph()
        .create_grant(&new, ObjectAge::JustCreated)
        .await
        .unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn calls_can_be_made_from_spawned_tasks() {
    let server = TestServer::start(vec![ok(&principal())]).await;
    let graph = server.graph();
    let task = tokio::spawn(async move {
        let new = NewServicePrincipal {
            app_id: APPLICATION,
            tags: Vec::new(),
        };
        graph
            .create_service_principal(&new, ObjectAge::JustCreated)
            .await
            .is_ok()
    });
    assert!(task.await.unwrap());
}

#[tokio::test]
async fn tenant_and_user_are_read() {
    let tenant = "a0000000-0000-0000-0000-000000000001";
    let server = TestServer::start(vec![
        ok(&json!({"value": [{"id": tenant, "displayName": "Contoso"}]})),
        ok(&json!({"value": []})),
        ok(&json!({"id": tenant, "userPrincipalName": "admin@contoso.com"})),
    ])
    .await;
    let graph = server.graph();
    assert_eq!(graph.organization().await.unwrap().display_name, "Contoso");
    let error = graph.organization().await.unwrap_err();
    assert!(matches!(error, GraphCallError::Missing(_)), "{error:?}");
    let me = graph.me().await.unwrap();
    assert_eq!(me.user_principal_name, "admin@contoso.com");
}
