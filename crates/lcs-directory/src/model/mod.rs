//! What a directory holds, in Entra's own terms.

mod application;
mod authentication;
mod device_code;
mod permission_grant;
mod refresh_token;
mod service_principal;
mod sign_in_event;
mod signing_key;
mod tenant;
mod totp_enrolment;
mod user;

pub use application::{Application, ApplicationSettings, SignInAudience};
pub use authentication::{Authentication, AuthenticationMethod};
pub use device_code::{DeviceApproval, DeviceCode, DeviceCodeState, DeviceDecision};
pub use permission_grant::{PermissionGrant, PermissionGrantId, scope_values};
pub use refresh_token::{RefreshToken, SignInFlow};
pub use service_principal::{ServicePrincipal, ServicePrincipalKind, ServicePrincipalSettings};
pub use sign_in_event::{SignInEvent, SignInOutcome};
pub use signing_key::{SigningKeyState, StoredSigningKey};
pub use tenant::{Tenant, TenantTarget};
pub use totp_enrolment::TotpEnrolment;
pub(crate) use user::MEMBER_TEMPLATE_ID;
pub use user::{DirectoryRole, Multifactor, UnknownWord, User};
