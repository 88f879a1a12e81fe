//! What a client is told of a verdict.

use lcs_types::{ClientId, ConditionalAccessPolicyId};
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::{DeviceDemand, SecondFactorStep, Verdict};

impl Verdict {
    /// The refusal of a token request, and of a page where nobody may be asked (`prompt=none`);
    /// nothing when the sign-in is allowed.
    ///
    /// Pages that may ask do so instead for [`Verdict::NeedsFreshSignIn`] and
    /// [`Verdict::NeedsSecondFactor`].
    pub fn refusal(&self, resource: ClientId) -> Option<Refusal> {
        let with_resource = |aadsts| Refusal::new(aadsts).with("resource_id", resource.to_string());
        Some(match self {
            Self::Allowed => return None,
            Self::Blocked { policies } => {
                with_policies(Aadsts::BlockedByConditionalAccess.into(), policies)
            }
            Self::BlockedBySecurityDefaults => Aadsts::BlockedBySecurityDefaults.into(),
            Self::NeedsDevice { device, policies } => {
                let aadsts = match device {
                    DeviceDemand::Compliant => Aadsts::DeviceNotCompliant,
                    DeviceDemand::DomainJoined => Aadsts::DeviceNotDomainJoined,
                    DeviceDemand::Managed => Aadsts::DeviceNotManaged,
                    DeviceDemand::ApprovedApplication => Aadsts::ApplicationNotApproved,
                };
                with_policies(Refusal::new(aadsts).with("state", "unregistered"), policies)
            }
            Self::NeedsExternalChallenge { policies } => {
                with_policies(Aadsts::ExternalChallenge.into(), policies)
            }
            Self::NeedsFreshSignIn {
                signed_in_at,
                max_age,
                ..
            } => Refusal::new(Aadsts::SignInFrequency)
                .with("issued", signed_in_at.to_string())
                .with("lifetime", max_age.as_secs().to_string()),
            Self::NeedsSecondFactor { step, policies } => {
                let aadsts = match step {
                    SecondFactorStep::Give => Aadsts::MfaRequired,
                    SecondFactorStep::Renew => Aadsts::MfaExpired,
                    SecondFactorStep::Enrol => Aadsts::MfaEnrolment,
                };
                with_policies(with_resource(aadsts), policies)
            }
        })
    }
}

/// Names the policies in `claims`, which the client sends back to the authorize endpoint.
fn with_policies(refusal: Refusal, policies: &[ConditionalAccessPolicyId]) -> Refusal {
    if policies.is_empty() {
        return refusal;
    }
    let claims = serde_json::json!({
        "access_token": { "capolids": { "essential": true, "values": policies } }
    });
    refusal.with_claims(claims.to_string())
}
