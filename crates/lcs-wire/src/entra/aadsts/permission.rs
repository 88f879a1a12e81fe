//! Refusals about the resource, its permissions and consent: step 2 of the article.

/// Hands its rows on; see [`super`].
macro_rules! permission {
    ($next:ident $($rest:ident)* ; $($before:tt)*) => { $next! { $($rest)* ; $($before)* Permission {

    NoConsent = 65_001, 400 InvalidGrant, Permission, Documented, authorize ConsentRequired, suberror "consent_required";
        "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource.";
        "The permission is listed and nobody has granted it, or the grant was withdrawn.";
        "An administrator grants consent: API permissions → Grant admin consent; or sign in once in a browser and accept."

    ResourceNotListed = 650_057, 400 InvalidResource, Permission, Documented, authorize InvalidClient;
        "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {client}({name}). Resource value from request: {resource}. Resource app ID: {resource_id}. List of valid resources from app registration: {list}.";
        "LCS is not among the registration's permissions: an entry with a similar name was picked, or none.";
        "Add the delegated permission user_impersonation of the entry with the GUID 913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0; others have a similar name."

    MisconfiguredApplication = 650_056, 400 InvalidClient, Permission, Documented;
        "Misconfigured application. This could be due to one of the following: the client has not listed any permissions for '{resource}' in the requested permissions in the client's application registration. Or, the admin has not consented in the tenant. Or, check the application identifier in the request to ensure it matches the configured client application identifier. Please contact your admin to fix the configuration or consent on behalf of the tenant. Client app ID: {client}.";
        "The registration lists no permission of the resource, seen at sign-in.";
        "Add the delegated permission user_impersonation of 913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0, then grant consent."

    PermissionUnknown = 65_005, 400 InvalidResource, Permission, Documented, authorize InvalidClient;
        "The application '{name}' asked for scope '{scope}' that doesn't exist.";
        "The registration lists a permission id that the resource does not have.";
        "Correct the permission id in the registration: user_impersonation is a8737248-d2c2-4a7c-9759-3dfaad5c2f19."

    ScopeUnknown = 650_053, 400 InvalidClient, Permission, Reported;
        "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource_id}'. Contact the app vendor.";
        "The resource has no such permission; a bare word in the scope is one of Microsoft Graph.";
        "Ask for https://<LCS API host>//.default; a bare word is a scope of Microsoft Graph."

    ResourceServicePrincipalMissing = 650_052, 400 InvalidClient, Permission, Documented;
        "The app is trying to access a service '{resource_id}'({resource}) that your organization '{tenant}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.";
        "The tenant has no service principal of LCS: it never had Dynamics, or it was removed.";
        "An administrator creates it: POST /servicePrincipals with the appId 913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0; or signs in to LCS once."

    ResourceNotFound = 500_011, 400 InvalidResource, Permission, Recorded, page true;
        "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.";
        "No resource of the tenant has this name: a typing error in the host, the host of another cloud, or LCS has no service principal here.";
        "Check the host in the scope and the region; an administrator may have to create the service principal of LCS."

    ResourceNotFoundOld = 50_001, 400 InvalidResource, Permission, Documented,
        explained "an older number; today's is 500011";
        "The application named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.";
        "No resource of the tenant has this name, or it is switched off.";
        "Check the host in the resource and the region; an administrator may have to create the service principal of LCS."

    ResourceDisabled = 500_014, 400 InvalidResource, Permission, Reported;
        "The service principal for resource '{resource}' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it.";
        "The service principal of LCS is switched off, or the Dynamics licence has lapsed.";
        "Enable Dynamics Lifecycle services under Enterprise applications; check the licence."

    ServicePrincipalNamePresent = 650_051, 400 InvalidClient, Permission, Reported,
        explained "a first consent here is one transaction";
        "The app cannot be consented to because the service principal name is already present for the tenant.";
        "Two first consents at once, or one that stopped half-way.";
        "Try again after a minute, or let an administrator grant the permission directly."

    ResourceRemoved = 650_054, 400 InvalidClient, Permission, Documented,
        explained "650052 and 500011 are answered for resources that are gone";
        "The application asked for permissions to access a resource that has been removed or is no longer available. Contact the app vendor.";
        "The registration still lists a permission of a resource that is gone.";
        "Remove that entry from API permissions and add LCS again."

    FirstPartyNotPreauthorised = 65_002, 400 InvalidGrant, Registration, Documented, authorize InvalidClient;
        "Consent between first party application '{client}' and first party resource '{resource_id}' must be configured via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for that API.";
        "A client id of Microsoft's own, such as that of Azure CLI, is used for LCS.";
        "Register an application of your own: Microsoft's client ids cannot get tokens for LCS."

    AuthorizationDeclined = 65_004, 400 AuthorizationDeclined, Permission, Documented, authorize AccessDenied;
        "User declined to consent to access the app.";
        "Somebody pressed Cancel on the consent page, or declined the device.";
        "Sign in again and accept."

    AdminConsentNeeded = 90_094, 400 AccessDenied, Permission, Documented;
        "The grant requires admin permission.";
        "Users may not consent in this tenant, or not to this permission.";
        "An administrator grants consent: API permissions → Grant admin consent."

    AdminApprovalWorkflow = 90_095, 400 AccessDenied, Permission, Documented;
        "Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin.";
        "Users may not consent in this tenant, and may ask an administrator on the page.";
        "Fill in the request and wait for the administrator, or ask for it: API permissions → Grant admin consent."

    TokenForItself = 90_008, 400 InvalidGrant, Permission, Documented,
        explained "an application may ask for a token for itself here";
        "The user or administrator has not consented to use the application with ID '{client}'. This happened because application is misconfigured: it must require access to Windows Azure Active Directory by specifying at least 'Sign in and read user profile' permission.";
        "The application asks for a token for itself.";
        "Ask for the scope of LCS, or add the permission User.Read of Microsoft Graph."

    UserNotAssigned = 50_105, 400 InvalidGrant, Permission, Documented, authorize AccessDenied;
        "Your administrator has configured the application {name} ('{client}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.";
        "The enterprise application demands assignment, and the account is not assigned.";
        "Assign the account: Enterprise applications → Users and groups; or set Assignment required to No."

    ApplicationNotAssigned = 501_051, 400 InvalidGrant, Permission, Reported;
        "Application '{client}'({name}) is not assigned to a role for the application '{resource_id}'({resource_name}).";
        "The resource demands assignment, and the application that asks for itself has none of its roles.";
        "Assign it a role of the resource (appRoleAssignments of its service principal); LCS itself acts only for users."
    } } };
}
pub(super) use permission;
