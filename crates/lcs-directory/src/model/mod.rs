//! What a directory holds, in Entra's own terms.

mod app_role_assignment;
mod application;
mod audit_event;
mod authentication;
mod authorization_code;
pub mod conditional_access;
mod consent_request;
mod credential;
mod device_code;
mod directory_role;
mod exposed_api;
mod kept_session;
mod named_location;
mod permission_grant;
mod refresh_token;
mod service_principal;
mod sign_in_event;
mod signing_key;
mod tenant;
mod tenant_settings;
mod totp_enrolment;
mod user;
mod user_consent;

pub use app_role_assignment::{AppRoleAssignment, AppRoleAssignmentId, Assignee, DEFAULT_ACCESS};
pub use application::{Application, ApplicationSettings, ImplicitGrant, SignInAudience};
pub use audit_event::{AuditCategory, AuditEvent, AuditTarget, Initiator};
pub use authentication::{Authentication, AuthenticationMethod};
pub use authorization_code::{AuthorizationCode, CodeBinding, CodeChallenge};
pub use conditional_access::{ConditionalAccessPolicy, ConditionalAccessSettings, PolicyState};
pub use consent_request::{
    CONSENT_REQUEST_LIFETIME, ConsentRequest, ConsentRequestState, Justification,
    RequestedPermission,
};
pub(crate) use credential::Currency;
pub use credential::{CertificateBytes, KeyCredential, PasswordCredential};
pub use device_code::{DeviceApproval, DeviceCode, DeviceCodeState, DeviceDecision};
pub use directory_role::DirectoryRole;
pub(crate) use directory_role::MEMBER_TEMPLATE_ID;
pub use exposed_api::{AccessTokenVersion, ExposedApi};
pub use kept_session::{KEPT_SESSION_LIFETIME, KeptAccount, KeptSession};
pub use named_location::{IpRange, NamedLocation};
pub use permission_grant::{PermissionGrant, PermissionGrantId, scope_values};
pub use refresh_token::{RedirectType, RefreshToken, RefreshTokenReuse, SignInFlow};
pub use service_principal::{ServicePrincipal, ServicePrincipalKind, ServicePrincipalSettings};
pub use sign_in_event::{ConditionalAccessStatus, SignInEvent, SignInOutcome};
pub use signing_key::{SigningKeyState, StoredSigningKey};
pub use tenant::{Tenant, TenantTarget};
pub use tenant_settings::{Federation, TenantSettings};
pub use totp_enrolment::{SealedTotpSecret, TotpEnrolment, TotpSecretSealed};
pub use user::{HomeAccount, Multifactor, PasswordState, UnknownWord, User, UserKind};
pub use user_consent::{LowImpactPermission, UserConsent};
