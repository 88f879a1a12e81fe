use serde_json::json;

use super::*;

/// A policy as Graph's page "Create conditionalAccessPolicy" shapes it.
fn graph_policy() -> Value {
    json!({
        "id": "7359d0e0-d8a9-4afa-8a93-e23e099d7be8",
        "displayName": "Fresh second factor outside the office",
        "createdDateTime": "2026-01-02T03:04:05Z",
        "modifiedDateTime": null,
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "signInRiskLevels": [],
            "clientAppTypes": ["mobileAppsAndDesktopClients", "browser"],
            "platforms": null,
            "applications": {
                "includeApplications": ["All"],
                "excludeApplications": ["913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"],
                "includeUserActions": []
            },
            "users": {
                "includeUsers": ["GuestsOrExternalUsers", "a702a13d-a437-4a07-8a7e-8c052de62dfd"],
                "excludeUsers": ["None"],
                "includeGroups": [],
                "excludeGroups": ["ba8e7ded-8b0f-4836-ba06-8ff1ecc5c8ba"],
                "includeRoles": ["9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"],
                "excludeRoles": []
            },
            "authenticationFlows": { "transferMethods": "deviceCodeFlow,authenticationTransfer" },
            "locations": {
                "includeLocations": ["All"],
                "excludeLocations": ["AllTrusted", "198ad66e-87b3-4157-85a3-8a7b51794ee9"]
            }
        },
        "grantControls": {
            "operator": "AND",
            "builtInControls": [
                "mfa", "compliantDevice", "domainJoinedDevice", "approvedApplication",
                "compliantApplication"
            ],
            "customAuthenticationFactors": [],
            "termsOfUse": ["ce580154-086a-40fd-91df-8a60abac81a0"]
        },
        "sessionControls": {
            "applicationEnforcedRestrictions": null,
            "persistentBrowser": { "mode": "never", "isEnabled": true },
            "signInFrequency": {
                "value": 4,
                "type": "hours",
                "authenticationType": "primaryAndSecondaryAuthentication",
                "frequencyInterval": "timeBased",
                "isEnabled": true
            }
        }
    })
}

#[test]
fn a_policy_is_read_and_written_as_graph_does() {
    let policy: ConditionalAccessPolicy = serde_json::from_value(graph_policy()).unwrap();
    assert_eq!(serde_json::to_value(&policy).unwrap(), graph_policy());
    assert_eq!(policy.settings.unsupported(), Vec::<String>::new());
}

#[test]
fn what_a_new_policy_leaves_out_concerns_nobody_and_demands_nothing() {
    let settings: ConditionalAccessSettings = serde_json::from_value(json!({
        "displayName": "Empty", "state": "enabled", "conditions": {}
    }))
    .unwrap();
    assert_eq!(settings.conditions, Conditions::default());
    assert_eq!(settings.grant_controls, None);
}

#[test]
fn what_nothing_here_can_judge_is_named() {
    let mut policy = graph_policy();
    policy["conditions"]["userRiskLevels"] = json!(["high"]);
    policy["conditions"]["platforms"] = json!({ "includePlatforms": ["android"] });
    policy["conditions"]["users"]["includeGuestsOrExternalUsers"] =
        json!({ "guestOrExternalUserTypes": "b2bCollaborationGuest" });
    policy["conditions"]["devices"] = json!({ "deviceFilter": null });
    policy["conditions"]["applications"]["includeUserActions"] = json!(["urn:user:registerdevice"]);
    policy["grantControls"]["authenticationStrength"] = json!({ "id": "x" });
    policy["grantControls"]["builtInControls"] = json!(["passwordChange"]);
    let policy: ConditionalAccessPolicy = serde_json::from_value(policy).unwrap();
    let mut names = policy.settings.unsupported();
    names.sort();
    assert_eq!(
        names,
        [
            "conditions.applications.includeUserActions",
            "conditions.platforms",
            "conditions.userRiskLevels",
            "conditions.users.includeGuestsOrExternalUsers",
            "grantControls.authenticationStrength",
            "grantControls.builtInControls.passwordChange",
        ]
    );
}

#[test]
fn words_are_read_in_any_case_and_unknown_ones_refused() {
    assert_eq!("none".parse(), Ok(UserSelector::None));
    assert_eq!("alltrusted".parse(), Ok(LocationSelector::AllTrusted));
    assert!("Office365".parse::<ApplicationSelector>().is_err());
    assert!(serde_json::from_value::<TransferMethods>(json!("carrierPigeon")).is_err());
    assert!(serde_json::from_value::<PolicyState>(json!("on")).is_err());
}

#[test]
fn a_frequency_is_a_time_if_it_counts() {
    let frequency = |value, unit, is_enabled| SignInFrequency {
        value,
        unit,
        is_enabled,
        ..SignInFrequency::default()
    };
    let hours = |count| Some(jiff::SignedDuration::from_hours(count));
    let every_time = SignInFrequency {
        frequency_interval: Some(FrequencyInterval::EveryTime),
        is_enabled: true,
        ..SignInFrequency::default()
    };
    let cases = [
        (
            frequency(Some(4), Some(FrequencyUnit::Hours), true),
            hours(4),
        ),
        (
            frequency(Some(2), Some(FrequencyUnit::Days), true),
            hours(48),
        ),
        (frequency(Some(2), Some(FrequencyUnit::Days), false), None),
        (frequency(None, Some(FrequencyUnit::Days), true), None),
        (
            frequency(Some(u32::MAX), Some(FrequencyUnit::Days), true),
            hours(24 * i64::from(u32::MAX)),
        ),
        (every_time, Some(EVERY_TIME_IN_TEST)),
    ];
    for (frequency, wanted) in cases {
        assert_eq!(frequency.max_age(), wanted, "{frequency:?}");
    }
}

const EVERY_TIME_IN_TEST: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
