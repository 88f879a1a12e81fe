//! What the configuration takes, and what it refuses.

use super::*;

const SHIPPED: &str = "../../docs/reference/local-cloud.toml";

fn read_changed(from: &str, to: &str) -> Result<CloudConfig, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.toml");
    let text = std::fs::read_to_string(SHIPPED).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&path, text.replace(from, to)).unwrap();
    CloudConfig::read(&path)
}

#[test]
fn the_shipped_sample_equals_the_built_in_one() {
    assert_eq!(
        CloudConfig::read(Path::new(SHIPPED)).unwrap(),
        CloudConfig::contoso()
    );
}

#[test]
fn the_shipped_sample_names_every_inference_and_its_answer() {
    let text = std::fs::read_to_string(SHIPPED).unwrap();
    let answers = toml::to_string(&Inferences::default()).unwrap();
    for answer in answers.lines() {
        assert!(text.contains(&format!("# {answer}")), "{answer}");
    }
    let off = read_changed(
        "# [inferred]",
        "[inferred]\nrenewal_needs_switch = false\n#",
    );
    assert!(!off.unwrap().inferred.renewal_needs_switch);
}

#[test]
fn graph_may_take_its_time_but_not_for_ever() {
    let read = |seconds| {
        let graph = format!("[graph]\nconsistency_delay_seconds = {seconds}\n#");
        read_changed("# [graph]", &graph)
    };
    assert_eq!(read(600).unwrap().graph.consistency_delay_seconds, 600);
    assert_eq!(
        read(601).unwrap_err().to_string(),
        "`consistency_delay_seconds` takes a number from 0 to 600"
    );
}

#[test]
fn an_unknown_key_is_named() {
    let error = read_changed("[project]", "[project]\ncolour = 1").unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("colour"), "{source}");
}

#[test]
fn lifetimes_of_tokens_and_keys_have_limits() {
    let read = |key, number| read_changed("[tokens]", &format!("[tokens]\n{key} = {number}"));
    for (key, least, most) in [
        ("access_token_seconds", 1, 86_400),
        ("signing_key_days", 1, 730),
    ] {
        for number in [least, most] {
            assert!(read(key, number).is_ok(), "{key} = {number}");
        }
        for number in [least - 1, most + 1] {
            let error = read(key, number).unwrap_err().to_string();
            let wanted = format!("`{key}` takes a number from {least} to {most}");
            assert_eq!(error, wanted, "{number}");
        }
    }
}

#[test]
fn a_user_or_environment_that_stands_twice_is_refused() {
    let error = read_changed("Contoso-TEST", "contoso-uat").unwrap_err();
    assert!(error.to_string().contains("stands twice"), "{error}");
}

const OTHER_TENANT: &str = r#"
    [[other_tenants]]
    id = "11111111-1111-1111-1111-111111111111"
    display_name = "Fabrikam"
    domain = "fabrikam.com"
    [other_tenants.settings]
    security_defaults = true
    [[other_tenants.users]]
    id = "22222222-2222-2222-2222-222222222222"
    user_principal_name = "anna@fabrikam.com"
    display_name = "Anna"
    [project]"#;

#[test]
fn tenants_stand_beside_the_first_and_guests_come_from_them() {
    let config = read_changed("[project]", OTHER_TENANT).unwrap();
    let anna = "anna@fabrikam.com".parse().unwrap();
    assert_eq!(config.home_of(&anna).unwrap().0, config.other_tenants[0].id);
    assert!(config.other_tenants[0].settings.security_defaults);
    let twice = OTHER_TENANT.replace("fabrikam.com", "contoso.onmicrosoft.com");
    let error = read_changed("[project]", &twice).unwrap_err();
    assert!(error.to_string().contains("stands twice"), "{error}");
    let error = read_changed("mfa = true", "guest_from = \"x@fabrikam.com\"").unwrap_err();
    assert!(error.to_string().contains("who is nowhere"), "{error}");
}

#[test]
fn a_user_of_another_domain_is_refused() {
    let error = read_changed("megan@contoso.onmicrosoft.com", "megan@fabrikam.com").unwrap_err();
    assert!(
        error.to_string().contains("not of the tenant's domain"),
        "{error}"
    );
}
