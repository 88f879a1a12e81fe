//! A small pull reader over XML: names, attributes and text as owned strings, with limits that
//! keep hostile input from filling memory. Document types are refused, so no entity expands.

use std::io::{self, BufRead, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// The most bytes that one tag or one run of text may take.
const MAX_EVENT_BYTES: u64 = 64 * 1024 * 1024;
/// The deepest nesting; models reach about fifteen.
const MAX_DEPTH: usize = 128;

/// What is wrong with an XML part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// The text is not well-formed.
    #[error("the XML is not well-formed near byte {position}")]
    Malformed {
        /// Bytes from the part's start.
        position: u64,
        /// What the parser said.
        #[source]
        source: Box<quick_xml::Error>,
    },
    /// The document ends while elements are open.
    #[error("the XML ends while elements are still open")]
    Unfinished,
    /// The document nests deeper than any real one.
    #[error("the XML nests deeper than {MAX_DEPTH} elements")]
    TooDeep,
    /// The document declares a type, which could define entities.
    #[error("the XML declares a document type")]
    DocumentType,
    /// An entity that XML does not define by itself.
    #[error("the XML uses the unknown entity `{name}`")]
    UnknownEntity {
        /// The entity's name.
        name: String,
    },
    /// The root element is another than the part needs.
    #[error("the root element is `{found}` where `{expected}` is due")]
    WrongRoot {
        /// The element due.
        expected: &'static str,
        /// The element found; empty when there is none.
        found: String,
    },
    /// An element holds what its kind must not, or lacks what it must have.
    #[error("{what}")]
    Unexpected {
        /// What is wrong, in words.
        what: String,
    },
}

/// One thing in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Start(Tag),
    End,
    /// A run of text; one text may come in several runs.
    Text(String),
    /// The document is over.
    Over,
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Pulls items from a document.
pub(crate) struct XmlReader<R: BufRead> {
    reader: quick_xml::Reader<Budgeted<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: BufRead> XmlReader<R> {
    pub(crate) fn new(source: R) -> Self {
        let mut reader = quick_xml::Reader::from_reader(Budgeted {
            source,
            left: MAX_EVENT_BYTES,
        });
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next item. Comments, processing instructions and the declaration are passed over.
    pub(crate) fn next(&mut self) -> Result<Item, XmlError> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().left = MAX_EVENT_BYTES;
            let position = self.reader.buffer_position();
            let malformed = |source: quick_xml::Error| XmlError::Malformed {
                position,
                source: Box::new(source),
            };
            let event = self
                .reader
                .read_event_into(&mut self.buffer)
                .map_err(malformed)?;
            match event {
                Event::Start(start) | Event::Empty(start) => {
                    let tag = tag(&start).map_err(malformed)?;
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(XmlError::TooDeep);
                    }
                    return Ok(Item::Start(tag));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Item::End);
                }
                Event::Text(text) => {
                    let text = text
                        .xml10_content()
                        .map_err(|error| malformed(error.into()))?;
                    return Ok(Item::Text(text.into_owned()));
                }
                Event::CData(text) => {
                    let text = text
                        .xml10_content()
                        .map_err(|error| malformed(error.into()))?;
                    return Ok(Item::Text(text.into_owned()));
                }
                Event::GeneralRef(reference) => {
                    if let Some(character) = reference.resolve_char_ref().map_err(malformed)? {
                        return Ok(Item::Text(character.to_string()));
                    }
                    let name = reference
                        .decode()
                        .map_err(|error| malformed(error.into()))?;
                    return quick_xml::escape::resolve_predefined_entity(&name)
                        .map(|text| Item::Text(text.to_owned()))
                        .ok_or_else(|| XmlError::UnknownEntity {
                            name: name.into_owned(),
                        });
                }
                Event::DocType(_) => return Err(XmlError::DocumentType),
                Event::Eof if self.depth > 0 => return Err(XmlError::Unfinished),
                Event::Eof => return Ok(Item::Over),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            }
        }
    }

    /// Passes over text to the root element and checks its name.
    pub(crate) fn root(&mut self, expected: &'static str) -> Result<Tag, XmlError> {
        loop {
            let found = match self.next()? {
                Item::Start(tag) if tag.name == expected => return Ok(tag),
                Item::Start(tag) => tag.name,
                Item::Text(_) => continue,
                Item::End | Item::Over => String::new(),
            };
            return Err(XmlError::WrongRoot { expected, found });
        }
    }

    /// The text of the element whose start was just read, up to and with its end.
    pub(crate) fn text(&mut self) -> Result<String, XmlError> {
        let outer = self.depth;
        let mut collected = String::new();
        loop {
            match self.next()? {
                Item::Text(run) if collected.len() as u64 + run.len() as u64 > MAX_EVENT_BYTES => {
                    return Err(XmlError::Unexpected {
                        what: format!("a text is longer than {MAX_EVENT_BYTES} bytes"),
                    });
                }
                Item::Text(run) => collected.push_str(&run),
                Item::End if self.depth < outer => return Ok(collected),
                Item::Start(_) | Item::End => {}
                Item::Over => return Err(XmlError::Unfinished),
            }
        }
    }

    /// Passes over the element whose start was just read, up to and with its end.
    pub(crate) fn skip(&mut self) -> Result<(), XmlError> {
        let outer = self.depth;
        while self.depth >= outer {
            if self.next()? == Item::Over {
                return Err(XmlError::Unfinished);
            }
        }
        Ok(())
    }

    /// Reads on to the end of the document, so that every byte of it has passed.
    pub(crate) fn finish(&mut self) -> Result<(), XmlError> {
        while self.next()? != Item::Over {}
        Ok(())
    }
}

fn tag(start: &BytesStart<'_>) -> Result<Tag, quick_xml::Error> {
    let local = start.local_name();
    let name = String::from_utf8_lossy(local.as_ref()).into_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?;
        attributes.push((key, value.into_owned()));
    }
    Ok(Tag { name, attributes })
}

/// A reader that gives out a limited number of bytes for each event.
struct Budgeted<R> {
    source: R,
    left: u64,
}

impl<R: BufRead> Read for Budgeted<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(target.len());
        target[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Budgeted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a tag or text is longer than {MAX_EVENT_BYTES} bytes"),
            ));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.source.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(document: &str) -> Result<String, XmlError> {
        let mut reader = XmlReader::new(document.as_bytes());
        reader.root("a")?;
        let text = reader.text()?;
        reader.finish()?;
        Ok(text)
    }

    #[test]
    fn text_joins_plain_escaped_and_literal_runs() {
        let document =
            "\u{feff}<?xml version=\"1.0\"?><a>1 &lt; 2<![CDATA[ && ]]>&#51;<!-- no --></a>";
        assert_eq!(texts(document).unwrap(), "1 < 2 && 3");
    }

    #[test]
    fn a_document_type_is_refused() {
        let document = "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>";
        assert!(matches!(texts(document), Err(XmlError::DocumentType)));
    }

    #[test]
    fn an_unknown_entity_is_refused() {
        assert!(matches!(
            texts("<a>&nbsp;</a>"),
            Err(XmlError::UnknownEntity { .. })
        ));
    }

    #[test]
    fn a_document_that_stops_early_is_refused() {
        assert!(matches!(texts("<a>text"), Err(XmlError::Unfinished)));
    }

    #[test]
    fn endless_nesting_is_refused() {
        let document = format!("<a>{}", "<b>".repeat(10_000));
        assert!(matches!(texts(&document), Err(XmlError::TooDeep)));
    }

    #[test]
    fn another_root_is_refused() {
        assert!(matches!(
            texts("<b/>"),
            Err(XmlError::WrongRoot { expected: "a", .. })
        ));
    }
}
