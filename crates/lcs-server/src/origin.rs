//! Which origins this server answers for, and which one a request came to.
//!
//! Discovery documents and tokens name the origin that was asked, because client libraries
//! compare it with their authority. It is taken from an allow-list and never reflected blindly,
//! so a page of a foreign site that resolves its name to loopback is answered with 421.

use std::fmt;

use axum::http::{HeaderMap, Uri, header};

/// Scheme, host and port, for example `https://localhost:8443`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// The origin as text, without slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The origins that this server answers for; the first one is canonical.
#[derive(Debug, Clone)]
pub struct AllowedOrigins {
    entries: Vec<(String, Origin)>,
}

impl AllowedOrigins {
    /// HTTPS on `port` under `localhost`, the loopback addresses and the other `hosts`.
    pub fn https(port: u16, hosts: &[String]) -> Self {
        let loopback = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let mut entries: Vec<(String, Origin)> = Vec::new();
        for host in loopback.iter().chain(hosts) {
            let host = host.to_ascii_lowercase();
            let authority = if port == 443 {
                host
            } else {
                format!("{host}:{port}")
            };
            if !entries.iter().any(|(known, _)| *known == authority) {
                let origin = Origin(format!("https://{authority}"));
                entries.push((authority, origin));
            }
        }
        Self { entries }
    }

    /// The origin that documents and links use when no request is at hand.
    ///
    /// # Panics
    ///
    /// Never: the list always holds `localhost`.
    pub fn canonical(&self) -> &Origin {
        &self
            .entries
            .first()
            .expect("localhost is always in the list")
            .1
    }

    /// All origins.
    pub fn all(&self) -> impl Iterator<Item = &Origin> {
        self.entries.iter().map(|(_, origin)| origin)
    }

    /// The origin of a request, from HTTP/2's authority or HTTP/1's `Host`; `None` for a foreign
    /// one.
    pub fn of_request(&self, uri: &Uri, headers: &HeaderMap) -> Option<&Origin> {
        let authority = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => headers.get(header::HOST)?.to_str().ok()?,
        };
        self.entries
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(authority))
            .map(|(_, origin)| origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_of(host: &str) -> Option<String> {
        let allowed = AllowedOrigins::https(8443, &["lcs.example.test".to_owned()]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        allowed
            .of_request(&Uri::from_static("/x"), &headers)
            .map(ToString::to_string)
    }

    #[test]
    fn the_origin_asked_is_the_origin_answered() {
        assert_eq!(
            origin_of("localhost:8443").unwrap(),
            "https://localhost:8443"
        );
        assert_eq!(
            origin_of("LOCALHOST:8443").unwrap(),
            "https://localhost:8443"
        );
        assert_eq!(
            origin_of("127.0.0.1:8443").unwrap(),
            "https://127.0.0.1:8443"
        );
        assert_eq!(
            origin_of("lcs.example.test:8443").unwrap(),
            "https://lcs.example.test:8443"
        );
    }

    #[test]
    fn a_foreign_host_or_port_is_none_of_ours() {
        assert_eq!(origin_of("evil.example:8443"), None);
        assert_eq!(origin_of("localhost:9443"), None);
        assert_eq!(origin_of("localhost"), None);
    }

    #[test]
    fn http_2_sends_no_host_header() {
        let allowed = AllowedOrigins::https(8443, &[]);
        let uri = Uri::from_static("https://localhost:8443/x");
        assert_eq!(
            allowed.of_request(&uri, &HeaderMap::new()),
            Some(allowed.canonical())
        );
    }
}
