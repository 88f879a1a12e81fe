//! Refusals about the shape of the request: scope, parameters, tenant, endpoint. Step 4.

/// Hands its rows on; see [`super`].
macro_rules! request {
    ($next:ident $($rest:ident)* ; $($before:tt)*) => { $next! { $($rest)* ; $($before)* Request {

    InvalidScope = 70_011, 400 InvalidScope, TokenRequest, Documented;
        "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.";
        "A word in the scope has no value behind the host, or default and named scopes are mixed.";
        "Ask for https://<LCS API host>//.default."

    ScopeInvalidForCode = 28_002, 400 InvalidRequest, TokenRequest, Documented;
        "Provided value for the input parameter scope '{scope}' is not valid when requesting an access token. Please specify a valid scope.";
        "The scope sent with the code names no permission of a resource.";
        "Ask for https://<LCS API host>//.default."

    ScopeEmptyForCode = 28_003, 400 InvalidRequest, TokenRequest, Documented;
        "Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code. Please specify a valid scope.";
        "The scope was left out, and the code alone does not say which resource is meant.";
        "Send the scope with the code: https://<LCS API host>//.default."

    SeveralResourcesForCode = 28_000, 400 InvalidRequest, TokenRequest, Documented;
        "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {scope} is not valid.";
        "A code is redeemed for several resources at once.";
        "Ask for one resource per request; redeem the refresh token for the others."

    SeveralResources = 700_022, 400 InvalidRequest, TokenRequest, Documented;
        "The provided value for the input parameter 'scope' is not valid because it contains more than one resource. Scope {scope} is not valid.";
        "The scope names several resources, such as LCS and Microsoft Graph.";
        "Ask for one resource per request."

    NoResourceInScope = 700_023, 400 InvalidRequest, TokenRequest, Documented;
        "The provided value for the input parameter 'scope' isn't valid when requesting an access token. Scope {scope} is not valid.";
        "The scope has only words of OpenID Connect and names no resource.";
        "Add https://<LCS API host>//.default."

    ClientCredentialsScope = 1_002_012, 400 InvalidScope, TokenRequest, Reported;
        "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).";
        "Client credentials were asked for with a named permission.";
        "LCS acts only for users: sign in with a user account instead of client credentials."

    ResourceParameter = 901_002, 400 InvalidRequest, TokenRequest, Documented;
        "The 'resource' request parameter isn't supported.";
        "The body of the v1 endpoint was sent to the v2 endpoint.";
        "Send scope=<resource>//.default instead, or use the v1 endpoint."

    ResourceMismatch = 9_010_010, 400 InvalidRequest, TokenRequest, Reported;
        "The resource parameter provided in the request doesn't match with the requested scopes.";
        "Both resource and scope were sent to the v2 endpoint, and they name different resources.";
        "Send the scope alone."

    MissingParameter = 900_144, 400 InvalidRequest, TokenRequest, Recorded;
        "The request body must contain the following parameter: '{parameter}'.";
        "A parameter is missing: the body is no form, or a pipeline variable is empty.";
        "Send the parameter, form-encoded; an empty pipeline variable is a usual cause."

    RequiredFieldMissing = 90_014, 400 InvalidRequest, TokenRequest, Documented,
        explained "an older number; today's is 900144";
        "The required field '{parameter}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.";
        "A parameter is missing or empty, such as the password.";
        "Send the parameter, form-encoded; an empty pipeline variable is a usual cause."

    MalformedRequest = 9_002_313, 400 InvalidRequest, TokenRequest, Documented;
        "Invalid request. Request is malformed or invalid.";
        "The body cannot be decoded.";
        "Send the body as application/x-www-form-urlencoded and percent-encode every value."

    InvalidInput = 90_013, 400 InvalidRequest, TokenRequest, Documented;
        "Invalid input received from the user.";
        "A parameter is there twice, or holds characters that it may not hold.";
        "Send every parameter once, percent-encoded."

    UnsupportedGrant = 70_003, 400 UnsupportedGrantType, TokenRequest, Recorded;
        "The app requested an unsupported grant type '{grant}'.";
        "The grant type is mistyped or unknown.";
        "Use grant_type=password, the device code or the refresh token grant."

    ParameterNotValid = 90_100, 400 InvalidRequest, TokenRequest, Documented;
        "'{parameter}' parameter is empty or not valid.";
        "A parameter is there and holds nothing that can be used.";
        "Correct the parameter that the text names."

    NotAnAbsoluteUri = 90_102, 400 InvalidRequest, TokenRequest, Documented;
        "'{parameter}' value must be a valid absolute URI.";
        "A parameter must be a whole address and is not, such as a redirect URI without scheme.";
        "Send the whole address, with scheme and host."

    OnlyPost = 900_561, 400 InvalidRequest, TokenRequest, Documented;
        "The endpoint only accepts POST requests. Received a {method} request.";
        "The token endpoint was called with another method.";
        "Send a POST request."

    WrongEndpoint = 90_056, 400 InvalidRequest, TokenRequest, Documented,
        explained "900561 is answered for the wrong method";
        "This endpoint only accepts requests of its own kind: the resource is disabled, not found, or the address is wrong.";
        "A request was sent to an endpoint that is not meant for it.";
        "Send the code to the token endpoint by POST."

    TenantMalformed = 900_023, 400 InvalidRequest, TokenRequest, Recorded;
        "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.";
        "The tenant in the URL is neither a GUID nor a domain name: a placeholder, a company's name, a value pasted twice.";
        "Use the tenant's GUID, or one of its verified domains, in the URL."

    TenantNotFound = 90_002, 400 InvalidRequest, TokenRequest, Recorded;
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.";
        "No tenant of this cloud has this GUID or domain.";
        "Check the tenant id, and that the authority host belongs to the tenant's cloud."

    NationalCloud = 90_038, 400 InvalidRequest, TokenRequest, Documented,
        explained "every tenant here belongs to the cloud that it is asked for in";
        "Tenant '{tenant}' request is being redirected to the National Cloud '{cloud}'. Current cloud instance '{current}' does not federate with {cloud}.";
        "The tenant lives in another national cloud.";
        "Use the authority host of the tenant's cloud."

    UnknownInstance = 50_049, 400 InvalidInstance, TokenRequest, Recorded, page true;
        "Unknown or invalid instance.";
        "Instance discovery does not know the authority host.";
        "Check the authority host, or switch instance discovery off for a local authority."

    NoTenantInformation = 50_059, 400 InvalidRequest, TokenRequest, Documented;
        "No tenant-identifying information found in either the request or implied by any provided credentials.";
        "The URL names no tenant, and the user name's domain is not known.";
        "Put the tenant id in the URL, and use the full user principal name."

    InvalidDomainName = 50_128, 400 InvalidRequest, TokenRequest, Documented,
        explained "an older number; today's is 50059";
        "Invalid domain name - No tenant-identifying information found in either the request or implied by any provided credentials.";
        "The URL names no tenant, and the user name's domain is not known.";
        "Put the tenant id in the URL, and use the full user principal name."

    TenantNotDetermined = 90_019, 400 InvalidRequest, TokenRequest, Documented,
        explained "an older number; today's is 50059";
        "No tenant-identifying information found in either the request or implied by any provided credentials.";
        "The URL names no tenant, and nothing else tells it.";
        "Put the tenant id in the URL."

    GrantNotForCommon = 9_001_023, 400 InvalidRequest, TokenRequest, Documented;
        "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
        "A password or client credentials were sent to common or consumers.";
        "Put the tenant id in the URL instead of common."

    GrantNotForCommonOld = 90_010, 400 InvalidRequest, TokenRequest, Documented,
        explained "an older number; today's is 9001023";
        "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.";
        "A password or client credentials were sent to common or consumers.";
        "Put the tenant id in the URL instead of common."

    OnlyOrganizations = 9_002_332, 400 InvalidRequest, TokenRequest, Documented;
        "Application '{client}'({name}) is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request.";
        "The URL says consumers, and the application is for accounts of organisations.";
        "Put the tenant id in the URL instead of consumers."

    OnlyMicrosoftAccounts = 9_002_331, 400 InvalidRequest, TokenRequest, Documented,
        explained "the local cloud has no personal accounts";
        "Application '{client}'({name}) is configured for use by Microsoft Account users only. Please use the /consumers endpoint to serve this request.";
        "The application is for personal accounts only.";
        "Register the application for accounts of the organisation."

    RequestLoop = 50_196, 400 InvalidGrant, TokenRequest, Documented,
        explained "clients may ask the local cloud as often as they like";
        "The server terminated an operation because it encountered a client request loop. Please contact your app vendor.";
        "The same token was asked for again and again in a short time.";
        "Keep the token until it expires instead of asking for one on every call."

    UnsupportedPrompt = 90_023, 400 InvalidRequest, TokenRequest, Reported;
        "Unsupported 'prompt' value.";
        "The prompt is unknown, or several were combined.";
        "Send one of login, none, consent, select_account and create."

    UnsupportedResponseType = 70_005, 400 UnsupportedResponseType, TokenRequest, Documented;
        "The app returned an unsupported response type: response_type '{response_type}' is not supported.";
        "The response type is unknown.";
        "Send response_type=code."

    ResponseTypeNotEnabled = 700_051, 400 UnsupportedResponseType, Registration, Reported;
        "response_type 'token' is not enabled for the application.";
        "A token was asked for directly from the sign-in page, and the registration does not allow it.";
        "Send response_type=code; implicit grants are out of date."

    IdTokenNotEnabled = 700_054, 400 UnsupportedResponseType, Registration, Documented;
        "response_type 'id_token' is not enabled for the application.";
        "An id token was asked for directly from the sign-in page, and the registration does not allow it.";
        "Send response_type=code; or enable ID tokens under Authentication → Implicit grant and hybrid flows."

    UnsupportedResponseMode = 70_007, 400 InvalidRequest, TokenRequest, Documented;
        "'{response_mode}' is not a supported value of 'response_mode' when requesting a token.";
        "The response mode is unknown, or would put a token into a URL's query.";
        "Send response_mode=form_post, or leave it out."
    } } };
}
pub(super) use request;
