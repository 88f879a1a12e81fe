//! A project with a production and two sandbox environments, real databases behind them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use lcs_artifacts::ArtifactStore;
use lcs_databases::sqlite::{EnvironmentFolder, content_digest};
use lcs_operations::{
    Engine, EngineSettings, NoObserver, Operation, OperationJournal, OperationObserver,
};
use lcs_projects::{
    Environment, EnvironmentType, Infrastructure, Lifecycle, NewProject, Power, PowerState,
    Project, ProjectStore, UserKey,
};
use lcs_store_sqlite::SqliteStore;
use lcs_types::{
    EnvironmentId, ManualClock, OperationActivityId, ProjectId, SystemRandomness, TenantId, UserId,
};

pub(crate) const PROJECT: ProjectId = ProjectId(7);
pub(crate) const PRODUCTION: EnvironmentId = EnvironmentId::from_u128(1);
pub(crate) const UAT: EnvironmentId = EnvironmentId::from_u128(2);
pub(crate) const TEST: EnvironmentId = EnvironmentId::from_u128(3);
pub(crate) const ANNA: UserKey = UserKey {
    tenant: TenantId::from_u128(1),
    user: UserId::from_u128(1),
};
/// Stands in production and must never be seen at a sandbox's name.
pub(crate) const PRODUCTION_EMAIL: &str = "ceo@contoso.example";

/// What a database holds, by table.
pub(crate) type Content = BTreeMap<String, String>;

pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) store: SqliteStore,
    pub(crate) clock: Arc<ManualClock>,
    temporary: Option<tempfile::TempDir>,
}

impl World {
    /// A new world in a temporary folder.
    pub(crate) async fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut world = Self::open(temporary.path()).await;
        world.populate().await;
        world.temporary = Some(temporary);
        world
    }

    /// The world in a folder, as another process left it.
    pub(crate) async fn open(folder: &Path) -> Self {
        let store = SqliteStore::open(&folder.join("store.sqlite"))
            .await
            .unwrap();
        let now = "2026-03-01T10:00:00Z".parse::<Timestamp>().unwrap();
        let clock = Arc::new(ManualClock::new(now));
        Self {
            folder: folder.to_owned(),
            store,
            clock,
            temporary: None,
        }
    }

    pub(crate) async fn populate(&self) {
        let project = Project {
            id: PROJECT,
            name: "Contoso".to_owned(),
            organization_id: 1,
        };
        let environments = vec![
            environment(PRODUCTION, "PROD", EnvironmentType::Production),
            environment(UAT, "UAT", EnvironmentType::Sandbox),
            environment(TEST, "TEST", EnvironmentType::Sandbox),
        ];
        let new = NewProject {
            project,
            members: Vec::new(),
            environments,
        };
        self.store.create_project(&new).await.unwrap();
        for (id, rows, email) in [
            (PRODUCTION, 2_000, PRODUCTION_EMAIL),
            (UAT, 10, "old@uat.example"),
            (TEST, 20, "old@test.example"),
        ] {
            let folder = self.environment(id);
            folder.create().unwrap();
            make_database(&folder.initial_path(), rows, email);
            folder.adopt(&folder.initial_path()).unwrap();
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.observed_engine(Arc::new(NoObserver))
    }

    pub(crate) fn observed_engine(&self, observer: Arc<dyn OperationObserver>) -> Engine {
        self.engine_with_rules(observer, None)
    }

    pub(crate) fn engine_with_rules(
        &self,
        observer: Arc<dyn OperationObserver>,
        user_rules: Option<Arc<str>>,
    ) -> Engine {
        self.engine_over(Arc::new(self.store.clone()), observer, user_rules)
    }

    pub(crate) fn engine_over(
        &self,
        journal: Arc<dyn OperationJournal>,
        observer: Arc<dyn OperationObserver>,
        user_rules: Option<Arc<str>>,
    ) -> Engine {
        let settings = EngineSettings {
            environments: self.folder.join("environments"),
            artifacts: self.artifacts(),
            user_rules,
            workers: 2,
        };
        Engine::new(
            journal,
            Arc::new(self.store.clone()),
            self.clock.clone(),
            Arc::new(SystemRandomness),
            observer,
            settings,
        )
    }

    pub(crate) fn artifacts(&self) -> ArtifactStore {
        ArtifactStore::open(self.folder.join("artifacts")).unwrap()
    }

    pub(crate) fn environment(&self, id: EnvironmentId) -> EnvironmentFolder {
        EnvironmentFolder::new(self.folder.join("environments").join(id.to_string()))
    }

    /// Adds 16 MiB to a database, so that it is copied in several steps.
    pub(crate) fn enlarge(&self, id: EnvironmentId) {
        let path = self.environment(id).database_path();
        let connection = rusqlite::Connection::open(path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE DOCUVALUE (RECID BIGINT NOT NULL PRIMARY KEY, FILE BLOB); \
                 INSERT INTO DOCUVALUE VALUES (1, zeroblob(16777216));",
            )
            .unwrap();
        connection.close().unwrap();
    }

    /// What stands at the environment's name now.
    pub(crate) fn content(&self, id: EnvironmentId) -> Content {
        content_digest(&self.environment(id).database_path()).unwrap()
    }

    pub(crate) async fn operation(&self, id: OperationActivityId) -> Operation {
        self.store.find(PROJECT, id).await.unwrap().unwrap()
    }

    /// Names of files that operations should not leave behind.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.folder.join("artifacts/.pending")];
        folders
            .extend([PRODUCTION, UAT, TEST].map(|id| self.environment(id).path().join("staged")));
        for folder in folders {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                names.push(entry.unwrap().file_name().to_string_lossy().into_owned());
            }
        }
        names
    }
}

/// Rows at this database's name that came from production unsanitised.
pub(crate) fn production_emails(path: &Path) -> u64 {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = rusqlite::Connection::open_with_flags(path, flags).unwrap();
    let sql = "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS WHERE LOCATOR = ?1";
    let count: i64 = connection
        .query_row(sql, [PRODUCTION_EMAIL], |row| row.get(0))
        .unwrap();
    count.unsigned_abs()
}

fn make_database(path: &Path, rows: u32, email: &str) {
    let mut connection = rusqlite::Connection::open(path).unwrap();
    let transaction = connection.transaction().unwrap();
    transaction
        .execute_batch(
            "CREATE TABLE LOGISTICSELECTRONICADDRESS (RECID BIGINT NOT NULL PRIMARY KEY, \
               TYPE INT NOT NULL, LOCATOR NVARCHAR(255) NOT NULL);
             CREATE TABLE CUSTTABLE (RECID BIGINT NOT NULL PRIMARY KEY, \
               ACCOUNTNUM NVARCHAR(20) NOT NULL, BALANCE NUMERIC(32,6) NOT NULL, \
               MODIFIEDDATETIME DATETIME NOT NULL);
             CREATE TABLE BATCHJOB (RECID BIGINT NOT NULL PRIMARY KEY, STATUS INT NOT NULL);
             CREATE TABLE SYSSERVERSESSIONS (RECID BIGINT NOT NULL PRIMARY KEY, \
               SERVERID NVARCHAR(100));",
        )
        .unwrap();
    for recid in 1..=rows {
        transaction
            .execute(
                "INSERT INTO LOGISTICSELECTRONICADDRESS VALUES (?1, 2, ?2)",
                (recid, email),
            )
            .unwrap();
        transaction
            .execute(
                "INSERT INTO CUSTTABLE VALUES (?1, ?2, ?3, '2026-02-03 04:05:06')",
                (recid, format!("C-{recid:05}"), f64::from(recid) / 4.0),
            )
            .unwrap();
        transaction
            .execute("INSERT INTO BATCHJOB VALUES (?1, 1)", [recid])
            .unwrap();
    }
    transaction
        .execute("INSERT INTO SYSSERVERSESSIONS VALUES (1, 'prod-aos-1')", [])
        .unwrap();
    transaction.commit().unwrap();
    connection.close().unwrap();
}

fn environment(id: EnvironmentId, name: &str, environment_type: EnvironmentType) -> Environment {
    Environment {
        id,
        project: PROJECT,
        name: name.to_owned(),
        environment_type,
        infrastructure: Infrastructure::SelfService,
        product: String::new(),
        base_url: String::new(),
        topology_display_name: String::new(),
        application_build: String::new(),
        application_release: "10.0.46".to_owned(),
        platform_release: String::new(),
        platform_version: String::new(),
        deployed_on: Timestamp::UNIX_EPOCH,
        cloud_location: String::new(),
        disaster_recovery_location: String::new(),
        administrator: String::new(),
        lifecycle: Lifecycle::Active,
        power: Power {
            state: PowerState::Running,
            since: Timestamp::UNIX_EPOCH,
        },
        is_live: true,
        financial_reporting: None,
        database_capacity_bytes: None,
        database_backup_location: None,
    }
}
