//! The HTTP client of the client half: HTTPS only, no redirects, bounded answers, an own
//! certificate authority by file, and no proxy in the way of this machine.

use std::{
    fmt, io,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Certificate, Client, Response, redirect::Policy};
use url::{Host, Url};

/// How large an answer of the token endpoint may be.
pub const TOKEN_ANSWER_LIMIT: usize = 64 * 1024;

/// Whether plain HTTP may be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlainHttp {
    /// Never.
    #[default]
    Refused,
    /// To this machine only.
    AllowedOnLoopback,
}

/// What the client is built from.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// A PEM file with certificate authorities to trust beside the system's.
    pub extra_certificates: Option<PathBuf>,
    /// Whether plain HTTP may be spoken.
    pub plain_http: PlainHttp,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long the other side may be silent.
    pub read_timeout: Duration,
    /// What the client calls itself.
    pub user_agent: String,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            extra_certificates: None,
            plain_http: PlainHttp::Refused,
            connect_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(90),
            user_agent: concat!("lcs/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// An exchange over HTTP failed before there was an answer to judge. No message holds more of a
/// URL than its host and port.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The file of certificate authorities cannot be read.
    #[error("could not read the certificate file `{}`", path.display())]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file of certificate authorities holds none.
    #[error("`{}` is not a PEM file with certificates", path.display())]
    NotCertificates {
        /// The file.
        path: PathBuf,
    },
    /// The client cannot be built, for example without any trusted certificate.
    #[error("could not prepare the HTTP client")]
    Client(#[source] reqwest::Error),
    /// The URL is not HTTPS.
    #[error("refused to speak plain HTTP to {host}")]
    NotHttps {
        /// Host and port.
        host: String,
    },
    /// No connection came about: nothing was sent.
    #[error("could not connect to {host}")]
    Connect {
        /// Host and port.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The other side shows a certificate that is not trusted: nothing was sent.
    #[error("the certificate of {host} is not trusted")]
    Untrusted {
        /// Host and port.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The other side did not answer in time. The request may have been carried out.
    #[error("{host} did not answer in time")]
    TimedOut {
        /// Host and port.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The exchange broke off. The request may have been carried out.
    #[error("the connection to {host} broke off")]
    Interrupted {
        /// Host and port.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is larger than anything sensible.
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// Host and port.
        host: String,
        /// The limit.
        limit: usize,
    },
}

impl HttpError {
    /// Whether it is certain that the other side never saw the request.
    pub const fn is_before_sending(&self) -> bool {
        match self {
            Self::CertificateFile { .. }
            | Self::NotCertificates { .. }
            | Self::Client(_)
            | Self::NotHttps { .. }
            | Self::Untrusted { .. }
            | Self::Connect { .. } => true,
            Self::TimedOut { .. } | Self::Interrupted { .. } | Self::TooLarge { .. } => false,
        }
    }

    /// Whether trying again later can help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::TimedOut { .. } | Self::Interrupted { .. } => true,
            Self::CertificateFile { .. }
            | Self::NotCertificates { .. }
            | Self::Client(_)
            | Self::NotHttps { .. }
            | Self::Untrusted { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// Sorts what `reqwest` reports, and takes the URL out of it, which may carry a signature.
    pub fn from_exchange(url: &Url, error: reqwest::Error) -> Self {
        let host = host_and_port(url);
        let source = error.without_url();
        if source.is_connect() && is_about_a_certificate(&source) {
            Self::Untrusted { host, source }
        } else if source.is_connect() {
            Self::Connect { host, source }
        } else if source.is_timeout() {
            Self::TimedOut { host, source }
        } else if source.is_builder() {
            Self::Client(source)
        } else {
            Self::Interrupted { host, source }
        }
    }
}

/// The HTTP client; clones share connections.
///
/// Connections to this machine never go through a proxy. The underlying clients are made at first
/// use, since reading the system's certificates costs more than a cached token may.
#[derive(Clone)]
pub struct HttpClient(Arc<Inner>);

struct Inner {
    settings: HttpSettings,
    certificates: Vec<Certificate>,
    remote: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

impl HttpClient {
    /// Reads the certificate file; connects to nothing.
    ///
    /// # Errors
    ///
    /// [`HttpError::CertificateFile`] or [`HttpError::NotCertificates`].
    pub fn new(settings: HttpSettings) -> Result<Self, HttpError> {
        let certificates = match &settings.extra_certificates {
            None => Vec::new(),
            Some(path) => {
                let pem = std::fs::read(path).map_err(|source| HttpError::CertificateFile {
                    path: path.clone(),
                    source,
                })?;
                let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
                if certificates.is_empty() {
                    return Err(HttpError::NotCertificates { path: path.clone() });
                }
                certificates
            }
        };
        Ok(Self(Arc::new(Inner {
            settings,
            certificates,
            remote: OnceLock::new(),
            loopback: OnceLock::new(),
        })))
    }

    /// The client to call this URL with.
    ///
    /// # Errors
    ///
    /// [`HttpError::NotHttps`] for a URL that must not be called, [`HttpError::Client`] when no
    /// client can be built.
    pub fn client_for(&self, url: &Url) -> Result<&Client, HttpError> {
        if !check_scheme(url, self.0.settings.plain_http) {
            return Err(HttpError::NotHttps {
                host: host_and_port(url),
            });
        }
        let (slot, proxy) = if is_loopback(url) {
            (&self.0.loopback, Proxy::None)
        } else {
            (&self.0.remote, Proxy::System)
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = self.build(proxy)?;
        Ok(slot.get_or_init(|| client))
    }

    fn build(&self, proxy: Proxy) -> Result<Client, HttpError> {
        let settings = &self.0.settings;
        let mut builder = Client::builder()
            .user_agent(&settings.user_agent)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .tls_certs_merge(self.0.certificates.iter().cloned());
        if proxy == Proxy::None {
            builder = builder.no_proxy();
        }
        // `reqwest` repeats requests of its own accord when a server refuses an HTTP/2 stream;
        // what may be repeated is decided by those who know the call.
        builder = builder.retry(reqwest::retry::never());
        builder
            .build()
            .map_err(|error| HttpError::Client(error.without_url()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Proxy {
    System,
    None,
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpClient").field(&self.0.settings).finish()
    }
}

/// Reads an answer's body up to a limit.
///
/// # Errors
///
/// [`HttpError::TooLarge`] past the limit, [`HttpError::Interrupted`] and
/// [`HttpError::TimedOut`] when it does not arrive whole.
pub async fn read_bounded(mut response: Response, limit: usize) -> Result<Vec<u8>, HttpError> {
    let url = response.url().clone();
    let mut body = Vec::new();
    loop {
        let chunk = response
            .chunk()
            .await
            .map_err(|error| HttpError::from_exchange(&url, error))?;
        let Some(chunk) = chunk else {
            return Ok(body);
        };
        if body.len() + chunk.len() > limit {
            return Err(HttpError::TooLarge {
                host: host_and_port(&url),
                limit,
            });
        }
        body.extend_from_slice(&chunk);
    }
}

/// Whether a failed handshake is the certificate's fault. The library tells only in words, which
/// a test holds it to.
fn is_about_a_certificate(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.to_string().contains("invalid peer certificate") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Host and port of a URL, which is all that messages show of it.
pub fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

pub(crate) fn check_scheme(url: &Url, plain_http: PlainHttp) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => plain_http == PlainHttp::AllowedOnLoopback && is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
