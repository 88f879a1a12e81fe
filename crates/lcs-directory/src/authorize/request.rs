//! Reading a request to the authorize endpoint: what is asked for, and who asks.
//!
//! Until client and redirect URI are known to belong together nothing may be sent anywhere, so
//! those refusals are for a page; later ones are for the client (RFC 6749 §4.1.2.1).

use jiff::SignedDuration;
use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};

use super::{Prompt, ReplyTo, ResponseMode, redirect};
use crate::{
    Directory,
    errand::Errand,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{CodeChallenge, RedirectType, SignInFlow},
    scopes::ResourceRequest,
    token::{Client, TokenContext},
};

/// A request that may be shown to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeRequest {
    /// Who asks a person to sign in, and for what.
    pub errand: Errand,
    /// Where the answer goes.
    pub reply_to: ReplyTo,
    /// What the answer consists of.
    pub response: ResponseType,
    /// For the id token.
    pub nonce: Option<String>,
    /// The code challenge.
    pub challenge: Option<CodeChallenge>,
    /// Whether a person may be asked, and for what.
    pub prompt: Prompt,
    /// The user name to start with.
    pub login_hint: Option<String>,
    /// How long ago the person may have proved who they are.
    pub max_age: Option<SignedDuration>,
    /// Whether the client wants to know who signed in.
    pub wants_client_info: bool,
    /// The endpoint, the origin, the ids.
    pub context: TokenContext,
}

/// What an answer consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponseType {
    /// A code.
    pub code: bool,
    /// An id token.
    pub id_token: bool,
    /// An access token.
    pub token: bool,
}

/// A request to the authorize endpoint cannot be shown to a person.
#[derive(Debug)]
pub enum AuthorizeError {
    /// To be shown on a page: nothing may be sent to the redirect URI.
    Page(Refusal),
    /// To be sent to the client.
    Client(ReplyTo, Refusal),
    /// Something of ours failed.
    Failed(DirectoryFailure),
}

impl AuthorizeError {
    /// An error from before the redirect URI was known.
    pub(crate) fn on_page(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Refused(refusal) => Self::Page(refusal),
            DirectoryError::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl ResponseType {
    /// Reads `response_type`: the words in any order.
    fn parse(text: &str) -> Result<Self, Refusal> {
        let mut response = Self {
            code: false,
            id_token: false,
            token: false,
        };
        for word in text.split_ascii_whitespace() {
            match word {
                "code" => response.code = true,
                "id_token" => response.id_token = true,
                "token" => response.token = true,
                other => {
                    return Err(
                        Refusal::new(Aadsts::UnsupportedResponseType).with("response_type", other)
                    );
                }
            }
        }
        Ok(response)
    }

    /// Whether something in it must not stand in a query.
    const fn has_token(self) -> bool {
        self.id_token || self.token
    }
}

impl Directory {
    /// Reads a request to the authorize endpoint.
    ///
    /// # Errors
    ///
    /// [`AuthorizeError`]: what Entra refuses before anybody is asked, on the page or to the client.
    pub async fn read_authorize_request(
        &self,
        form: &Form,
        context: &TokenContext,
    ) -> Result<AuthorizeRequest, AuthorizeError> {
        let page = |refusal: Refusal| AuthorizeError::Page(refusal);
        let target = self
            .target_for_people(form, context)
            .await
            .map_err(AuthorizeError::on_page)?;
        let client_id = form.require("client_id").map_err(page)?.to_owned();
        let client = self
            .client_for_people(target, &client_id)
            .await
            .map_err(AuthorizeError::on_page)?;
        let redirect = redirect::find(
            form.text("redirect_uri"),
            &client.redirect_uris(),
            &client_id,
        )
        .map_err(page)?;
        let mut reply_to = ReplyTo {
            redirect,
            mode: ResponseMode::Query,
            state: form.text("state").map(str::to_owned),
        };
        let response = form
            .require("response_type")
            .and_then(ResponseType::parse)
            .map_err(|refusal| AuthorizeError::Client(reply_to.clone(), refusal))?;
        if response.has_token() {
            reply_to.mode = ResponseMode::Fragment;
        }
        let parts = read_rest(form, context.endpoint, response, &client, &mut reply_to)
            .map_err(|refusal| AuthorizeError::Client(reply_to.clone(), refusal))?;
        Ok(AuthorizeRequest {
            errand: Errand {
                target,
                client: client.id(),
                flow: SignInFlow::AuthorizationCode(reply_to.redirect.redirect_type),
                resources: parts.resources,
            },
            reply_to,
            response,
            nonce: form.text("nonce").map(str::to_owned),
            challenge: parts.challenge,
            prompt: parts.prompt,
            login_hint: form.text("login_hint").map(str::to_owned),
            max_age: parts.max_age,
            wants_client_info: form.text("client_info") == Some("1"),
            context: context.clone(),
        })
    }
}

struct Rest {
    resources: Vec<ResourceRequest>,
    challenge: Option<CodeChallenge>,
    prompt: Prompt,
    max_age: Option<SignedDuration>,
}

fn read_rest(
    form: &Form,
    endpoint: Endpoint,
    response: ResponseType,
    client: &Client,
    reply_to: &mut ReplyTo,
) -> Result<Rest, Refusal> {
    reply_to.mode = response_mode(form.text("response_mode"), response)?;
    client.allows_response(response)?;
    if response.id_token && form.text("nonce").is_none() {
        return Err(Refusal::new(Aadsts::MissingParameter).with("parameter", "nonce"));
    }
    let challenge = challenge(form, reply_to.redirect.redirect_type)?;
    let prompt = form.text("prompt").unwrap_or_default();
    let prompt = Prompt::from_word(prompt).ok_or(Aadsts::UnsupportedPrompt)?;
    let max_age = form
        .text("max_age")
        .map(|text| {
            text.parse::<u32>()
                .map_err(|_| Refusal::new(Aadsts::ParameterNotValid).with("parameter", "max_age"))
        })
        .transpose()?
        .map(|seconds| SignedDuration::from_secs(i64::from(seconds)));
    let resources = match endpoint {
        Endpoint::V2 => ResourceRequest::all_from_scope(form.require("scope")?)?,
        Endpoint::V1 => vec![ResourceRequest::from_resource(
            form.text("resource").unwrap_or_default(),
            form.text("scope"),
        )],
    };
    Ok(Rest {
        resources,
        challenge,
        prompt,
        max_age,
    })
}

/// Tokens never stand in a query, where servers log them.
fn response_mode(requested: Option<&str>, response: ResponseType) -> Result<ResponseMode, Refusal> {
    match requested {
        None if response.has_token() => Ok(ResponseMode::Fragment),
        None => Ok(ResponseMode::Query),
        Some("query") if !response.has_token() => Ok(ResponseMode::Query),
        Some("fragment") => Ok(ResponseMode::Fragment),
        Some("form_post") => Ok(ResponseMode::FormPost),
        Some(other) => {
            Err(Refusal::new(Aadsts::UnsupportedResponseMode).with("response_mode", other))
        }
    }
}

/// RFC 7636 §4.3. The service takes native clients without a challenge; RFC 9700 §2.1.1 does not, and
/// neither do we.
fn challenge(form: &Form, redirect_type: RedirectType) -> Result<Option<CodeChallenge>, Refusal> {
    let Some(challenge) = form.text("code_challenge") else {
        return match redirect_type {
            _ if form.text("code_challenge_method").is_some() => {
                Err(Aadsts::CodeChallengeInvalid.into())
            }
            RedirectType::Spa | RedirectType::Public => Err(Aadsts::PkceRequired.into()),
            RedirectType::Web => Ok(None),
        };
    };
    let is_legal = (43..=128).contains(&challenge.len())
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if !is_legal {
        return Err(Aadsts::CodeChallengeSize.into());
    }
    match form.text("code_challenge_method") {
        Some("S256") => Ok(Some(CodeChallenge::Sha256(challenge.to_owned()))),
        // Plain gives no protection to somebody who reads the request; a browser's is read easily.
        Some("plain") | None if redirect_type != RedirectType::Spa => {
            Ok(Some(CodeChallenge::Plain(challenge.to_owned())))
        }
        Some("plain") | None => Err(Aadsts::PkceRequired.into()),
        Some(_) => Err(Aadsts::CodeChallengeMethod.into()),
    }
}

impl CodeChallenge {
    /// Whether the verifier belongs to the challenge; in constant time.
    pub(crate) fn admits(&self, verifier: &Secret) -> bool {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        use sha2::{Digest as _, Sha256};
        match self {
            Self::Plain(challenge) => Secret::new(challenge.clone()) == *verifier,
            Self::Sha256(challenge) => {
                let hash = Sha256::digest(verifier.expose().as_bytes());
                Secret::new(challenge.clone()) == Secret::new(URL_SAFE_NO_PAD.encode(hash))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge_of(
        pairs: &[(&str, &str)],
        kind: RedirectType,
    ) -> Result<Option<CodeChallenge>, Aadsts> {
        challenge(&Form::new(pairs.iter().copied()).unwrap(), kind)
            .map_err(|refusal| refusal.aadsts)
    }

    #[test]
    fn challenges_have_43_to_128_letters_and_a_known_method() {
        // RFC 7636, appendix B.
        let text = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let (public, spa) = (RedirectType::Public, RedirectType::Spa);
        let s256 = ("code_challenge_method", "S256");
        let sha = Ok(Some(CodeChallenge::Sha256(text.to_owned())));
        let plain = Ok(Some(CodeChallenge::Plain(text.to_owned())));
        let given = ("code_challenge", text);
        assert_eq!(challenge_of(&[given, s256], public), sha);
        assert_eq!(challenge_of(&[given, s256], spa), sha);
        assert_eq!(challenge_of(&[given], public), plain);
        assert_eq!(challenge_of(&[given], spa), Err(Aadsts::PkceRequired));
        assert_eq!(challenge_of(&[], RedirectType::Web), Ok(None));
        for kind in [public, spa] {
            assert_eq!(challenge_of(&[], kind), Err(Aadsts::PkceRequired));
        }
        for illegal in [&text[..42], &"a".repeat(129), &format!("{} ", &text[..42])] {
            assert_eq!(
                challenge_of(&[("code_challenge", illegal), s256], public),
                Err(Aadsts::CodeChallengeSize)
            );
        }
        assert_eq!(
            challenge_of(&[given, ("code_challenge_method", "s256")], public),
            Err(Aadsts::CodeChallengeMethod)
        );
        assert_eq!(
            challenge_of(&[s256], RedirectType::Web),
            Err(Aadsts::CodeChallengeInvalid)
        );
    }

    #[test]
    fn a_verifier_belongs_to_its_challenge_only() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let challenge =
            CodeChallenge::Sha256("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        assert!(challenge.admits(&verifier));
        assert!(!challenge.admits(&Secret::new("x")));
        assert!(!CodeChallenge::Plain("y".to_owned()).admits(&verifier));
    }

    #[test]
    fn tokens_never_stand_in_a_query() {
        let code = ResponseType::parse("code").unwrap();
        let hybrid = ResponseType::parse("id_token code").unwrap();
        assert_eq!(response_mode(None, code).unwrap(), ResponseMode::Query);
        assert_eq!(response_mode(None, hybrid).unwrap(), ResponseMode::Fragment);
        assert_eq!(
            response_mode(Some("form_post"), code).unwrap(),
            ResponseMode::FormPost
        );
        for (mode, response) in [("query", hybrid), ("web_message", code)] {
            assert_eq!(
                response_mode(Some(mode), response).unwrap_err().aadsts,
                Aadsts::UnsupportedResponseMode
            );
        }
    }

    #[test]
    fn an_unknown_response_type_is_named() {
        let refusal = ResponseType::parse("code none").unwrap_err();
        assert_eq!(refusal.aadsts, Aadsts::UnsupportedResponseType);
    }
}
