//! Reading a request for a tunnel: strict, small, and without copying what it does not need.

use std::fmt;

/// The longest request head that is read, in bytes.
pub const MAX_HEAD: usize = 8 * 1024;
/// The most header fields that a request may have.
pub const MAX_FIELDS: usize = 64;
/// The longest name that DNS can hold, in characters (RFC 1035 §2.3.4).
const MAX_HOST: usize = 253;

/// Where a tunnel is to lead: a host in lower case, without brackets, and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A name, or an address.
    pub host: String,
    /// Never 0.
    pub port: u16,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A request that is not answered with a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// Something else than a tunnel is asked for.
    #[error("only CONNECT is answered: the sandbox has no plain HTTP")]
    NotConnect,
    /// The request line is none.
    #[error("the request line is not CONNECT HOST:PORT HTTP/1.1")]
    RequestLine,
    /// The target is not a host and a port.
    #[error("the target is not HOST:PORT")]
    Target,
    /// A header field is not well-formed.
    #[error("a header field is not well-formed")]
    Field,
    /// There are too many header fields.
    #[error("there are too many header fields")]
    TooManyFields,
}

/// How long the head of a request is, its empty line included; nothing while it is incomplete.
pub fn head_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(end + 4)
}

/// Reads the head of a request, its empty line included.
///
/// # Errors
///
/// [`BadRequest`] for everything but one well-formed `CONNECT`.
pub fn parse(head: &[u8]) -> Result<Target, BadRequest> {
    let text = std::str::from_utf8(head).map_err(|_| BadRequest::Field)?;
    let mut lines = text
        .strip_suffix("\r\n\r\n")
        .ok_or(BadRequest::Field)?
        .split("\r\n");
    let target = request_line(lines.next().unwrap_or_default())?;
    for (index, line) in lines.enumerate() {
        if index == MAX_FIELDS {
            return Err(BadRequest::TooManyFields);
        }
        if !is_field(line) {
            return Err(BadRequest::Field);
        }
    }
    Ok(target)
}

fn request_line(line: &str) -> Result<Target, BadRequest> {
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(BadRequest::RequestLine);
    };
    // Python before 3.12 asks in the words of HTTP/1.0.
    if !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
        return Err(BadRequest::RequestLine);
    }
    if method != "CONNECT" {
        return Err(if is_token(method) {
            BadRequest::NotConnect
        } else {
            BadRequest::RequestLine
        });
    }
    authority(target).ok_or(BadRequest::Target)
}

/// `uri-host ":" port`, where the port may not be left out (RFC 9110 §9.3.6).
fn authority(text: &str) -> Option<Target> {
    let (host, port) = text.rsplit_once(':')?;
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let host = match host.strip_prefix('[') {
        Some(rest) => {
            let address: std::net::Ipv6Addr = rest.strip_suffix(']')?.parse().ok()?;
            address.to_string()
        }
        None => Some(host)
            .filter(|host| is_host(host))?
            .to_ascii_lowercase(),
    };
    Some(Target { host, port })
}

fn is_host(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_letter);
    text.len() <= MAX_HOST && text.split('.').all(is_label)
}

/// `field-name ":" field-value` (RFC 9112 §5); a folded line is none.
fn is_field(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else {
        return false;
    };
    is_token(name) && !value.chars().any(|c| c.is_control() && c != '\t')
}

fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(line: &str) -> Result<String, BadRequest> {
        parse(format!("{line}\r\n\r\n").as_bytes()).map(|target| target.to_string())
    }

    #[test]
    fn a_tunnel_is_asked_for_with_host_and_port() {
        for (line, expected) in [
            ("CONNECT a.example:443 HTTP/1.1", "a.example:443"),
            ("CONNECT A.Example:65535 HTTP/1.0", "a.example:65535"),
            (
                "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\nX: a\tb",
                "localhost:443",
            ),
            ("CONNECT 127.0.0.1:1 HTTP/1.1", "127.0.0.1:1"),
            ("CONNECT [::1]:443 HTTP/1.1", "[::1]:443"),
            ("CONNECT [0:0:0:0:0:0:0:1]:443 HTTP/1.1", "[::1]:443"),
        ] {
            assert_eq!(parsed(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        use BadRequest::{Field, NotConnect, RequestLine, Target};
        for (line, expected) in [
            ("GET http://a.example/ HTTP/1.1", NotConnect),
            ("connect a.example:443 HTTP/1.1", NotConnect),
            ("", RequestLine),
            ("CONNECT a.example:443", RequestLine),
            ("CONNECT  a.example:443 HTTP/1.1", RequestLine),
            ("CONNECT a.example:443 HTTP/1.1 ", RequestLine),
            ("CONNECT a.example:443 HTTP/2", RequestLine),
            ("G(T a.example:443 HTTP/1.1", RequestLine),
            ("CONNECT a.example HTTP/1.1", Target),
            ("CONNECT a.example: HTTP/1.1", Target),
            ("CONNECT a.example:0 HTTP/1.1", Target),
            ("CONNECT a.example:65536 HTTP/1.1", Target),
            ("CONNECT a.example:+443 HTTP/1.1", Target),
            ("CONNECT :443 HTTP/1.1", Target),
            ("CONNECT a..example:443 HTTP/1.1", Target),
            ("CONNECT user@a.example:443 HTTP/1.1", Target),
            ("CONNECT https://a.example:443 HTTP/1.1", Target),
            ("CONNECT [::1:443 HTTP/1.1", Target),
            ("CONNECT ::1:443 HTTP/1.1", Target),
            ("CONNECT [a.example]:443 HTTP/1.1", Target),
            ("CONNECT a.example:443 HTTP/1.1\r\nno colon", Field),
            ("CONNECT a.example:443 HTTP/1.1\r\nHost : x", Field),
            ("CONNECT a.example:443 HTTP/1.1\r\nA: b\r\n folded", Field),
            ("CONNECT a.example:443 HTTP/1.1\r\nA: b\nC: d", Field),
        ] {
            assert_eq!(parsed(line), Err(expected), "{line}");
        }
    }

    #[test]
    fn fields_are_counted() {
        let with = |count| {
            let fields = "A: b\r\n".repeat(count);
            parse(format!("CONNECT a.example:443 HTTP/1.1\r\n{fields}\r\n").as_bytes())
        };
        assert!(with(MAX_FIELDS).is_ok());
        assert_eq!(with(MAX_FIELDS + 1), Err(BadRequest::TooManyFields));
    }

    #[test]
    fn the_head_ends_at_the_first_empty_line() {
        assert_eq!(head_length(b"a\r\n\r\nrest\r\n\r\n"), Some(5));
        assert_eq!(head_length(b"a\r\n\r"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_without_panic_and_a_target_reads_back(
            bytes in proptest::collection::vec(any::<u8>(), 0..200)
        ) {
            let mut head = b"CONNECT ".to_vec();
            head.extend(&bytes);
            head.extend(b" HTTP/1.1\r\n\r\n");
            if let Ok(target) = parse(&head) {
                prop_assert_eq!(authority(&target.to_string()), Some(target));
            }
            let _ = parse(&bytes);
        }

        #[test]
        fn every_well_formed_target_is_understood(
            host in "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\\.[a-z0-9]{1,10}){0,4}", port in 1_u16..
        ) {
            let line = format!("CONNECT {host}:{port} HTTP/1.1");
            prop_assert_eq!(parsed(&line), Ok(format!("{host}:{port}")));
        }
    }
}
