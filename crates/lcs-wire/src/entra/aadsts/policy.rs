//! Refusals of multifactor authentication, conditional access and risk.

/// Hands its rows on; see [`super`].
macro_rules! policy {
    ($next:ident $($rest:ident)* ; $($before:tt)*) => { $next! { $($rest)* ; $($before)* Policy {

    MfaRequired = 50_076, 400 InvalidGrant, Account, Recorded, v1 InteractionRequired, suberror "basic_action", page true;
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource_id}'.";
        "Multifactor authentication is demanded of the account or for the resource, and this flow cannot give it.";
        "A user name and password never work with multifactor authentication: use device code or browser sign-in, or an account without it."

    MfaEnrolment = 50_079, 400 InvalidGrant, Account, Recorded, v1 InteractionRequired, suberror "basic_action";
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource_id}'.";
        "Multifactor authentication is demanded, and the account has not set it up; security defaults demand it of everybody.";
        "Set multifactor authentication up in a browser, then use device code or browser sign-in."

    MfaEnrolmentPage = 50_072, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "basic_action",
        explained "the page sets the second factor up instead";
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource_id}'.";
        "The sign-in in the browser stopped where a second factor was to be set up.";
        "Sign in again and complete the set-up."

    MfaNotPassed = 50_074, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "basic_action",
        explained "500121 is answered for a wrong code, 50076 where none can be asked for";
        "Strong Authentication is required.";
        "The second factor was asked for and not given.";
        "Sign in again by device code or browser, and complete the second factor."

    MfaExpired = 50_078, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "basic_action";
        "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '{resource_id}'.";
        "The second factor behind the refresh token is older than a policy allows.";
        "Sign in again by device code or browser."

    StrongAuthenticationFailed = 500_121, 400 InvalidGrant, Account, Documented, v1 InteractionRequired;
        "Authentication failed during strong authentication request.";
        "The second factor was wrong, used before, or not answered.";
        "Try again with a fresh code."

    ExternalChallenge = 50_158, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "basic_action";
        "External security challenge not satisfied. User will be redirected to another page or authentication provider to satisfy additional authentication challenges.";
        "A second factor of another maker, or terms of use, stand before the resource.";
        "Use device code or browser sign-in."

    DeviceAuthenticationRequired = 50_097, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud has no device registration";
        "Device authentication is required.";
        "A policy demands a registered device.";
        "Sign in from a registered device, in a browser that knows it."

    DeviceNotJoined = 50_129, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud has no device registration";
        "Device is not workplace joined. Workplace join is required to register the device.";
        "A policy demands a registered device.";
        "Register the device, or sign in from one that is."

    DeviceAuthenticationFailed = 50_155, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud has no device registration";
        "Device authentication failed for this user.";
        "The device could not prove what it is.";
        "Register the device anew, or sign in from another one."

    DeviceInformationMissing = 50_187, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud has no device registration";
        "Device information is not provided.";
        "A policy judges devices, and none was named.";
        "Sign in from a registered device, in a browser that knows it."

    PlatformNotSupported = 50_005, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud judges no platforms";
        "User tried to log in to a device from a platform ({platform}) that's currently not supported through Conditional Access policy.";
        "A policy allows other operating systems only.";
        "Run from a platform that the policy allows, or have the account excluded."

    DeviceNotCompliant = 53_000, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only";
        "Device is not in required device state: {state}. Conditional Access policy requires a compliant device, and the device is not compliant. The user must enroll their device with an approved MDM provider like Intune.";
        "A policy demands a compliant device.";
        "Run from a managed machine, or have the account excluded from the policy."

    DeviceNotDomainJoined = 53_001, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only";
        "Device is not in required device state: {state}. Conditional Access policy requires a domain joined device, and the device is not domain joined.";
        "A policy demands a machine that is joined to the domain.";
        "Run from such a machine, or have the account excluded from the policy."

    ApplicationNotApproved = 53_002, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only";
        "Application used is not an approved application for Conditional Access. User needs to use one of the apps from the list of approved applications to use in order to get access.";
        "A policy allows approved applications only.";
        "Have the account excluded from the policy."

    BlockedByConditionalAccess = 53_003, 400 InvalidGrant, Account, Recorded, v1 InteractionRequired, suberror "message_only", page true;
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
        "A policy blocks this account, client, flow or address; blocking device codes is a usual one.";
        "An administrator reads Sign-in logs → Conditional Access and excludes the account, or sign in by another flow."

    BlockedForRisk = 53_004, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only",
        explained "the local cloud judges no risk";
        "Sign-in was blocked due to risk. The user must register for multi-factor authentication before accessing this content.";
        "The sign-in looks risky, and the account has no second factor to prove itself.";
        "An administrator looks at Risky users; then set up multifactor authentication."

    BlockedForRiskAtHome = 53_011, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only",
        explained "the local cloud judges no risk";
        "User blocked due to risk on home tenant.";
        "The guest's own tenant takes the account for compromised.";
        "An administrator of the account's own tenant clears the risk."

    DeviceNotManaged = 530_003, 400 InvalidGrant, Account, Reported, v1 InteractionRequired, suberror "message_only";
        "Your device is required to be managed to access this resource.";
        "A policy demands a managed device.";
        "Run from a managed machine, or have the account excluded from the policy."

    BlockedBySecurityPolicy = 530_032, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only",
        explained "the local cloud has no policies of that kind";
        "Blocked by Conditional Access on security policy. The tenant admin has configured a security policy that blocks this request.";
        "A security policy of the whole tenant blocks the request.";
        "An administrator looks at the tenant's security policies."

    DelegatedAdministratorBlocked = 530_034, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only",
        explained "the local cloud has no partners' administrators";
        "A delegated administrator was blocked from accessing the tenant due to account risk in their home tenant.";
        "A partner's administrator is taken for compromised.";
        "An administrator of the partner's tenant clears the risk."

    BlockedBySecurityDefaults = 530_035, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only";
        "Access has been blocked by security defaults. This is due to the request using legacy auth or being deemed unsafe by security defaults policies.";
        "Security defaults are on and refuse this kind of sign-in.";
        "Use device code or browser sign-in; or let an administrator replace security defaults by conditional access."

    ConditionalAccessFailed = 50_131, 400 InvalidGrant, Account, Documented, v1 InteractionRequired, suberror "message_only",
        explained "the local cloud has no device registration and judges no risk";
        "Device is not in required device state. Or, the request was blocked due to suspicious activity, access policy, or security policy decisions.";
        "One of several policies refused; the sign-in log knows which.";
        "An administrator reads Sign-in logs → Conditional Access."

    TenantAccessDenied = 500_021, 400 InvalidRequest, Account, Documented,
        explained "tenant restrictions live in a company's proxy";
        "Access to '{tenant}' tenant is denied.";
        "The network's proxy allows other tenants only.";
        "Run from another network, or have the tenant added to the proxy's list."

    TenantAccessDeniedByPolicy = 500_022, 400 InvalidRequest, Account, Documented,
        explained "tenant restrictions live in a company's proxy";
        "Access to '{tenant}' tenant is denied. The tenant restriction feature is configured.";
        "The network's proxy allows other tenants only.";
        "Run from another network, or have the tenant added to the proxy's list."

    NotAllowedOutbound = 500_212, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud has no cross-tenant access policies";
        "The user's administrator has set an outbound access policy that does not allow access to the resource tenant.";
        "The account's own tenant does not let it sign in elsewhere.";
        "Use an account of the tenant that owns the project."

    NotAllowedInbound = 500_213, 400 InvalidGrant, Account, Documented, v1 InteractionRequired,
        explained "the local cloud has no cross-tenant access policies";
        "The resource tenant's cross-tenant access policy does not allow this user to access this tenant.";
        "The tenant does not let guests of that tenant in.";
        "Use an account of the tenant that owns the project."
    } } };
}
pub(super) use policy;
