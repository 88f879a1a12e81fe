//! What queries may know of each collection, by Graph's reference pages of its objects.

use super::query::{
    Collection, Kind,
    Kind::{Boolean, Guid, Instant, Number, Objects, Text, Texts},
    Place,
};

const fn directory(
    name: &'static str,
    entity: &'static str,
    sorts_by: &'static [&'static str],
    properties: &'static [(&'static str, Kind)],
) -> Collection {
    Collection {
        name,
        entity,
        place: Place::Directory { sorts_by },
        properties,
        only_selected: &[],
    }
}

const fn elsewhere(
    name: &'static str,
    entity: &'static str,
    properties: &'static [(&'static str, Kind)],
) -> Collection {
    Collection {
        name,
        entity,
        place: Place::Elsewhere,
        properties,
        only_selected: &[],
    }
}

pub(super) const APPLICATIONS: &Collection = &directory(
    "applications",
    "application",
    &["displayName"],
    &[
        ("id", Text),
        ("appId", Text),
        ("displayName", Text),
        ("uniqueName", Text),
        ("createdDateTime", Instant),
        ("publisherDomain", Text),
        ("signInAudience", Text),
        ("isFallbackPublicClient", Boolean),
        ("identifierUris", Texts),
        ("tags", Texts),
        ("notes", Text),
        ("requiredResourceAccess", Objects),
        ("requiredResourceAccess/resourceAppId", Text),
    ],
);

pub(super) const SERVICE_PRINCIPALS: &Collection = &directory(
    "servicePrincipals",
    "servicePrincipal",
    &["displayName"],
    &[
        ("id", Text),
        ("appId", Text),
        ("displayName", Text),
        ("accountEnabled", Boolean),
        ("appRoleAssignmentRequired", Boolean),
        ("servicePrincipalNames", Texts),
        ("servicePrincipalType", Text),
        ("appOwnerOrganizationId", Guid),
        ("tags", Texts),
    ],
);

const USER_PROPERTIES: &[(&str, Kind)] = &[
    ("id", Text),
    ("userPrincipalName", Text),
    ("displayName", Text),
    ("givenName", Text),
    ("surname", Text),
    ("mail", Text),
    ("mailNickname", Text),
    ("accountEnabled", Boolean),
    ("userType", Text),
    ("createdDateTime", Instant),
];

pub(super) const USERS: &Collection = &Collection {
    only_selected: &[
        "mailNickname",
        "accountEnabled",
        "userType",
        "createdDateTime",
        "signInSessionsValidFromDateTime",
    ],
    ..directory(
        "users",
        "user",
        &["displayName", "userPrincipalName"],
        USER_PROPERTIES,
    )
};

/// Users as owners: in the collection of directory objects.
pub(super) const OWNERS: &Collection = &Collection {
    only_selected: USERS.only_selected,
    ..directory("directoryObjects", "directoryObject", &[], USER_PROPERTIES)
};

pub(super) const DELETED_ITEMS: &Collection = &directory(
    "directoryObjects",
    "directoryObject",
    &["displayName"],
    &[
        ("id", Text),
        ("appId", Text),
        ("displayName", Text),
        ("uniqueName", Text),
        ("userPrincipalName", Text),
        ("deletedDateTime", Instant),
    ],
);

pub(super) const AUTHENTICATION_METHODS: &Collection = &elsewhere(
    "users/authentication/methods",
    "authenticationMethod",
    &[("id", Text)],
);

pub(super) const AUTHORIZATION_POLICY: &Collection =
    &elsewhere("policies/authorizationPolicy", "authorizationPolicy", &[]);

pub(super) const SECURITY_DEFAULTS: &Collection = &elsewhere(
    "policies/identitySecurityDefaultsEnforcementPolicy",
    "identitySecurityDefaultsEnforcementPolicy",
    &[],
);

pub(super) const NAMED_LOCATIONS: &Collection = &elsewhere(
    "identity/conditionalAccess/namedLocations",
    "namedLocation",
    &[("id", Text), ("displayName", Text), ("isTrusted", Boolean)],
);

pub(super) const GRANTS: &Collection = &directory(
    "oauth2PermissionGrants",
    "oAuth2PermissionGrant",
    &[],
    &[
        ("id", Text),
        ("clientId", Text),
        ("consentType", Text),
        ("principalId", Text),
        ("resourceId", Text),
        ("scope", Text),
    ],
);

pub(super) const APP_ROLE_ASSIGNMENTS: &Collection = &directory(
    "appRoleAssignments",
    "appRoleAssignment",
    &[],
    &[
        ("id", Text),
        ("appRoleId", Guid),
        ("principalId", Guid),
        ("principalType", Text),
        ("resourceId", Guid),
    ],
);

pub(super) const ORGANIZATION: &Collection = &directory(
    "organization",
    "organization",
    &[],
    &[("id", Text), ("displayName", Text)],
);

pub(super) const DOMAINS: &Collection = &directory(
    "domains",
    "domain",
    &[],
    &[
        ("id", Text),
        ("authenticationType", Text),
        ("isDefault", Boolean),
        ("isVerified", Boolean),
    ],
);

pub(super) const APP_CONSENT_REQUESTS: &Collection = &elsewhere(
    "identityGovernance/appConsent/appConsentRequests",
    "appConsentRequest",
    &[
        ("id", Text),
        ("appId", Text),
        ("appDisplayName", Text),
        ("pendingScopes", Objects),
    ],
);

pub(super) const USER_CONSENT_REQUESTS: &Collection = &elsewhere(
    "userConsentRequests",
    "userConsentRequest",
    &[
        ("id", Text),
        ("reason", Text),
        ("status", Text),
        ("createdDateTime", Instant),
        ("completedDateTime", Instant),
    ],
);

pub(super) const SIGN_INS: &Collection = &elsewhere(
    "auditLogs/signIns",
    "signIn",
    &[
        ("createdDateTime", Instant),
        ("userPrincipalName", Text),
        ("userId", Text),
        ("appId", Text),
        ("appDisplayName", Text),
        ("ipAddress", Text),
        ("correlationId", Text),
        ("resourceDisplayName", Text),
        ("conditionalAccessStatus", Text),
        ("status/errorCode", Number),
    ],
);

pub(super) const DIRECTORY_AUDITS: &Collection = &elsewhere(
    "auditLogs/directoryAudits",
    "directoryAudit",
    &[
        ("id", Text),
        ("activityDateTime", Instant),
        ("activityDisplayName", Text),
        ("category", Text),
        ("correlationId", Text),
    ],
);

pub(super) const CONDITIONAL_ACCESS: &Collection = &elsewhere(
    "identity/conditionalAccess/policies",
    "conditionalAccessPolicy",
    &[
        ("id", Text),
        ("displayName", Text),
        ("state", Text),
        ("createdDateTime", Instant),
        ("modifiedDateTime", Instant),
    ],
);
