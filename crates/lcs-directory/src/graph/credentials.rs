//! `/applications/{id}/addPassword`, `/removePassword`, and the credentials as an application shows
//! them.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::{SignedDuration, Timestamp};
use lcs_tokens::ClientCertificate;
use lcs_types::CredentialId;
use lcs_wire::graph::{
    AddPassword, KeyCredential as ShownKey, PasswordCredential as ShownPassword, RemovePassword,
};

use super::{ApplicationKey, GraphCaller, GraphFailed, GraphRefusal, applications::found};
use crate::{
    Directory,
    model::{CertificateBytes, KeyCredential, PasswordCredential},
    secret_hash::SecretHash,
};

/// How long a secret is good when nothing is said ("application: addPassword").
const TWO_YEARS: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// "application: addPassword": more are refused.
const MOST_CREDENTIALS: usize = 99;
const HINT_LENGTH: usize = 3;
/// As the audit log of Entra writes it.
const CREDENTIALS_CHANGED: &str = "Update application – Certificates and secrets management";
const CERTIFICATE: &str = "AsymmetricX509Cert";
const VERIFY: &str = "Verify";

impl Directory {
    /// Makes a client secret. It stands in the answer and is never shown again.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::BadRequest`]; a
    /// failure of ours.
    pub async fn add_password(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
        new: &AddPassword,
    ) -> Result<ShownPassword, GraphFailed> {
        let mut application = self.application_to_change(caller, key).await?;
        let credentials = &mut application.settings.password_credentials;
        if credentials.len() >= MOST_CREDENTIALS {
            return Err(invalid("passwordCredentials").into());
        }
        let wanted = &new.password_credential;
        let start = instant(wanted.start_date_time.as_deref(), "startDateTime")?;
        let start = start.unwrap_or_else(|| self.now());
        let end = instant(wanted.end_date_time.as_deref(), "endDateTime")?;
        let end = end.unwrap_or(start + TWO_YEARS);
        if end <= start {
            return Err(invalid("endDateTime").into());
        }
        let secret = URL_SAFE_NO_PAD.encode(self.random_bytes::<30>());
        let credential = PasswordCredential {
            key_id: CredentialId::random(&*self.randomness),
            display_name: wanted.display_name.clone(),
            hint: secret[..HINT_LENGTH].to_owned(),
            hash: SecretHash::of(&secret),
            start,
            end,
        };
        let shown = ShownPassword {
            secret_text: Some(secret),
            ..shown_password(&credential)
        };
        credentials.push(credential);
        let changed = self
            .store
            .change_application(caller.tenant, application.id, &application.settings)
            .await?;
        found(changed, key)?;
        self.audit_call(caller, CREDENTIALS_CHANGED, &application)
            .await?;
        Ok(shown)
    }

    /// Removes a client secret.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::BadRequest`] when the
    /// application has no such secret; a failure of ours.
    pub async fn remove_password(
        &self,
        caller: &GraphCaller,
        key: &ApplicationKey,
        removed: &RemovePassword,
    ) -> Result<(), GraphFailed> {
        let mut application = self.application_to_change(caller, key).await?;
        let credentials = &mut application.settings.password_credentials;
        let before = credentials.len();
        credentials.retain(|credential| credential.key_id != removed.key_id);
        if credentials.len() == before {
            return Err(GraphRefusal::bad_request(format!(
                "No credentials found to be removed with the key id '{}'.",
                removed.key_id
            ))
            .into());
        }
        let changed = self
            .store
            .change_application(caller.tenant, application.id, &application.settings)
            .await?;
        found(changed, key)?;
        self.audit_call(caller, CREDENTIALS_CHANGED, &application)
            .await
    }

    /// The certificates that a patch sends. One without `key` must be there already and stays.
    pub(super) fn key_credentials(
        &self,
        present: &[KeyCredential],
        sent: &[ShownKey],
    ) -> Result<Vec<KeyCredential>, GraphRefusal> {
        if sent.len() > MOST_CREDENTIALS {
            return Err(invalid("keyCredentials"));
        }
        let credential = |sent: &ShownKey| {
            if sent.key_type != CERTIFICATE || sent.usage != VERIFY {
                return Err(invalid("keyCredentials"));
            }
            let Some(key) = &sent.key else {
                let known = present
                    .iter()
                    .find(|known| sent.key_id == Some(known.key_id));
                return known.cloned().ok_or_else(|| invalid("keyCredentials"));
            };
            let der = STANDARD
                .decode(key)
                .map_err(|_| invalid("keyCredentials"))?;
            let certificate = ClientCertificate::parse(&der).map_err(|rejected| {
                GraphRefusal::bad_request(format!(
                    "The value of property 'key' of 'keyCredentials' is refused: {rejected}."
                ))
            })?;
            let start = instant(sent.start_date_time.as_deref(), "startDateTime")?;
            let end = instant(sent.end_date_time.as_deref(), "endDateTime")?;
            Ok(KeyCredential {
                key_id: sent
                    .key_id
                    .unwrap_or_else(|| CredentialId::random(&*self.randomness)),
                display_name: sent.display_name.clone(),
                // A credential is never good for longer than its certificate.
                start: start.map_or(certificate.not_before(), |start| {
                    start.max(certificate.not_before())
                }),
                end: end.map_or(certificate.not_after(), |end| {
                    end.min(certificate.not_after())
                }),
                certificate: CertificateBytes::new(certificate),
            })
        };
        sent.iter().map(credential).collect()
    }
}

pub(super) fn shown_password(credential: &PasswordCredential) -> ShownPassword {
    ShownPassword {
        key_id: credential.key_id,
        display_name: credential.display_name.clone(),
        hint: Some(credential.hint.clone()),
        secret_text: None,
        start_date_time: credential.start.to_string(),
        end_date_time: credential.end.to_string(),
    }
}

pub(super) fn shown_key(credential: &KeyCredential) -> ShownKey {
    ShownKey {
        key_id: Some(credential.key_id),
        display_name: credential.display_name.clone(),
        key_type: CERTIFICATE.to_owned(),
        usage: VERIFY.to_owned(),
        key: None,
        custom_key_identifier: Some(credential.certificate.get().thumbprint()),
        start_date_time: Some(credential.start.to_string()),
        end_date_time: Some(credential.end.to_string()),
    }
}

fn instant(text: Option<&str>, property: &str) -> Result<Option<Timestamp>, GraphRefusal> {
    text.map(|text| text.parse().map_err(|_| invalid(property)))
        .transpose()
}

fn invalid(property: &str) -> GraphRefusal {
    GraphRefusal::bad_request(format!(
        "Invalid value specified for property '{property}' of resource 'Application'."
    ))
}
