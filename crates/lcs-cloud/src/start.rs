//! Starting and stopping a whole local cloud.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum_server::{Handle, tls_rustls::RustlsConfig};
use lcs_artifacts::{ArtifactError, ArtifactStore};
use lcs_directory::{AccessTokenLifetime, Directory, Settings};
use lcs_operations::{AssetValidation, Engine, EngineSettings, OperationObserver};
use lcs_projects::StoreError;
use lcs_server::{AllowedOrigins, ServiceParts, Services, application};
use lcs_store_sqlite::{OpenStoreError, SqliteStore};
use lcs_types::{Clock, OperationActivityId, Randomness};
use lcs_wire::{clouds::lcs_api_hosts, local::ReadyFile};
use tokio::task::JoinHandle;

use crate::{
    certificates::CertificateError,
    config::{CloudConfig, ConfigError},
    credentials::Credentials,
    data_directory::{DataDirectory, DataDirectoryError, DataDirectoryLock},
    identity::Identity,
    instance,
    key_encryption::{KeyEncryptionError, Opening},
    report::MovementReport,
    rsat::RsatCertificates,
    seed::{self, SeedError},
    shared_library::{self, SharedLibraryError},
    trusted_tenants::{TrustedTenantError, TrustedTenants},
    url_key,
};

/// Requests get this long to end when the cloud stops.
const GRACE: Duration = Duration::from_secs(5);
/// How often it is looked whether the signing keys are to be rotated.
const KEY_MAINTENANCE: Duration = Duration::from_mins(1);
/// Operations that work at a time.
const WORKERS: usize = 2;

/// What a local cloud is started with.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// Where everything is kept.
    pub data_directory: PathBuf,
    /// Where connections are accepted; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Names of this machine, beside loopback, by which clients reach it.
    pub host_names: Vec<String>,
    /// What it consists of; without one, what the data directory was started with before, or the
    /// Contoso sample.
    pub config: Option<CloudConfig>,
    /// The user's own SQLite database for the production environment.
    pub source: Option<PathBuf>,
    /// How many rows a sample database has, roughly.
    pub sample_rows: u64,
    /// Also write the facts about the instance here, and remove them at the end.
    pub ready_file: Option<PathBuf>,
    /// Whether it also answers under the names of Microsoft's hosts. Only for a cloud that lives as
    /// long as the one program that is led to it: see `lcs-sandbox`.
    pub in_sandbox: bool,
    /// The user's own sanitisation rules, TOML.
    pub user_rules: Option<Arc<str>>,
    /// The file of the operator's own key that seals the signing keys; without one, a key is made in
    /// the data directory.
    pub key_encryption_key: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
    /// Hears what happens to operations.
    pub observer: Arc<dyn OperationObserver>,
}

/// A local cloud cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDirectory(#[from] DataDirectoryError),
    /// Nothing can be accepted at the address.
    #[error("could not listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why; `AddrInUse` when somebody else listens there.
        #[source]
        source: io::Error,
    },
    /// The certificates cannot be made.
    #[error("could not make the certificates")]
    Certificates(#[from] CertificateError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] OpenStoreError),
    /// The store failed.
    #[error(transparent)]
    StoreFailed(#[from] StoreError),
    /// The signing keys cannot be opened.
    #[error(transparent)]
    KeyEncryption(#[from] KeyEncryptionError),
    /// The folder of backups cannot be used.
    #[error(transparent)]
    Artifacts(#[from] ArtifactError),
    /// The tenant, the project or a database cannot be made.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// A file does not get to the shared asset library.
    #[error(transparent)]
    SharedLibrary(#[from] SharedLibraryError),
    /// The keys of the trusted tenants could never be fetched.
    #[error(transparent)]
    TrustedTenants(#[from] TrustedTenantError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The directory holds something else than the configuration says.
    #[error("the data directory `{path}` holds another tenant or project than the configuration")]
    OtherConfiguration {
        /// The folder.
        path: PathBuf,
    },
}

/// A local cloud that runs in this process.
#[derive(Debug)]
pub struct RunningCloud {
    facts: ReadyFile,
    directory: DataDirectory,
    entra: Directory,
    ready_file: Option<PathBuf>,
    address: SocketAddr,
    sandbox_authority: Option<String>,
    engine: Engine,
    validation: AssetValidation,
    store: SqliteStore,
    handle: Handle<SocketAddr>,
    server: JoinHandle<io::Result<()>>,
    key_maintenance: JoinHandle<()>,
    _lock: DataDirectoryLock,
}

impl RunningCloud {
    /// Starts everything; when this returns, connections are accepted.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a part cannot be started. Nothing is left running.
    pub async fn start(options: StartOptions) -> Result<Self, StartError> {
        let directory = DataDirectory::new(&options.data_directory);
        let lock = directory.open()?;
        // Before anything is made, so that a port in use costs nothing.
        let listener = listen(options.listen)?;
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            address: options.listen,
            source,
        })?;
        let config = effective_config(&directory, &options)?;
        let instances = config.lcs.regions()?;
        let Identity {
            origins,
            tls,
            sandbox_authority,
        } = Identity::of(&directory, address.port(), &options, &instances)?;

        let store = SqliteStore::open(&directory.store_file()).await?;
        let shared = Arc::new(store.clone());
        let opening = Opening {
            directory: &directory,
            store: &store,
            key_file: options.key_encryption_key.as_deref(),
            clock: options.clock.clone(),
            randomness: options.randomness.clone(),
        };
        let entra = opening
            .open(directory_settings(&config, &origins, options.in_sandbox))
            .await?;
        let key_maintenance = maintain_signing_keys(&entra).await?;
        let credentials = seed::ensure(&directory, &store, &entra, &config, &options).await?;
        let artifacts = ArtifactStore::open(directory.artifacts())?;
        artifacts.discard_old_uploads(options.clock.now().into())?;
        let engine = engine(&shared, &artifacts, &directory, &options);
        engine.recover().await?;
        let validation =
            AssetValidation::new(shared.clone(), artifacts.clone(), options.clock.clone());
        let shared_assets = &config.lcs.shared_assets;
        let now = options.clock.now();
        shared_library::ensure(&*shared, &artifacts, shared_assets, config.project.id, now).await?;
        validation.recover().await?;
        let services = Services::new(ServiceParts {
            directory: entra.clone(),
            projects: shared.clone(),
            assets: shared,
            validation: validation.clone(),
            certificates: Arc::new(RsatCertificates::new(
                directory.clone(),
                options.randomness.clone(),
            )),
            lcs: config.lcs.settings(),
            trusted_issuers: TrustedTenants::of(&config.lcs.trusted_tenants)?,
            engine: engine.clone(),
            artifacts,
            url_signer: url_key::signer(&directory, &*options.randomness)?,
            clock: options.clock,
            randomness: options.randomness,
            origins: origins.clone(),
        });
        let handle = Handle::new();
        let server = serve(listener, tls, handle.clone(), services, options.listen)?;
        let facts = instance::facts(&directory, &config, &credentials, origins.canonical());
        let cloud = Self {
            facts,
            directory,
            entra,
            ready_file: options.ready_file,
            address,
            sandbox_authority,
            engine,
            validation,
            store,
            handle,
            server,
            key_maintenance,
            _lock: lock,
        };
        for path in cloud.instance_files() {
            instance::write(&path, &cloud.facts)?;
        }
        Ok(cloud)
    }

    /// What machines need to know of it.
    pub const fn facts(&self) -> &ReadyFile {
        &self.facts
    }

    /// The directory of its identity provider, for whoever administers it from within the process.
    pub const fn entra(&self) -> &Directory {
        &self.entra
    }

    /// Its data directory.
    pub const fn data_directory(&self) -> &DataDirectory {
        &self.directory
    }

    /// Where connections are accepted.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate, PEM, of the authority that signed those for Microsoft's names; only in a
    /// sandbox.
    pub fn sandbox_authority(&self) -> Option<&str> {
        self.sandbox_authority.as_deref()
    }

    /// What an operation did; `None` when it is unknown or has not come that far.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store fails.
    pub async fn movement_report(
        &self,
        operation: OperationActivityId,
    ) -> Result<Option<MovementReport>, StoreError> {
        let found = self.engine.find(self.facts.project_id, operation).await?;
        Ok(found.as_ref().and_then(MovementReport::of))
    }

    /// Waits until no operation works and no asset is being checked.
    pub async fn wait_until_idle(&self) {
        self.engine.wait_until_idle().await;
        self.validation.wait_until_idle().await;
    }

    /// Stops: no new connections, running requests end, operations stop between two chunks of
    /// work and are taken up at the next start.
    ///
    /// # Errors
    ///
    /// What the listener answered, if it had failed.
    pub async fn stop(self) -> io::Result<()> {
        for path in self.instance_files() {
            instance::remove(&path);
        }
        self.key_maintenance.abort();
        self.handle.graceful_shutdown(Some(GRACE));
        self.engine.shut_down().await;
        let served = self
            .server
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        self.store.close().await;
        served
    }

    fn instance_files(&self) -> Vec<PathBuf> {
        let own = self.directory.instance_file();
        self.ready_file.iter().cloned().chain([own]).collect()
    }
}

fn engine(
    store: &Arc<SqliteStore>,
    artifacts: &ArtifactStore,
    directory: &DataDirectory,
    options: &StartOptions,
) -> Engine {
    Engine::new(
        store.clone(),
        store.clone(),
        options.clock.clone(),
        options.randomness.clone(),
        options.observer.clone(),
        EngineSettings {
            environments: directory.environments(),
            artifacts: artifacts.clone(),
            user_rules: options.user_rules.clone(),
            workers: WORKERS,
        },
    )
}

/// A data directory stays what it was first started as; only the sources of data may change.
fn effective_config(
    directory: &DataDirectory,
    options: &StartOptions,
) -> Result<CloudConfig, StartError> {
    let kept = CloudConfig::kept(directory)?;
    let mut config = match (kept, &options.config) {
        (Some(kept), Some(given)) if !kept.is_same_cloud(given) => {
            return Err(StartError::OtherConfiguration {
                path: options.data_directory.clone(),
            });
        }
        (_, Some(given)) => given.clone(),
        (Some(kept), None) => kept,
        (None, None) => CloudConfig::contoso(),
    };
    if let Some(source) = &options.source {
        config.use_source(std::path::absolute(source).unwrap_or_else(|_| source.clone()));
    }
    config.keep(directory)?;
    Ok(config)
}

fn directory_settings(
    config: &CloudConfig,
    origins: &AllowedOrigins,
    in_sandbox: bool,
) -> Settings {
    let access_token_lifetime = match config.tokens.access_token_seconds {
        Some(seconds) => {
            AccessTokenLifetime::Fixed(jiff::SignedDuration::from_secs(i64::from(seconds)))
        }
        None => AccessTokenLifetime::Random,
    };
    // A local instance is also requested by its own origin; that of a sandbox stands for LCS in
    // China too, whose name the worldwide application lacks.
    let own = origins.own().map(ToString::to_string);
    let instances = origins.instances().flat_map(|(region, origin)| {
        [origin.to_string(), format!("https://{}", region.api_host())]
    });
    let regions = in_sandbox.then(lcs_api_hosts).into_iter().flatten();
    Settings {
        access_token_lifetime,
        refresh_token_reuse: config.tokens.refresh_token_reuse,
        inferences: config.inferred,
        lcs_names: own
            .chain(instances)
            .chain(regions.map(|host| format!("https://{host}")))
            .collect(),
        // People's browsers are outside the sandbox.
        device_page_origin: in_sandbox.then(|| origins.canonical().to_string()),
        consistency_delay: jiff::SignedDuration::from_secs(i64::from(
            config.graph.consistency_delay_seconds,
        )),
        signing_key_age: jiff::SignedDuration::from_hours(24 * config.tokens.signing_key_days()),
        ..Settings::default()
    }
}

/// Rotates and forgets signing keys now, and from now on when it is time to.
async fn maintain_signing_keys(entra: &Directory) -> Result<JoinHandle<()>, KeyEncryptionError> {
    let maintained = entra.maintain_signing_keys().await;
    maintained.map_err(KeyEncryptionError::Directory)?;
    let entra = entra.clone();
    Ok(tokio::spawn(async move {
        loop {
            tokio::time::sleep(KEY_MAINTENANCE).await;
            if let Err(failure) = entra.maintain_signing_keys().await {
                let error: &dyn std::error::Error = &failure;
                tracing::error!(error, "the signing keys could not be maintained");
            }
        }
    }))
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bind = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    bind().map_err(|source| StartError::Listen { address, source })
}

fn serve(
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    handle: Handle<SocketAddr>,
    services: Services,
    address: SocketAddr,
) -> Result<JoinHandle<io::Result<()>>, StartError> {
    let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls))
        .map_err(|source| StartError::Listen { address, source })?
        .handle(handle);
    Ok(tokio::spawn(async move {
        server.serve(application(services)).await
    }))
}

/// The facts about the instance that serves a data directory, if one does.
///
/// # Errors
///
/// [`DataDirectoryError`] when they cannot be read.
pub fn running_instance(data_directory: &Path) -> Result<Option<ReadyFile>, DataDirectoryError> {
    let directory = DataDirectory::new(data_directory);
    // After `kill -9` the file is still there, and the lock is not.
    if directory.is_served() {
        instance::read(&directory.instance_file())
    } else {
        Ok(None)
    }
}

/// The passwords of the sample's users; `None` when the cloud was never started there.
///
/// # Errors
///
/// [`DataDirectoryError`] when they cannot be read.
pub fn credentials(data_directory: &Path) -> Result<Option<Credentials>, DataDirectoryError> {
    Credentials::read(&DataDirectory::new(data_directory).credentials_file())
}
