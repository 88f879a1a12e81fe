//! A browser without script: it keeps the session's cookie, follows redirects within the authority
//! and sends the forms of its pages.

use std::collections::HashMap;

use lcs_wire::{entra::Aadsts, local::ReadyUser};
use reqwest::{Method, StatusCode, Url, header};

use super::authority::{
    ARTICLE_SCOPE, Application, Authority, CORRELATION_ID, Fields, assert_like, changed, is_text,
};

/// Where the answers of the authorize endpoint go.
pub(crate) const REDIRECT_URI: &str = "http://localhost:53123";

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A browser.
pub(crate) struct Browser<'a> {
    authority: &'a Authority,
    cookie: Option<String>,
    /// What it shows.
    shown: Shown,
}

/// What a browser shows.
enum Shown {
    /// A page of the authority.
    Page(StatusCode, String),
    /// The client, called with these parameters.
    Client(HashMap<String, String>),
}

impl<'a> Browser<'a> {
    /// A browser in which nobody is signed in.
    pub(crate) fn new(authority: &'a Authority) -> Self {
        Self {
            authority,
            cookie: None,
            shown: Shown::Page(StatusCode::OK, String::new()),
        }
    }

    /// The browser that a client sends to the authorize endpoint, with changes to the request.
    pub(crate) async fn authorize(
        &mut self,
        client: &Application,
        changes: Fields<'_>,
    ) -> &mut Self {
        let segment = self.authority.segment();
        self.authorize_at(&segment, client, changes).await
    }

    /// The same at another tenant segment.
    pub(crate) async fn authorize_at(
        &mut self,
        segment: &str,
        client: &Application,
        changes: Fields<'_>,
    ) -> &mut Self {
        let fields = [
            ("client_id", client.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", ARTICLE_SCOPE),
            ("state", "12345"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let path = format!("/{segment}/oauth2/v2.0/authorize");
        self.open(&path, &changed(&fields, changes)).await
    }

    /// Opens a page of the authority.
    pub(crate) async fn open(&mut self, path: &str, query: Fields<'_>) -> &mut Self {
        let request = self.authority.request(Method::GET, path).query(query);
        self.follow(request).await;
        self
    }

    /// Sends the form of the page.
    pub(crate) async fn submit(&mut self, fields: Fields<'_>) -> &mut Self {
        let page = self.page();
        let action = attribute(page, "<form method=\"post\" ", "action");
        let hidden = |name: &str| attribute(page, &format!("name=\"{name}\" "), "value");
        let (csrf, interaction) = (hidden("csrf"), hidden("ctx"));
        let mut form = vec![("csrf", csrf.as_str()), ("ctx", interaction.as_str())];
        form.extend(fields);
        let request = self.authority.request(Method::POST, &action).form(&form);
        self.follow(request).await;
        self
    }

    /// Gives user name and password.
    pub(crate) async fn sign_in(&mut self, user: &ReadyUser) -> &mut Self {
        let name = user.user_principal_name.to_string();
        self.give_name_and_password(&name, &user.password).await
    }

    /// The same with any words.
    pub(crate) async fn give_name_and_password(&mut self, name: &str, password: &str) -> &mut Self {
        self.submit(&[("loginfmt", name), ("action", "next")]).await;
        self.submit(&[("passwd", password), ("action", "signin")])
            .await
    }

    /// Enters the code that a device shows.
    pub(crate) async fn enter_device_code(&mut self, user_code: &str) -> &mut Self {
        self.open("/common/oauth2/deviceauth", &[]).await;
        self.submit(&[("otc", user_code)]).await
    }

    async fn follow(&mut self, request: reqwest::RequestBuilder) {
        let mut request = request;
        loop {
            if let Some(cookie) = &self.cookie {
                request = request.header(header::COOKIE, cookie);
            }
            let answer = request.send().await.unwrap();
            if let Some(cookie) = answer.headers().get(header::SET_COOKIE) {
                let (cookie, _) = cookie.to_str().unwrap().split_once(';').unwrap();
                self.cookie = Some(cookie.to_owned());
            }
            let Some(location) = answer.headers().get(header::LOCATION) else {
                let status = answer.status();
                self.shown = Shown::Page(status, answer.text().await.unwrap());
                return;
            };
            let location = location.to_str().unwrap().to_owned();
            if !location.starts_with('/') {
                let url: Url = location.parse().unwrap();
                let fragment = format!("?{}", url.fragment().unwrap_or_default());
                let fragment = url.join(&fragment).unwrap();
                let pairs = url.query_pairs().into_owned();
                let pairs = pairs.chain(fragment.query_pairs().into_owned());
                self.shown = Shown::Client(pairs.collect());
                return;
            }
            request = self.authority.request(Method::GET, &location);
        }
    }

    /// The page that is shown.
    pub(crate) fn page(&self) -> &str {
        match &self.shown {
            Shown::Page(_, page) => page,
            Shown::Client(parameters) => panic!("the client was called with {parameters:?}"),
        }
    }

    /// What the client was called with.
    pub(crate) fn parameters(&self) -> &HashMap<String, String> {
        match &self.shown {
            Shown::Page(status, page) => panic!("a page is shown: {status} {page}"),
            Shown::Client(parameters) => parameters,
        }
    }

    /// The code that the client was called with.
    pub(crate) fn code(&self) -> String {
        let parameters = self.parameters();
        let code = parameters.get("code");
        code.unwrap_or_else(|| panic!("{parameters:?}")).clone()
    }

    /// Checks that the client was called with this refusal, whole.
    pub(crate) fn sent_back_as(&self, refusal: Aadsts) {
        let row = refusal.row();
        let parameters = self.parameters();
        let member = |name: &str| parameters.get(name).map_or("", String::as_str);
        assert_eq!(member("error"), row.error_authorize.as_str());
        assert_eq!(member("state"), "12345");
        let origin = &self.authority.cloud.facts().origin;
        let page = format!("{origin}/error?code={}", row.code);
        assert_eq!(member("error_uri"), page);
        let description = member("error_description");
        let (text, ids) = description.split_once(" Trace ID: ").unwrap();
        assert!(is_text(refusal, text), "{description}");
        let (trace, rest) = ids.split_once(" Correlation ID: ").unwrap();
        assert_like(trace, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        let (correlation, timestamp) = rest.split_once(" Timestamp: ").unwrap();
        assert_eq!(correlation, CORRELATION_ID);
        assert_like(timestamp, "dddd-dd-dd dd:dd:ddZ");
    }

    /// Checks that a page shows this refusal, with its remedy and what support asks for.
    pub(crate) fn shown_as(&self, refusal: Aadsts) {
        let Shown::Page(status, page) = &self.shown else {
            panic!("the client was called: {:?}", self.parameters());
        };
        assert_eq!(*status, StatusCode::BAD_REQUEST, "{page}");
        self.warned_as(refusal);
        let page = unescaped(page);
        for wanted in [
            refusal.row().remedy,
            "Request Id",
            CORRELATION_ID,
            "Timestamp",
        ] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
    }

    /// Checks that the page's form was refused so, and may be sent again.
    pub(crate) fn warned_as(&self, refusal: Aadsts) {
        let page = self.page();
        let alert = page
            .split_once("role=\"alert\">")
            .and_then(|(_, rest)| rest.split_once("</p>"));
        let (alert, _) = alert.unwrap_or_else(|| panic!("no alert: {page}"));
        assert!(is_text(refusal, &unescaped(alert)), "{alert}");
    }
}

impl Authority {
    /// A code that the service user got for a client, with changes to the request.
    pub(crate) async fn code(&self, client: &Application, changes: Fields<'_>) -> String {
        let mut browser = Browser::new(self);
        browser.authorize(client, changes).await;
        browser.sign_in(self.cloud.service_user()).await.code()
    }
}

/// The value of an attribute behind some text.
fn attribute(page: &str, behind: &str, name: &str) -> String {
    let value = page
        .split_once(behind)
        .and_then(|(_, rest)| rest.split_once(&format!("{name}=\"")))
        .and_then(|(_, rest)| rest.split_once('"'));
    let (value, _) = value.unwrap_or_else(|| panic!("no {name} behind {behind}: {page}"));
    unescaped(value)
}

fn unescaped(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escape, plain)| {
        text.replace(escape, plain)
    })
}
