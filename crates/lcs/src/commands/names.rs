//! Environments and backups by name or id. What is unknown or ambiguous is refused with the
//! candidates, before anything is sent that changes something.

use lcs_types::{AssetId, EnvironmentId};
use lcs_wire::lcs::{AssetFileType, DatabaseAsset, EnvironmentDetail, FileAsset};

use super::signed_in::SignedInApi;
use crate::diagnostic::{Code, Diagnostic};

/// The environment that is meant.
pub(super) fn environment<'list>(
    environments: &'list [EnvironmentDetail],
    wanted: &str,
) -> Result<&'list EnvironmentDetail, Diagnostic> {
    let id: Option<EnvironmentId> = wanted.parse().ok();
    let found: Vec<_> = environments
        .iter()
        .filter(|each| {
            id == Some(each.environment_id) || each.environment_name.eq_ignore_ascii_case(wanted)
        })
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let names: Vec<_> = environments
                .iter()
                .map(|each| each.environment_name.as_str())
                .collect();
            Err(Diagnostic::new(
                Code::UnknownEnvironment,
                format!("the project has no environment `{wanted}`"),
            )
            .help(format!("there are: {}", names.join(", "))))
        }
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|each| each.environment_id.to_string())
                .collect();
            Err(Diagnostic::new(
                Code::AmbiguousEnvironment,
                format!("several environments are called `{wanted}`"),
            )
            .help(format!("use an id: {}", ids.join(", "))))
        }
    }
}

/// The id of the environment that is meant. An id needs no question, and LCS answers only a few of
/// them a minute.
pub(super) async fn environment_id(
    signed_in: &SignedInApi,
    wanted: &str,
) -> Result<EnvironmentId, Diagnostic> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let environments = signed_in.environments().await?;
    Ok(environment(&environments, wanted)?.environment_id)
}

/// The backup that is meant; names are not unique.
pub(super) fn backup<'list>(
    backups: &'list [DatabaseAsset],
    wanted: &str,
) -> Result<&'list DatabaseAsset, Diagnostic> {
    let id: Option<AssetId> = wanted.parse().ok();
    let found: Vec<_> = backups
        .iter()
        .filter(|each| {
            id == Some(each.id)
                || each.name.eq_ignore_ascii_case(wanted)
                || each.file_name.eq_ignore_ascii_case(wanted)
        })
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown_backup(format!(
            "the project has no backup `{wanted}`"
        ))),
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|each| format!("{} of {}", each.id, each.created_date_time))
                .collect();
            Err(Diagnostic::new(
                Code::AmbiguousBackup,
                format!("several backups are called `{wanted}`"),
            )
            .help(format!("use an id: {}; or --latest", ids.join(", "))))
        }
    }
}

/// The asset that is meant; names are not unique. An id needs no list.
pub(super) async fn asset(
    signed_in: &SignedInApi,
    file_type: AssetFileType,
    wanted: &str,
) -> Result<AssetId, Diagnostic> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let assets = signed_in.assets(file_type).await?;
    asset_among(&assets, file_type, wanted).map(|asset| asset.id)
}

fn asset_among<'list>(
    assets: &'list [FileAsset],
    file_type: AssetFileType,
    wanted: &str,
) -> Result<&'list FileAsset, Diagnostic> {
    let is_called = |name: &Option<String>| {
        name.as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
    };
    let found: Vec<_> = assets
        .iter()
        .filter(|each| is_called(&each.name) || is_called(&each.file_name))
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Diagnostic::new(
            Code::UnknownAsset,
            format!(
                "the project has no asset `{wanted}` of the type {}",
                file_type.heading()
            ),
        )
        .help(format!("look: lcs asset list --type {file_type}"))),
        several => {
            let ids: Vec<_> = several.iter().map(|each| each.id.to_string()).collect();
            Err(Diagnostic::new(
                Code::AmbiguousAsset,
                format!("several assets are called `{wanted}`"),
            )
            .help(format!("use an id: {}", ids.join(", "))))
        }
    }
}

/// The newest backup.
pub(super) fn latest_backup(backups: &[DatabaseAsset]) -> Result<&DatabaseAsset, Diagnostic> {
    backups
        .iter()
        .max_by(|one, other| one.created_date_time.cmp(&other.created_date_time))
        .ok_or_else(|| unknown_backup("the project has no backups".to_owned()))
}

fn unknown_backup(message: String) -> Diagnostic {
    Diagnostic::new(Code::UnknownBackup, message).help(
        "look: lcs db backups; or make one: lcs db export --environment NAME --name NAME --wait",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environments() -> Vec<EnvironmentDetail> {
        let environment = |number: u8, name: &str| -> EnvironmentDetail {
            let id = format!("00000000-0000-4000-8000-0000000000{number:02}");
            serde_json::from_value(serde_json::json!({
                "EnvironmentId": id, "EnvironmentName": name, "ProjectId": 7
            }))
            .unwrap()
        };
        vec![
            environment(1, "PROD"),
            environment(2, "UAT"),
            environment(3, "uat"),
        ]
    }

    #[test]
    fn a_name_or_an_id_finds_one() {
        let all = environments();
        assert_eq!(environment(&all, "prod").unwrap().environment_name, "PROD");
        let by_id = environment(&all, "00000000000040008000000000000003").unwrap();
        assert_eq!(by_id.environment_name, "uat");
    }

    #[test]
    fn unknown_and_ambiguous_names_are_refused_with_candidates() {
        let all = environments();
        let unknown = environment(&all, "DEV").unwrap_err();
        assert!(unknown.help.unwrap().contains("PROD, UAT"));
        let ambiguous = environment(&all, "Uat").unwrap_err();
        let help = ambiguous.help.unwrap();
        assert!(help.contains("000000000002") && help.contains("000000000003"));
    }
}
