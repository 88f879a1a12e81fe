//! How a query is refused.

/// A query is malformed or not supported. The text is the message on the wire; those that are
/// documented are Graph's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The query string is no form.
    #[error("The query string is malformed.")]
    Malformed,
    /// An option stands twice.
    #[error(
        "Query option '{0}' was specified more than once, but it must be specified at most once."
    )]
    Repeated(String),
    /// The filter breaks off or goes on where it should not.
    #[error("Invalid filter clause: Syntax error at position {position} in '{text}'.")]
    Syntax {
        /// Where, in letters from the beginning.
        position: usize,
        /// The filter.
        text: String,
    },
    /// The filter is longer than any that Graph takes in an address.
    #[error("Invalid filter clause: it is longer than {0} bytes.")]
    TooLong(usize),
    /// Parentheses within parentheses within …
    #[error("Invalid filter clause: Recursion depth exceeded allowed limit.")]
    TooDeep,
    /// Very many comparisons.
    #[error("Invalid filter clause: The node count limit of '{0}' has been exceeded.")]
    TooManyTerms(usize),
    /// More alternatives than the directory takes.
    #[error(
        "Too many child clauses specified in search filter expression containing 'OR' operators: {found}. Max allowed: {most}."
    )]
    TooManyAlternatives {
        /// How many.
        found: usize,
        /// How many it takes.
        most: usize,
    },
    /// No such property.
    #[error(
        "Invalid {clause} clause: Could not find a property named '{name}' on type '{type_name}'."
    )]
    UnknownProperty {
        /// `filter`, `orderby` or `search`.
        clause: &'static str,
        /// The name.
        name: String,
        /// The type of the objects.
        type_name: String,
    },
    /// A text is compared with a flag, or the like.
    #[error(
        "Invalid filter clause: A binary operator with incompatible types was detected for '{0}'."
    )]
    IncompatibleTypes(String),
    /// A comparison that the property does not offer, or not without the advanced parameters.
    #[error(
        "Unsupported or invalid query filter clause specified for property '{property}' of resource '{resource}'."
    )]
    UnsupportedClause {
        /// The property.
        property: String,
        /// The type of the objects.
        resource: String,
    },
    /// An operator that needs the advanced parameters.
    #[error(
        "Operator '{0}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
    )]
    NeedsAdvanced(&'static str),
    /// `$search` without the header.
    #[error(
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"
    )]
    SearchNeedsHeader,
    /// `$search` that is not `"property:words"`.
    #[error(
        "Invalid search clause: Syntax error in '{0}'. Clauses are \"property:words\", joined by AND and OR."
    )]
    SearchSyntax(String),
    /// `$orderby` that is no list of properties.
    #[error("Invalid orderby clause: Syntax error in '{0}'.")]
    OrderSyntax(String),
    /// An order that needs the advanced parameters, or is not offered.
    #[error("Sorting not supported for current query.")]
    UnsupportedOrder,
    /// `$top` is no number of objects.
    #[error(
        "Invalid value '{0}' for $top query option found. The $top query option requires an integer between 1 and 999."
    )]
    Top(String),
    /// `$count` is neither true nor false.
    #[error(
        "Invalid value '{0}' for $count query option found. Valid values are 'true' and 'false'."
    )]
    Count(String),
    /// An option that Graph has not, or that is not served here.
    #[error("The query parameter '{0}' is not supported.")]
    UnsupportedOption(String),
    /// An option for lists with a single object.
    #[error(
        "The query specified in the URI is not valid. Query option '{0}' can be applied only on collections."
    )]
    OnlyOnLists(String),
    /// The page goes on behind an object that is not in the list any more, or was made up.
    #[error(
        "The specified page token value has expired and can no longer be included in your request."
    )]
    PageToken,
}

impl QueryError {
    /// The code on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyAlternatives { .. }
            | Self::UnsupportedClause { .. }
            | Self::NeedsAdvanced(_)
            | Self::SearchNeedsHeader
            | Self::UnsupportedOrder => "Request_UnsupportedQuery",
            Self::PageToken => "Directory_ExpiredPageToken",
            Self::Malformed
            | Self::Repeated(_)
            | Self::Syntax { .. }
            | Self::TooLong(_)
            | Self::TooDeep
            | Self::TooManyTerms(_)
            | Self::UnknownProperty { .. }
            | Self::IncompatibleTypes(_)
            | Self::SearchSyntax(_)
            | Self::OrderSyntax(_)
            | Self::Top(_)
            | Self::Count(_)
            | Self::UnsupportedOption(_)
            | Self::OnlyOnLists(_) => "BadRequest",
        }
    }
}
