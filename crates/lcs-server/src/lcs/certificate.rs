//! `/environmentinfo/v1/rsatdownload`: the certificate with which the Regression suite automation
//! tool calls an environment.

use async_trait::async_trait;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz::TimeZone};
use lcs_projects::{Environment, movement::check_lifecycle};
use lcs_types::Secret;
use lcs_wire::lcs::{RsatCertificate, RsatCertificateAnswer, long_date};

use super::{caller::Caller, movement};
use crate::{answered::Answered, context::RequestContext, state::Services};

/// A certificate with its key, packed for one download.
pub struct IssuedCertificate {
    /// A zip with one `.pfx` and one `.cer`. The key in it is encrypted with the password.
    pub zip: Vec<u8>,
    /// The password of the `.pfx`, made for this download.
    pub password: Secret,
    /// The SHA-1 of the certificate.
    pub thumbprint: [u8; 20],
    /// When it ends.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for IssuedCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedCertificate")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Issues the certificates of environments.
#[async_trait]
pub trait CertificateIssuer: Send + Sync + std::fmt::Debug {
    /// The certificate of an environment, made when it has none that lasts.
    async fn rsat_certificate(
        &self,
        environment: &Environment,
        now: Timestamp,
    ) -> Result<IssuedCertificate, Box<dyn std::error::Error + Send + Sync>>;
}

/// `GET /environmentinfo/v1/rsatdownload/project/{project}/environment/{environment}`.
pub(crate) async fn download(
    State(services): State<Services>,
    context: RequestContext,
    caller: Caller,
    Path((_, environment)): Path<(String, String)>,
) -> Result<Response, Answered> {
    let environment =
        movement::known_environment(&services, &context, &caller, &environment).await?;
    check_lifecycle(&environment).map_err(|refusal| caller.call.refused(refusal.to_string()))?;
    let now = services.clock.now();
    let issued = services
        .certificates
        .rsat_certificate(&environment, now)
        .await
        .map_err(|error| caller.call.failed(&context, &*error))?;
    let made_at = now
        .to_zoned(TimeZone::UTC)
        .strftime("%Y%m%d-%H%M%S")
        .to_string();
    Ok(caller.call.ok(RsatCertificateAnswer {
        data: Some(RsatCertificate {
            certificate_zip_encoded: STANDARD.encode(&issued.zip),
            certificate_secret_encoded: STANDARD.encode(issued.password.expose()),
            certificate_thumbprint: upper_hexadecimal(&issued.thumbprint),
            expiration_date_time_utc: Some(long_date(issued.expires_at)),
            expiration_iso_date_time_utc: Some(
                issued.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            ),
            filename: Some(format!(
                "RSATCertificate_{}_{made_at}.zip",
                environment.name
            )),
        }),
        envelope: caller.call.success(),
    }))
}

fn upper_hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02X}");
            text
        })
}
