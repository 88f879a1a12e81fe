//! One top-level element of `model.xml` as a small tree. The model is read element by element,
//! so only one such tree is in memory at a time.

use std::io::BufRead;

use crate::name::split_bracketed;
use crate::xml::{Item, Tag, XmlError, XmlReader};

/// An element of the model.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) kind: String,
    pub(crate) name: Option<String>,
    /// The name that an annotation gives to a system-named constraint.
    pub(crate) inline_name: Option<String>,
    properties: Vec<(String, String)>,
    relationships: Vec<Relationship>,
}

#[derive(Debug)]
struct Relationship {
    name: String,
    entries: Vec<Entry>,
}

/// One entry of a relationship.
#[derive(Debug)]
pub(crate) enum Entry {
    /// An element that belongs to this one.
    Owned(Element),
    /// A reference to another element, by its bracketed path.
    Reference { path: String, is_built_in: bool },
}

impl Element {
    pub(crate) fn property(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a property says true; `None` when it is left out.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.property(name)
            .map(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The entries of a relationship; none when it is left out.
    pub(crate) fn entries(&self, name: &str) -> &[Entry] {
        self.relationships
            .iter()
            .find(|relationship| relationship.name == name)
            .map_or(&[], |relationship| relationship.entries.as_slice())
    }

    /// The elements owned through a relationship.
    pub(crate) fn owned(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.entries(name).iter().filter_map(|entry| match entry {
            Entry::Owned(element) => Some(element),
            Entry::Reference { .. } => None,
        })
    }

    /// The first path a relationship refers to, split into its parts.
    pub(crate) fn reference(&self, name: &str) -> Option<Vec<String>> {
        self.references(name).next()
    }

    /// The paths a relationship refers to, each split into its parts.
    pub(crate) fn references(&self, name: &str) -> impl Iterator<Item = Vec<String>> {
        self.entries(name).iter().filter_map(|entry| match entry {
            Entry::Reference { path, .. } => split_bracketed(path),
            Entry::Owned(_) => None,
        })
    }

    /// The element's own name, or the one its annotation gives, split into its parts.
    pub(crate) fn path(&self) -> Option<Vec<String>> {
        self.name
            .as_deref()
            .or(self.inline_name.as_deref())
            .and_then(split_bracketed)
    }

    fn begin(tag: &Tag) -> Self {
        Self {
            kind: tag.attribute("Type").unwrap_or_default().to_owned(),
            name: tag.attribute("Name").map(str::to_owned),
            ..Self::default()
        }
    }
}

/// Reads the element whose start tag was just read, up to and with its end.
pub(crate) fn read_element<R: BufRead>(
    xml: &mut XmlReader<R>,
    tag: &Tag,
) -> Result<Element, XmlError> {
    let mut element = Element::begin(tag);
    each_child(xml, |xml, child| {
        match child.name.as_str() {
            "Property" => {
                let name = child.attribute("Name").unwrap_or_default().to_owned();
                let value = match child.attribute("Value") {
                    Some(value) => {
                        let value = value.to_owned();
                        xml.skip()?;
                        value
                    }
                    // Script text stands in a child, which is the only one.
                    None => xml.text()?.trim_matches(['\r', '\n', '\t', ' ']).to_owned(),
                };
                element.properties.push((name, value));
            }
            "Relationship" => {
                let name = child.attribute("Name").unwrap_or_default().to_owned();
                let entries = read_entries(xml)?;
                element.relationships.push(Relationship { name, entries });
            }
            "Annotation" => {
                if child.attribute("Type") == Some("SqlInlineConstraintAnnotation") {
                    element.inline_name = child.attribute("Name").map(str::to_owned);
                }
                xml.skip()?;
            }
            _ => xml.skip()?,
        }
        Ok(())
    })?;
    Ok(element)
}

fn read_entries<R: BufRead>(xml: &mut XmlReader<R>) -> Result<Vec<Entry>, XmlError> {
    let mut entries = Vec::new();
    each_child(xml, |xml, entry| {
        if entry.name != "Entry" {
            return xml.skip();
        }
        each_child(xml, |xml, child| {
            match child.name.as_str() {
                "Element" => entries.push(Entry::Owned(read_element(xml, child)?)),
                "References" => {
                    // A reference by number points at an unnamed element; none matters here.
                    if let Some(path) = child.attribute("Name") {
                        entries.push(Entry::Reference {
                            path: path.to_owned(),
                            is_built_in: child.attribute("ExternalSource") == Some("BuiltIns"),
                        });
                    }
                    xml.skip()?;
                }
                _ => xml.skip()?,
            }
            Ok(())
        })
    })?;
    Ok(entries)
}

/// Calls `visit` for each child element; `visit` reads up to and with the child's end.
pub(crate) fn each_child<R: BufRead>(
    xml: &mut XmlReader<R>,
    mut visit: impl FnMut(&mut XmlReader<R>, &Tag) -> Result<(), XmlError>,
) -> Result<(), XmlError> {
    loop {
        match xml.next()? {
            Item::Start(tag) => visit(xml, &tag)?,
            Item::Text(_) => {}
            Item::End => return Ok(()),
            Item::Over => return Err(XmlError::Unfinished),
        }
    }
}
