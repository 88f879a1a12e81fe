//! `/identityGovernance/appConsent`: what users asked administrators to consent to, to be read.

use serde::Serialize;
use serde_json::{Value, json};

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation, instant};
use crate::{
    Directory,
    model::{ConsentRequest, ConsentRequestState},
};

/// In the shape of Graph's `appConsentRequest` or `userConsentRequest`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ConsentRequestEntry(Value);

impl Directory {
    /// The applications that users asked for, one entry for each.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn app_consent_requests(
        &self,
        caller: &GraphCaller,
    ) -> Result<Vec<ConsentRequestEntry>, GraphFailed> {
        caller.require(Operation::ReadConsentRequests)?;
        let requests = self.store.consent_requests(caller.tenant).await?;
        let now = self.now();
        let mut first_of_each: Vec<&ConsentRequest> = Vec::new();
        for request in &requests {
            if !first_of_each.iter().any(|it| it.client == request.client) {
                first_of_each.push(request);
            }
        }
        Ok(first_of_each
            .into_iter()
            .map(|first| {
                let pending = requests
                    .iter()
                    .filter(|it| it.client == first.client && it.is_pending(now));
                application_entry(first, pending)
            })
            .collect())
    }

    /// One entry of [`Directory::app_consent_requests`].
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn app_consent_request(
        &self,
        caller: &GraphCaller,
        id: &str,
    ) -> Result<ConsentRequestEntry, GraphFailed> {
        let entries = self.app_consent_requests(caller).await?;
        let found = entries.into_iter().find(|entry| entry.0["id"] == id);
        Ok(found.ok_or_else(|| GraphRefusal::not_found(id))?)
    }

    /// What users asked for one application, oldest first.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn user_consent_requests(
        &self,
        caller: &GraphCaller,
        id: &str,
    ) -> Result<Vec<ConsentRequestEntry>, GraphFailed> {
        caller.require(Operation::ReadConsentRequests)?;
        let mut requests = self.store.consent_requests(caller.tenant).await?;
        requests.retain(|request| request.client.to_string() == id);
        if requests.is_empty() {
            return Err(GraphRefusal::not_found(id).into());
        }
        let now = self.now();
        let mut entries = Vec::with_capacity(requests.len());
        for request in requests {
            let user = self.store.user(caller.tenant, request.user).await?;
            let created_by = json!({ "user": {
                "id": request.user,
                "displayName": user.as_ref().map(|user| user.display_name.clone()),
                "userPrincipalName": user.map(|user| user.user_principal_name.to_string()),
            } });
            entries.push(user_entry(&request, request.state_at(now), &created_by));
        }
        Ok(entries)
    }
}

/// The service gives the entry an id of its own; here the application's serves, which is as unique.
fn application_entry<'request>(
    first: &ConsentRequest,
    pending: impl Iterator<Item = &'request ConsentRequest>,
) -> ConsentRequestEntry {
    let mut scopes: Vec<&str> = Vec::new();
    for permission in pending.flat_map(|request| &request.permissions) {
        if !scopes.contains(&permission.value.as_str()) {
            scopes.push(&permission.value);
        }
    }
    let scopes: Vec<Value> = scopes
        .into_iter()
        .map(|scope| json!({ "displayName": scope }))
        .collect();
    ConsentRequestEntry(json!({
        "id": first.client,
        "appId": first.client,
        "appDisplayName": first.client_name,
        "pendingScopes": scopes,
    }))
}

fn user_entry(
    request: &ConsentRequest,
    state: ConsentRequestState,
    created_by: &Value,
) -> ConsentRequestEntry {
    let (status, completed_at) = match state {
        ConsentRequestState::Pending => ("InProgress", None),
        // Whether it was granted or denied is for the approval to say, which is not offered here.
        ConsentRequestState::Completed { at } | ConsentRequestState::Denied { at, .. } => {
            ("Completed", Some(instant(at)))
        }
        ConsentRequestState::Expired => ("Expired", None),
    };
    ConsentRequestEntry(json!({
        "id": request.id,
        "approvalId": request.id,
        "reason": request.justification.as_str(),
        "status": status,
        "createdDateTime": instant(request.requested_at),
        "completedDateTime": completed_at,
        "createdBy": created_by,
        "customData": null,
    }))
}
