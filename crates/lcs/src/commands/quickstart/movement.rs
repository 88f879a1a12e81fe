//! Chapters 4 and 5: refresh, export, download, and a check of what was downloaded.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use lcs_client::{
    DownloadRequest, FixedLink, LcsApi, NoObserver, StartedOperation, WaitOptions, WaitOutcome,
    download, wait_for,
};
use lcs_cloud::{RunningCloud, report::MovementReport};
use lcs_signin::{HttpClient, Session};
use lcs_types::{BackupName, NoProgress};
use lcs_wire::{
    lcs::DatabaseAsset,
    local::{ReadyEnvironment, ReadyFile},
};

use super::{
    QuickstartSettings,
    cloud::megabytes,
    narrator::{Narrator, grouped},
    progress::StepDisplay,
};
use crate::diagnostic::{Code, Diagnostic};

/// How many tables the story names.
const MOST_TABLES: usize = 8;

/// What was moved where.
pub(super) struct Moved {
    pub(super) source: String,
    pub(super) target: String,
    pub(super) refresh: &'static str,
    pub(super) export: &'static str,
    pub(super) backup: String,
    pub(super) path: PathBuf,
    pub(super) size_bytes: u64,
    pub(super) rows: u64,
}

const DONE: &str = "done";
const IN_PLACE: &str = "already in place";

/// What all of it works with.
struct Stage<'story> {
    narrator: &'story Narrator<'story>,
    running: &'story RunningCloud,
    steps: &'story StepDisplay,
    http: &'story HttpClient,
    api: LcsApi,
}

pub(super) async fn perform(
    narrator: &Narrator<'_>,
    settings: &QuickstartSettings,
    running: &RunningCloud,
    steps: &Arc<StepDisplay>,
    http: &HttpClient,
    session: Arc<Session>,
) -> Result<Moved, Diagnostic> {
    let facts = running.facts();
    let base = facts
        .lcs_api
        .parse()
        .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
    let api = LcsApi::new(base, http.clone(), session);
    let stage = Stage {
        narrator,
        running,
        steps,
        http,
        api,
    };
    let name = backup_name(settings.source.as_deref());
    let source = environment(facts, "Production")?;
    let target = environment(facts, "Sandbox")?;

    narrator.chapter(4, &format!("Refresh {} from {}", target.name, source.name));
    let backups = stage.api.databases(facts.project_id).await?;
    narrator.line(&format!("{} backups in the asset library", backups.len()));
    // The backup is made of what the refresh brought, so it stands for both.
    let is_in_place = backups.iter().any(|backup| backup.name == name.as_str());
    if is_in_place {
        narrator.line("already in place: refreshed and exported by an earlier run");
    } else {
        stage.refresh(source, target).await?;
    }
    narrator.chapter(
        5,
        &format!("Export {} and download the backup", target.name),
    );
    if is_in_place {
        narrator.line(&format!("already in place: backup {name}"));
    } else {
        stage.export(target, &name).await?;
    }
    let folder = settings.data_directory.join("downloads");
    let (path, size_bytes, rows) = stage.fetch(&name, &folder).await?;
    let outcome = if is_in_place { IN_PLACE } else { DONE };
    Ok(Moved {
        source: source.name.clone(),
        target: target.name.clone(),
        refresh: outcome,
        export: outcome,
        backup: name.to_string(),
        path,
        size_bytes,
        rows,
    })
}

impl Stage<'_> {
    async fn refresh(
        &self,
        source: &ReadyEnvironment,
        target: &ReadyEnvironment,
    ) -> Result<(), Diagnostic> {
        let project = self.running.facts().project_id;
        let started = self.api.refresh(project, source.id, target.id).await?;
        self.narrator.line(&format!(
            "started operation {}",
            started.operation_activity_id
        ));
        self.wait(&started).await?;
        let report = self.report(&started).await?;
        let copied: Vec<_> = report
            .copied
            .iter()
            .map(|table| (table.table.clone(), table.rows))
            .collect();
        self.narrator.line(&format!(
            "copied {} rows of {} tables, {:.1} MB:",
            grouped(report.rows()),
            report.copied.len(),
            megabytes(report.bytes)
        ));
        self.narrator.rows(&largest(copied), MOST_TABLES);
        self.show_changes("the sanitisation changed:", &report);
        Ok(())
    }

    async fn export(
        &self,
        environment: &ReadyEnvironment,
        name: &BackupName,
    ) -> Result<(), Diagnostic> {
        let project = self.running.facts().project_id;
        let started = self.api.export(project, environment.id, name).await?;
        self.narrator.line(&format!(
            "started operation {}",
            started.operation_activity_id
        ));
        self.wait(&started).await?;
        let report = self.report(&started).await?;
        self.show_changes("the rules for exports changed besides:", &report);
        Ok(())
    }

    fn show_changes(&self, title: &str, report: &MovementReport) {
        if report.changes.is_empty() {
            self.narrator
                .line("the sanitisation found nothing to change");
            return;
        }
        self.narrator.line(title);
        let changes: Vec<_> = report
            .changes
            .iter()
            .map(|change| {
                (
                    format!("{}: {}", change.table, shortened(&change.action)),
                    change.rows,
                )
            })
            .collect();
        self.narrator.rows(&changes, 2 * MOST_TABLES);
    }

    async fn wait(&self, started: &StartedOperation) -> Result<(), Diagnostic> {
        let options = WaitOptions {
            timeout: None,
            first_delay: Duration::from_millis(200),
            longest_delay: Duration::from_secs(2),
        };
        let outcome = wait_for(&self.api, started, options, &NoObserver).await?;
        let steps: Vec<&str> = self
            .steps
            .take_steps()
            .iter()
            .map(|step| step.as_str())
            .collect();
        self.narrator.line(&format!("steps: {}", steps.join(" → ")));
        match outcome {
            WaitOutcome::Succeeded(_) => {
                self.narrator.line("status: Completed");
                Ok(())
            }
            WaitOutcome::Failed(status) | WaitOutcome::RolledBack(status) => {
                let cause = status.envelope.error_message.unwrap_or_default();
                let mut diagnostic = Diagnostic::new(
                    Code::OperationRolledBack,
                    format!("the operation failed and was rolled back: {cause}"),
                );
                diagnostic.server.operation_activity_id =
                    Some(started.operation_activity_id.to_string());
                Err(diagnostic.help("mend the cause and run the command again"))
            }
            WaitOutcome::TimedOut { .. } => Err(Diagnostic::new(
                Code::GaveUpWaiting,
                "the operation did not end",
            )),
        }
    }

    async fn report(&self, started: &StartedOperation) -> Result<MovementReport, Diagnostic> {
        let report = self
            .running
            .movement_report(started.operation_activity_id)
            .await;
        report
            .map_err(|error| Diagnostic::of(Code::LocalCloud, &error))?
            .ok_or_else(|| Diagnostic::new(Code::LocalCloud, "the operation left no report"))
    }

    /// Downloads the backup unless it is there, and reads all of it.
    async fn fetch(
        &self,
        name: &BackupName,
        folder: &Path,
    ) -> Result<(PathBuf, u64, u64), Diagnostic> {
        let backups = self.api.databases(self.running.facts().project_id).await?;
        let asset = newest(&backups, name).ok_or_else(|| {
            Diagnostic::new(
                Code::UnknownBackup,
                format!("the backup {name} is not listed"),
            )
        })?;
        std::fs::create_dir_all(folder)
            .map_err(|error| Diagnostic::file("create", folder, &error))?;
        let path = folder.join(&asset.file_name);
        if path.is_file() {
            self.narrator
                .line(&format!("already in place: {}", path.display()));
        } else {
            let url = asset
                .file_location
                .parse()
                .map_err(|error| Diagnostic::of(Code::UnexpectedAnswer, &error))?;
            let request = DownloadRequest::new(url, path.clone());
            let downloaded = download(self.http, &request, &FixedLink, &NoProgress).await?;
            self.narrator.line(&format!(
                "downloaded {} through its signed URL",
                path.display()
            ));
            self.narrator
                .line(&format!("SHA-256 {} as the server says", downloaded.sha256));
        }
        let (size_bytes, rows, tables) = read_whole(&path)?;
        self.narrator.line(&format!(
            "read back every row: {} rows of {} tables, {:.1} MB, the model's checksum holds",
            grouped(rows),
            tables,
            megabytes(size_bytes)
        ));
        Ok((path, size_bytes, rows))
    }
}

fn read_whole(path: &Path) -> Result<(u64, u64, usize), Diagnostic> {
    let file = std::fs::File::open(path).map_err(|error| Diagnostic::file("open", path, &error))?;
    let size_bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let damaged = format!("the backup `{}` is damaged", path.display());
    let help = "remove the file and run the command again: it is downloaded anew";
    let report = lcs_bacpac::verify(std::io::BufReader::new(file)).map_err(|error| {
        Diagnostic::new(Code::PackageDamaged, damaged.clone())
            .caused_by(&error)
            .help(help)
    })?;
    if !report.is_sound() {
        return Err(Diagnostic::new(Code::PackageDamaged, damaged).help(help));
    }
    Ok((size_bytes, report.total_rows, report.tables.len()))
}

fn environment<'facts>(
    facts: &'facts ReadyFile,
    environment_type: &str,
) -> Result<&'facts ReadyEnvironment, Diagnostic> {
    facts
        .environments
        .iter()
        .find(|environment| environment.environment_type == environment_type)
        .ok_or_else(|| {
            let message =
                format!("the local cloud's project has no {environment_type} environment");
            Diagnostic::new(Code::LocalCloud, message)
                .help("use another data directory: lcs quickstart --data-dir PATH")
        })
}

/// A source of the user's own has a backup of its own, so that each is moved once.
fn backup_name(source: Option<&Path>) -> BackupName {
    let stem = source
        .and_then(Path::file_stem)
        .map(|stem| stem.to_string_lossy().into_owned());
    stem.and_then(|stem| format!("quickstart {stem}").parse().ok())
        .unwrap_or_else(|| "quickstart".parse().expect("a plain word is a backup name"))
}

fn newest<'assets>(
    assets: &'assets [DatabaseAsset],
    name: &BackupName,
) -> Option<&'assets DatabaseAsset> {
    assets
        .iter()
        .filter(|asset| asset.name == name.as_str())
        .max_by(|one, other| one.created_date_time.cmp(&other.created_date_time))
}

fn largest(mut tables: Vec<(String, u64)>) -> Vec<(String, u64)> {
    tables.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    tables
}

fn shortened(action: &str) -> String {
    const LONGEST: usize = 48;
    if action.chars().count() <= LONGEST {
        return action.to_owned();
    }
    let start: String = action.chars().take(LONGEST - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_has_a_backup_of_its_own() {
        assert_eq!(backup_name(None).as_str(), "quickstart");
        let chinook = backup_name(Some(Path::new("/data/Chinook.sqlite")));
        assert_eq!(chinook.as_str(), "quickstart Chinook");
        // A name that cannot be that of a backup.
        assert_eq!(
            backup_name(Some(Path::new("a:b.sqlite"))).as_str(),
            "quickstart"
        );
    }
}
