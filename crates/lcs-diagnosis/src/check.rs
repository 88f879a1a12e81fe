//! The checks: their names, the step of the article that each belongs to, what they can say.

use lcs_wire::entra::ArticleStep;
use serde::Serialize;

/// Where the documentation of the checks is.
const DOCUMENTATION: &str = "https://github.com/lcs-toolkit/lcs/blob/main/docs/doctor.md";

/// The step of the article ("Database movement API – Authentication") that a check belongs to, what
/// it takes for granted, and what comes after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Network, account and policies: what the article takes for granted.
    Prerequisites,
    /// Step 1: create an application registration.
    Registration,
    /// Step 2: configure API permissions and consent.
    Permission,
    /// Step 3: configure the public client switch.
    PublicClient,
    /// Step 4: request an access token.
    TokenRequest,
    /// The calls that the token is for.
    LifecycleServices,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 6] = [
        Self::Prerequisites,
        Self::Registration,
        Self::Permission,
        Self::PublicClient,
        Self::TokenRequest,
        Self::LifecycleServices,
    ];

    /// What people read above the checks of a step.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Prerequisites => "Before the steps: network and account",
            Self::Registration => "Step 1: application registration",
            Self::Permission => "Step 2: API permission and consent",
            Self::PublicClient => "Step 3: public client",
            Self::TokenRequest => "Step 4: access token",
            Self::LifecycleServices => "After the steps: Lifecycle Services",
        }
    }
}

impl From<ArticleStep> for Step {
    fn from(step: ArticleStep) -> Self {
        match step {
            ArticleStep::Account => Self::Prerequisites,
            ArticleStep::Registration => Self::Registration,
            ArticleStep::Permission => Self::Permission,
            ArticleStep::PublicClient => Self::PublicClient,
            ArticleStep::TokenRequest => Self::TokenRequest,
        }
    }
}

macro_rules! checks {
    ($( $(#[$doc:meta])* $name:ident = $id:literal, $step:ident, $title:literal; )*) => {
        /// A check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $( $(#[$doc])* $name, )*
        }

        impl Check {
            /// Every check, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that programs compare with; also its heading in the documentation.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// The step that it belongs to.
            pub const fn step(self) -> Step {
                match self { $(Self::$name => Step::$step,)* }
            }

            /// What people read.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

checks! {
    /// Tenant, application id, project and LCS instance are set.
    Settings = "settings", Prerequisites, "settings";
    /// The authority's name resolves, it takes connections, its certificate is trusted.
    Authority = "authority", Prerequisites, "authority reachable";
    /// The same of the LCS API.
    Api = "api", Prerequisites, "LCS API reachable";
    /// This machine's clock agrees with the authority's.
    Clock = "clock", Prerequisites, "clock";
    /// The user exists, is enabled, and the password is right and current.
    Account = "account", Prerequisites, "account";
    /// Multifactor authentication, conditional access and risk let the sign-in pass.
    Policy = "policy", Prerequisites, "policies";
    /// The application exists in the tenant, is enabled, and is for this tenant.
    Application = "application", Registration, "application";
    /// The redirect URI for signing in with the browser is registered.
    RedirectUri = "redirect_uri", Registration, "redirect URI for the browser";
    /// The delegated permission of the right resource is listed, and the resource is there.
    Permission = "permission", Permission, "permission of the right resource";
    /// The administrator or the user has consented.
    Consent = "consent", Permission, "consent";
    /// Public client flows are allowed.
    PublicClient = "public_client", PublicClient, "public client flows";
    /// The tenant is known to this cloud.
    Tenant = "tenant", TokenRequest, "tenant";
    /// Entra issues a token.
    SignIn = "sign_in", TokenRequest, "sign-in";
    /// The token is one that LCS takes.
    Token = "token", TokenRequest, "token";
    /// The token is for the instance that is called.
    Region = "region", TokenRequest, "region";
    /// The instance takes the version of the API that is spoken.
    ApiVersion = "api_version", LifecycleServices, "version of the API";
    /// The project is there, and the user is a member who accepted the invitation.
    Project = "project", LifecycleServices, "project";
    /// The user's role lets databases move.
    Role = "role", LifecycleServices, "role in the project";
    /// The project has environments.
    Environments = "environments", LifecycleServices, "environments";
}

impl Check {
    /// The page that explains it.
    pub fn documentation(self) -> String {
        format!("{DOCUMENTATION}#{}", self.id())
    }
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// It could not be looked at; the message says why.
    Skipped,
}

/// What a server or this machine said, in its own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Who said it: `Entra`, `Microsoft Graph`, `LCS`, `token`, `network`.
    pub source: &'static str,
    /// The words.
    pub text: String,
    /// The AADSTS number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aadsts: Option<u32>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Entra's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The id that ties the requests of one sign-in together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// LCS's id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<String>,
}

impl Evidence {
    /// Words of `source`.
    pub fn of(source: &'static str, text: impl Into<String>) -> Self {
        Self {
            source,
            text: text.into(),
            ..Self::default()
        }
    }
}

/// What one check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The check.
    pub check: Check,
    /// What it came to.
    pub outcome: Outcome,
    /// One line: what holds, what is wrong, or why it was not looked at.
    pub message: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What to do, as a command or as clicks; of failed checks.
    pub remedy: Option<String>,
}

impl CheckResult {
    fn new(check: Check, outcome: Outcome, message: impl Into<String>) -> Self {
        Self {
            check,
            outcome,
            message: message.into(),
            evidence: Vec::new(),
            remedy: None,
        }
    }

    pub(crate) fn passed(check: Check, message: impl Into<String>) -> Self {
        Self::new(check, Outcome::Passed, message)
    }

    pub(crate) fn skipped(check: Check, message: impl Into<String>) -> Self {
        Self::new(check, Outcome::Skipped, message)
    }

    pub(crate) fn failed(
        check: Check,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..Self::new(check, Outcome::Failed, message)
        }
    }

    pub(crate) fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

/// All checks, each once, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What they say.
    pub checks: Vec<CheckResult>,
}

impl Diagnosis {
    /// Whether no check failed.
    pub fn is_healthy(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CheckResult> {
        self.checks
            .iter()
            .filter(|result| result.outcome == Outcome::Failed)
    }

    /// What a check says.
    pub fn of(&self, check: Check) -> Option<&CheckResult> {
        self.checks.iter().find(|result| result.check == check)
    }
}
