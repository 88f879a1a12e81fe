//! Which of the signed-in accounts a request goes on with: facts in, verdict out.

use jiff::{SignedDuration, Timestamp};
use lcs_types::UserPrincipalName;

/// What a request says about asking the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// As needed.
    #[default]
    AsNeeded,
    /// Never; fail instead.
    None,
    /// For the password, also when somebody is signed in.
    Login,
    /// Which account.
    SelectAccount,
    /// For consent, also when it was given.
    Consent,
}

impl Prompt {
    /// The prompt with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "" => Some(Self::AsNeeded),
            "none" => Some(Self::None),
            "login" => Some(Self::Login),
            "select_account" => Some(Self::SelectAccount),
            "consent" | "admin_consent" => Some(Self::Consent),
            _ => None,
        }
    }
}

/// A signed-in account, as far as the choice needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFacts {
    /// The sign-in name.
    pub name: UserPrincipalName,
    /// Whether the request's tenant lets this account in.
    pub is_admitted: bool,
    /// When the person last proved who they are.
    pub signed_in_at: Timestamp,
}

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChoice {
    /// Go on with the account at this place.
    Use(usize),
    /// Ask which account.
    Pick,
    /// Ask for user name and password.
    SignIn,
    /// Nobody is signed in, and nobody may be asked.
    NobodySignedIn,
    /// Several are signed in, and nobody may be asked.
    SeveralSignedIn,
}

/// Decides.
pub fn choose(
    prompt: Prompt,
    login_hint: Option<&str>,
    max_age: Option<SignedDuration>,
    accounts: &[AccountFacts],
    now: Timestamp,
) -> AccountChoice {
    let is_usable = |account: &AccountFacts| {
        account.is_admitted
            && max_age.is_none_or(|most| now.duration_since(account.signed_in_at) <= most)
    };
    let usable: Vec<usize> = (0..accounts.len())
        .filter(|index| is_usable(&accounts[*index]))
        .collect();
    let hinted = login_hint.map(|hint| {
        let is_meant = |index: &usize| accounts[*index].name.as_str().eq_ignore_ascii_case(hint);
        usable.iter().copied().find(is_meant)
    });
    let may_ask = prompt != Prompt::None;
    match (prompt, hinted, usable.as_slice()) {
        (Prompt::SelectAccount, ..) if !accounts.is_empty() => AccountChoice::Pick,
        (Prompt::Login | Prompt::SelectAccount, ..) => AccountChoice::SignIn,
        (_, Some(Some(index)), _) => AccountChoice::Use(index),
        (_, None, [index]) => AccountChoice::Use(*index),
        (_, Some(None), _) | (_, None, []) if may_ask => AccountChoice::SignIn,
        (_, Some(None), _) | (_, None, []) => AccountChoice::NobodySignedIn,
        (_, None, _) if may_ask => AccountChoice::Pick,
        (_, None, _) => AccountChoice::SeveralSignedIn,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AccountChoice::{NobodySignedIn, Pick, SeveralSignedIn, SignIn, Use},
        *,
    };

    #[test]
    fn every_case_of_the_choice() {
        let now = Timestamp::from_second(1_775_203_200).unwrap();
        let account = |name: &str, is_admitted, age| AccountFacts {
            name: name.parse().unwrap(),
            is_admitted,
            signed_in_at: now - SignedDuration::from_secs(age),
        };
        let anna = || account("anna@contoso.com", true, 60);
        let ben = || account("ben@contoso.com", true, 600);
        let eve = || account("eve@fabrikam.com", false, 60);
        let (none, one, two) = (vec![], vec![anna()], vec![anna(), ben()]);
        let five_minutes = Some(SignedDuration::from_mins(5));
        let cases = [
            (Prompt::AsNeeded, None, None, &none, SignIn),
            (Prompt::AsNeeded, None, None, &one, Use(0)),
            (Prompt::AsNeeded, None, None, &two, Pick),
            (
                Prompt::AsNeeded,
                Some("BEN@contoso.com"),
                None,
                &two,
                Use(1),
            ),
            (
                Prompt::AsNeeded,
                Some("carl@contoso.com"),
                None,
                &two,
                SignIn,
            ),
            (Prompt::AsNeeded, None, five_minutes, &two, Use(0)),
            (
                Prompt::AsNeeded,
                Some("ben@contoso.com"),
                five_minutes,
                &two,
                SignIn,
            ),
            (Prompt::AsNeeded, None, None, &vec![eve()], SignIn),
            (Prompt::Consent, None, None, &one, Use(0)),
            (Prompt::Login, None, None, &one, SignIn),
            (Prompt::SelectAccount, None, None, &none, SignIn),
            (Prompt::SelectAccount, None, None, &one, Pick),
            (Prompt::None, None, None, &none, NobodySignedIn),
            (Prompt::None, None, None, &one, Use(0)),
            (Prompt::None, None, None, &two, SeveralSignedIn),
            (Prompt::None, Some("ben@contoso.com"), None, &two, Use(1)),
            (
                Prompt::None,
                Some("carl@contoso.com"),
                None,
                &two,
                NobodySignedIn,
            ),
            (
                Prompt::None,
                None,
                five_minutes,
                &vec![ben()],
                NobodySignedIn,
            ),
        ];
        for (prompt, hint, max_age, accounts, wanted) in cases {
            assert_eq!(
                choose(prompt, hint, max_age, accounts, now),
                wanted,
                "{prompt:?} {hint:?} {accounts:?}"
            );
        }
    }
}
