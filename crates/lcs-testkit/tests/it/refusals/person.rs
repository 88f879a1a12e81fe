//! A person with a browser, and what a refusal must look like to them and to the client.

use lcs_wire::{entra::Aadsts, local::ReadyUser};
use reqwest::StatusCode;

use super::authority::{Application, Authority, Fields, assert_like, is_text};
use crate::{
    browser::{Browser, Page},
    pages::authorize_url,
};

const DEVICE_PAGE: &str = "/common/oauth2/deviceauth";

/// A person with a browser.
pub(crate) struct Person<'a> {
    authority: &'a Authority,
    browser: Browser,
    /// What the browser shows.
    page: Page,
}

impl<'a> Person<'a> {
    /// Somebody whom a client sends to the authorize endpoint, with changes to the request.
    pub(crate) async fn sent_by(
        client: &Application,
        authority: &'a Authority,
        changes: Fields<'_>,
    ) -> Self {
        Self::at(authority, &authorize_url(authority, client, changes)).await
    }

    /// The same at another tenant segment.
    pub(crate) async fn sent_to(
        segment: &str,
        client: &Application,
        authority: &'a Authority,
    ) -> Self {
        let url = authorize_url(authority, client, &[]);
        Self::at(authority, &url.replace(&authority.segment(), segment)).await
    }

    /// Somebody in front of a device.
    pub(crate) async fn at_device_page(authority: &'a Authority) -> Self {
        Self::at(authority, DEVICE_PAGE).await
    }

    /// Somebody who opens a page of the authority.
    pub(crate) async fn at(authority: &'a Authority, url: &str) -> Self {
        let mut browser = Browser::new(&authority.cloud);
        let page = browser.open(url).await;
        Self {
            authority,
            browser,
            page,
        }
    }

    /// Is sent to the authorize endpoint again, in the same browser.
    pub(crate) async fn sent_again_by(
        &mut self,
        client: &Application,
        changes: Fields<'_>,
    ) -> &mut Self {
        let url = authorize_url(self.authority, client, changes);
        self.opens(&url).await
    }

    /// Opens another page.
    pub(crate) async fn opens(&mut self, url: &str) -> &mut Self {
        self.page = self.browser.open(url).await;
        self
    }

    /// Fills the form of the page and presses a button.
    pub(crate) async fn submits(&mut self, fields: Fields<'_>, action: &str) -> &mut Self {
        self.page = self.browser.submit(&self.page, fields, action).await;
        self
    }

    /// Gives user name and password.
    pub(crate) async fn signs_in(&mut self, user: &ReadyUser) -> &mut Self {
        self.page = self.browser.sign_in(&self.page, user).await;
        self
    }

    /// Gives a user name and a password, right or wrong.
    pub(crate) async fn gives(&mut self, name: &str, password: &str) -> &mut Self {
        self.submits(&[("loginfmt", name)], "next").await;
        self.submits(&[("passwd", password)], "signin").await
    }

    /// The same as the service user.
    pub(crate) async fn signs_in_as_service_user(&mut self) -> &mut Self {
        let user = self.authority.cloud.service_user();
        self.signs_in(user).await
    }

    /// Enters the code that a device shows, on the page for that.
    pub(crate) async fn enters_device_code(&mut self, user_code: &str) -> &mut Self {
        self.opens(DEVICE_PAGE).await;
        self.submits(&[("otc", user_code)], "next").await
    }

    /// What the browser shows.
    pub(crate) const fn page(&self) -> &Page {
        &self.page
    }

    /// The client must be called with a code.
    pub(crate) fn code(&self) -> String {
        let reply = self.page.reply();
        let code = reply.get("code");
        code.unwrap_or_else(|| panic!("no code: {:?}", self.page))
            .clone()
    }

    /// The client must be called with this refusal, whole.
    pub(crate) fn is_sent_back_with(&self, refusal: Aadsts) {
        let row = refusal.row();
        let reply = self.page.reply();
        let member = |name: &str| reply.get(name).map_or("", String::as_str);
        assert_eq!(
            member("error"),
            row.error_authorize.as_str(),
            "{:?}",
            self.page
        );
        assert_eq!(member("state"), "s-1");
        let origin = &self.authority.cloud.facts().origin;
        let about = format!("{origin}/error?code={}", row.code);
        assert_eq!(member("error_uri"), about);
        let description = member("error_description");
        let (text, ids) = description.split_once(" Trace ID: ").unwrap();
        assert!(is_text(refusal, text), "{description}");
        let id = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        let wanted = format!("{id} Correlation ID: {id} Timestamp: dddd-dd-dd dd:dd:ddZ");
        assert_like(ids, &wanted);
    }

    /// A page must show this refusal, with cause, remedy, and what support asks for.
    pub(crate) fn is_shown(&self, refusal: Aadsts) {
        assert_eq!(self.page.status, StatusCode::BAD_REQUEST);
        self.is_warned_of(refusal);
        let page = self.page.text();
        let row = refusal.row();
        for wanted in [
            row.cause,
            row.remedy,
            "Request Id",
            "Correlation Id",
            "Timestamp",
        ] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
    }

    /// The form of the page must have been refused so.
    pub(crate) fn is_warned_of(&self, refusal: Aadsts) {
        let page = self.page.text();
        let alert = page
            .split_once("role=\"alert\">")
            .and_then(|(_, rest)| rest.split_once("</p>"));
        let (alert, _) = alert.unwrap_or_else(|| panic!("no alert: {page}"));
        assert!(is_text(refusal, alert), "{alert}");
    }
}

impl Authority {
    /// Where an administrator consents for everybody.
    pub(crate) fn admin_consent_url(&self, client: &Application) -> String {
        let id = &client.client_id;
        format!("/{}/adminconsent?client_id={id}", self.segment())
    }

    /// A code that the service user got for a client, with changes to the request.
    pub(crate) async fn code(&self, client: &Application, changes: Fields<'_>) -> String {
        let mut person = Person::sent_by(client, self, changes).await;
        person.signs_in_as_service_user().await.code()
    }
}
