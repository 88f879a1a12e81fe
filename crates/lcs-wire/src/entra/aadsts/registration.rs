//! Refusals about the registration and the client: steps 1 and 3 of the article.

/// Hands its rows on; see [`super`].
macro_rules! registration {
    ($next:ident $($rest:ident)* ; $($before:tt)*) => { $next! { $($rest)* ; $($before)* Registration {

    ApplicationNotFound = 700_016, 400 UnauthorizedClient, Registration, Recorded, page true;
        "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.";
        "The tenant has no application with this client id: it is mistyped, an object id or a secret's id, or the tenant is another one.";
        "Copy the Application (client) ID of the registration – not its object id – and check the tenant."

    InvalidApplicationId = 700_038, 400 UnauthorizedClient, Registration, Recorded;
        "{client} is not a valid application identifier.";
        "The client id is no GUID, or all zeros.";
        "Copy the Application (client) ID of the registration."

    ApplicationNotFoundOld = 700_011, 400 UnauthorizedClient, Registration, Documented,
        explained "an older number; today's is 700016";
        "Application with identifier {client} was not found in the directory {tenant}.";
        "The tenant has no application with this client id.";
        "Copy the Application (client) ID of the registration – not its object id – and check the tenant."

    ApplicationUnauthorizedOld = 70_001, 400 UnauthorizedClient, Registration, Documented,
        explained "an older number; today's are 700016 and 7000112";
        "Application with identifier '{client}' was not found in the directory {tenant}, or it is disabled.";
        "The application is unknown in the tenant, or switched off.";
        "Check client id and tenant; enable it under Enterprise applications → Properties."

    ApplicationDisabled = 7_000_112, 400 UnauthorizedClient, Registration, Reported;
        "Application '{client}'({name}) is disabled.";
        "The enterprise application is switched off for users.";
        "Enable it: Enterprise applications → Properties → Enabled for users to sign in."

    MissingServicePrincipal = 7_000_229, 400 InvalidClient, Registration, Reported;
        "The client application {client} is missing service principal in the tenant {tenant}.";
        "The application was created without its service principal; the portal makes both.";
        "Create the service principal: POST /servicePrincipals with the application's appId."

    NotAPublicClient = 7_000_218, 401 InvalidClient, PublicClient, Recorded, page true;
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        "Entra takes the application for confidential: public client flows are off, or the redirect URI is one of a web application.";
        "Set Authentication → Allow public client flows to Yes (isFallbackPublicClient: true) and save; for browser sign-in register http://localhost under Mobile and desktop applications."

    CredentialsNotValidOld = 70_002, 401 InvalidClient, PublicClient, Recorded,
        explained "an older number; today's are 7000218 and 7000215";
        "Error validating credentials.";
        "Before 2019 the lack of a secret; later a prefix before the number that counts.";
        "Read the second number in the text; without one, set Authentication → Allow public client flows to Yes."

    SecretWithPublicClient = 90_023, 400 InvalidRequest, PublicClient, Reported;
        "Public clients can't send a client secret.";
        "A secret was sent for a redirect URI or an application that is public.";
        "Remove the secret from the request: LCS needs a public client and no secret."

    ClientIsPublic = 700_025, 401 InvalidClient, PublicClient, Documented;
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        "A secret or an assertion was sent with a code that came over a redirect URI for mobile and desktop.";
        "Remove the secret from the request: LCS needs a public client and no secret."

    InvalidClientSecret = 7_000_215, 401 InvalidClient, PublicClient, Recorded, page true;
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'.";
        "A secret is sent that the application does not have; often the secret's id instead of its value.";
        "Remove the secret from the request: LCS needs a public client and no secret."

    ClientSecretExpired = 7_000_222, 401 InvalidClient, PublicClient, Reported;
        "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.";
        "The secret was right once and has expired.";
        "Move to the public client, which needs no secret; or add a new secret and replace the old one where it is stored."

    ClientCredentialsMissing = 7_000_216, 401 InvalidClient, TokenRequest, Recorded;
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
        "Client credentials were asked for without any.";
        "LCS acts only for users: sign in with a user account instead of client credentials."

    ClientAssertionInvalid = 700_027, 401 InvalidClient, PublicClient, Recorded, page true;
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{client}'.]";
        "The assertion is signed with a key that the application does not have, or its signature is wrong.";
        "Upload the certificate under Certificates & secrets and sign with its private key; LCS itself needs neither."

    ClientAssertionExpired = 700_024, 401 InvalidClient, PublicClient, Recorded;
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {until}.";
        "The assertion has expired or is not valid yet; often a clock that is wrong.";
        "Set the machine's clock and make a new assertion for each request."

    ClientAssertionOtherClient = 700_021, 401 InvalidClient, PublicClient, Reported;
        "Client assertion application identifier doesn't match 'client_id' parameter.";
        "The assertion's issuer or subject is another application than the client id names.";
        "Put the client id into both iss and sub of the assertion."

    OnBehalfOfNotAllowed = 7_000_114, 400 UnauthorizedClient, Registration, Documented,
        explained "no application here is barred from acting on behalf of users";
        "Application '{client}' is not allowed to make application on-behalf-of calls.";
        "The application may not exchange its callers' tokens.";
        "Sign the user in directly instead of through a middle tier."

    RedirectUriMismatch = 50_011, 400 InvalidClient, Registration, Documented, page true;
        "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{client}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error.";
        "The redirect URI is not registered; the article says to skip it, and browser sign-in needs it.";
        "Add http://localhost under Authentication → Mobile and desktop applications."

    NoRedirectUri = 500_113, 400 InvalidClient, Registration, Documented;
        "No reply address is registered for the application.";
        "The application has no redirect URI at all; seen after admin consent by URL, which may have succeeded.";
        "Add http://localhost under Authentication → Mobile and desktop applications; after admin consent check the grant first."

    RedirectUriMissing = 900_971, 400 InvalidRequest, Registration, Documented;
        "No reply address provided.";
        "No redirect URI was sent, and none is registered to fall back on.";
        "Send redirect_uri, and register it under Mobile and desktop applications."

    RedirectUriDiffers = 500_112, 400 InvalidGrant, TokenRequest, Reported;
        "The reply address '{uri}' does not match the reply address '{first}' provided when requesting Authorization code.";
        "The redirect URI at the token endpoint is another one than at the sign-in.";
        "Send the same redirect_uri in both requests."

    RedirectUriDiffersOld = 70_004, 400 InvalidGrant, TokenRequest, Reported,
        explained "an older number; today's is 500112";
        "The app returned an invalid redirect URI.";
        "The redirect URI does not match the registered one, or that of the sign-in.";
        "Send the same, registered redirect_uri in both requests."

    NotMultiTenant = 50_194, 400 InvalidRequest, Registration, Documented;
        "Application '{client}'({name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.";
        "The application belongs to one tenant and the URL says common.";
        "Put the tenant id in the URL instead of common."

    ApplicationNotForCommon = 90_130, 400 InvalidRequest, TokenRequest, Documented,
        explained "50194 is answered for applications of one tenant";
        "The application is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
        "An application of the older kind is used at common.";
        "Put the tenant id in the URL instead of common."

    ResourceNotForCommon = 90_124, 400 InvalidRequest, TokenRequest, Documented,
        explained "9001023 or 50194 is answered first";
        "The resource is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
        "A resource of the older kind is asked for at common.";
        "Put the tenant id in the URL instead of common."

    SigningKeyRequired = 50_146, 400 InvalidRequest, Registration, Documented,
        explained "claims mapping is not part of the local cloud";
        "This application is required to be configured with an application-specific signing key. It is either not configured with one, or the key has expired or is not yet valid.";
        "A claims-mapping policy is set on the registration.";
        "Remove the policy, or use a fresh registration."

    MappedClaimsNotAccepted = 501_461, 400 InvalidRequest, Registration, Documented,
        explained "claims mapping is not part of the local cloud";
        "AcceptMappedClaims is only supported for a token audience matching the application GUID or an audience within the tenant's verified domains. Either change the resource identifier, or use an application-specific signing key.";
        "The registration accepts mapped claims.";
        "Set acceptMappedClaims to null in the manifest, or use a fresh registration."

    SpaCrossOriginOnly = 9_002_327, 400 InvalidRequest, Registration, Reported;
        "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.";
        "The redirect URI is registered as one of a single-page application, and the program is none.";
        "Register the redirect URI under Mobile and desktop applications instead."

    CrossOriginOnlySpa = 9_002_326, 400 InvalidRequest, Registration, Reported;
        "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'.";
        "A script in a browser redeems a code of a redirect URI of another kind.";
        "Register the redirect URI under Single-page application, or redeem the code outside the browser."

    PkceRequired = 9_002_325, 400 InvalidRequest, Registration, Documented;
        "Proof Key for Code Exchange is required for cross-origin authorization code redemption.";
        "The sign-in began without a code challenge where one is required.";
        "Send code_challenge with the sign-in and code_verifier with the code."
    } } };
}
pub(super) use registration;
