//! Refusals of codes, device codes, refresh tokens and assertions, and failures that pass.

/// Hands its rows on; see [`super`].
macro_rules! grant {
    ($next:ident $($rest:ident)* ; $($before:tt)*) => { $next! { $($rest)* ; $($before)* Grant {

    InvalidGrantMaterial = 70_000, 400 InvalidGrant, TokenRequest, Documented;
        "Provided grant is invalid or malformed.";
        "The code or refresh token is none, or was given to another client.";
        "Sign in again."

    CodeAlreadyRedeemed = 54_005, 400 InvalidGrant, TokenRequest, Documented;
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.";
        "The code was redeemed before, such as by reloading the page.";
        "Sign in again."

    CodeExpired = 70_008, 400 InvalidGrant, TokenRequest, Documented;
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.";
        "The code was redeemed too late.";
        "Sign in again."

    CodeOfOtherTenant = 700_005, 400 InvalidGrant, TokenRequest, Documented;
        "Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for (/common or /tenant-ID as appropriate).";
        "The code was got at one tenant and redeemed at another.";
        "Use the same tenant in both requests."

    CodeVerifierMissing = 50_148, 400 InvalidGrant, TokenRequest, Reported;
        "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.";
        "The sign-in began with a code challenge, and no verifier was sent with the code.";
        "Send code_verifier with the code."

    CodeVerifierMismatch = 501_481, 400 InvalidGrant, TokenRequest, Documented;
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        "The verifier is not the one that the challenge was made from.";
        "Send the verifier of the same sign-in; it is a fault of the client."

    CodeChallengeInvalid = 50_147, 400 InvalidRequest, TokenRequest, Documented;
        "Invalid size of the code challenge parameter.";
        "A method was sent without the code challenge that it belongs to.";
        "Send the base64url form of the verifier's SHA-256, without padding."

    CodeChallengeMethod = 50_149, 400 InvalidRequest, TokenRequest, Documented;
        "Invalid Code_Challenge_method parameter.";
        "The method of the code challenge is unknown.";
        "Send code_challenge_method=S256."

    CodeChallengeSize = 501_491, 400 InvalidRequest, TokenRequest, Documented;
        "Invalid size of Code_Challenge parameter.";
        "The code challenge is shorter than 43 or longer than 128 characters.";
        "Send the base64url form of the verifier's SHA-256, without padding."

    RefreshTokenInactive = 700_082, 400 InvalidGrant, TokenRequest, Recorded, suberror "bad_token";
        "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for {inactive}.";
        "The refresh token was not used for too long.";
        "Sign in again, and let a scheduled job renew the session before the limit."

    SpaRefreshTokenExpired = 700_084, 400 InvalidGrant, Registration, Documented, suberror "bad_token";
        "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of {lifetime}, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on {issued}.";
        "The redirect URI is registered as one of a single-page application, whose sessions end after a day.";
        "Register the redirect URI under Mobile and desktop applications and sign in again."

    GrantRevoked = 50_173, 400 InvalidGrant, Account, Recorded, suberror "bad_token", page true;
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{valid_from}'.";
        "The password was changed or the sessions were revoked after the sign-in.";
        "Sign in again."

    SignInFrequency = 70_043, 400 InvalidGrant, Account, Documented, suberror "token_expired";
        "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is {lifetime}.";
        "A policy demands a fresh sign-in more often than the pipeline gives one.";
        "Sign in again, or have the account excluded from the sign-in frequency policy."

    DeviceGone = 700_003, 400 InvalidGrant, Account, Reported,
        explained "the local cloud has no device registration";
        "Device object was not found in the tenant '{tenant}' directory.";
        "The device that the refresh token is bound to was deleted.";
        "Sign in again."

    OtherTenant = 7_000_012, 400 InvalidGrant, TokenRequest, Documented;
        "The grant was obtained for a different tenant.";
        "The refresh token or device code belongs to another tenant.";
        "Use the tenant that the sign-in was for."

    AuthorizationPending = 70_016, 400 AuthorizationPending, TokenRequest, Recorded, page true;
        "The provided request has not yet been authorized by the user. The user must input their code.";
        "The user has not answered yet; this is no fault.";
        "Keep polling until the user has entered the code."

    BadVerificationCode = 70_018, 400 BadVerificationCode, TokenRequest, Documented;
        "Invalid verification code due to User typing in wrong user code for device code flow. Authorization isn't approved.";
        "The device code is unknown or was used.";
        "Start the device code sign-in again."

    VerificationCodeExpired = 70_019, 400 ExpiredToken, TokenRequest, Documented, v1 CodeExpired,
        explained "the page says in its own words that the code did not work, the poll answers 70020";
        "Verification code expired.";
        "The code was entered too late.";
        "Start the device code sign-in again and enter the code within 15 minutes."

    DeviceCodeExpired = 70_020, 400 ExpiredToken, TokenRequest, Recorded, v1 CodeExpired;
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired.";
        "Nobody entered the code in time.";
        "Start the device code sign-in again and enter the code within 15 minutes."

    WrongUserCode = 90_119, 400 InvalidRequest, TokenRequest, Documented,
        explained "the page says in its own words that the code did not work";
        "The user code is null or empty.";
        "The page was sent no code.";
        "Enter the code that the device shows."

    AlreadyAnswered = 90_120, 400 InvalidRequest, TokenRequest, Documented;
        "The request was already authorized or declined.";
        "The code on the page was answered before.";
        "Go back to the device; start again if it does not go on."

    ConfirmationRequired = 50_199, 400 InteractionRequired, TokenRequest, Documented,
        explained "the page asks and waits; it answers nothing to the client";
        "For security reasons, user confirmation is required for this request. Please repeat the request allowing user interaction.";
        "The page asks whether the user meant to sign in to this application.";
        "Press Continue."

    KeepSignedIn = 50_140, 400 InteractionRequired, TokenRequest, Documented,
        explained "the page asks and waits; it answers nothing to the client";
        "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.";
        "The page asks whether to stay signed in.";
        "Answer the question; sign in again if the page is gone."

    FlowTokenExpired = 50_089, 400 InvalidRequest, TokenRequest, Documented;
        "Authentication failed due to flow token expired.";
        "The page was left open too long.";
        "Start the sign-in again."

    OboAssertionInvalid = 50_013, 400 InvalidGrant, TokenRequest, Recorded;
        "Assertion failed signature validation. [Reason - {reason}]";
        "The token that a middle tier passed on is none of this authority, or was changed.";
        "Pass on the access token that the caller got for the middle tier, unchanged."

    OboAssertionAudience = 500_131, 400 InvalidGrant, TokenRequest, Recorded;
        "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{audience}' and the expected audience is '{expected}' or one of the Application Uris of this application with App ID '{client}'({name}). The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion.";
        "The token that a middle tier passed on is meant for somebody else.";
        "Let the caller ask for a token for the middle tier, and pass that one on."

    OboAssertionExpired = 500_133, 400 InvalidGrant, TokenRequest, Recorded;
        "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {until}.";
        "The token that a middle tier passed on has expired.";
        "Let the caller renew its token first."

    ClientAssertionAudience = 700_023, 401 InvalidClient, PublicClient, Reported;
        "Client assertion audience claim does not match Realm issuer. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials.";
        "The assertion is meant for another token endpoint or tenant.";
        "Put the URL of the tenant's token endpoint into aud of the assertion."

    InvalidJwt = 50_027, 400 InvalidRequest, TokenRequest, Documented;
        "JWT token is invalid or malformed.";
        "An assertion is no signed token.";
        "Send a whole, signed token as the assertion."

    ServiceFailure = 90_033, 500 ServerError, Account, Documented;
        "A transient error has occurred. Please try again.";
        "Something at the authority failed.";
        "Try again; a local cloud's log has the cause under the correlation id."

    RetryableError = 50_033, 503 TemporarilyUnavailable, Account, Documented,
        explained "90033 stands for failures of the local cloud";
        "A transient error has occurred. Please try again.";
        "Something at the authority failed for a moment.";
        "Try again after a pause."

    SecondFactorUnavailable = 50_087, 503 TemporarilyUnavailable, Account, Documented,
        explained "90033 stands for failures of the local cloud";
        "A transient error has occurred during strong authentication. Please try again.";
        "The service for second factors failed for a moment.";
        "Try again after a pause."

    ExternalServerUnavailable = 90_006, 503 TemporarilyUnavailable, Account, Documented,
        explained "90033 stands for failures of the local cloud";
        "The service is temporarily unavailable. Please retry later.";
        "A service behind the authority failed for a moment.";
        "Try again after a pause."

    RequestTimedOut = 90_012, 503 TemporarilyUnavailable, Account, Documented,
        explained "90033 stands for failures of the local cloud";
        "The request has timed out. Please retry.";
        "The authority took too long.";
        "Try again after a pause."

    RequestBudgetExceeded = 90_024, 503 TemporarilyUnavailable, Account, Documented,
        explained "90033 stands for failures of the local cloud";
        "A transient error has occurred. Please try again.";
        "The authority took too long within.";
        "Try again after a pause."

    DirectoryUnavailable = 90_090, 503 TemporarilyUnavailable, Account, Documented,
        explained "90033 stands for failures of the local cloud";
        "The service is temporarily unavailable. Please retry later.";
        "The directory behind the authority failed for a moment.";
        "Try again after a pause."

    TenantThrottled = 90_055, 429 TemporarilyUnavailable, TokenRequest, Documented,
        explained "the local cloud sets a tenant no limit";
        "There are too many incoming requests. Please try again later.";
        "The tenant sends more requests than it may.";
        "Wait as long as Retry-After says, and keep tokens until they expire."
    } } };
}
pub(super) use grant;
