//! What the claims mean ("Access token claims reference").

const MEANINGS: &[(&str, &str)] = &[
    ("aud", "the resource that the token is for"),
    ("iss", "who issued it"),
    ("tid", "the tenant"),
    ("appid", "the application that asked"),
    ("azp", "the application that asked"),
    (
        "appidacr",
        "how the application proved itself; 0: public client",
    ),
    (
        "azpacr",
        "how the application proved itself; 0: public client",
    ),
    ("upn", "the user's sign-in name"),
    ("unique_name", "the user's name for display"),
    ("preferred_username", "the user's sign-in name, for display"),
    ("name", "the user's name for display"),
    ("given_name", "the user's first name"),
    ("family_name", "the user's last name"),
    ("oid", "the user's object id"),
    ("scp", "the delegated permissions"),
    ("roles", "application permissions; LCS has none"),
    ("amr", "how the user signed in"),
    ("acr", "the class of the sign-in"),
    ("iat", "when it was issued"),
    ("nbf", "from when it is valid"),
    ("exp", "until when it is valid"),
    ("ipaddr", "where the user signed in from"),
    ("idp", "where the user is at home, of guests"),
    ("sub", "the user, as this application sees them"),
    ("uti", "the id of the token, for the sign-in log"),
    ("sid", "the sign-in session"),
    ("ver", "the version of the token's form"),
    ("wids", "the user's directory roles"),
    ("idtyp", "whether a user or an application stands behind it"),
    ("nonce", "the sign-in that an id token belongs to"),
];

/// What a claim means.
pub fn meaning(name: &str) -> &'static str {
    let known = MEANINGS.iter().find(|(known, _)| *known == name);
    known.map_or("not relied on", |(_, meaning)| meaning)
}
