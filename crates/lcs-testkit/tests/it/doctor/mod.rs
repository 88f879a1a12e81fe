//! Everything that `lcs doctor` knows, provoked on the local cloud: it must be diagnosed as what it
//! is, at the right step, and nothing else may be blamed. `docs/doctor.md` has a row for each test.
//!
//! - here – the patient, and the healthy control
//! - `network`, `application`, `permission`, `account`, `session`, `project` – what can be wrong
//! - `page` – the table in `docs/doctor.md`

mod account;
mod application;
mod network;
mod page;
mod permission;
mod project;
mod session;

use std::{path::PathBuf, sync::Arc};

use lcs_client::GraphApi;
use lcs_diagnosis::{
    Check, Diagnosis, Doctor, Identification, Outcome, Step, observations::Settings,
};
use lcs_signin::{
    Authority as SignInAuthority, HttpClient, HttpSettings, PlainHttp, Resource, Session,
    SignInClient, TokenCache,
};
use lcs_testkit::TestCloud;
use lcs_types::{ClientId, Clock, ProjectId, Secret, SystemRandomness};
use lcs_wire::local::ReadyUser;

use crate::refusals::authority::{Application, Authority};

/// Settings and a user, as a good set-up has them; a test changes what is wrong.
struct Patient<'cloud> {
    cloud: &'cloud TestCloud,
    /// Scheme, host, port and tenant.
    authority: String,
    api: String,
    resource: String,
    client_id: String,
    project: Option<ProjectId>,
    certificates: Option<PathBuf>,
    user: String,
    password: String,
    /// Whether Microsoft Graph is asked, in the administrator's name.
    asks_graph: bool,
    /// An earlier sign-in, instead of user name and password.
    cache: Option<Arc<TokenCache>>,
}

impl<'cloud> Patient<'cloud> {
    fn of(cloud: &'cloud TestCloud, client_id: &str) -> Self {
        let facts = cloud.facts();
        let user = cloud.service_user();
        Self {
            cloud,
            authority: facts.authority.clone(),
            api: facts.lcs_api.clone(),
            resource: facts.lcs_resource.clone(),
            client_id: client_id.to_owned(),
            project: None,
            certificates: Some(facts.ca_certificate.clone()),
            user: user.user_principal_name.to_string(),
            password: user.password.clone(),
            asks_graph: false,
            cache: None,
        }
    }

    /// The patient of a cloud whose application was registered by a test.
    fn with(authority: &'cloud Authority, tool: &Application) -> Self {
        Self::of(&authority.cloud, &tool.client_id)
    }

    fn user(mut self, user: &ReadyUser) -> Self {
        self.user = user.user_principal_name.to_string();
        self.password.clone_from(&user.password);
        self
    }

    fn asking_graph(mut self) -> Self {
        self.asks_graph = true;
        self
    }

    fn http(&self) -> HttpClient {
        HttpClient::new(HttpSettings {
            extra_certificates: self.certificates.clone(),
            ..HttpSettings::default()
        })
        .unwrap()
    }

    fn client(&self) -> SignInClient {
        SignInClient::new(
            self.http(),
            SignInAuthority::parse(&self.authority, PlainHttp::Refused).unwrap(),
            self.client_id.parse::<ClientId>().unwrap(),
            self.cloud.clock.clone(),
            Arc::new(SystemRandomness),
        )
    }

    fn session(&self) -> Session {
        let cache = self.cache.clone();
        let cache = cache.unwrap_or_else(|| Arc::new(TokenCache::in_memory()));
        let resource: Resource = self.resource.parse().unwrap();
        Session::new(self.client(), resource, None, cache)
    }

    /// Signs in, to be examined by that sign-in later.
    async fn signed_in(mut self) -> Self {
        self.cache = Some(Arc::new(TokenCache::in_memory()));
        let password = Secret::new(self.password.clone());
        let user = self.user.parse().unwrap();
        let session = self.session();
        session
            .sign_in_with_password(&user, &password)
            .await
            .unwrap();
        self
    }

    async fn graph(&self) -> Option<GraphApi> {
        if !self.asks_graph {
            return None;
        }
        let administrator = self.cloud.administrator();
        Some(self.cloud.graph(administrator).await.unwrap())
    }

    async fn examined(&self) -> Diagnosis {
        let user: lcs_types::UserPrincipalName = self.user.parse().unwrap();
        let client = self.client();
        let doctor = Doctor {
            settings: Settings {
                tenant: client.authority().tenant().to_owned(),
                authority: client.authority().host_and_port(),
                client_id: client.client_id(),
                resource: self.resource.clone(),
                api: self.api.parse().unwrap(),
                project: self.project,
                account: Some(user.as_str().to_owned()),
                now: self.cloud.clock.now(),
                proxy: None,
            },
            http: self.http(),
            resource: self.resource.parse().unwrap(),
            session: self.session(),
            identification: if self.cache.is_some() {
                Identification::EarlierSignIn
            } else {
                Identification::Password(user, Secret::new(self.password.clone()))
            },
            graph: self.graph().await,
            clock: self.cloud.clock.clone(),
            client,
        };
        let diagnosis = doctor.diagnose().await;
        assert_eq!(diagnosis.checks.len(), Check::ALL.len(), "each check once");
        let secrets = [self.password.as_str(), "eyJ"];
        for secret in secrets.iter().filter(|secret| secret.len() > 2) {
            assert!(
                !format!("{diagnosis:?}").contains(secret),
                "no secret is told"
            );
        }
        diagnosis
    }
}

/// Exactly this check failed, at this step, with a remedy; returns the words of its evidence.
fn blamed(diagnosis: &Diagnosis, check: Check, step: Step) -> String {
    let failed: Vec<_> = diagnosis.failed().collect();
    let checks: Vec<Check> = failed.iter().map(|result| result.check).collect();
    assert_eq!(checks, [check], "{diagnosis:#?}");
    assert_eq!(check.step(), step);
    let result = failed[0];
    assert!(
        result
            .remedy
            .as_ref()
            .is_some_and(|remedy| !remedy.is_empty())
    );
    assert!(!result.evidence.is_empty(), "{result:?}");
    let told = result.evidence.iter().map(|evidence| &evidence.text);
    let mut words = vec![result.message.clone()];
    words.extend(told.cloned());
    words.join("\n")
}

/// The same for a refusal of Entra, whose code and identifiers are the evidence.
fn refused(diagnosis: &Diagnosis, check: Check, step: Step, aadsts: u32) {
    blamed(diagnosis, check, step);
    let evidence = &diagnosis.of(check).unwrap().evidence;
    let evidence = evidence.iter().find(|evidence| evidence.aadsts.is_some());
    let evidence = evidence.unwrap_or_else(|| panic!("no refusal: {diagnosis:#?}"));
    assert_eq!(evidence.aadsts, Some(aadsts));
    assert!(evidence.trace_id.is_some() && evidence.correlation_id.is_some());
}

fn passed(diagnosis: &Diagnosis, checks: &[Check]) {
    for check in checks {
        let result = diagnosis.of(*check).unwrap();
        assert_eq!(result.outcome, Outcome::Passed, "{result:?}");
    }
}

#[tokio::test]
async fn healthy_by_password_earlier_sign_in_and_with_graph() {
    let cloud = TestCloud::start().await.unwrap();
    let client = cloud.register().await.unwrap().client_id.to_string();
    let patient = || {
        let mut patient = Patient::of(&cloud, &client);
        patient.project = Some(cloud.facts().project_id);
        patient
    };
    let by_password = patient().examined().await;
    let by_earlier_sign_in = patient().signed_in().await.examined().await;
    let with_graph = patient().asking_graph().examined().await;
    for diagnosis in [&by_password, &by_earlier_sign_in, &with_graph] {
        assert!(diagnosis.is_healthy(), "{diagnosis:#?}");
    }
    let everything: Vec<Check> = Check::ALL.to_vec();
    passed(&with_graph, &everything);
    let environments = with_graph.of(Check::Environments).unwrap();
    assert!(environments.message.contains("Contoso-UAT"));
}
