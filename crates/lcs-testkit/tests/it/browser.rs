//! A browser without script: keeps cookies, reads forms, presses buttons, follows redirects within the
//! local cloud and stops where it would leave it.

use std::collections::{BTreeMap, BTreeSet};

use lcs_testkit::TestCloud;
use lcs_types::{Clock as _, Secret};
use lcs_wire::local::ReadyUser;
use reqwest::{Client, Method, StatusCode, header};
use url::Url;

/// A browser.
pub(crate) struct Browser {
    http: Client,
    origin: String,
    cookies: BTreeMap<String, String>,
    /// The names of those that outlive the browser.
    kept: BTreeSet<String>,
}

/// What the browser shows, or where it was sent.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    /// Where it leads, outside the local cloud.
    pub(crate) location: Option<Url>,
    pub(crate) body: String,
}

/// Form fields.
pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

impl Browser {
    /// A new one, without cookies.
    pub(crate) fn new(cloud: &TestCloud) -> Self {
        Self {
            http: http(cloud),
            origin: cloud.facts().origin.clone(),
            cookies: BTreeMap::new(),
            kept: BTreeSet::new(),
        }
    }

    /// Closes and opens it again: only the cookies that outlive it are left.
    pub(crate) fn restart(&mut self) {
        self.cookies.retain(|name, _| self.kept.contains(name));
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> &str {
        &self.cookies[name]
    }

    /// Puts a cookie that somebody got hold of.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The same browser after the cloud was started anew.
    pub(crate) fn moved_to(mut self, cloud: &TestCloud) -> Self {
        self.http = http(cloud);
        self.origin.clone_from(&cloud.facts().origin);
        self
    }

    /// Follows a link.
    pub(crate) async fn open(&mut self, path_or_url: &str) -> Page {
        self.send(Method::GET, path_or_url, None).await
    }

    /// Posts a form of one's own making.
    pub(crate) async fn post(&mut self, path_or_url: &str, fields: Fields<'_>) -> Page {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.send(Method::POST, path_or_url, Some(fields)).await
    }

    /// Fills the page's form and presses the button with this value of `action`.
    pub(crate) async fn submit(&mut self, page: &Page, fields: Fields<'_>, action: &str) -> Page {
        let mut form = page.fields();
        for (name, value) in fields {
            form.insert((*name).to_owned(), (*value).to_owned());
        }
        form.insert("action".to_owned(), action.to_owned());
        let target = page.attribute("<form", "action").unwrap();
        self.send(Method::POST, &target, Some(form)).await
    }

    /// Gives user name and password on the pages that ask for them.
    pub(crate) async fn sign_in(&mut self, page: &Page, user: &ReadyUser) -> Page {
        let name = user.user_principal_name.to_string();
        let page = self.submit(page, &[("loginfmt", &name)], "next").await;
        assert!(page.body.contains("Enter password"), "{}", page.body);
        self.submit(&page, &[("passwd", &user.password)], "signin")
            .await
    }

    async fn send(
        &mut self,
        mut method: Method,
        path_or_url: &str,
        mut form: Option<BTreeMap<String, String>>,
    ) -> Page {
        let mut url = Url::parse(&self.origin)
            .and_then(|origin| origin.join(path_or_url))
            .unwrap();
        loop {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let mut request = self.http.request(method.clone(), url.clone());
            if !cookies.is_empty() {
                request = request.header(header::COOKIE, cookies.join("; "));
            }
            if let Some(form) = form.take() {
                request = request.form(&form);
            }
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            for cookie in headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
                if cookie.contains("; Max-Age=") {
                    self.kept.insert(name.to_owned());
                } else {
                    self.kept.remove(name);
                }
            }
            let location = headers
                .get(header::LOCATION)
                .map(|location| url.join(location.to_str().unwrap()).unwrap());
            match location {
                Some(next) if next.origin().ascii_serialization() == self.origin => {
                    assert_eq!(status, StatusCode::SEE_OTHER, "{next}");
                    (method, url) = (Method::GET, next);
                }
                location => {
                    return Page {
                        status,
                        headers,
                        location,
                        body: answer.text().await.unwrap(),
                    };
                }
            }
        }
    }
}

fn http(cloud: &TestCloud) -> Client {
    let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
    let certificate = reqwest::Certificate::from_pem(&pem).unwrap();
    Client::builder()
        .tls_certs_merge([certificate])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

impl Page {
    /// The parameters that the client gets, however they travel.
    pub(crate) fn reply(&self) -> BTreeMap<String, String> {
        let Some(location) = &self.location else {
            return self.fields();
        };
        let text = location.fragment().or(location.query()).unwrap_or_default();
        url::form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect()
    }

    /// The fields of the form, as the page fills them.
    pub(crate) fn fields(&self) -> BTreeMap<String, String> {
        let inputs = self.body.split("<input").skip(1);
        inputs
            .filter_map(|input| {
                let tag = input.split('>').next()?;
                let is_check_box = tag.contains("checkbox");
                let name = attribute(tag, "name").filter(|_| !is_check_box)?;
                Some((name, attribute(tag, "value").unwrap_or_default()))
            })
            .collect()
    }

    /// An attribute of the first element that begins like this.
    pub(crate) fn attribute(&self, element: &str, name: &str) -> Option<String> {
        let tag = self.body.split_once(element)?.1.split('>').next()?;
        attribute(tag, name)
    }

    /// The page with its entities read.
    pub(crate) fn text(&self) -> String {
        unescaped(&self.body)
    }

    /// The page must say this.
    pub(crate) fn says(&self, text: &str) {
        assert!(self.body.contains(text), "no {text:?} in {}", self.body);
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

/// What a user's authenticator app shows now.
pub(crate) fn one_time_code(cloud: &TestCloud, base32: &str) -> Secret {
    use lcs_directory::totp::{TimeStep, TotpSecret};
    let secret = TotpSecret::from_base32(base32).unwrap();
    secret.code(TimeStep::at(cloud.clock.now()))
}
