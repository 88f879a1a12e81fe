//! The published rules: complete, sourced, and exactly per direction.

use std::collections::{BTreeMap, BTreeSet};

use lcs_sanitise::{Direction, NOT_EXPRESSED, RuleSet};

use Direction::{Export, ProductionToSandbox, SandboxToProduction, SandboxToSandbox};

#[test]
fn every_published_rule_has_an_id_of_its_own_a_description_and_a_source() {
    for direction in Direction::ALL {
        let set = RuleSet::published(direction);
        let ids: BTreeSet<_> = set.rules().iter().map(|rule| &rule.id).collect();
        assert_eq!(ids.len(), set.rules().len(), "{direction}");
        for rule in set.rules() {
            assert!(!rule.description.is_empty(), "{direction}: {}", rule.id);
            assert!(
                ["Refresh: ", "Export: ", "Golden: "]
                    .iter()
                    .any(|page| rule.source.starts_with(page)),
                "{direction}: {} cites no page: {}",
                rule.id,
                rule.source
            );
        }
    }
}

#[test]
fn a_sandbox_is_refreshed_by_the_same_rules_from_production_and_from_a_sandbox() {
    assert_eq!(
        RuleSet::published(ProductionToSandbox).rules(),
        RuleSet::published(SandboxToSandbox).rules()
    );
}

const TO_SANDBOX: &[Direction] = &[ProductionToSandbox, SandboxToSandbox];
const TO_SANDBOX_AND_EXPORT: &[Direction] = &[ProductionToSandbox, SandboxToSandbox, Export];
const REFRESHES: &[Direction] = &[ProductionToSandbox, SandboxToSandbox, SandboxToProduction];
const TO_PRODUCTION_AND_EXPORT: &[Direction] = &[SandboxToProduction, Export];

/// The rows of the published lists: the tables, and the directions that name them.
const LISTS: &[(&[Direction], &str)] = &[
    (
        TO_SANDBOX_AND_EXPORT,
        "LOGISTICSELECTRONICADDRESS SYSEMAILPARAMETERS PRINTMGMTSETTINGS PRINTMGMTDOCINSTANCE",
    ),
    (
        TO_SANDBOX,
        "DIMENSIONHASHMESSAGELOG DIMENSIONDATAINTEGRITYLOG DIMENSIONVALUERENAMEAUDIT \
         DIMENSIONVALUEDELETEAUDIT DIMENSIONATTRIBUTEVALUECOMBINATIONSTATUS \
         DIMENSIONATTRIBUTEVALUEGROUPSTATUS DIMENSIONDATAENTITYSFKCACHE DIMENSIONREFERENCES",
    ),
    (
        TO_PRODUCTION_AND_EXPORT,
        "BATCHJOBHISTORY BATCHHISTORY BATCHCONSTRAINTHISTORY BATCHCONSTRAINTSHISTORY",
    ),
    (
        &Direction::ALL,
        "SYSSERVERCONFIG SYSSERVERSESSIONS SYSCORPNETPRINTERS SYSCLIENTSESSIONS BATCHSERVERCONFIG \
         BATCHSERVERGROUP DOCUVALUE BATCHJOB USERINFO SYSEMAILSMTPPASSWORD CREDITCARDACCOUNTSETUP \
         EXCHANGERATEPROVIDERCONFIGURATIONDETAILS FISCALESTABLISHMENT_BR \
         FISCALESTABLISHMENTSTAGING HCMPERSONIDENTIFICATIONNUMBER HCMWORKERACTIONHIRE \
         SYSOAUTHUSERTOKENS RETAILHARDWAREPROFILE RETAILCHANNELPAYMENTCONNECTORLINE \
         RETAILCONNDATABASEPROFILE SQLSYSTEMVARIABLES DUALWRITEPROJECTCONFIGURATION \
         DUALWRITEPROJECTFIELDCONFIGURATION",
    ),
    (
        REFRESHES,
        "DOCUDELETEDVALUE AIFSQLCDCENABLEDTABLES AIFSQLCHANGETRACKINGENABLEDTABLES \
         AIFSQLCTTRIGGERS BUSINESSEVENTSENDPOINT BUSINESSEVENTSAZUREBLOBSTORAGEENDPOINT \
         BUSINESSEVENTSEVENTGRIDENDPOINT BUSINESSEVENTSEVENTHUBENDPOINT \
         BUSINESSEVENTSFLOWENDPOINT BUSINESSEVENTSAZUREENDPOINT \
         BUSINESSEVENTSSERVICEBUSQUEUEENDPOINT BUSINESSEVENTSSERVICEBUSTOPICENDPOINT",
    ),
    (
        &[Export],
        "DATABASELOG SYSDATABASELOG RETAILCDXDOWNLOADSESSION RETAILCDXDOWNLOADSESSIONDATASTORE \
         RETAILCDXDOWNLOADSUMMARYCACHE RETAILCDXUPLOADSESSION RETAILCDXUPLOADPATHHISTORY \
         RETAILCDXUPLOADSUMMARYCACHE RETAILCDXDATASYNCROWVERSION RETAILSCALEUNIT \
         RETAILCHANNELPROFILEPROPERTY RETAILSHAREDPARAMETERS RETAILSHAREDPARAMATERS \
         RETAILSELFSERVICEPACKAGEINFO",
    ),
];

#[test]
fn tables_are_changed_in_exactly_the_directions_that_the_lists_name() {
    let expected: BTreeMap<String, Vec<Direction>> = LISTS
        .iter()
        .flat_map(|(directions, tables)| {
            tables
                .split_whitespace()
                .map(|table| (table.to_owned(), directions.to_vec()))
        })
        .collect();
    let mut actual: BTreeMap<String, Vec<Direction>> = BTreeMap::new();
    for direction in Direction::ALL {
        let set = RuleSet::published(direction);
        let tables: BTreeSet<String> = set
            .rules()
            .iter()
            .flat_map(|rule| rule.tables().into_owned())
            .collect();
        for table in tables {
            actual.entry(table).or_default().push(direction);
        }
    }
    assert_eq!(actual, expected);
}

#[test]
fn users_stay_enabled_when_a_sandbox_refreshes_production() {
    for (direction, disables) in [
        (ProductionToSandbox, true),
        (SandboxToSandbox, true),
        (SandboxToProduction, false),
        (Export, true),
    ] {
        let set = RuleSet::published(direction);
        assert_eq!(
            set.rules().iter().any(|rule| rule.id == "users-disabled"),
            disables,
            "{direction}"
        );
    }
}

#[test]
fn what_is_not_expressed_says_where_and_why() {
    for gap in NOT_EXPRESSED {
        assert!(!gap.directions.is_empty(), "{}", gap.element);
        assert!(gap.because.len() > 20, "{}", gap.element);
    }
}
