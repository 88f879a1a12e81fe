//! Development only: a whole local cloud in a test.
//!
//! [`TestCloud`] starts exactly what `lcs serve` starts, in a temporary folder, on a free port,
//! with a clock that the test moves.

mod gateway;
pub mod packages;

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
pub use gateway::{Fault, Gateway};
use jiff::Timestamp;
use lcs_client::{GraphApi, LcsApi};
use lcs_cloud::{CloudConfig, NoObserver, RunningCloud, StartOptions};
use lcs_directory::{Directory, model::User};
use lcs_onboarding::{Registration, RegistrationReport, RegistrationRequest};
use lcs_signin::{
    Authority, HttpClient, HttpSettings, PlainHttp, Resource, Session, SignInClient, TokenCache,
    TokenSource,
};
use lcs_types::{ClientId, ManualClock, Secret, SystemRandomness, UserId};
use lcs_wire::{
    local::{ReadyEnvironment, ReadyFile, ReadyUser},
    well_known::GRAPH_COMMAND_LINE_CLIENT_ID,
};

/// A local cloud for one test. Stopped when the test calls [`TestCloud::stop`], or abandoned with
/// its runtime.
#[derive(Debug)]
pub struct TestCloud {
    /// The clock that everything in it reads.
    pub clock: Arc<ManualClock>,
    running: RunningCloud,
    folder: tempfile::TempDir,
}

impl TestCloud {
    /// Starts the Contoso sample with small databases.
    ///
    /// # Errors
    ///
    /// What kept it from starting.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(|_| {}).await
    }

    /// The same with other options.
    ///
    /// # Errors
    ///
    /// What kept it from starting.
    pub async fn start_with(change: impl FnOnce(&mut StartOptions)) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        // Certificates are checked against the machine's clock, so the test's starts there too.
        let clock = Arc::new(ManualClock::new(now()));
        // Its clock stands still, so a limit of calls a minute would never be lifted.
        let mut config = CloudConfig::contoso();
        config.lcs.request_limits = false;
        let mut options = StartOptions {
            data_directory: folder.path().join("data"),
            listen: ([127, 0, 0, 1], 0).into(),
            host_names: Vec::new(),
            config: Some(config),
            source: None,
            sample_rows: 2_000,
            ready_file: None,
            in_sandbox: false,
            user_rules: None,
            key_encryption_key: None,
            clock: clock.clone(),
            randomness: Arc::new(SystemRandomness),
            observer: Arc::new(NoObserver),
        };
        change(&mut options);
        let running = RunningCloud::start(options).await?;
        Ok(Self {
            clock,
            running,
            folder,
        })
    }

    /// What machines need to know of it.
    pub const fn facts(&self) -> &ReadyFile {
        self.running.facts()
    }

    /// The directory of its identity provider.
    pub const fn directory(&self) -> &Directory {
        self.running.entra()
    }

    /// The id of one of its users.
    ///
    /// # Errors
    ///
    /// When the directory has no such user.
    pub async fn user_id(&self, user: &ReadyUser) -> anyhow::Result<UserId> {
        let tenant = self.facts().tenant_id;
        let found = self
            .directory()
            .user_named(tenant, &user.user_principal_name);
        Ok(found.await?.context("there is no such user")?.id)
    }

    /// The password of any user of any tenant.
    ///
    /// # Errors
    ///
    /// When nobody has this sign-in name.
    pub fn password_of(&self, name: &str) -> anyhow::Result<String> {
        let folder = self.folder.path().join("data");
        let credentials = lcs_cloud::credentials(&folder)?.context("there are no credentials")?;
        let password = credentials.password_of(&name.parse()?);
        Ok(password.context("nobody has this name")?.to_owned())
    }

    /// Changes one of its users.
    ///
    /// # Errors
    ///
    /// When the directory has no such user.
    pub async fn change_user(
        &self,
        user: &ReadyUser,
        change: impl FnOnce(&mut User) + Send,
    ) -> anyhow::Result<()> {
        let (tenant, id) = (self.facts().tenant_id, self.user_id(user).await?);
        self.directory().change_user(tenant, id, change).await?;
        Ok(())
    }

    /// Its temporary folder, for what a test keeps beside it.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The database of an environment.
    pub fn database(&self, environment: &ReadyEnvironment) -> PathBuf {
        let environments = self.running.data_directory().environments();
        environments
            .join(environment.id.to_string())
            .join("database.sqlite")
    }

    /// The user who administers the tenant.
    ///
    /// # Panics
    ///
    /// When the sample has none.
    pub fn administrator(&self) -> &ReadyUser {
        self.user(|user| user.roles.iter().any(|role| role == "Global Administrator"))
    }

    /// The user who signs in unattended.
    ///
    /// # Panics
    ///
    /// When the sample has none.
    pub fn service_user(&self) -> &ReadyUser {
        self.user(|user| user.roles.is_empty() && !user.mfa)
    }

    /// The user of whom a second factor is demanded.
    ///
    /// # Panics
    ///
    /// When the sample has none.
    pub fn mfa_user(&self) -> &ReadyUser {
        self.user(|user| user.mfa)
    }

    fn user(&self, wanted: impl Fn(&&ReadyUser) -> bool) -> &ReadyUser {
        self.facts()
            .users
            .iter()
            .find(wanted)
            .expect("the sample has such a user")
    }

    /// The environment with this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn environment(&self, name: &str) -> &ReadyEnvironment {
        let mut environments = self.facts().environments.iter();
        environments
            .find(|each| each.name == name)
            .expect("the sample has this environment")
    }

    /// A client that trusts the cloud's authority.
    ///
    /// # Errors
    ///
    /// When the certificate cannot be read.
    pub fn http(&self) -> anyhow::Result<HttpClient> {
        let certificate = self.facts().ca_certificate.clone();
        let settings = HttpSettings {
            extra_certificates: Some(certificate),
            ..HttpSettings::default()
        };
        Ok(HttpClient::new(settings)?)
    }

    /// A user's session with a client.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn session(
        &self,
        client: ClientId,
        resource: Resource,
        user: &ReadyUser,
    ) -> anyhow::Result<Arc<Session>> {
        let authority = Authority::parse(&self.facts().authority, PlainHttp::Refused)?;
        let clock = self.clock.clone();
        let randomness = Arc::new(SystemRandomness);
        let sign_in = SignInClient::new(self.http()?, authority, client, clock, randomness);
        let session = Session::new(sign_in, resource, None, Arc::new(TokenCache::in_memory()));
        session
            .sign_in_with_password(
                &user.user_principal_name,
                &Secret::new(user.password.clone()),
            )
            .await?;
        Ok(Arc::new(session))
    }

    /// Graph in the name of a user.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn graph(&self, user: &ReadyUser) -> anyhow::Result<GraphApi> {
        let session = self
            .session(GRAPH_COMMAND_LINE_CLIENT_ID, Resource::graph(), user)
            .await?;
        Ok(GraphApi::new(
            self.facts().graph.parse()?,
            self.http()?,
            session,
        ))
    }

    /// Steps 1 to 3 of the article, done by the administrator.
    ///
    /// # Errors
    ///
    /// When a call is refused.
    pub async fn register(&self) -> anyhow::Result<RegistrationReport> {
        let graph = self.graph(self.administrator()).await?;
        let request = RegistrationRequest {
            display_name: "Test client".to_owned(),
        };
        Registration::ensure(&graph, &request)
            .await
            .context("could not register")
    }

    /// Step 4, and the LCS API with the token.
    ///
    /// # Errors
    ///
    /// When the sign-in is refused.
    pub async fn lcs(&self, client: ClientId, user: &ReadyUser) -> anyhow::Result<LcsApi> {
        let resource: Resource = self.facts().lcs_resource.parse()?;
        let session: Arc<dyn TokenSource> = self.session(client, resource, user).await?;
        Ok(LcsApi::new(
            self.facts().lcs_api.parse()?,
            self.http()?,
            session,
        ))
    }

    /// A gateway before it that fails as it is told.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn gateway(&self) -> anyhow::Result<Gateway> {
        self.gateway_until(None)
    }

    /// The same with a certificate that ends on this day.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn gateway_until(&self, not_after: Option<(i32, u8, u8)>) -> anyhow::Result<Gateway> {
        let facts = self.facts();
        let (authority, folder) = (&facts.ca_certificate, self.folder.path());
        Gateway::start(&facts.origin, self.http()?, authority, folder, not_after)
    }

    /// Waits until no operation works.
    pub async fn wait_until_idle(&self) {
        self.running.wait_until_idle().await;
    }

    /// Stops it and hands out its folder, so that it can be started again.
    ///
    /// # Errors
    ///
    /// What the listener answered, if it had failed.
    pub async fn stop(self) -> anyhow::Result<tempfile::TempDir> {
        self.running.stop().await?;
        Ok(self.folder)
    }
}

fn now() -> Timestamp {
    lcs_types::Clock::now(&lcs_types::SystemClock)
}
