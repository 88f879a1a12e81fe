//! The options of one request.

use serde_json::Value;

use super::{
    Collection, QueryError, check, evaluate, filter::Filter, order::Order, page, search::Search,
};

/// Whether the caller takes answers from the directory's index, which lags behind: the header
/// `ConsistencyLevel: eventual`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// No.
    Session,
    /// Yes.
    Eventual,
}

/// The query options of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryOptions {
    pub(super) filter: Option<Filter>,
    pub(super) search: Option<Search>,
    pub(super) order: Option<Order>,
    pub(super) select: Option<Vec<String>>,
    pub(super) top: Option<usize>,
    pub(super) count: bool,
    /// The object that the page goes on behind.
    pub(super) after: Option<String>,
    /// All that was asked but where the page begins, for the link to the next one.
    pub(super) pairs: Vec<(String, String)>,
}

impl QueryOptions {
    /// Reads the query string of a request.
    ///
    /// # Errors
    ///
    /// [`QueryError`] for the first option that is malformed or not supported.
    pub fn parse(query: Option<&str>) -> Result<Self, QueryError> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
            .map_err(|_| QueryError::Malformed)?;
        let mut options = Self::default();
        for (index, (name, value)) in pairs.iter().enumerate() {
            let is_repeated = pairs[..index].iter().any(|(other, _)| other == name);
            if is_repeated && name.starts_with('$') {
                return Err(QueryError::Repeated(name.clone()));
            }
            options.read(name, value)?;
        }
        options.pairs = pairs
            .into_iter()
            .filter(|(name, _)| name != "$skiptoken")
            .collect();
        Ok(options)
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), QueryError> {
        match name {
            "$filter" => self.filter = Some(super::parse(value)?),
            "$search" => self.search = Some(Search::parse(value)?),
            "$orderby" => self.order = Some(Order::parse(value)?),
            "$select" => {
                let names = value.split(',').map(|name| name.trim().to_owned());
                self.select = Some(names.collect());
            }
            "$top" => {
                let top = value.parse().ok().filter(|top| (1..=999).contains(top));
                self.top = Some(top.ok_or_else(|| QueryError::Top(value.to_owned()))?);
            }
            "$count" => {
                let count = value.to_ascii_lowercase().parse();
                self.count = count.map_err(|_| QueryError::Count(value.to_owned()))?;
            }
            "$skiptoken" => self.after = Some(page::read_token(value)?),
            // The answer is JSON in any case.
            "$format" => {}
            other if other.starts_with('$') => {
                return Err(QueryError::UnsupportedOption(other.to_owned()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Refuses what a collection does not offer, or not without the advanced parameters.
    ///
    /// # Errors
    ///
    /// [`QueryError`].
    pub fn check(
        &self,
        collection: &Collection,
        consistency: Consistency,
    ) -> Result<(), QueryError> {
        let is_eventual = consistency == Consistency::Eventual;
        let is_advanced = is_eventual && self.count;
        if let Some(filter) = &self.filter {
            check::check(filter, collection, is_advanced)?;
        }
        if let Some(order) = &self.order {
            let is_filtered = self.filter.is_some() || self.search.is_some();
            order.check(collection, is_filtered, is_advanced)?;
        }
        if let Some(search) = &self.search {
            search.check(collection)?;
            if !is_eventual {
                return Err(QueryError::SearchNeedsHeader);
            }
        }
        Ok(())
    }

    /// Refuses what makes no sense for a single object.
    ///
    /// # Errors
    ///
    /// [`QueryError::OnlyOnLists`].
    pub fn check_single(&self) -> Result<(), QueryError> {
        let for_lists = ["$filter", "$search", "$orderby", "$top", "$count"];
        let found = self
            .pairs
            .iter()
            .find(|(name, _)| for_lists.contains(&name.as_str()));
        match found {
            None => Ok(()),
            Some((name, _)) => Err(QueryError::OnlyOnLists(name.clone())),
        }
    }

    /// Whether an object passes `$filter` and `$search`.
    pub fn matches(&self, object: &Value) -> bool {
        let passes = |filter| evaluate::matches(filter, object);
        let is_found = |search: &Search| search.matches(object);
        self.filter.as_ref().is_none_or(passes) && self.search.as_ref().is_none_or(is_found)
    }

    /// Keeps the selected properties; the id stays, as Graph keeps it. A selected property that is
    /// not shown here is left out: set-up tools select more than they use. Without a selection the
    /// properties go that Graph shows only when they are asked for.
    pub fn project(&self, collection: &Collection, mut object: Value) -> Value {
        let is_selected = |name: &str| match &self.select {
            Some(select) => select.iter().any(|wanted| wanted == name || wanted == "*"),
            None => !collection.only_selected.contains(&name),
        };
        if let Some(properties) = object.as_object_mut() {
            properties.retain(|name, _| name == "id" || name.starts_with('@') || is_selected(name));
        }
        object
    }

    /// The collection's name in a context, with the selected properties.
    pub fn context_of(&self, collection: &str) -> String {
        match &self.select {
            None => collection.to_owned(),
            Some(select) => format!("{collection}({})", select.join(",")),
        }
    }
}
