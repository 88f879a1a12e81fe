//! Builds XML text with indentation, escaped as it must be.

/// The byte order mark that most parts begin with.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";
pub(crate) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

/// Whether XML 1.0 can hold every character of a text (§2.2).
pub(crate) fn is_xml_text(text: &str) -> bool {
    text.chars().all(|character| {
        matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
    })
}

/// An XML document under construction.
pub(crate) struct XmlText {
    text: String,
    indent: &'static str,
    open: Vec<&'static str>,
}

impl XmlText {
    /// Begins a document whose levels are indented by `indent`.
    pub(crate) fn new(indent: &'static str) -> Self {
        Self {
            text: format!("{DECLARATION}\r\n"),
            indent,
            open: Vec::new(),
        }
    }

    pub(crate) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push_str(">\r\n");
        self.open.push(name);
    }

    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.margin();
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push_str(">\r\n");
        }
    }

    pub(crate) fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push_str(" />\r\n");
    }

    /// An element that holds text alone.
    pub(crate) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        self.text.push('>');
        escape(text, &mut self.text);
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\r\n");
    }

    /// An element that holds script text, literally.
    pub(crate) fn script(&mut self, name: &str, script: &str) {
        self.start(name, &[]);
        self.text.push_str("><![CDATA[");
        // A section cannot hold its own end; it is split over two.
        self.text
            .push_str(&script.replace("]]>", "]]]]><![CDATA[>"));
        self.text.push_str("]]></");
        self.text.push_str(name);
        self.text.push_str(">\r\n");
    }

    /// Closes what is open and gives the text, without a line break at its end.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.margin();
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            self.text.push(' ');
            self.text.push_str(key);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
    }

    fn margin(&mut self) {
        for _ in &self.open {
            self.text.push_str(self.indent);
        }
    }
}

/// Escapes text for elements and attributes. Carriage returns are named, lest a parser turn them
/// into line feeds; in attributes that holds for every kind of line break, so all are named.
pub(crate) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' => out.push_str("&#xA;"),
            '\t' => out.push_str("&#x9;"),
            other => out.push(other),
        }
    }
}
