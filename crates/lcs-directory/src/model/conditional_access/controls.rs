//! What a policy demands: Graph's `conditionalAccessGrantControls` and
//! `conditionalAccessSessionControls`.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::OtherProperties;

/// What a policy demands before it lets a sign-in pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GrantControls {
    /// Whether one of the controls is enough.
    pub operator: GrantOperator,
    /// The controls that every tenant knows.
    pub built_in_controls: Vec<GrantControl>,
    /// Second factors of other makers, by name.
    pub custom_authentication_factors: Vec<String>,
    /// Terms to be accepted, by id.
    pub terms_of_use: Vec<String>,
    /// What nothing here can judge, such as the strength of an authentication.
    #[serde(flatten)]
    pub other: OtherProperties,
}

/// How several controls go together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum GrantOperator {
    /// All are demanded.
    And,
    /// One is enough.
    #[default]
    Or,
}

/// A control that every tenant knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GrantControl {
    /// Nobody passes.
    Block,
    /// A second factor.
    Mfa,
    /// A device that is managed and in order; there are no devices here.
    CompliantDevice,
    /// A device of the company's own domain; there are none here.
    DomainJoinedDevice,
    /// An application of a list that Microsoft keeps.
    ApprovedApplication,
    /// An application under a protection policy.
    CompliantApplication,
    /// A new password, together with a risk of the user; no risk is judged here.
    PasswordChange,
}

/// How long a policy lets a sign-in last. Others than the frequency concern pages or resources, are
/// kept and have no effect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionControls {
    /// *Sign-in frequency*.
    pub sign_in_frequency: Option<SignInFrequency>,
    /// Controls without effect here.
    #[serde(flatten)]
    pub other: OtherProperties,
}

/// How often a person must sign in: Graph's `signInFrequencySessionControl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignInFrequency {
    /// How many.
    pub value: Option<u32>,
    /// Of what.
    #[serde(rename = "type")]
    pub unit: Option<FrequencyUnit>,
    /// What must be given again.
    pub authentication_type: Option<FrequencyAuthentication>,
    /// After a time, which is meant when nothing is said, or always.
    pub frequency_interval: Option<FrequencyInterval>,
    /// Whether the control counts.
    pub is_enabled: bool,
}

/// The unit of a frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FrequencyUnit {
    /// Days.
    Days,
    /// Hours.
    Hours,
}

/// What must be given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FrequencyAuthentication {
    /// The password and what comes after it.
    PrimaryAndSecondaryAuthentication,
    /// The second factor alone.
    SecondaryAuthentication,
}

/// When it must be given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FrequencyInterval {
    /// After a time.
    TimeBased,
    /// Always.
    EveryTime,
}

/// What *every time* comes down to, so that a sign-in is not over before it was used ("Require
/// reauthentication every time").
const EVERY_TIME: SignedDuration = SignedDuration::from_mins(5);

impl SignInFrequency {
    /// How old a sign-in may be; nothing when the control does not count or says no time.
    pub fn max_age(&self) -> Option<SignedDuration> {
        if !self.is_enabled {
            return None;
        }
        if self.frequency_interval == Some(FrequencyInterval::EveryTime) {
            return Some(EVERY_TIME);
        }
        let hours = match self.unit? {
            FrequencyUnit::Hours => 1,
            FrequencyUnit::Days => 24,
        };
        Some(SignedDuration::from_hours(i64::from(self.value?) * hours))
    }

    /// Whether the second factor alone must be given again.
    pub fn is_for_second_factor(&self) -> bool {
        self.authentication_type == Some(FrequencyAuthentication::SecondaryAuthentication)
    }
}
