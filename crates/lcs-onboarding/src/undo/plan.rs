//! Record and facts in, changes out.

use lcs_types::{ClientId, ObjectId, PermissionId};
use lcs_wire::{
    graph::{
        Application, ApplicationPatch, ConsentType, GrantPatch, OAuth2PermissionGrant, RedirectUris,
    },
    well_known::LCS_CLIENT_ID,
};

use super::{UndoAction, UndoChange, UndoFacts, UndoPlan};
use crate::{
    effect::{Effect, Entry},
    plan::{DELEGATED, LOOPBACK_REDIRECT},
};

/// Decides how each recorded effect is taken back, youngest first. What others have added since
/// stays; what they depend on stays, too.
pub fn undo_plan(entries: &[Entry], facts: &UndoFacts) -> UndoPlan {
    let world = World { entries, facts };
    UndoPlan {
        actions: entries
            .iter()
            .rev()
            .map(|entry| world.judge(&entry.effect))
            .collect(),
    }
}

/// What is decided about an effect; the fields of [`UndoAction`].
struct Judgement {
    what: String,
    before: Vec<String>,
    after: Vec<String>,
    change: UndoChange,
    reason: Option<String>,
}

struct World<'a> {
    entries: &'a [Entry],
    facts: &'a UndoFacts,
}

impl World<'_> {
    fn judge(&self, effect: &Effect) -> UndoAction {
        let judgement = match effect {
            Effect::CreatedApplication { id } => self.application(*id),
            Effect::AddedRedirectUri { application, uri } => self.redirect_uri(*application, uri),
            Effect::AddedPermission {
                application,
                permission,
            } => self.permission(*application, *permission),
            Effect::SwitchedOn {
                application,
                before,
            } => self.switch(*application, *before),
            Effect::CreatedServicePrincipal { app_id, id } => self.principal(*app_id, *id),
            Effect::CreatedGrant { scope, .. } | Effect::AddedScope { scope, .. } => {
                self.grant(effect, scope)
            }
        };
        let Judgement {
            what,
            before,
            after,
            change,
            reason,
        } = judgement;
        UndoAction {
            effect: effect.clone(),
            what,
            before,
            after,
            change,
            reason,
        }
    }

    fn found(&self, id: ObjectId) -> Option<&Application> {
        self.facts.applications.iter().find(|found| found.id == id)
    }

    /// Whether the application is one that the set-up created.
    fn made(&self, id: ObjectId) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.effect == Effect::CreatedApplication { id: Some(id) })
    }

    /// Whether the whole application goes, so that nothing in it needs to be changed before.
    fn goes(&self, id: ObjectId) -> bool {
        self.made(id)
            && self
                .found(id)
                .is_some_and(|found| foreign(found).is_empty())
    }

    fn application(&self, id: Option<ObjectId>) -> Judgement {
        let Some(found) = id.and_then(|id| self.found(id)) else {
            return gone("the application registration");
        };
        let what = format!("application registration \"{}\"", found.display_name);
        let foreign = foreign(found);
        let before = vec![found.app_id.to_string()];
        if foreign.is_empty() {
            return change(
                what,
                before,
                Vec::new(),
                UndoChange::DeleteApplication(found.id),
            );
        }
        let reason = format!("changed by others since: it has {}", foreign.join(", "));
        left(what, before, &reason)
    }

    fn redirect_uri(&self, id: ObjectId, uri: &str) -> Judgement {
        let what = format!("redirect URI {uri}");
        let Some(found) = self.found(id) else {
            return gone(&what);
        };
        let before = found.public_client.redirect_uris.clone();
        let after: Vec<_> = before.iter().filter(|each| *each != uri).cloned().collect();
        if after == before {
            return gone(&what);
        }
        let patch = ApplicationPatch {
            public_client: Some(RedirectUris {
                redirect_uris: after.clone(),
            }),
            ..ApplicationPatch::default()
        };
        self.update(id, what, before, after, patch)
    }

    fn permission(&self, id: ObjectId, permission: PermissionId) -> Judgement {
        let what = "delegated permission user_impersonation".to_owned();
        let Some(found) = self.found(id) else {
            return gone(&what);
        };
        let mut list = found.required_resource_access.clone();
        let is_ours = |id: PermissionId, kind: &str| id == permission && kind == DELEGATED;
        for entry in &mut list {
            if entry.resource_app_id == LCS_CLIENT_ID {
                entry
                    .resource_access
                    .retain(|access| !is_ours(access.id, &access.access_type));
            }
        }
        list.retain(|entry| {
            entry.resource_app_id != LCS_CLIENT_ID || !entry.resource_access.is_empty()
        });
        if list == found.required_resource_access {
            return gone(&what);
        }
        let patch = ApplicationPatch {
            required_resource_access: Some(list),
            ..ApplicationPatch::default()
        };
        let before = vec![format!("{LCS_CLIENT_ID}/{permission}")];
        self.update(id, what, before, Vec::new(), patch)
    }

    fn switch(&self, id: ObjectId, before: Option<bool>) -> Judgement {
        let what = "public client flows allowed".to_owned();
        let Some(found) = self.found(id) else {
            return gone(&what);
        };
        if found.is_fallback_public_client != Some(true) {
            return gone(&what);
        }
        let patch = ApplicationPatch {
            // Graph takes no "unset"; off is what unset means.
            is_fallback_public_client: Some(before.unwrap_or(false)),
            ..ApplicationPatch::default()
        };
        self.update(
            id,
            what,
            vec!["on".to_owned()],
            vec!["off".to_owned()],
            patch,
        )
    }

    fn update(
        &self,
        id: ObjectId,
        what: String,
        before: Vec<String>,
        after: Vec<String>,
        patch: ApplicationPatch,
    ) -> Judgement {
        if self.goes(id) {
            return left(what, before, "it goes with the application");
        }
        change(
            what,
            before,
            after,
            UndoChange::UpdateApplication(id, Box::new(patch)),
        )
    }

    fn principal(&self, app_id: ClientId, id: Option<ObjectId>) -> Judgement {
        let found = self
            .facts
            .principals
            .iter()
            .find(|found| Some(found.id) == id);
        let Some(found) = found else {
            return gone(&format!("service principal of {app_id}"));
        };
        let what = format!("service principal of \"{}\"", found.display_name);
        let before = vec![found.app_id.to_string()];
        let others = self
            .facts
            .grants
            .iter()
            .filter(|grant| grant.resource_id == found.id && !self.is_ours(grant))
            .count();
        if others > 0 {
            let reason = format!(
                "others use it: {others} more grant{} to it",
                if others == 1 { "" } else { "s" }
            );
            return left(what, before, &reason);
        }
        // It belongs to an application of ours that others have made theirs.
        let is_kept = self.facts.applications.iter().any(|application| {
            application.app_id == app_id
                && self.made(application.id)
                && !foreign(application).is_empty()
        });
        if is_kept {
            return left(what, before, "its application was changed by others since");
        }
        change(
            what,
            before,
            Vec::new(),
            UndoChange::DeleteServicePrincipal(found.id),
        )
    }

    /// Whether a grant goes, or vanishes with a service principal that does.
    fn is_ours(&self, grant: &OAuth2PermissionGrant) -> bool {
        self.entries.iter().any(|entry| match &entry.effect {
            Effect::CreatedGrant { .. } => entry.effect.is_of(grant),
            Effect::CreatedServicePrincipal { id, app_id } => {
                *app_id != LCS_CLIENT_ID && *id == Some(grant.client_id)
            }
            _ => false,
        })
    }

    fn grant(&self, effect: &Effect, scope: &str) -> Judgement {
        let what = format!("admin consent to {scope} for all users");
        let grant =
            self.facts.grants.iter().find(|grant| {
                grant.consent_type == ConsentType::AllPrincipals && effect.is_of(grant)
            });
        let Some(grant) = grant else {
            return gone(&what);
        };
        let before: Vec<String> = grant.scope.split_whitespace().map(str::to_owned).collect();
        let after: Vec<String> = before
            .iter()
            .filter(|word| !scope.split_whitespace().any(|ours| ours == *word))
            .cloned()
            .collect();
        if after == before {
            return gone(&what);
        }
        let is_created = matches!(effect, Effect::CreatedGrant { .. });
        let undo = if after.is_empty() && is_created {
            UndoChange::DeleteGrant(grant.id.clone())
        } else {
            UndoChange::UpdateGrant(
                grant.id.clone(),
                GrantPatch {
                    scope: after.join(" "),
                },
            )
        };
        change(what, before, after, undo)
    }
}

/// What an application has that no set-up gives it.
fn foreign(application: &Application) -> Vec<&'static str> {
    let other_uris = application
        .public_client
        .redirect_uris
        .iter()
        .any(|uri| uri != LOOPBACK_REDIRECT)
        || !application.web.redirect_uris.is_empty()
        || !application.spa.redirect_uris.is_empty();
    let other_permissions = application
        .required_resource_access
        .iter()
        .any(|entry| entry.resource_app_id != LCS_CLIENT_ID);
    let credentials =
        !application.password_credentials.is_empty() || !application.key_credentials.is_empty();
    let exposes = !application.identifier_uris.is_empty() || !application.app_roles.is_empty();
    [
        (other_uris, "other redirect URIs"),
        (other_permissions, "permissions of other resources"),
        (credentials, "secrets or certificates"),
        (exposes, "an API of its own"),
    ]
    .into_iter()
    .filter_map(|(is_there, what)| is_there.then_some(what))
    .collect()
}

fn change(what: String, before: Vec<String>, after: Vec<String>, change: UndoChange) -> Judgement {
    Judgement {
        what,
        before,
        after,
        change,
        reason: None,
    }
}

fn left(what: String, before: Vec<String>, reason: &str) -> Judgement {
    Judgement {
        after: before.clone(),
        reason: Some(reason.to_owned()),
        ..change(what, before, Vec::new(), UndoChange::Leave)
    }
}

fn gone(what: &str) -> Judgement {
    Judgement {
        reason: Some("gone already".to_owned()),
        ..change(what.to_owned(), Vec::new(), Vec::new(), UndoChange::Leave)
    }
}
