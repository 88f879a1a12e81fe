//! How a client proves who it is: not at all, by a secret, by a certificate (RFC 6749 §2.3, RFC 7523).
//!
//! What is demanded depends on the grant and, where a redirect URI tells the client's type, on that.
//! The rules and the judgement of a secret or an assertion are pure; [`Directory::authenticate`]
//! brings the facts and remembers assertions.

use jiff::{SignedDuration, Timestamp};
use lcs_tokens::ClientAssertion;
use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::{Client, TokenContext};
use crate::{
    Directory,
    form::Form,
    model::{Currency, KeyCredential, PasswordCredential, RedirectType, SignInFlow, Tenant},
    secret_hash::SecretHash,
};

/// How far clocks may differ ("Microsoft identity platform application authentication certificate
/// credentials").
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ClientAuthentication {
    /// Not at all.
    Public,
    /// By a secret.
    Secret,
    /// By a certificate.
    Certificate,
}

impl ClientAuthentication {
    /// The claim `appidacr`, or `azpacr`.
    pub(crate) const fn claim(self) -> &'static str {
        match self {
            Self::Public => "0",
            Self::Secret => "1",
            Self::Certificate => "2",
        }
    }
}

/// What a request demands of its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nothing tells the client's type but the public client switch; a proof is welcome.
    Switch,
    /// The same, but a proof is not welcome from a public client.
    SwitchOrProof,
    /// A code came through a redirect URI of a public client.
    PublicCode,
    /// A refresh token goes back to such a code.
    PublicRenewal,
    /// A proof.
    Proof,
    /// A proof, because the application acts for itself.
    OwnProof,
    /// Nothing; a proof is welcome.
    Nothing,
}

impl Demand {
    /// The demand of the password grant. That a public client may prove itself beside its switch is
    /// inferred, and for the caller to say.
    pub(crate) const fn of_password(may_prove_itself: bool) -> Self {
        if may_prove_itself {
            Self::Switch
        } else {
            Self::SwitchOrProof
        }
    }

    /// The demand of redeeming a code that came through a redirect URI of this type.
    pub(crate) const fn of_code(redirect_type: RedirectType) -> Self {
        match redirect_type {
            RedirectType::Web => Self::Proof,
            RedirectType::Public | RedirectType::Spa => Self::PublicCode,
        }
    }

    /// The demand of renewing a session that began like this: the client is of the type that it had
    /// then. That the switch must still be on is inferred, and for the caller to say.
    pub(crate) const fn of_renewal(flow: SignInFlow, needs_switch: bool) -> Self {
        match flow {
            SignInFlow::Password | SignInFlow::DeviceCode if !needs_switch => Self::Nothing,
            SignInFlow::Password | SignInFlow::DeviceCode => Self::Switch,
            SignInFlow::AuthorizationCode(RedirectType::Public | RedirectType::Spa) => {
                Self::PublicRenewal
            }
            SignInFlow::AuthorizationCode(RedirectType::Web) | SignInFlow::OnBehalfOf => {
                Self::Proof
            }
        }
    }

    /// Whether a client may come without proof, or with one.
    fn admits(self, has_proof: bool, is_public: bool) -> Result<(), Aadsts> {
        match (self, has_proof) {
            (Self::SwitchOrProof, true) if is_public => Err(Aadsts::ClientIsPublic),
            (Self::Nothing, _)
            | (Self::Switch | Self::SwitchOrProof | Self::Proof | Self::OwnProof, true)
            | (Self::PublicCode | Self::PublicRenewal, false) => Ok(()),
            (Self::PublicCode, true) => Err(Aadsts::ClientIsPublic),
            (Self::PublicRenewal, true) => Err(Aadsts::SecretWithPublicClient),
            (Self::Switch | Self::SwitchOrProof, false) if is_public => Ok(()),
            (Self::Switch | Self::SwitchOrProof | Self::Proof, false) => {
                Err(Aadsts::NotAPublicClient)
            }
            (Self::OwnProof, false) => Err(Aadsts::ClientCredentialsMissing),
        }
    }
}

impl Directory {
    /// Finds out who the client of a request is, as far as the request demands it.
    ///
    /// # Errors
    ///
    /// AADSTS7000218 and 7000216 without a proof where one is demanded, 700025 and 90023 with one
    /// where none may be; 7000215, 7000222, 700027, 700024, 700021, 700023 for a wrong one.
    pub(crate) fn authenticate(
        &self,
        client: &Client,
        form: &Form,
        context: &TokenContext,
        demand: Demand,
    ) -> Result<ClientAuthentication, Refusal> {
        let secret = form.secret("client_secret");
        let assertion = form.secret("client_assertion");
        let has_proof = secret.is_some() || assertion.is_some();
        demand.admits(has_proof, client.is_public())?;
        match (secret, assertion) {
            (None, None) => Ok(ClientAuthentication::Public),
            // RFC 6749 §2.3: one method in each request.
            (Some(_), Some(_)) => Err(Aadsts::InvalidInput.into()),
            (Some(secret), None) => {
                judge_secret(client.password_credentials(), secret, self.now())
                    .map_err(|aadsts| of_client(aadsts, client))?;
                Ok(ClientAuthentication::Secret)
            }
            (None, Some(assertion)) => {
                self.check_assertion(client, assertion, form, context)?;
                Ok(ClientAuthentication::Certificate)
            }
        }
    }

    fn check_assertion(
        &self,
        client: &Client,
        text: &Secret,
        form: &Form,
        context: &TokenContext,
    ) -> Result<(), Refusal> {
        if form.require("client_assertion_type")? != ASSERTION_TYPE {
            return Err(Aadsts::InvalidInput.into());
        }
        let assertion = ClientAssertion::read(text.expose()).map_err(|_| Aadsts::InvalidJwt)?;
        let now = self.now();
        let audiences = audiences(&client.tenant, context);
        judge_assertion(&assertion, client, &audiences, now)?;
        let claims = &assertion.claims;
        let id = claims.jti.as_deref().unwrap_or(text.expose());
        let id = SecretHash::of(&format!("{} {id}", client.id()));
        let until = claims.exp.saturating_add(CLOCK_SKEW.as_secs());
        if self.assertions_used.note(id, until, now.as_second()) {
            Ok(())
        } else {
            Err(not_registered(
                &assertion,
                client,
                "The assertion was used before.",
            ))
        }
    }
}

fn of_client(aadsts: Aadsts, client: &Client) -> Refusal {
    Refusal::new(aadsts).with("client", client.id().to_string())
}

/// The secret must be one of the application's, and good now.
fn judge_secret(
    credentials: &[PasswordCredential],
    secret: &Secret,
    now: Timestamp,
) -> Result<(), Aadsts> {
    let mut verdict = Err(Aadsts::InvalidClientSecret);
    // All are compared, so that the time tells nothing.
    for credential in credentials {
        if credential.hash.is_of(secret) {
            verdict = match Currency::at(now, credential.start, credential.end) {
                Currency::Current => Ok(()),
                Currency::Expired => Err(Aadsts::ClientSecretExpired),
                Currency::NotYet => Err(Aadsts::InvalidClientSecret),
            };
        }
    }
    verdict
}

fn judge_assertion(
    assertion: &ClientAssertion,
    client: &Client,
    audiences: &[String],
    now: Timestamp,
) -> Result<(), Refusal> {
    let claims = &assertion.claims;
    let own = client.id().to_string();
    if claims.iss != own || claims.sub != own {
        return Err(of_client(Aadsts::ClientAssertionOtherClient, client));
    }
    let named: Vec<&KeyCredential> = client
        .key_credentials()
        .iter()
        .filter(|credential| assertion.names(credential.certificate.get()))
        .collect();
    let refuse = |reason| Err(not_registered(assertion, client, reason));
    let Some(known) = named.first() else {
        return refuse("The key was not found.");
    };
    if !assertion.is_signed_by(known.certificate.get()) {
        return refuse("The signature does not belong to the key.");
    }
    // One certificate may be registered twice, for different times.
    let is_current = |credential: &&KeyCredential| {
        Currency::at(now, credential.start, credential.end) == Currency::Current
    };
    if !named.iter().any(is_current) {
        return refuse("The key used is expired.");
    }
    let (now, skew) = (now.as_second(), CLOCK_SKEW.as_secs());
    let is_early = claims.nbf.is_some_and(|nbf| nbf > now.saturating_add(skew));
    if is_early || claims.exp.saturating_add(skew) <= now {
        let instant = |seconds: i64| {
            Timestamp::from_second(seconds)
                .map_or_else(|_| seconds.to_string(), |at| at.to_string())
        };
        let from = claims.nbf.map_or_else(|| "none".to_owned(), instant);
        return Err(of_client(Aadsts::ClientAssertionExpired, client)
            .with("now", instant(now))
            .with("from", from)
            .with("until", instant(claims.exp)));
    }
    let is_ours = |audience: &String| {
        let audience = audience.trim_end_matches('/');
        audiences.iter().any(|ours| ours == audience)
    };
    if claims.aud.iter().any(is_ours) {
        Ok(())
    } else {
        Err(of_client(Aadsts::ClientAssertionAudience, client))
    }
}

/// What an assertion may be for: either token endpoint, or either issuer, of the tenant under any of
/// its names. Without slash at the end.
fn audiences(tenant: &Tenant, context: &TokenContext) -> Vec<String> {
    let mut segments = vec![context.tenant_segment.clone(), tenant.id.to_string()];
    segments.extend(tenant.domains.iter().map(ToString::to_string));
    let of = |segment: &String| {
        ["/oauth2/v2.0/token", "/oauth2/token", "/v2.0", ""]
            .map(|path| format!("{}/{segment}{path}", context.origin))
    };
    segments.iter().flat_map(of).collect()
}

fn not_registered(assertion: &ClientAssertion, client: &Client, reason: &str) -> Refusal {
    of_client(Aadsts::ClientAssertionInvalid, client)
        .with("reason", reason)
        .with("thumbprint", assertion.thumbprint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grant_and_the_redirect_uri_say_whether_a_proof_is_demanded_or_forbidden() {
        use Aadsts::{ClientCredentialsMissing, ClientIsPublic, NotAPublicClient};
        use RedirectType::{Public, Spa, Web};
        let code = Demand::of_code;
        let renewal = |flow| Demand::of_renewal(flow, true);
        let renewed_code = |kind| renewal(SignInFlow::AuthorizationCode(kind));
        let secret_with_public = Err(Aadsts::SecretWithPublicClient);
        let needs = Err(NotAPublicClient);
        // Without proof, switch off; without proof, switch on; with proof, either way.
        let table = [
            (Demand::Switch, needs, Ok(()), Ok(())),
            (renewal(SignInFlow::Password), needs, Ok(()), Ok(())),
            (renewal(SignInFlow::DeviceCode), needs, Ok(()), Ok(())),
            (
                Demand::of_renewal(SignInFlow::Password, false),
                Ok(()),
                Ok(()),
                Ok(()),
            ),
            (code(Public), Ok(()), Ok(()), Err(ClientIsPublic)),
            (code(Spa), Ok(()), Ok(()), Err(ClientIsPublic)),
            (code(Web), needs, needs, Ok(())),
            (renewed_code(Public), Ok(()), Ok(()), secret_with_public),
            (renewed_code(Spa), Ok(()), Ok(()), secret_with_public),
            (renewed_code(Web), needs, needs, Ok(())),
            (renewal(SignInFlow::OnBehalfOf), needs, needs, Ok(())),
            (
                Demand::OwnProof,
                Err(ClientCredentialsMissing),
                Err(ClientCredentialsMissing),
                Ok(()),
            ),
        ];
        for (demand, switch_off, switch_on, with_proof) in table {
            assert_eq!(demand.admits(false, false), switch_off, "{demand:?}");
            assert_eq!(demand.admits(false, true), switch_on, "{demand:?}");
            assert_eq!(demand.admits(true, false), with_proof, "{demand:?}");
            assert_eq!(demand.admits(true, true), with_proof, "{demand:?}");
        }
    }

    #[test]
    fn a_secret_is_good_from_its_start_until_its_end() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let credential = PasswordCredential {
            key_id: lcs_types::CredentialId::from_u128(1),
            display_name: None,
            hint: "abc".to_owned(),
            hash: SecretHash::of("abcdef"),
            start: at(10),
            end: at(20),
        };
        let right = Secret::new("abcdef");
        let wrong = Secret::new(credential.key_id.to_string());
        let judge =
            |secret, second| judge_secret(std::slice::from_ref(&credential), secret, at(second));
        assert_eq!(judge(&right, 9), Err(Aadsts::InvalidClientSecret));
        assert_eq!(judge(&right, 10), Ok(()));
        assert_eq!(judge(&right, 19), Ok(()));
        assert_eq!(judge(&right, 20), Err(Aadsts::ClientSecretExpired));
        assert_eq!(judge(&wrong, 15), Err(Aadsts::InvalidClientSecret));
    }
}
