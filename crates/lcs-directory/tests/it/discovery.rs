//! What is published: tenants, keys, domains.

use lcs_directory::{DirectoryError, TenantTarget, sign_in::Realm, store::Added};
use lcs_wire::entra::Aadsts;

use crate::world::{CONTOSO, FABRIKAM, ORIGIN, World, refusal};

#[tokio::test]
async fn a_tenant_segment_is_a_guid_a_domain_or_a_word() {
    let world = World::new().await;
    let resolve = async |segment: &str| world.directory.resolve_tenant(segment).await;
    for segment in [
        CONTOSO.to_string(),
        "contoso.com".to_owned(),
        "Contoso.OnMicrosoft.com".to_owned(),
    ] {
        assert_eq!(
            resolve(&segment).await.unwrap(),
            TenantTarget::Tenant(CONTOSO),
            "{segment}"
        );
    }
    assert_eq!(resolve("common").await.unwrap(), TenantTarget::Common);
    assert_eq!(
        resolve("Organizations").await.unwrap(),
        TenantTarget::Organizations
    );
    for (segment, wanted) in [
        ("YOUR_TENANT.COM", Aadsts::TenantMalformed),
        ("contoso", Aadsts::TenantMalformed),
        ("", Aadsts::TenantMalformed),
        ("unknown.example", Aadsts::TenantNotFound),
        (
            "00000000-0000-0000-0000-000000000009",
            Aadsts::TenantNotFound,
        ),
        ("consumers", Aadsts::GrantNotForCommon),
        (
            "9188040d-6c67-4c5b-b112-36a304b66dad",
            Aadsts::GrantNotForCommon,
        ),
    ] {
        let error: DirectoryError = resolve(segment).await.unwrap_err();
        assert_eq!(refusal(error).aadsts, wanted, "{segment}");
    }
}

#[tokio::test]
async fn every_tenant_has_an_issuer_of_either_version() {
    let world = World::new().await;
    let issuers = world.directory.issuers(&[ORIGIN]).await.unwrap();
    assert!(issuers.contains(&(format!("{ORIGIN}/{CONTOSO}/"), CONTOSO)));
    assert!(issuers.contains(&(format!("{ORIGIN}/{FABRIKAM}/v2.0"), FABRIKAM)));
    assert_eq!(issuers.len(), 4);
}

#[tokio::test]
async fn the_realm_of_a_domain_says_nothing_of_users() {
    let world = World::new().await;
    let realm = async |name: &str| world.directory.realm(name).await.unwrap();
    assert_eq!(realm("nobody@Contoso.com").await, Realm::Managed);
    assert_eq!(realm("anna@unknown.example").await, Realm::Unknown);
    assert_eq!(realm("anna").await, Realm::Unknown);
}

#[tokio::test]
async fn creating_a_tenant_again_changes_nothing() {
    let world = World::new().await;
    let again = lcs_directory::NewTenant {
        settings: lcs_directory::model::TenantSettings::default(),
        id: CONTOSO,
        display_name: "Other".to_owned(),
        domains: vec![],
        users: vec![],
    };
    assert_eq!(
        world.directory.create_tenant(&again).await.unwrap(),
        Added::Conflict
    );
    let tenant = world.directory.tenant(CONTOSO).await.unwrap().unwrap();
    assert_eq!(tenant.display_name, "Contoso");
    assert_eq!(world.directory.tenants().await.unwrap().len(), 2);
}
