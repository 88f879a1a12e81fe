//! `/identity/conditionalAccess/namedLocations`: the address ranges that policies refer to.

use lcs_types::NamedLocationId;
use serde::Deserialize;

use super::{GraphCaller, GraphFailed, GraphRefusal, Operation};
use crate::{
    Directory,
    model::{IpRange, NamedLocation},
};

/// What is sent to make or change a location; only what is present changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NamedLocationPatch {
    /// `#microsoft.graph.ipNamedLocation`; there are no others here.
    #[serde(rename = "@odata.type")]
    pub kind: Option<String>,
    /// The name shown to administrators.
    pub display_name: Option<String>,
    /// Whether it is one of *all trusted locations*.
    pub is_trusted: Option<bool>,
    /// The ranges.
    pub ip_ranges: Option<Vec<IpRange>>,
}

impl Directory {
    /// The named locations of the caller's tenant, oldest first.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`]; a failure of ours.
    pub async fn list_named_locations(
        &self,
        caller: &GraphCaller,
    ) -> Result<Vec<NamedLocation>, GraphFailed> {
        caller.require(Operation::ReadConditionalAccess)?;
        let tenant = self.tenant_named(caller.tenant).await?;
        Ok(tenant.settings.named_locations)
    }

    /// A named location of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`]; a failure of ours.
    pub async fn named_location(
        &self,
        caller: &GraphCaller,
        id: NamedLocationId,
    ) -> Result<NamedLocation, GraphFailed> {
        let locations = self.list_named_locations(caller).await?;
        let found = locations.into_iter().find(|location| location.id == id);
        Ok(found.ok_or_else(|| GraphRefusal::not_found(id))?)
    }

    /// Makes a named location.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::BadRequest`] without a name or ranges; a failure of
    /// ours.
    pub async fn create_named_location(
        &self,
        caller: &GraphCaller,
        new: NamedLocationPatch,
    ) -> Result<NamedLocation, GraphFailed> {
        caller.require(Operation::WriteConditionalAccess)?;
        let mut location = NamedLocation {
            id: NamedLocationId::random(&*self.randomness),
            display_name: String::new(),
            is_trusted: false,
            ip_ranges: Vec::new(),
        };
        apply(&mut location, new)?;
        let added = location.clone();
        self.change_tenant(caller, |settings| settings.named_locations.push(added))
            .await?;
        self.audit_call(caller, "Add named location", &location)
            .await?;
        Ok(location)
    }

    /// Changes what the patch holds.
    ///
    /// # Errors
    ///
    /// As [`Directory::create_named_location`], and [`GraphRefusal::NotFound`].
    pub async fn update_named_location(
        &self,
        caller: &GraphCaller,
        id: NamedLocationId,
        patch: NamedLocationPatch,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::WriteConditionalAccess)?;
        let changed = self.change_tenant(caller, |settings| {
            let mut locations = settings.named_locations.iter_mut();
            let location = locations.find(|location| location.id == id);
            let location = location.ok_or_else(|| GraphRefusal::not_found(id))?;
            let mut changed = location.clone();
            apply(&mut changed, patch)?;
            location.clone_from(&changed);
            Ok::<_, GraphRefusal>(changed)
        });
        let location = changed.await??;
        self.audit_call(caller, "Update named location", &location)
            .await
    }

    /// Removes a named location that no policy refers to.
    ///
    /// # Errors
    ///
    /// [`GraphRefusal::Denied`], [`GraphRefusal::NotFound`], [`GraphRefusal::BadRequest`] while a
    /// policy refers to it; a failure of ours.
    pub async fn delete_named_location(
        &self,
        caller: &GraphCaller,
        id: NamedLocationId,
    ) -> Result<(), GraphFailed> {
        caller.require(Operation::WriteConditionalAccess)?;
        let location = self.named_location(caller, id).await?;
        let policies = self
            .store
            .conditional_access_policies(caller.tenant)
            .await?;
        let refers = |policy: &crate::model::ConditionalAccessPolicy| {
            policy.settings.conditions.names_location(id)
        };
        if policies.iter().any(refers) {
            return Err(GraphRefusal::bad_request(
                "The named location is referenced by a conditional access policy and cannot be deleted.",
            )
            .into());
        }
        self.change_tenant(caller, |settings| {
            settings
                .named_locations
                .retain(|location| location.id != id);
        })
        .await?;
        self.audit_call(caller, "Delete named location", &location)
            .await
    }
}

fn apply(location: &mut NamedLocation, patch: NamedLocationPatch) -> Result<(), GraphRefusal> {
    let kind = patch.kind.as_deref();
    if kind.is_some_and(|kind| kind != "#microsoft.graph.ipNamedLocation") {
        return Err(GraphRefusal::bad_request(
            "The local cloud knows named locations of type #microsoft.graph.ipNamedLocation only.",
        ));
    }
    if let Some(name) = patch.display_name {
        location.display_name = name;
    }
    if let Some(is_trusted) = patch.is_trusted {
        location.is_trusted = is_trusted;
    }
    if let Some(ranges) = patch.ip_ranges {
        location.ip_ranges = ranges;
    }
    if location.display_name.trim().is_empty() || location.ip_ranges.is_empty() {
        return Err(GraphRefusal::bad_request(
            "A named location needs displayName and ipRanges.",
        ));
    }
    Ok(())
}
