//! What queries may know of a collection of objects.

/// A collection of objects.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// Its name in paths and contexts, for example `applications`.
    pub name: &'static str,
    /// The name of its objects' type, for example `application`.
    pub entity: &'static str,
    /// Where Graph keeps it.
    pub place: Place,
    /// What can be filtered and sorted by, with full paths.
    pub properties: &'static [Property],
    /// The properties that are shown only when they are selected.
    pub only_selected: &'static [&'static str],
}

/// Where Graph keeps a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the directory, which answers some queries only from an index that lags behind
    /// ("Advanced query capabilities on Microsoft Entra ID objects").
    Directory {
        /// The properties that it can sort by without that index.
        sorts_by: &'static [&'static str],
    },
    /// Elsewhere.
    Elsewhere,
}

/// A property, by its path; `appRoles/value` is that of each element of `appRoles`.
pub type Property = (&'static str, Kind);

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, also ids that Graph types so.
    Text,
    /// An id of type `Edm.Guid`, which stands without quotes in a filter.
    Guid,
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// An instant.
    Instant,
    /// Many texts.
    Texts,
    /// Many objects, whose properties stand in the list with their paths.
    Objects,
}

impl Collection {
    /// What a property holds; nothing when there is none that queries may name.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        let mut properties = self.properties.iter();
        properties.find_map(|(known, kind)| (*known == path).then_some(*kind))
    }

    /// The full name of the type.
    pub fn type_name(&self) -> String {
        format!("microsoft.graph.{}", self.entity)
    }

    /// The type's name as the directory's messages write it.
    pub fn resource(&self) -> String {
        let mut letters = self.entity.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    }

    /// Whether Graph keeps it in the directory.
    pub const fn is_directory(&self) -> bool {
        matches!(self.place, Place::Directory { .. })
    }
}
