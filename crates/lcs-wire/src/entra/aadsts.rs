//! Every AADSTS refusal, in one table: code, text, OAuth errors, HTTP status, cause and remedy.
//!
//! The identity provider answers with these rows and the doctor's remedies key on them. Texts and
//! errors follow the service's recorded answers and the page "Microsoft Entra authentication and
//! authorization error codes"; `{…}` stands for a value of the request.

/// The step of the article that a refusal belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum ArticleStep {
    /// The account, the tenant, the network: what the article takes for granted.
    Account,
    /// Step 1: create an application registration.
    Registration,
    /// Step 2: configure API permissions and consent.
    Permission,
    /// Step 3: configure the public client switch.
    PublicClient,
    /// Step 4: request an access token.
    TokenRequest,
}

/// The OAuth error of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OAuthError {
    /// RFC 6749 §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §5.2.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §5.2.
    InvalidScope,
    /// Entra: the resource is unknown or disabled.
    InvalidResource,
    /// Entra, discovery: the tenant is unknown.
    InvalidTenant,
    /// Entra, instance discovery: the authority host is unknown.
    InvalidInstance,
    /// Entra, v1: a person must act.
    InteractionRequired,
    /// RFC 8628 §3.5.
    AuthorizationPending,
    /// Entra's name for RFC 8628's `access_denied`.
    AuthorizationDeclined,
    /// Entra: the device code is unknown.
    BadVerificationCode,
    /// RFC 8628 §3.5.
    ExpiredToken,
    /// Entra, v1: the device code expired.
    CodeExpired,
    /// RFC 6749 §4.1.2.1; on pages only.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
}

impl OAuthError {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidResource => "invalid_resource",
            Self::InvalidTenant => "invalid_tenant",
            Self::InvalidInstance => "invalid_instance",
            Self::InteractionRequired => "interaction_required",
            Self::AuthorizationPending => "authorization_pending",
            Self::AuthorizationDeclined => "authorization_declined",
            Self::BadVerificationCode => "bad_verification_code",
            Self::ExpiredToken => "expired_token",
            Self::CodeExpired => "code_expired",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The number behind `AADSTS`.
    pub code: u32,
    /// The text, with placeholders.
    pub text: &'static str,
    /// The OAuth error at the v2 endpoint.
    pub error: OAuthError,
    /// The OAuth error at the v1 endpoint.
    pub error_v1: OAuthError,
    /// The HTTP status.
    pub status: u16,
    /// The sub error, if any.
    pub suberror: Option<&'static str>,
    /// Whether Entra links a page about it.
    pub has_page: bool,
    /// The step of the article that went wrong.
    pub step: ArticleStep,
    /// What the user should do about it.
    pub remedy: &'static str,
}

macro_rules! aadsts {
    ($( $(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $error:ident $(/ $error_v1:ident)?, $step:ident
        $(, suberror $suberror:literal)? $(, page $page:literal)?;
        $text:literal; $remedy:literal )*) => {
        /// A refusal of Entra by its number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Aadsts {
            $( $(#[$doc])* $name, )*
        }

        impl Aadsts {
            /// All refusals.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What is known of it.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        code: $code,
                        text: $text,
                        error: OAuthError::$error,
                        error_v1: aadsts!(@v1 $error $($error_v1)?),
                        status: $status,
                        suberror: aadsts!(@option $($suberror)?),
                        has_page: aadsts!(@flag $($page)?),
                        step: ArticleStep::$step,
                        remedy: $remedy,
                    },)*
                }
            }
        }
    };
    (@v1 $error:ident) => { OAuthError::$error };
    (@v1 $error:ident $v1:ident) => { OAuthError::$v1 };
    (@option) => { None };
    (@option $value:literal) => { Some($value) };
    (@flag) => { false };
    (@flag $value:literal) => { $value };
}

aadsts! {
    /// The tenant is neither a GUID nor a domain name.
    TenantMalformed = 900_023, 400, InvalidRequest, TokenRequest;
    "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.";
    "Use the tenant's GUID, or one of its verified domains, in the URL."
    /// No tenant has this GUID or domain.
    TenantNotFound = 90_002, 400, InvalidRequest, TokenRequest;
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.";
    "Check the tenant id, and that the authority host belongs to the tenant's cloud."
    /// The password grant at `common` or `consumers`.
    GrantNotForCommon = 9_001_023, 400, InvalidRequest, TokenRequest;
    "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
    "Put the tenant id in the URL instead of common."
    /// No tenant can be told from the request.
    NoTenantInformation = 50_059, 400, InvalidRequest, TokenRequest;
    "No tenant-identifying information found in either the request or implied by any provided credentials.";
    "Put the tenant id in the URL, and use the full user principal name."
    /// Instance discovery does not know the authority host.
    UnknownInstance = 50_049, 400, InvalidInstance, TokenRequest, page true;
    "Unknown or invalid instance.";
    "Check the authority host, or switch instance discovery off for a local authority."
    /// A parameter is missing.
    MissingParameter = 900_144, 400, InvalidRequest, TokenRequest;
    "The request body must contain the following parameter: '{parameter}'.";
    "Send the parameter, form-encoded; an empty pipeline variable is a usual cause."
    /// The body cannot be read.
    MalformedRequest = 9_002_313, 400, InvalidRequest, TokenRequest;
    "Invalid request. Request is malformed or invalid.";
    "Send the body as application/x-www-form-urlencoded and percent-encode every value."
    /// A parameter is there twice or holds forbidden characters.
    InvalidInput = 90_013, 400, InvalidRequest, TokenRequest;
    "Invalid input received from the user.";
    "Send every parameter once, percent-encoded."
    /// A POST endpoint was called otherwise.
    OnlyPost = 900_561, 400, InvalidRequest, TokenRequest;
    "The endpoint only accepts POST requests. Received a {method} request.";
    "Send a POST request."
    /// The v2 endpoint was sent the parameter of v1.
    ResourceParameter = 901_002, 400, InvalidRequest, TokenRequest;
    "The 'resource' request parameter isn't supported.";
    "Send scope=<resource>//.default instead, or use the v1 endpoint."
    /// The grant type is unknown.
    UnsupportedGrant = 70_003, 400, UnsupportedGrantType, TokenRequest;
    "The app requested an unsupported grant type '{grant}'.";
    "Use grant_type=password, the device code or the refresh token grant."

    /// No application with this client id in the tenant.
    ApplicationNotFound = 700_016, 400, UnauthorizedClient, Registration, page true;
    "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.";
    "Copy the Application (client) ID of the registration – not its object id – and check the tenant."
    /// The client id is no GUID or all zeros.
    InvalidApplicationId = 700_038, 400, UnauthorizedClient, Registration;
    "{client} is not a valid application identifier.";
    "Copy the Application (client) ID of the registration."
    /// The enterprise application is switched off.
    ApplicationDisabled = 7_000_112, 400, UnauthorizedClient, Registration;
    "Application '{client}'({name}) is disabled.";
    "Enable it: Enterprise applications → Properties → Enabled for users to sign in."
    /// The application was created without its service principal.
    MissingServicePrincipal = 7_000_229, 400, InvalidClient, Registration;
    "The client application {client} is missing service principal in the tenant {tenant}.";
    "Create the service principal: POST /servicePrincipals with the application's appId."
    /// The public client switch is off.
    NotAPublicClient = 7_000_218, 401, InvalidClient, PublicClient, page true;
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    "Set Authentication → Allow public client flows to Yes (isFallbackPublicClient: true) and save."
    /// A secret is sent that the application does not have.
    InvalidClientSecret = 7_000_215, 401, InvalidClient, PublicClient, page true;
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'.";
    "Remove the secret from the request: LCS needs a public client and no secret."
    /// Client credentials without any.
    ClientCredentialsMissing = 7_000_216, 401, InvalidClient, TokenRequest;
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
    "LCS acts only for users: sign in with a user account instead of client credentials."
    /// Client credentials without `.default`.
    ClientCredentialsScope = 1_002_012, 400, InvalidScope, TokenRequest;
    "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).";
    "LCS acts only for users: sign in with a user account instead of client credentials."

    /// Nobody consented.
    NoConsent = 65_001, 400, InvalidGrant, Permission, suberror "consent_required";
    "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource.";
    "An administrator grants consent: API permissions → Grant admin consent."
    /// The resource is not among the application's permissions.
    ResourceNotListed = 650_057, 400, InvalidResource, Permission;
    "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {client}({name}). Resource value from request: {resource}. Resource app ID: {resource_id}. List of valid resources from app registration: {list}.";
    "Add the delegated permission user_impersonation of the entry with the GUID 913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0; others have a similar name."
    /// The permission id that the application lists is unknown to the resource.
    PermissionUnknown = 65_005, 400, InvalidResource, Permission;
    "The application '{name}' asked for scope '{scope}' that doesn't exist.";
    "Correct the permission id in the registration: user_impersonation is a8737248-d2c2-4a7c-9759-3dfaad5c2f19."
    /// The requested value does not exist on the resource.
    ScopeUnknown = 650_053, 400, InvalidClient, Permission;
    "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource_id}'. Contact the app vendor.";
    "Ask for https://<LCS API host>//.default; a bare word is a scope of Microsoft Graph."
    /// A client of Microsoft's own asks for LCS.
    FirstPartyNotPreauthorised = 65_002, 400, InvalidGrant, Registration;
    "Consent between first party application '{client}' and first party resource '{resource_id}' must be configured via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for that API.";
    "Register an application of your own: Microsoft's client ids cannot get tokens for LCS."
    /// Only an administrator may consent to this.
    AdminConsentNeeded = 90_094, 400, AccessDenied, Permission;
    "The grant requires admin permission.";
    "An administrator grants consent: API permissions → Grant admin consent."
    /// No such resource in the tenant.
    ResourceNotFound = 500_011, 400, InvalidResource, Permission, page true;
    "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.";
    "Check the host in the scope and the region; an administrator may have to create the service principal of LCS."
    /// The resource is switched off.
    ResourceDisabled = 500_014, 400, InvalidResource, Permission;
    "The service principal for resource '{resource}' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it.";
    "Enable Dynamics Lifecycle services under Enterprise applications; check the licence."

    /// A word in `scope` is none, or `.default` is mixed with others.
    InvalidScope = 70_011, 400, InvalidScope, TokenRequest;
    "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.";
    "Ask for https://<LCS API host>//.default."
    /// Scopes of several resources.
    SeveralResources = 700_022, 400, InvalidRequest, TokenRequest;
    "The provided value for the input parameter 'scope' is not valid because it contains more than one resource. Scope {scope} is not valid.";
    "Ask for one resource per request."
    /// Only OpenID Connect scopes where a resource is needed.
    NoResourceInScope = 700_023, 400, InvalidRequest, TokenRequest;
    "The provided value for the input parameter 'scope' isn't valid when requesting an access token. Scope {scope} is not valid.";
    "Add https://<LCS API host>//.default."

    /// Wrong password, or an account whose password is not held here.
    WrongPassword = 50_126, 400, InvalidGrant, Account, page true;
    "Error validating credentials due to invalid username or password.";
    "Check user name and password; percent-encode + & % and #; a federated account needs another flow."
    /// No such user.
    UserNotFound = 50_034, 400, InvalidGrant, Account;
    "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.";
    "Use the user principal name as Entra shows it, and the tenant that the account lives in."
    /// The account is switched off.
    UserDisabled = 50_057, 400, InvalidGrant, Account;
    "The user account is disabled.";
    "An administrator enables the account, or use another one."
    /// A passwordless account.
    NoPassword = 50_056, 400, InvalidGrant, Account;
    "Invalid or null password: password does not exist in the directory for this user.";
    "Give the account a password, or sign in by browser or device code."
    /// Multifactor authentication is demanded.
    MfaRequired = 50_076, 400, InvalidGrant / InteractionRequired, Account, suberror "basic_action", page true;
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource_id}'.";
    "A user name and password never work with multifactor authentication: use device code or browser sign-in, or an account without it."
    /// Multifactor authentication is demanded and not set up.
    MfaEnrolment = 50_079, 400, InvalidGrant / InteractionRequired, Account, suberror "basic_action";
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource_id}'.";
    "Set multifactor authentication up in a browser, then use device code or browser sign-in."

    /// A token or code that is none of ours.
    InvalidGrantMaterial = 70_000, 400, InvalidGrant, TokenRequest;
    "Provided grant is invalid or malformed.";
    "Sign in again."
    /// The refresh token was not used for too long.
    RefreshTokenInactive = 700_082, 400, InvalidGrant, TokenRequest, suberror "bad_token";
    "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for {inactive}.";
    "Sign in again, and let a scheduled job renew the session before the limit."
    /// The refresh token was revoked.
    GrantRevoked = 50_173, 400, InvalidGrant, TokenRequest, suberror "bad_token", page true;
    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{valid_from}'.";
    "Sign in again."
    /// The refresh token belongs to another tenant.
    OtherTenant = 7_000_012, 400, InvalidGrant, TokenRequest;
    "The grant was obtained for a different tenant.";
    "Use the tenant that the sign-in was for."
    /// The user has not answered yet.
    AuthorizationPending = 70_016, 400, AuthorizationPending, TokenRequest, page true;
    "The provided request has not yet been authorized by the user. The user must input their code.";
    "Keep polling until the user has entered the code."
    /// The device code is unknown, used, or was declined.
    BadVerificationCode = 70_018, 400, BadVerificationCode, TokenRequest;
    "Invalid verification code due to User typing in wrong user code for device code flow. Authorization isn't approved.";
    "Start the device code sign-in again."
    /// The user said no.
    AuthorizationDeclined = 65_004, 400, AuthorizationDeclined, Permission;
    "User declined to consent to access the app.";
    "Sign in again and accept."
    /// The device code ran out.
    DeviceCodeExpired = 70_020, 400, ExpiredToken / CodeExpired, TokenRequest;
    "The provided value for the input parameter 'device_code' is not valid. This device code has expired.";
    "Start the device code sign-in again and enter the code within 15 minutes."
    /// Something of ours failed.
    ServiceFailure = 90_033, 500, ServerError, Account;
    "A transient error has occurred. Please try again.";
    "Try again; the server's log has the cause under the correlation id."
}

impl Aadsts {
    /// The refusal with this number, if the table has it.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|refusal| refusal.row().code == code)
    }
}

/// A refusal together with the values of its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which refusal.
    pub aadsts: Aadsts,
    values: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal whose text needs no values, or gets them by [`Refusal::with`].
    pub const fn new(aadsts: Aadsts) -> Self {
        Self {
            aadsts,
            values: Vec::new(),
        }
    }

    /// Gives a placeholder its value.
    #[must_use]
    pub fn with(mut self, placeholder: &'static str, value: impl Into<String>) -> Self {
        self.values.push((placeholder, value.into()));
        self
    }

    /// `AADSTSnnnn: ` and the text with its values, control characters removed.
    pub fn text(&self) -> String {
        let row = self.aadsts.row();
        let mut filled = String::with_capacity(row.text.len() + 64);
        let mut rest = row.text;
        while let Some((before, (name, after))) = rest
            .split_once('{')
            .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
        {
            filled.push_str(before);
            let value = self
                .values
                .iter()
                .find(|(placeholder, _)| *placeholder == name);
            filled.extend(
                value
                    .map_or("", |(_, value)| value)
                    .chars()
                    .filter(|c| !c.is_control()),
            );
            rest = after;
        }
        filled.push_str(rest);
        format!("AADSTS{}: {filled}", row.code)
    }
}

impl From<Aadsts> for Refusal {
    fn from(aadsts: Aadsts) -> Self {
        Self::new(aadsts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_is_found_again() {
        let mut seen = std::collections::HashSet::new();
        for refusal in Aadsts::ALL {
            assert!(seen.insert(refusal.row().code), "{refusal:?}");
            assert_eq!(Aadsts::from_code(refusal.row().code), Some(*refusal));
        }
    }

    #[test]
    fn every_row_has_a_remedy_and_a_legal_status() {
        for refusal in Aadsts::ALL {
            let row = refusal.row();
            assert!(row.remedy.ends_with('.'), "{refusal:?}");
            assert!([400, 401, 500].contains(&row.status), "{refusal:?}");
        }
    }

    #[test]
    fn placeholders_are_filled_and_control_characters_dropped() {
        let refusal = Refusal::new(Aadsts::MissingParameter).with("parameter", "scope\r\n");
        assert_eq!(
            refusal.text(),
            "AADSTS900144: The request body must contain the following parameter: 'scope'."
        );
    }
}
