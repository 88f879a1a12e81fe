//! What is in the cache, and how an entry is found.

use jiff::Timestamp;
use lcs_types::{ClientId, Secret};
use serde::{Deserialize, Serialize, Serializer};

/// What the entries of one session share: everything but the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Host and port.
    pub(crate) authority: String,
    pub(crate) tenant: String,
    pub(crate) client_id: ClientId,
    pub(crate) resource: String,
}

/// The tokens of one account for one resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) authority: String,
    pub(crate) tenant: String,
    pub(crate) client_id: ClientId,
    pub(crate) resource: String,
    /// Lower-case.
    pub(crate) account: String,
    #[serde(serialize_with = "exposed")]
    pub(crate) access_token: Secret,
    pub(crate) obtained_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    #[serde(default, serialize_with = "exposed_if_any")]
    pub(crate) refresh_token: Option<Secret>,
}

/// All entries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(crate) entries: Vec<Entry>,
}

/// One kept sign-in, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CachedSignIn {
    /// Host and port of the authority.
    pub authority: String,
    /// The tenant segment.
    pub tenant: String,
    /// The application.
    pub client_id: ClientId,
    /// The resource.
    pub resource: String,
    /// Who is signed in.
    pub account: String,
    /// When the access token runs out.
    pub expires_at: Timestamp,
    /// Whether it can be renewed without anybody doing anything.
    pub is_renewable: bool,
}

impl Entry {
    fn is_of_session(&self, slot: &Slot, account: Option<&str>) -> bool {
        self.authority == slot.authority
            && self.tenant == slot.tenant
            && self.client_id == slot.client_id
            && account.is_none_or(|account| self.account == account)
    }

    fn is_same_place(&self, other: &Self) -> bool {
        self.authority == other.authority
            && self.tenant == other.tenant
            && self.client_id == other.client_id
            && self.resource == other.resource
            && self.account == other.account
    }
}

impl Contents {
    /// The entry of the account, or of whoever signed in last.
    pub(crate) fn find(&self, slot: &Slot, account: Option<&str>) -> Option<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.is_of_session(slot, account) && entry.resource == slot.resource)
            .max_by_key(|entry| entry.obtained_at)
    }

    /// An entry to renew with: for this resource if there is one, else for another one, since
    /// Entra binds refresh tokens to user and application only.
    pub(crate) fn find_renewable(&self, slot: &Slot, account: Option<&str>) -> Option<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.is_of_session(slot, account) && entry.refresh_token.is_some())
            .max_by_key(|entry| (entry.resource == slot.resource, entry.obtained_at))
    }

    /// When the account's refresh tokens were last obtained or replaced.
    pub(crate) fn renewed_at(&self, slot: &Slot, account: Option<&str>) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter(|entry| entry.is_of_session(slot, account) && entry.refresh_token.is_some())
            .map(|entry| entry.obtained_at)
            .max()
    }

    /// Puts the entry in the place of its predecessor.
    pub(crate) fn put(&mut self, entry: Entry) {
        self.entries.retain(|kept| !kept.is_same_place(&entry));
        self.entries.push(entry);
    }

    /// Removes what the session could use, for every resource, and counts it.
    pub(crate) fn remove(&mut self, slot: &Slot, account: Option<&str>) -> usize {
        let before = self.entries.len();
        self.entries
            .retain(|entry| !entry.is_of_session(slot, account));
        before - self.entries.len()
    }

    pub(crate) fn sign_ins(&self) -> Vec<CachedSignIn> {
        self.entries
            .iter()
            .map(|entry| CachedSignIn {
                authority: entry.authority.clone(),
                tenant: entry.tenant.clone(),
                client_id: entry.client_id,
                resource: entry.resource.clone(),
                account: entry.account.clone(),
                expires_at: entry.expires_at,
                is_renewable: entry.refresh_token.is_some(),
            })
            .collect()
    }
}

/// Writes a secret as the text it is, for what is sealed or handed to the user at their wish.
pub(crate) fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn exposed_if_any<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => serializer.serialize_some(secret.expose()),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLICATION: ClientId = ClientId::from_u128(1);

    fn slot(resource: &str) -> Slot {
        Slot {
            authority: "localhost:8443".to_owned(),
            tenant: "contoso.com".to_owned(),
            client_id: APPLICATION,
            resource: resource.to_owned(),
        }
    }

    fn entry(resource: &str, account: &str, obtained_at: i64) -> Entry {
        Entry {
            authority: "localhost:8443".to_owned(),
            tenant: "contoso.com".to_owned(),
            client_id: APPLICATION,
            resource: resource.to_owned(),
            account: account.to_owned(),
            access_token: Secret::new(format!("{account} for {resource} at {obtained_at}")),
            obtained_at: Timestamp::from_second(obtained_at).unwrap(),
            expires_at: Timestamp::from_second(obtained_at + 3600).unwrap(),
            refresh_token: Some(Secret::new("r")),
        }
    }

    #[test]
    fn without_a_name_the_last_sign_in_counts() {
        let mut contents = Contents::default();
        contents.put(entry("lcs", "anna@contoso.com", 20));
        contents.put(entry("lcs", "bert@contoso.com", 10));
        let found = contents.find(&slot("lcs"), None).unwrap();
        assert_eq!(found.account, "anna@contoso.com");
        let found = contents
            .find(&slot("lcs"), Some("bert@contoso.com"))
            .unwrap();
        assert_eq!(found.account, "bert@contoso.com");
        assert!(
            contents
                .find(&slot("lcs"), Some("carl@contoso.com"))
                .is_none()
        );
    }

    #[test]
    fn authority_port_tenant_application_and_resource_keep_entries_apart() {
        let mut contents = Contents::default();
        contents.put(entry("lcs", "anna@contoso.com", 20));
        let mut others = vec![slot("graph"); 4];
        others[1].authority = "localhost:9443".to_owned();
        others[2].tenant = "fabrikam.com".to_owned();
        others[3].client_id = ClientId::from_u128(2);
        for other in &others {
            assert!(contents.find(other, None).is_none(), "{other:?}");
        }
    }

    #[test]
    fn a_refresh_token_of_another_resource_is_second_choice() {
        let mut contents = Contents::default();
        contents.put(entry("graph", "anna@contoso.com", 20));
        let found = contents.find_renewable(&slot("lcs"), None).unwrap();
        assert_eq!(found.resource, "graph");
        contents.put(entry("lcs", "anna@contoso.com", 10));
        let found = contents.find_renewable(&slot("lcs"), None).unwrap();
        assert_eq!(found.resource, "lcs");
    }

    #[test]
    fn an_entry_replaces_its_predecessor_and_removal_takes_every_resource() {
        let mut contents = Contents::default();
        contents.put(entry("lcs", "anna@contoso.com", 10));
        contents.put(entry("lcs", "anna@contoso.com", 20));
        contents.put(entry("graph", "anna@contoso.com", 20));
        assert_eq!(contents.entries.len(), 2);
        assert_eq!(contents.remove(&slot("lcs"), None), 2);
        assert_eq!(contents.remove(&slot("lcs"), None), 0);
    }
}
