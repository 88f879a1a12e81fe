//! What policies demand of a person before anything else: a second factor, an enrolment, a fresh
//! sign-in.
//!
//! The decision is made in [`crate::conditional_access`]; here its verdict becomes a step.

use std::net::IpAddr;

use super::{Errand, Running, Step};
use crate::{
    Directory,
    conditional_access::{SecondFactorStep, Verdict},
    error::DirectoryError,
    policy::{self, PolicyQuestion},
    sign_in::SignedInUser,
};

impl Directory {
    /// What policies demand of the person before anything else.
    pub(crate) async fn policy_step(
        &self,
        errand: &Errand,
        person: &SignedInUser,
        running: &Running,
        address: IpAddr,
    ) -> Result<Option<Step>, DirectoryError> {
        for authorisation in &running.authorisations {
            let resource = authorisation.resource.client_id;
            let evaluation = self
                .ask_policies(&PolicyQuestion {
                    tenant: &running.client.tenant,
                    user: &running.user,
                    resource,
                    flow: errand.flow,
                    address,
                    authentication: &person.authentication,
                })
                .await?;
            match &evaluation.verdict {
                Verdict::Allowed => {}
                Verdict::NeedsFreshSignIn { .. } => return Ok(Some(Step::SignInAgain)),
                Verdict::NeedsSecondFactor { step, .. } => {
                    return Ok(Some(match step {
                        SecondFactorStep::Give | SecondFactorStep::Renew => {
                            Step::SecondFactor(resource)
                        }
                        SecondFactorStep::Enrol => Step::Enrolment(resource),
                    }));
                }
                Verdict::Blocked { .. }
                | Verdict::BlockedBySecurityDefaults
                | Verdict::NeedsDevice { .. }
                | Verdict::NeedsExternalChallenge { .. } => policy::refuse(&evaluation, resource)?,
            }
        }
        Ok(None)
    }
}
