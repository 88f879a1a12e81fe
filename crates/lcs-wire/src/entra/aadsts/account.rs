//! Refusals about the account and its session: what the article takes for granted.

/// Hands its rows on; see [`super`].
macro_rules! account {
    ($next:ident $($rest:ident)* ; $($before:tt)*) => { $next! { $($rest)* ; $($before)* Account {

    WrongPassword = 50_126, 400 InvalidGrant, Account, Recorded, page true;
        "Error validating credentials due to invalid username or password.";
        "The password is wrong or was not percent-encoded, or the account's password is not held here: a federated account or a guest.";
        "Check user name and password; percent-encode + & % and #; a federated account needs another flow."

    UserNotFound = 50_034, 400 InvalidGrant, Account, Recorded;
        "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.";
        "The tenant has no such user: the name is mistyped, an e-mail address, or of another tenant.";
        "Use the user principal name as Entra shows it, and the tenant that the account lives in."

    UserDeleted = 500_341, 400 InvalidGrant, Account, Documented;
        "The user account {user} has been deleted from the {tenant} directory. To sign into this application, the account must be added to the directory.";
        "The account was deleted.";
        "An administrator restores it within 30 days, or use another account."

    UserNotInDirectory = 51_004, 400 InvalidGrant, Account, Documented,
        explained "50034 is answered for unknown users";
        "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.";
        "The account that is signed in is not one of the tenant.";
        "Sign in with an account of the tenant."

    GuestPending = 50_014, 400 InvalidGrant, Account, Documented;
        "The user's redemption is in a pending state. The guest user account is not fully created yet.";
        "The account is a guest whose invitation was not redeemed.";
        "Redeem the invitation, or use an account of the tenant."

    AccountLocked = 50_053, 400 InvalidGrant, Account, Recorded;
        "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.";
        "Smart lockout: too many wrong passwords, often from a pipeline that goes on trying.";
        "Stop the pipeline, wait some minutes, then sign in with the right password."

    AddressBlocked = 50_053, 400 InvalidGrant, Account, Documented,
        explained "the local cloud judges no addresses";
        "Sign-in was blocked because it came from an IP address with malicious activity.";
        "The address is known for attacks; build agents share addresses.";
        "Run from another address; the sign-in log names the reason."

    PasswordExpired = 50_055, 400 InvalidGrant, Account, Recorded, suberror "user_password_expired";
        "The password is expired.";
        "The password has run out, or a new account must change it at its first sign-in.";
        "Sign in once in a browser and set a new password; consider one without expiry for a service account."

    PasswordExpiredOnPremises = 50_144, 400 InvalidGrant, Account, Documented, suberror "user_password_expired",
        explained "the local cloud has no on-premises directory";
        "User's Active Directory password has expired.";
        "The password has run out in the directory on premises.";
        "Set a new password on premises."

    NoPassword = 50_056, 400 InvalidGrant, Account, Documented;
        "Invalid or null password: password does not exist in the directory for this user.";
        "The account has no password in the cloud: it is passwordless, or federated without synchronised hashes.";
        "Give the account a password, or sign in by browser or device code."

    UserDisabled = 50_057, 400 InvalidGrant, Account, Documented;
        "The user account is disabled.";
        "Sign-in is blocked for the account.";
        "An administrator enables the account, or use another one."

    ForeignUser = 50_020, 400 InvalidGrant, Account, Documented, v1 InteractionRequired;
        "User account '{user}' from identity provider '{provider}' does not exist in tenant '{tenant}' and cannot access the application '{client}'({name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.";
        "The account belongs to another tenant, or is a personal one.";
        "Use an account of the tenant; guests cannot sign in with user name and password."

    ForeignUserLate = 90_072, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "50020 is answered at once";
        "User account '{user}' from identity provider '{provider}' does not exist in tenant '{tenant}' and cannot access the application '{client}'({name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.";
        "The account belongs to another tenant, noticed only after it signed in there.";
        "Use an account of the tenant, or let an administrator invite this one as a guest."

    SeveralSessions = 16_000, 400 InteractionRequired, Account, Documented;
        "Either multiple user identities are available for the current request or selected account is not supported for the scenario.";
        "Several accounts are signed in, and nobody may be asked which one is meant.";
        "Name the account in login_hint, or let the user choose."

    NoSession = 50_058, 400 LoginRequired, TokenRequest, Documented;
        "A silent sign-in request was sent but no user is signed in.";
        "Nobody may be asked, and nobody is signed in.";
        "Sign in interactively first."

    SessionNotValid = 50_132, 400 InvalidGrant, Account, Documented;
        "The session is not valid due to the following reasons: password expiration or recent password change, SSO Artifact is invalid or expired, session is not fresh enough for application, or a silent sign-in request was sent but the user's session with Azure AD is invalid or has expired.";
        "The browser's session is older than the last change of the password.";
        "Sign in again."

    SessionRevoked = 50_133, 400 InvalidGrant, Account, Documented;
        "Session is invalid due to expiration or recent password change.";
        "The browser's session has expired or was revoked.";
        "Sign in again."

    AgentUnavailable = 80_001, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "Authentication Agent unable to connect to Active Directory.";
        "The agent that checks passwords on premises does not reach its directory.";
        "The administrators on premises check the agents' connection to Active Directory."

    AgentTimedOut = 80_002, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "The Authentication Agent's password validation request has timed out.";
        "The directory on premises did not answer in time.";
        "The administrators on premises check that Active Directory answers the agents."

    AgentAnswerUnreadable = 80_005, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "An unknown error occurred while processing the response from the Authentication Agent.";
        "The agent's answer could not be read.";
        "Try again; if it goes on, the administrators on premises look at the agents."

    AgentFailed = 80_007, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "The Authentication Agent is unable to validate the user's password.";
        "The agent could not check the password.";
        "The administrators on premises read the agent's log."

    AgentCannotDecrypt = 80_010, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "The Authentication Agent is unable to decrypt the password.";
        "The agent has another key than the cloud used.";
        "The administrators on premises install and register the agent anew."

    OutsideLogonHours = 80_012, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "The user attempted to log on outside of the allowed hours (this is specified in Active Directory).";
        "The account may not sign in at this hour.";
        "Run the job within the allowed hours, or have them changed."

    AgentClockSkewed = 80_013, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "The authentication attempt could not be completed due to time skew between the machine running the Authentication Agent and Active Directory.";
        "The clocks of the agent and its directory differ.";
        "The administrators on premises set the clocks."

    AgentTooLate = 80_014, 400 InvalidGrant, Account, Documented,
        explained "pass-through authentication needs agents on premises";
        "Validation request responded after maximum elapsed time exceeded.";
        "The agent answered too late.";
        "Try again; if it goes on, the administrators on premises look at the agents."
    } } };
}
pub(super) use account;
