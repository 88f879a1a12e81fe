//! The grants: what is asked, and what becomes of the answers.

use lcs_signin::SignInError;
use lcs_types::Secret;
use lcs_wire::entra::ArticleStep;
use serde_json::json;

use crate::authority::{APPLICATION, TestAuthority, clock, id_token, lcs, ok, refused, tokens};

fn password() -> Secret {
    Secret::new("p+w&%#=ö")
}

#[tokio::test]
async fn a_password_is_sent_encoded_with_the_double_slash_and_a_wish_for_renewal() {
    let authority = TestAuthority::start(vec![]).await;
    let user = "Anna@Contoso.com".parse().unwrap();
    let got = authority
        .client(&clock())
        .with_password(&lcs(), &user, &password())
        .await
        .unwrap();
    assert_eq!(got.access_token.secret.expose(), "access-1");
    assert_eq!(
        got.access_token.expires_at.to_string(),
        "2026-03-01T11:00:00Z"
    );
    assert_eq!(got.account.as_deref(), Some("anna@contoso.com"));
    let asked = &authority.asked()[0];
    let expected = [
        ("grant_type", "password"),
        ("client_id", &APPLICATION.to_string()),
        ("username", "anna@contoso.com"),
        ("password", "p+w&%#=ö"),
        (
            "scope",
            "https://lcsapi.lcs.dynamics.com//.default openid profile offline_access",
        ),
    ];
    for (name, value) in expected {
        assert_eq!(asked[name], value);
    }
    assert_eq!(asked.len(), expected.len());
}

#[tokio::test]
async fn a_password_that_entra_cannot_check_is_not_sent() {
    let authority = TestAuthority::start(vec![]).await;
    let user = "anna@federated.example".parse().unwrap();
    let result = authority
        .client(&clock())
        .with_password(&lcs(), &user, &password())
        .await;
    let Err(SignInError::FederatedDomain { domain }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(domain, "federated.example");
    assert!(authority.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_keeps_its_ids_and_knows_its_step_cause_and_remedy() {
    let authority = TestAuthority::start(vec![refused(401, "invalid_client", 7_000_218)]).await;
    let user = "anna@contoso.com".parse().unwrap();
    let error = authority
        .client(&clock())
        .with_password(&lcs(), &user, &password())
        .await
        .unwrap_err();
    let SignInError::Refused(refused) = error else {
        panic!("{error:?}");
    };
    assert_eq!(refused.code(), Some(7_000_218));
    assert_eq!(refused.step(), Some(ArticleStep::PublicClient));
    assert!(refused.cause().unwrap().contains("confidential"));
    assert!(
        refused
            .remedy()
            .unwrap()
            .contains("Allow public client flows")
    );
    assert_eq!(
        refused.error.correlation_id.as_deref(),
        Some("7c77db90-c37c-465a-9e7a-553fe968c700")
    );
    assert_eq!(
        refused.to_string(),
        "the sign-in was refused: AADSTS7000218: No."
    );
    assert_eq!(authority.asked().len(), 1, "passwords are never sent again");
}

#[tokio::test]
async fn whether_a_person_could_help_is_judged_by_error_and_suberror() {
    let mut mfa = refused(400, "invalid_grant", 50_076);
    mfa.2 = mfa
        .2
        .replace(r#""error":"#, r#""suberror":"basic_action","error":"#);
    let cases = [(mfa, true), (refused(400, "invalid_grant", 50_126), false)];
    for (answer, expected) in cases {
        let authority = TestAuthority::start(vec![answer]).await;
        let user = "anna@contoso.com".parse().unwrap();
        let error = authority
            .client(&clock())
            .with_password(&lcs(), &user, &password())
            .await
            .unwrap_err();
        let SignInError::Refused(refused) = error else {
            panic!("{error:?}");
        };
        assert_eq!(refused.needs_interaction(), expected);
    }
}

#[tokio::test]
async fn answers_that_no_authority_gives_are_named_as_such() {
    let redirect = (
        302,
        vec![("location", "https://elsewhere.example/".to_owned())],
        String::new(),
    );
    let too_large = (200, vec![], "x".repeat(70_000));
    let no_token = ok(&json!({"token_type": "mac", "expires_in": 1, "access_token": "x"}));
    let cases = [
        (redirect, "it redirects"),
        ((502, vec![], "<html>".to_owned()), "no OAuth error"),
        ((200, vec![], "{}".to_owned()), "not the JSON"),
        (no_token, "no bearer token"),
        (too_large, "asked for a token"),
    ];
    for (answer, expected) in cases {
        let authority = TestAuthority::start(vec![answer]).await;
        let error = authority
            .client(&clock())
            .renew(&lcs(), &Secret::new("r"))
            .await
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(authority.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_name_is_taken_only_from_an_id_token_for_this_application() {
    let mut answer = tokens(1, 3600);
    answer["id_token"] = json!(id_token(
        "00000000-0000-0000-0000-000000000009",
        "mallory@contoso.com"
    ));
    let authority = TestAuthority::start(vec![ok(&answer)]).await;
    let user = "anna@contoso.com".parse().unwrap();
    let got = authority
        .client(&clock())
        .with_password(&lcs(), &user, &password())
        .await
        .unwrap();
    assert_eq!(got.account.as_deref(), Some("anna@contoso.com"));
}

#[tokio::test]
async fn a_device_code_is_shown_and_answered() {
    let device = json!({
        "user_code": "FJC3ZPQ2K",
        "device_code": "device-secret",
        "verification_uri": "https://microsoft.com/devicelogin",
        "expires_in": 900,
        "interval": 1,
        "message": "To sign in, …",
    });
    let authority = TestAuthority::start(vec![ok(&device)]).await;
    let client = authority.client(&clock());
    let code = client.start_device_code(&lcs()).await.unwrap();
    assert_eq!(code.user_code, "FJC3ZPQ2K");
    assert_eq!(
        code.verification_uri.as_str(),
        "https://microsoft.com/devicelogin"
    );
    let got = client.finish_device_code(&code).await.unwrap();
    assert_eq!(got.access_token.secret.expose(), "access-2");
    let poll = &authority.asked()[1];
    assert_eq!(
        poll["grant_type"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(poll["device_code"], "device-secret");
}

#[tokio::test]
async fn users_are_not_sent_to_foreign_pages() {
    let authority_page = |authority: &TestAuthority| format!("{}/device", authority.origin);
    let cases = [
        ("https://microsoft.com.evil.example/devicelogin", false),
        ("http://microsoft.com/devicelogin", false),
        ("javascript:alert(1)", false),
        ("", false),
        ("the authority's own", true),
    ];
    for (page, accepted) in cases {
        let authority = TestAuthority::start(vec![]).await;
        let page = if accepted {
            authority_page(&authority)
        } else {
            page.to_owned()
        };
        let device = json!({
            "user_code": "A", "device_code": "d", "verification_uri": page, "expires_in": 900,
        });
        let scripted = TestAuthority::start(vec![ok(&device)]).await;
        let code = scripted.client(&clock()).start_device_code(&lcs()).await;
        assert_eq!(code.is_ok(), accepted, "{page}");
        if let Err(error) = code {
            assert!(
                matches!(error, SignInError::ForeignVerificationPage { .. }),
                "{error:?}"
            );
        }
    }
}
