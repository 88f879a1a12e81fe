//! Ids and names of the field, secrets, signed URLs, regions, time and randomness: plain data.
//!
//! Everything here is parsed once at the edge and needs no further checks inside. What crosses
//! HTTP lives in `lcs-wire`; rules live in the domain crates.
//!
//! - [`ids`] – GUID-shaped ids and the project's number
//! - [`names`] – user principal names, domains, backup names
//! - [`secret`] – values that do not print
//! - [`encryption_key`] – a key that seals what is kept on disk
//! - [`signed_url`] – URLs whose signature does not print
//! - [`region`] – the ten public instances of Lifecycle Services
//! - [`clock`], [`randomness`] – time and chance as arguments
//! - [`progress`] – how long work reports what it has done

pub mod clock;
pub mod encryption_key;
pub mod ids;
pub mod names;
pub mod progress;
pub mod randomness;
pub mod region;
pub mod secret;
pub mod signed_url;

pub use clock::{Clock, ManualClock, SystemClock};
pub use encryption_key::{EncryptionKey, SealBroken};
pub use ids::{
    AssetId, ClientId, ConditionalAccessPolicyId, ConsentRequestId, CorrelationId, CredentialId,
    EnvironmentId, NamedLocationId, ObjectId, OperationActivityId, ParseIdError, PermissionId,
    ProjectId, TenantId, TraceId, UserId,
};
pub use names::{BackupName, Domain, NameError, UserPrincipalName};
pub use progress::{Cancellation, NoProgress, Progress};
pub use randomness::{Randomness, SeededRandomness, SystemRandomness};
pub use region::Region;
pub use secret::Secret;
pub use signed_url::SignedUrl;
