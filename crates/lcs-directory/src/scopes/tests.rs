//! Which words are scopes, and which resource a name means.

use lcs_types::{ObjectId, TenantId};
use proptest::prelude::*;

use super::*;
use crate::model::{AccessTokenVersion, ServicePrincipalKind, ServicePrincipalSettings};

fn principal(id: u128, names: &[&str], is_first_party: bool) -> ServicePrincipal {
    let tenant = TenantId::from_u128(1);
    ServicePrincipal {
        tenant,
        id: ObjectId::from_u128(id),
        client_id: ClientId::from_u128(id),
        settings: ServicePrincipalSettings {
            display_name: "x".to_owned(),
            kind: if is_first_party {
                ServicePrincipalKind::FirstParty {
                    is_public_client: false,
                }
            } else {
                ServicePrincipalKind::Application { owner: tenant }
            },
            is_enabled: true,
            requires_assignment: false,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            scopes: vec![],
            app_roles: vec![],
            access_token_version: AccessTokenVersion::V1,
            tags: vec![],
        },
    }
}

const fn rule(lcs_names: &[String]) -> NameRule<'_> {
    NameRule {
        lcs_names,
        by_parent_host: true,
    }
}

#[test]
fn the_double_slash_of_the_article_names_a_resource_with_slash() {
    let request = ResourceRequest::from_scope("https://lcsapi.lcs.dynamics.com//.default").unwrap();
    assert_eq!(request.resource, "https://lcsapi.lcs.dynamics.com/");
    assert_eq!(request.values, RequestedValues::Default);
    assert_eq!(
        request.spell("user_impersonation"),
        "https://lcsapi.lcs.dynamics.com//user_impersonation"
    );
}

#[test]
fn what_is_wrong_with_a_scope_has_its_own_number() {
    let cases = [
        ("https://lcsapi.lcs.dynamics.com", Aadsts::InvalidScope),
        (
            "https://a.example/.default https://a.example/read",
            Aadsts::InvalidScope,
        ),
        (
            "https://a.example/.default User.Read",
            Aadsts::SeveralResources,
        ),
        (
            "https://a.example/x https://b.example/x",
            Aadsts::SeveralResources,
        ),
        ("openid profile", Aadsts::NoResourceInScope),
    ];
    for (scope, wanted) in cases {
        assert_eq!(
            ResourceRequest::from_scope(scope).unwrap_err().aadsts,
            wanted,
            "{scope}"
        );
    }
}

#[test]
fn a_resource_is_found_by_id_by_name_and_by_parent_host() {
    let lcs = LCS_CLIENT_ID.as_uuid().as_u128();
    let principals = [
        principal(
            lcs,
            &["https://lcs.dynamics.com", "https://eu.lcs.dynamics.com"],
            true,
        ),
        principal(2, &["https://dynamics.example"], false),
        principal(3, &["https://com.lcs.dynamics.com"], true),
        principal(
            GRAPH_CLIENT_ID.as_uuid().as_u128(),
            &["https://graph.microsoft.com"],
            true,
        ),
    ];
    let names = ["https://localhost:8443".to_owned()];
    let cases = [
        ("913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0", Some(lcs)),
        ("https://lcs.dynamics.com/", Some(lcs)),
        ("https://lcsapi.lcs.dynamics.com", Some(lcs)),
        ("https://lcsapi.lcs.dynamics.com/", Some(lcs)),
        ("https://lcsapi.eu.lcs.dynamics.com/", Some(lcs)),
        ("https://x.com.lcs.dynamics.com", Some(3)),
        ("https://localhost:8443", Some(lcs)),
        ("https://localhost:8443/", Some(lcs)),
        ("https://localhost:9999", None),
        ("https://evil-lcs.dynamics.com", None),
        ("https://lcs.dynamics.com.evil.example", None),
        ("https://lcsapi.lcs.dynamics.com//", None),
        ("https://lcsapi.lcs.dynamics.com/path", None),
        ("https://lcsapi.lcs.dynamics.com:444", None),
        ("http://lcsapi.lcs.dynamics.com", None),
        ("https://api.dynamics.example", None),
        ("https://dynamics.example", Some(2)),
        ("", Some(GRAPH_CLIENT_ID.as_uuid().as_u128())),
    ];
    for (requested, wanted) in cases {
        let found = find_resource(requested, &principals, rule(&names));
        assert_eq!(
            found.map(|found| found.client_id.as_uuid().as_u128()),
            wanted,
            "{requested}"
        );
    }
}

proptest! {
    #[test]
    fn a_request_is_read_back_as_it_is_kept(
        slash in any::<bool>(), values in proptest::collection::hash_set("[a-z]{1,6}", 0..3),
        openid in any::<bool>(), profile in any::<bool>(), offline_access in any::<bool>(),
    ) {
        let request = ResourceRequest {
            resource: if slash { "https://a.example/" } else { "https://a.example" }.to_owned(),
            values: if values.is_empty() { RequestedValues::Default } else { RequestedValues::These(values.into_iter().collect()) },
            open_id: OpenIdScopes { openid, profile, email: false, offline_access },
        };
        prop_assert_eq!(ResourceRequest::from_scope(&request.to_scope()).unwrap(), request);
    }

    #[test]
    fn any_text_is_answered_without_a_panic_and_finds_nothing(
        scope in ".{0,80}", resource in ".{0,80}"
    ) {
        let _ = ResourceRequest::from_scope(&scope);
        let principals = [principal(1, &["https://a.example"], true)];
        prop_assert!(find_resource(&resource, &principals, rule(&[])).is_none());
    }

    #[test]
    fn only_a_whole_label_in_front_of_a_listed_host_is_accepted(prefix in r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,2}\.?") {
        let principals = [principal(1, &["https://a.example"], true)];
        let found = find_resource(&format!("https://{prefix}a.example"), &principals, rule(&[]));
        prop_assert_eq!(found.is_some(), prefix.ends_with('.'));
    }
}
