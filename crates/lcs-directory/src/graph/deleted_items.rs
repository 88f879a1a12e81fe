//! `/directory/deletedItems`: what was deleted and for thirty days can be restored.

use jiff::SignedDuration;
use lcs_types::{ObjectId, UserId};
use lcs_wire::graph::User as ShownUser;
use lcs_wire::graph::{Application as ShownApplication, ServicePrincipal as ShownPrincipal};
use serde::Serialize;

use super::{
    GraphCaller, GraphFailed, GraphRefusal, Operation, applications, instant, people,
    service_principals,
};
use crate::{
    Directory,
    model::{Application, ServicePrincipal, User},
    store::{Deleted, Restored},
};

/// "Restore deleted objects".
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What kind of deleted object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeletedKind {
    /// An application.
    Application,
    /// A service principal.
    ServicePrincipal,
    /// A user.
    User,
}

impl DeletedKind {
    const ALL: [Self; 3] = [Self::Application, Self::ServicePrincipal, Self::User];

    /// The kind with this type name, for example `microsoft.graph.application`.
    pub fn from_type_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.odata_type().trim_start_matches('#') == name)
    }

    /// The type of the objects, as they carry it.
    pub const fn odata_type(self) -> &'static str {
        match self {
            Self::Application => "#microsoft.graph.application",
            Self::ServicePrincipal => "#microsoft.graph.servicePrincipal",
            Self::User => "#microsoft.graph.user",
        }
    }

    const fn listing(self) -> Operation {
        match self {
            Self::Application | Self::ServicePrincipal => Operation::ListDeletedApplications,
            Self::User => Operation::ListDeletedUsers,
        }
    }
}

/// A deleted object in the shape of what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedItem {
    /// What it was.
    #[serde(rename = "@odata.type")]
    pub kind: &'static str,
    /// The object.
    #[serde(flatten)]
    pub object: DeletedObject,
    /// When it was deleted; null once it is restored.
    pub deleted_date_time: Option<String>,
}

/// The object behind a deleted item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DeletedObject {
    /// An application.
    Application(Box<ShownApplication>),
    /// A service principal.
    ServicePrincipal(Box<ShownPrincipal>),
    /// A user.
    User(Box<ShownUser>),
}

/// The same as it is kept.
enum Found {
    Application(Deleted<Application>),
    ServicePrincipal(Deleted<ServicePrincipal>),
    User(User),
}

impl Directory {
    /// The deleted objects of a kind in the caller's tenant, latest first.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_deleted(
        &self,
        caller: &GraphCaller,
        kind: DeletedKind,
    ) -> Result<Vec<DeletedItem>, GraphFailed> {
        caller.require(kind.listing())?;
        self.forget_deleted().await?;
        let mut items = Vec::new();
        for found in self.deleted(caller, kind).await? {
            items.push(self.item(caller, &found).await?);
        }
        Ok(items)
    }

    /// One deleted object of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn deleted_item(
        &self,
        caller: &GraphCaller,
        id: ObjectId,
    ) -> Result<DeletedItem, GraphFailed> {
        caller.require(Operation::ReadDeletedItem)?;
        let found = self.find_deleted(caller, id).await?;
        caller.require(found.kind().listing())?;
        self.item(caller, &found).await
    }

    /// Brings a deleted object back, with what referred to it. A service principal that went with
    /// its application comes back with it.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::RestoreConflict`] when
    /// another one took its place since; a failure of ours.
    pub async fn restore_deleted(
        &self,
        caller: &GraphCaller,
        id: ObjectId,
    ) -> Result<DeletedItem, GraphFailed> {
        caller.require(Operation::ChangeDeletedItem)?;
        let found = self.find_deleted(caller, id).await?;
        let kind = found.kind().odata_type();
        let object = match found {
            Found::Application(deleted) => {
                self.restore_application(caller, &deleted.object).await?
            }
            Found::ServicePrincipal(deleted) => {
                self.restore_service_principal(caller, &deleted.object)
                    .await?
            }
            Found::User(user) => {
                DeletedObject::User(Box::new(self.restore_user(caller, user).await?))
            }
        };
        Ok(DeletedItem {
            kind,
            object,
            deleted_date_time: None,
        })
    }

    /// Removes a deleted object for good.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn purge_deleted(
        &self,
        caller: &GraphCaller,
        id: ObjectId,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::ChangeDeletedItem)?;
        match self.find_deleted(caller, id).await? {
            Found::Application(Deleted { object, .. }) => {
                caller.require_unless(Operation::WriteApplication, caller.owns(&object))?;
                self.store
                    .remove_application(caller.tenant, object.id)
                    .await?;
                self.audit_call(caller, "Hard Delete application", &object)
                    .await
            }
            Found::ServicePrincipal(Deleted { object, .. }) => {
                self.may_change_deleted(caller, &object).await?;
                self.store
                    .remove_service_principal(caller.tenant, object.id)
                    .await?;
                self.audit_call(caller, "Hard delete service principal", &object)
                    .await
            }
            Found::User(user) => self.purge_user(caller, &user).await,
        }
    }

    async fn restore_application(
        &self,
        caller: &GraphCaller,
        application: &Application,
    ) -> Result<DeletedObject, GraphFailed> {
        caller.require_unless(Operation::WriteApplication, caller.owns(application))?;
        let restored = self
            .store
            .restore_application(caller.tenant, application.id)
            .await?;
        applications::found(restored, &super::ApplicationKey::Id(application.id))?;
        self.audit_call(caller, "Restore application", application)
            .await?;
        let domain = self.publisher_domain(caller.tenant).await?;
        let shown = applications::shown(application, domain.as_deref());
        Ok(DeletedObject::Application(Box::new(shown)))
    }

    async fn restore_service_principal(
        &self,
        caller: &GraphCaller,
        principal: &ServicePrincipal,
    ) -> Result<DeletedObject, GraphFailed> {
        self.may_change_deleted(caller, principal).await?;
        let restored = self
            .store
            .restore_service_principal(caller.tenant, principal.id)
            .await?;
        match restored {
            Restored::Yes => {}
            Restored::NotFound => return Err(GraphRefusal::not_found(principal.id).into()),
            Restored::Conflict => {
                let property = "servicePrincipalNames";
                return Err(GraphRefusal::RestoreConflict { property }.into());
            }
        }
        self.audit_call(caller, "Restore service principal", principal)
            .await?;
        let shown = service_principals::shown(principal);
        Ok(DeletedObject::ServicePrincipal(Box::new(shown)))
    }

    /// With a role, or as an owner of the application behind it.
    async fn may_change_deleted(
        &self,
        caller: &GraphCaller,
        principal: &ServicePrincipal,
    ) -> Result<(), GraphFailed> {
        let backing = self
            .local_application(caller.tenant, principal.client_id)
            .await?;
        let is_own = backing.is_some_and(|application| caller.owns(&application));
        Ok(caller.require_unless(Operation::WriteApplication, is_own)?)
    }

    async fn find_deleted(&self, caller: &GraphCaller, id: ObjectId) -> Result<Found, GraphFailed> {
        self.forget_deleted().await?;
        for kind in DeletedKind::ALL {
            let found = self.deleted(caller, kind).await?;
            if let Some(found) = found.into_iter().find(|found| found.id() == id) {
                return Ok(found);
            }
        }
        Err(GraphRefusal::not_found(id).into())
    }

    /// Removes for good what was kept for thirty days.
    async fn forget_deleted(&self) -> Result<(), GraphFailed> {
        Ok(self.store.forget_deleted(self.now() - KEPT).await?)
    }

    /// What is kept of a kind.
    async fn deleted(
        &self,
        caller: &GraphCaller,
        kind: DeletedKind,
    ) -> Result<Vec<Found>, GraphFailed> {
        let tenant = caller.tenant;
        Ok(match kind {
            DeletedKind::Application => {
                let found = self.store.deleted_applications(tenant).await?;
                found.into_iter().map(Found::Application).collect()
            }
            DeletedKind::ServicePrincipal => {
                let found = self.store.deleted_service_principals(tenant).await?;
                found.into_iter().map(Found::ServicePrincipal).collect()
            }
            DeletedKind::User => {
                let users = self.store.users(tenant).await?;
                let mut deleted: Vec<User> = users
                    .into_iter()
                    .filter(|user| user.deleted_at.is_some())
                    .collect();
                deleted.sort_by_key(|user| std::cmp::Reverse(user.deleted_at));
                deleted.into_iter().map(Found::User).collect()
            }
        })
    }

    async fn item(&self, caller: &GraphCaller, found: &Found) -> Result<DeletedItem, GraphFailed> {
        let (object, at) = match found {
            Found::Application(deleted) => {
                let domain = self.publisher_domain(caller.tenant).await?;
                let shown = applications::shown(&deleted.object, domain.as_deref());
                (
                    DeletedObject::Application(Box::new(shown)),
                    Some(deleted.at),
                )
            }
            Found::ServicePrincipal(deleted) => {
                let shown = service_principals::shown(&deleted.object);
                (
                    DeletedObject::ServicePrincipal(Box::new(shown)),
                    Some(deleted.at),
                )
            }
            Found::User(user) => {
                let shown = people::shown(user);
                (DeletedObject::User(Box::new(shown)), user.deleted_at)
            }
        };
        Ok(DeletedItem {
            kind: found.kind().odata_type(),
            object,
            deleted_date_time: at.map(instant),
        })
    }
}

impl Found {
    const fn kind(&self) -> DeletedKind {
        match self {
            Self::Application(_) => DeletedKind::Application,
            Self::ServicePrincipal(_) => DeletedKind::ServicePrincipal,
            Self::User(_) => DeletedKind::User,
        }
    }

    fn id(&self) -> ObjectId {
        match self {
            Self::Application(deleted) => deleted.object.id,
            Self::ServicePrincipal(deleted) => deleted.object.id,
            Self::User(user) => UserId::as_object_id(user.id),
        }
    }
}
