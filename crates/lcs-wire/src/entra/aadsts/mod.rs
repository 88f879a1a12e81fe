//! Every AADSTS refusal, in one catalogue: code, text, OAuth errors, HTTP status, cause and remedy.
//!
//! The identity provider answers with these rows, and the client explains answers by them. Texts
//! and errors follow the service's recorded answers and the page "Microsoft Entra authentication
//! and authorization error codes"; `{…}` stands for a value of the request.
//!
//! The rows stand in one file a group: `registration`, `permission`, `request`, `account`,
//! `policy`, `grant`. An enumeration cannot be written in pieces, so each file is a macro that
//! hands its rows to the next, and [`Aadsts`] is made of all of them at the end.

mod account;
mod grant;
mod oauth_error;
mod permission;
mod policy;
mod refusal;
mod registration;
mod request;

use account::account;
use grant::grant;
use permission::permission;
use policy::policy;
use registration::registration;
use request::request;

pub use oauth_error::OAuthError;
pub use refusal::Refusal;

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

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// The registration and the client.
    Registration,
    /// The resource, its permissions and consent.
    Permission,
    /// The shape of the request.
    Request,
    /// The account and its session.
    Account,
    /// Multifactor authentication, conditional access and risk.
    Policy,
    /// Codes, device codes, refresh tokens, assertions; failures that pass.
    Grant,
}

impl Group {
    /// All groups, in the catalogue's order.
    pub const ALL: &'static [Self] = &[
        Self::Registration,
        Self::Permission,
        Self::Request,
        Self::Account,
        Self::Policy,
        Self::Grant,
    ];
}

/// How it is known that the service answers so; the strongest of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// Recorded from the service.
    Recorded,
    /// Documented by Microsoft.
    Documented,
    /// Reported by users.
    Reported,
}

/// Whether the local cloud answers with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A request can provoke it.
    Provoked,
    /// It is there for the client to explain; the text says why the local cloud never answers it.
    Explained(&'static str),
}

/// One row of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The number behind `AADSTS`. Several rows may share it, with different texts.
    pub code: u32,
    /// The text, with placeholders.
    pub text: &'static str,
    /// The OAuth error at the v2 token endpoint.
    pub error: OAuthError,
    /// The OAuth error at the v1 token endpoint.
    pub error_v1: OAuthError,
    /// The OAuth error in a redirect of the authorize endpoint, either generation.
    pub error_authorize: OAuthError,
    /// The HTTP status.
    pub status: u16,
    /// The sub error, if any.
    pub suberror: Option<&'static str>,
    /// Whether Entra links a page about it.
    pub has_page: bool,
    /// What it is about.
    pub group: Group,
    /// The step of the article that went wrong.
    pub step: ArticleStep,
    /// What brings it about, for users of LCS.
    pub cause: &'static str,
    /// What the user should do about it.
    pub remedy: &'static str,
    /// How it is known.
    pub evidence: Evidence,
    /// Whether the local cloud answers with it.
    pub reach: Reach,
}

/// The end of the chain: the enumeration and its rows. What a row leaves out is taken from its
/// left: `v1` from the error of v2, `authorize` from that of v1.
macro_rules! catalogue {
    (; $( $group:ident { $(
        $name:ident = $code:literal, $status:literal $error:ident, $step:ident, $evidence:ident
        $(, v1 $v1:ident)? $(, authorize $authorize:ident)? $(, suberror $suberror:literal)?
        $(, page $page:literal)? $(, explained $why:literal)?;
        $text:literal; $cause:literal; $remedy:literal
    )* } )*) => {
        /// A refusal of Entra by its number and text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Aadsts {
            $($( #[doc = $cause] $name, )*)*
        }

        impl Aadsts {
            /// All refusals.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// What is known of it.
            pub const fn row(self) -> Row {
                match self {
                    $($(Self::$name => Row {
                        code: $code,
                        text: $text,
                        error: OAuthError::$error,
                        error_v1: catalogue!(@first $($v1)? $error),
                        error_authorize: catalogue!(@first $($authorize)? $($v1)? $error),
                        status: $status,
                        suberror: catalogue!(@option $($suberror)?),
                        has_page: catalogue!(@flag $($page)?),
                        group: Group::$group,
                        step: ArticleStep::$step,
                        cause: $cause,
                        remedy: $remedy,
                        evidence: Evidence::$evidence,
                        reach: catalogue!(@reach $($why)?),
                    },)*)*
                }
            }
        }
    };
    (@first $error:ident $($rest:ident)*) => { OAuthError::$error };
    (@option) => { None };
    (@option $value:literal) => { Some($value) };
    (@flag) => { false };
    (@flag $value:literal) => { $value };
    (@reach) => { Reach::Provoked };
    (@reach $why:literal) => { Reach::Explained($why) };
}

registration! { permission request account policy grant catalogue; }

impl Aadsts {
    /// The refusal with this number, if the catalogue has it; the first of several.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::with_code(code).next()
    }

    /// The refusal that an answer with this number and text is. Of several with the number it is
    /// the one whose text begins like that; none if all differ, since a wrong explanation is worse
    /// than none.
    pub fn from_answer(code: u32, text: &str) -> Option<Self> {
        if Self::with_code(code).nth(1).is_none() {
            return Self::from_code(code);
        }
        Self::with_code(code).find(|refusal| {
            let beginning = refusal.row().text.split('{').next().unwrap_or_default();
            text.contains(beginning)
        })
    }

    fn with_code(code: u32) -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(move |refusal| refusal.row().code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_number_and_text() {
        for refusal in Aadsts::ALL {
            let row = refusal.row();
            let text = Refusal::new(*refusal).text();
            assert_eq!(Aadsts::from_answer(row.code, &text), Some(*refusal));
            assert_eq!(Aadsts::from_code(row.code).unwrap().row().code, row.code);
        }
    }

    #[test]
    fn rows_that_share_a_number_are_told_apart_by_their_text_or_not_at_all() {
        let explain = |text| Aadsts::from_answer(90_023, text);
        assert_eq!(
            explain("AADSTS90023: Unsupported 'prompt' value. Trace ID: x"),
            Some(Aadsts::UnsupportedPrompt)
        );
        assert_eq!(explain("AADSTS90023: Something else."), None);
        assert_eq!(
            Aadsts::from_answer(50_126, "AADSTS50126: Worded anew."),
            Some(Aadsts::WrongPassword)
        );
    }

    #[test]
    fn every_row_has_a_cause_a_remedy_and_a_legal_status() {
        for refusal in Aadsts::ALL {
            let row = refusal.row();
            assert!(row.cause.ends_with('.'), "{refusal:?}");
            assert!(row.remedy.ends_with('.'), "{refusal:?}");
            assert!(
                [400, 401, 429, 500, 503].contains(&row.status),
                "{refusal:?}"
            );
        }
    }

    #[test]
    fn what_a_row_leaves_out_is_taken_from_its_left() {
        let errors = |refusal: Aadsts| {
            let row = refusal.row();
            [row.error, row.error_v1, row.error_authorize].map(OAuthError::as_str)
        };
        let interaction = "interaction_required";
        assert_eq!(
            errors(Aadsts::MfaRequired),
            ["invalid_grant", interaction, interaction]
        );
        assert_eq!(
            errors(Aadsts::NoConsent),
            ["invalid_grant", "invalid_grant", "consent_required"]
        );
        assert_eq!(errors(Aadsts::InvalidInput), ["invalid_request"; 3]);
    }
}
