//! A signed-in user as a source of valid tokens, renewed silently and only once for everybody.
//!
//! - `token_source.rs` – what calls ask for tokens
//! - `handover.rs` – sessions that go to another machine and come from there

mod handover;
mod token_source;

use std::sync::Arc;

pub use token_source::{AccessToken, FixedToken, TokenSource};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lcs_types::{Secret, UserPrincipalName};
use tokio::sync::Mutex;

use crate::{
    cache::{CacheNotice, Contents, Entry, Slot, TokenCache},
    error::{NotSignedIn, SignInError},
    exported_session::ExportedSession,
    flows::{
        authorization_code::{BrowserOptions, BrowserSignIn},
        device_code::DeviceCode,
    },
    resource::Resource,
    token_request::{SignInClient, Tokens},
};

/// How long before its end a token counts as stale. Short-lived tokens get a tenth of their life.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// How long a refresh token holds that nobody uses ("Refresh tokens in the Microsoft identity
/// platform"): policies, password changes and revocation can end it earlier.
pub const INACTIVITY_LIMIT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Who has signed in, and for how long without renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The user's sign-in name, lower-case.
    pub account: String,
    /// When the access token runs out.
    pub expires_at: Timestamp,
    /// Until when it can be renewed silently if nobody uses it before; `None` if not at all.
    pub renewable_until: Option<Timestamp>,
}

/// One application's tokens for one resource, of one account or whoever signed in last.
#[derive(Debug)]
pub struct Session {
    client: SignInClient,
    resource: Resource,
    account: Option<UserPrincipalName>,
    cache: Arc<TokenCache>,
    /// A session from another machine that is still to be taken into the cache.
    brought: Option<ExportedSession>,
    /// The token in use; held over a renewal, so that callers who come meanwhile share its result.
    current: Mutex<Option<Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    token: AccessToken,
    stale_at: Timestamp,
}

impl Held {
    fn of(entry: &Entry) -> Self {
        let lifetime = entry.expires_at.duration_since(entry.obtained_at);
        Self {
            token: AccessToken {
                secret: entry.access_token.clone(),
                expires_at: entry.expires_at,
            },
            stale_at: entry.expires_at - MARGIN.min(lifetime / 10),
        }
    }
}

/// Why a token is asked for.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// Any that is fresh.
    Fresh,
    /// One that is not this.
    Other(&'a AccessToken),
}

impl Wanted<'_> {
    fn is_met_by(self, held: &Held, now: Timestamp) -> bool {
        match self {
            Self::Fresh => now < held.stale_at,
            Self::Other(refused) => {
                held.token.secret != refused.secret && now < held.token.expires_at
            }
        }
    }
}

impl Session {
    /// The session of `account`, or with `None` of whoever signed in last. Reads nothing yet.
    pub fn new(
        client: SignInClient,
        resource: Resource,
        account: Option<UserPrincipalName>,
        cache: Arc<TokenCache>,
    ) -> Self {
        Self {
            client,
            resource,
            account,
            cache,
            brought: None,
            current: Mutex::new(None),
        }
    }

    /// The same with a session from another machine, which is taken into the cache at first use,
    /// unless that has one of the account that was renewed later.
    #[must_use]
    pub fn with_exported(mut self, exported: ExportedSession) -> Self {
        self.brought = Some(exported);
        self
    }

    /// Where its tokens are kept.
    pub fn cache(&self) -> &TokenCache {
        &self.cache
    }

    /// Signs in with a user name and a password, which is not kept.
    ///
    /// # Errors
    ///
    /// As [`SignInClient::with_password`]; [`SignInError::Cache`] when the tokens cannot be kept.
    pub async fn sign_in_with_password(
        &self,
        user: &UserPrincipalName,
        password: &Secret,
    ) -> Result<SignedIn, SignInError> {
        let tokens = self
            .client
            .with_password(&self.resource, user, password)
            .await?;
        self.keep(tokens).await
    }

    /// Begins a sign-in with a device code: show it, then [`Session::finish_device_code`].
    ///
    /// # Errors
    ///
    /// As [`SignInClient::start_device_code`].
    pub async fn start_device_code(&self) -> Result<DeviceCode, SignInError> {
        self.client.start_device_code(&self.resource).await
    }

    /// Waits until the user has entered the device code.
    ///
    /// # Errors
    ///
    /// As [`SignInClient::finish_device_code`]; [`SignInError::OtherAccount`] when somebody else
    /// entered it; [`SignInError::Cache`] when the tokens cannot be kept.
    pub async fn finish_device_code(&self, code: &DeviceCode) -> Result<SignedIn, SignInError> {
        let tokens = self.client.finish_device_code(code).await?;
        self.keep(tokens).await
    }

    /// Begins a sign-in with a browser: open [`BrowserSignIn::url`], then
    /// [`Session::finish_browser`].
    ///
    /// # Errors
    ///
    /// As [`SignInClient::start_browser`].
    pub async fn start_browser(
        &self,
        options: BrowserOptions,
    ) -> Result<BrowserSignIn, SignInError> {
        let account = options.account.or_else(|| self.account.clone());
        let options = BrowserOptions { account, ..options };
        self.client.start_browser(&self.resource, options).await
    }

    /// Waits until the person has signed in in the browser.
    ///
    /// # Errors
    ///
    /// As [`SignInClient::finish_browser`]; [`SignInError::OtherAccount`] when somebody else
    /// signed in; [`SignInError::Cache`] when the tokens cannot be kept.
    pub async fn finish_browser(&self, pending: BrowserSignIn) -> Result<SignedIn, SignInError> {
        let tokens = self.client.finish_browser(pending).await?;
        self.keep(tokens).await
    }

    /// Who is signed in, without asking the authority; `None` if nobody is.
    ///
    /// # Errors
    ///
    /// [`SignInError::Cache`]; [`SignInError::OtherSession`] when what was brought from another
    /// machine is for another place.
    pub async fn signed_in(&self) -> Result<Option<SignedIn>, SignInError> {
        self.take_in().await?;
        let contents = self.cache.read().await?;
        let slot = self.slot();
        let found = contents.find(&slot, self.wanted_account());
        Ok(found.map(|entry| SignedIn {
            account: entry.account.clone(),
            expires_at: entry.expires_at,
            renewable_until: contents
                .renewed_at(&slot, Some(&entry.account))
                .map(|at| at + INACTIVITY_LIMIT),
        }))
    }

    /// Forgets the account's tokens of this application for every resource, and counts them. They
    /// stay valid at the authority until they expire or are revoked there.
    ///
    /// # Errors
    ///
    /// [`SignInError::Cache`].
    pub async fn sign_out(&self) -> Result<usize, SignInError> {
        let mut current = self.current.lock().await;
        let mut cache = self.cache.lock().await?;
        let mut contents = cache.read()?;
        let count = contents.remove(&self.slot(), self.wanted_account());
        cache.write(contents)?;
        *current = None;
        Ok(count)
    }

    fn slot(&self) -> Slot {
        Slot {
            authority: self.client.authority().host_and_port(),
            tenant: self.client.authority().tenant().to_owned(),
            client_id: self.client.client_id(),
            resource: self.resource.as_str().to_owned(),
        }
    }

    fn wanted_account(&self) -> Option<&str> {
        self.account.as_ref().map(UserPrincipalName::as_str)
    }

    fn entry(&self, account: String, tokens: Tokens) -> Entry {
        let slot = self.slot();
        Entry {
            authority: slot.authority,
            tenant: slot.tenant,
            client_id: slot.client_id,
            resource: slot.resource,
            account,
            access_token: tokens.access_token.secret,
            obtained_at: tokens.obtained_at,
            expires_at: tokens.access_token.expires_at,
            refresh_token: tokens.refresh_token,
        }
    }

    async fn keep(&self, tokens: Tokens) -> Result<SignedIn, SignInError> {
        tokens.must_be_of(self.account.as_ref())?;
        let entry = self.entry(tokens.account.clone().unwrap_or_default(), tokens);
        let mut current = self.current.lock().await;
        let mut cache = self.cache.lock().await?;
        let mut contents = cache.read()?;
        contents.put(entry.clone());
        cache.write(contents)?;
        *current = Some(Held::of(&entry));
        Ok(SignedIn::of(&entry))
    }

    async fn obtain(&self, wanted: Wanted<'_>) -> Result<AccessToken, SignInError> {
        let mut current = self.current.lock().await;
        let meets = |held: &Held| wanted.is_met_by(held, self.client.clock.now());
        if let Some(held) = current.as_ref().filter(|held| meets(held)) {
            return Ok(held.token.clone());
        }
        self.take_in().await?;
        let slot = self.slot();
        let kept = |contents: &Contents| {
            let entry = contents.find(&slot, self.wanted_account())?;
            Some(Held::of(entry)).filter(&meets)
        };
        if let Some(held) = kept(&self.cache.read().await?) {
            return Ok(current.insert(held).token.clone());
        }
        let mut cache = self.cache.lock().await?;
        let mut contents = cache.read()?;
        // The second look: whoever held the lock before may have renewed already.
        if let Some(held) = kept(&contents) {
            return Ok(current.insert(held).token.clone());
        }
        let entry = match self.renew(&contents, wanted).await? {
            Renewal::Renewed(entry) => entry,
            Renewal::StillValid(token) => return Ok(token),
        };
        let held = Held::of(&entry);
        contents.put(entry);
        if let Err(error) = cache.write(contents) {
            // The token is good; losing the command for the cache's sake would help nobody.
            self.cache.notice(CacheNotice::NotSaved {
                path: self.cache.path().unwrap_or("".as_ref()).to_owned(),
                reason: error.to_string(),
            });
        }
        Ok(current.insert(held).token.clone())
    }

    async fn renew(&self, contents: &Contents, wanted: Wanted<'_>) -> Result<Renewal, SignInError> {
        let (slot, account) = (self.slot(), self.wanted_account());
        let still_valid = contents.find(&slot, account).and_then(|entry| {
            let is_valid = self.client.clock.now() < entry.expires_at;
            (is_valid && matches!(wanted, Wanted::Fresh)).then(|| Held::of(entry).token)
        });
        let renewable = contents
            .find_renewable(&slot, account)
            .and_then(|entry| Some((entry, entry.refresh_token.as_ref()?)));
        let Some((renewable, refresh_token)) = renewable else {
            return match still_valid {
                Some(token) => Ok(Renewal::StillValid(token)),
                None => Err(self.not_signed_in(contents).into()),
            };
        };
        tracing::debug!(tenant = slot.tenant, "renewing the token");
        match self.client.renew(&self.resource, refresh_token).await {
            Ok(mut tokens) => {
                tokens
                    .refresh_token
                    .get_or_insert_with(|| refresh_token.clone());
                Ok(Renewal::Renewed(
                    self.entry(renewable.account.clone(), tokens),
                ))
            }
            Err(error) => match still_valid {
                // The margin before the end is there to outlast such trouble.
                Some(token) if error.is_transient() => Ok(Renewal::StillValid(token)),
                _ => Err(error),
            },
        }
    }

    fn not_signed_in(&self, contents: &Contents) -> NotSignedIn {
        let tenant = self.client.authority().tenant().to_owned();
        let account = self.wanted_account();
        if contents.find(&self.slot(), account).is_some() {
            return NotSignedIn::Expired { tenant };
        }
        match account {
            Some(account) => NotSignedIn::Account {
                tenant,
                account: account.to_owned(),
            },
            None => NotSignedIn::Nobody { tenant },
        }
    }
}

enum Renewal {
    Renewed(Entry),
    StillValid(AccessToken),
}

impl SignedIn {
    fn of(entry: &Entry) -> Self {
        Self {
            account: entry.account.clone(),
            expires_at: entry.expires_at,
            renewable_until: entry
                .refresh_token
                .as_ref()
                .map(|_| entry.obtained_at + INACTIVITY_LIMIT),
        }
    }
}

#[async_trait]
impl TokenSource for Session {
    async fn token(&self) -> Result<AccessToken, SignInError> {
        self.obtain(Wanted::Fresh).await
    }

    async fn renewed(&self, refused: &AccessToken) -> Result<AccessToken, SignInError> {
        self.obtain(Wanted::Other(refused)).await
    }
}
