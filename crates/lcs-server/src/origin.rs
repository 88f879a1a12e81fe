//! Which origins this server answers for, and which one a request came to.
//!
//! Discovery documents and tokens name the origin that was asked, because client libraries
//! compare it with their authority. It is taken from an allow-list and never reflected blindly,
//! so a page of a foreign site that resolves its name to loopback is answered with 421.
//!
//! A sandbox also answers under the names of Microsoft's hosts, which its proxy leads here. Those
//! are aliases: they name no resource of ours.

use std::fmt;

use axum::http::{HeaderMap, Uri, header};
use lcs_types::Region;
use lcs_wire::clouds::microsoft_hosts;

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
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// Host and port as requests have them: without the port when it is 443.
    authority: String,
    origin: Origin,
    kind: OriginKind,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OriginKind {
    /// This server itself.
    Own,
    /// The instance of LCS of a geography, beside the others that this server is.
    Instance(Region),
    /// One of Microsoft's hosts, in a sandbox.
    Alias,
}

impl AllowedOrigins {
    /// HTTPS on `port` under `localhost`, the loopback addresses and the other `hosts`.
    pub fn https(port: u16, hosts: &[String]) -> Self {
        let loopback = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let mut origins = Self {
            entries: Vec::new(),
        };
        for host in loopback.iter().chain(hosts) {
            let host = host.to_ascii_lowercase();
            let authority = if port == 443 {
                host
            } else {
                format!("{host}:{port}")
            };
            origins.add(authority, OriginKind::Own);
        }
        origins
    }

    /// The origins of a sandbox: these, `localhost` and the loopback addresses on 443, where MSAL
    /// for Python asks for the user realm whatever port the authority has, and Microsoft's hosts.
    #[must_use]
    pub fn in_sandbox(mut self) -> Self {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            self.add(host.to_owned(), OriginKind::Own);
        }
        for host in microsoft_hosts() {
            self.add(host.to_owned(), OriginKind::Alias);
        }
        self
    }

    /// The same with an instance of LCS for each of these geographies, under the host that
    /// [`instance_host`] names.
    #[must_use]
    pub fn with_instances(mut self, port: u16, regions: &[Region]) -> Self {
        for region in regions {
            let host = instance_host(*region);
            let authority = match port {
                443 => host,
                port => format!("{host}:{port}"),
            };
            self.add(authority, OriginKind::Instance(*region));
        }
        self
    }

    /// The geography whose instance of LCS an origin is; `None` for this server itself.
    pub fn instance(&self, origin: &Origin) -> Option<Region> {
        let entry = self.entries.iter().find(|entry| entry.origin == *origin)?;
        match entry.kind {
            OriginKind::Instance(region) => Some(region),
            OriginKind::Own | OriginKind::Alias => None,
        }
    }

    /// The instances of LCS beside this server itself.
    pub fn instances(&self) -> impl Iterator<Item = (Region, &Origin)> {
        self.entries.iter().filter_map(|entry| match entry.kind {
            OriginKind::Instance(region) => Some((region, &entry.origin)),
            OriginKind::Own | OriginKind::Alias => None,
        })
    }

    fn add(&mut self, authority: String, kind: OriginKind) {
        if !self
            .entries
            .iter()
            .any(|known| known.authority == authority)
        {
            self.entries.push(Entry {
                origin: Origin(format!("https://{authority}")),
                authority,
                kind,
            });
        }
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
            .origin
    }

    /// All origins.
    pub fn all(&self) -> impl Iterator<Item = &Origin> {
        self.entries.iter().map(|entry| &entry.origin)
    }

    /// The origins that are this server's own, by which its LCS may be requested.
    pub fn own(&self) -> impl Iterator<Item = &Origin> {
        let own = self
            .entries
            .iter()
            .filter(|entry| entry.kind == OriginKind::Own);
        own.map(|entry| &entry.origin)
    }

    /// The origin of a request, from HTTP/2's authority or HTTP/1's `Host`; `None` for a foreign
    /// one.
    pub fn of_request(&self, uri: &Uri, headers: &HeaderMap) -> Option<&Origin> {
        let authority = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => headers.get(header::HOST)?.to_str().ok()?,
        };
        let authority = authority.strip_suffix(":443").unwrap_or(authority);
        self.entries
            .iter()
            .find(|entry| entry.authority.eq_ignore_ascii_case(authority))
            .map(|entry| &entry.origin)
    }
}

/// The host of a geography's instance of LCS on this machine; names below `localhost` lead to it
/// (RFC 6761 §6.3).
pub fn instance_host(region: Region) -> String {
    format!("{}.localhost", region.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_of(host: &str) -> Option<String> {
        let allowed = AllowedOrigins::https(8443, &["lcs.example.test".to_owned()]);
        origin_among(&allowed, host)
    }

    fn origin_among(allowed: &AllowedOrigins, host: &str) -> Option<String> {
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
    fn microsofts_names_are_answered_for_in_a_sandbox_alone_and_are_never_our_own() {
        let served = AllowedOrigins::https(8443, &[]);
        let sandbox = served.clone().in_sandbox();
        for host in microsoft_hosts() {
            let origin = format!("https://{host}");
            assert_eq!(origin_among(&served, host), None);
            assert_eq!(origin_among(&sandbox, host).unwrap(), origin);
            assert_eq!(
                origin_among(&sandbox, &format!("{host}:443")).unwrap(),
                origin
            );
            assert_eq!(origin_among(&sandbox, &format!("{host}:8443")), None);
            assert!(!sandbox.own().any(|own| own.as_str() == origin));
        }
        assert_eq!(origin_among(&sandbox, "evil.example"), None);
    }

    #[test]
    fn a_sandbox_is_reached_on_443_too_and_stays_the_origin_it_was() {
        let sandbox = AllowedOrigins::https(8443, &[]).in_sandbox();
        assert_eq!(
            origin_among(&sandbox, "localhost").unwrap(),
            "https://localhost"
        );
        assert_eq!(sandbox.canonical().as_str(), "https://localhost:8443");
        assert!(sandbox.own().any(|own| own.as_str() == "https://localhost"));
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

    #[test]
    fn an_instance_is_a_name_of_its_own_and_not_the_servers() {
        let origins = AllowedOrigins::https(8443, &[]).with_instances(8443, &[Region::Europe]);
        assert_eq!(
            origin_among(&origins, "eu.localhost:8443").unwrap(),
            "https://eu.localhost:8443"
        );
        assert_eq!(origin_among(&origins, "fr.localhost:8443"), None);
        let (region, origin) = origins.instances().next().unwrap();
        assert_eq!(region, Region::Europe);
        assert_eq!(origins.instance(origin), Some(Region::Europe));
        assert_eq!(origins.instance(origins.canonical()), None);
        assert!(origins.own().all(|own| own != origin));
    }
}
