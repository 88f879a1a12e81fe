//! Requests to the authorize and sign-out endpoints: whatever is asked, an answer goes only where
//! the client is registered – the port of a loopback URI apart (RFC 8252 §7.3) – and says there
//! nothing that the request smuggled in.

use lcs_directory::{
    AuthorizeError, AuthorizeRequest, DirectoryError, Form,
    authorize::{ReplyIds, ReplyTo, ResponseMode},
    model::RedirectType,
};
use lcs_server::testing::read_form;
use lcs_types::CorrelationId;
use lcs_wire::entra::{Aadsts, Endpoint, aadsts::Refusal};
use url::{Host, Url};

use crate::world::{CLIENT, ORIGIN, PUBLIC_URIS, SPA_URIS, WEB_URIS, World, ask, context};

/// Reads the bytes as the query of a request to each endpoint.
///
/// # Panics
///
/// When an answer would go astray, or the directory fails.
pub fn run(bytes: &[u8]) {
    let Ok(form) = read_form(bytes) else {
        return;
    };
    ask(|world| {
        for endpoint in [Endpoint::V2, Endpoint::V1] {
            authorize(world, &form, endpoint);
        }
        sign_out(world, &form);
        origin(world, &form);
    });
}

fn authorize(world: &World, form: &Form, endpoint: Endpoint) {
    let context = context(endpoint);
    let read = world.directory.read_authorize_request(form, &context);
    let reply_to = match world.runtime.block_on(read) {
        Ok(request) => {
            check_request(&request);
            request.reply_to
        }
        Err(AuthorizeError::Client(reply_to, _)) => reply_to,
        Err(AuthorizeError::Page(_)) => return,
        Err(AuthorizeError::Failed(failure)) => unreachable!("the directory failed: {failure}"),
    };
    check_target(form, &reply_to);
    check_reply(form, &reply_to);
}

fn check_request(request: &AuthorizeRequest) {
    let response = request.response;
    assert!(response.code || response.id_token);
    assert!(!response.token, "access tokens are not switched on");
    let mode = request.reply_to.mode;
    assert!(mode != ResponseMode::Query || !response.id_token);
    assert!(!response.id_token || request.nonce.is_some());
    let is_web = request.reply_to.redirect.redirect_type == RedirectType::Web;
    assert!(
        is_web || request.challenge.is_some(),
        "no proof of possession"
    );
}

fn check_target(form: &Form, reply_to: &ReplyTo) {
    let redirect = &reply_to.redirect;
    if let Some(requested) = form.text("redirect_uri") {
        assert_eq!(redirect.uri, requested);
    }
    let registered = match redirect.redirect_type {
        RedirectType::Public => &PUBLIC_URIS[..],
        RedirectType::Spa => &SPA_URIS[..],
        RedirectType::Web => &WEB_URIS[..],
    };
    assert!(
        registered
            .iter()
            .any(|uri| is_same_place(uri, &redirect.uri)),
        "{} is not registered",
        redirect.uri
    );
}

/// The address that the browser is sent to is that place with nothing but the parameters added.
fn check_reply(form: &Form, reply_to: &ReplyTo) {
    let ids = ReplyIds {
        origin: ORIGIN.to_owned(),
        trace_id: "t".to_owned(),
        correlation_id: CorrelationId::from_u128(1),
        timestamp: "2026-04-03 08:05:00Z".to_owned(),
    };
    let reply = reply_to.refuse(&Refusal::new(Aadsts::InvalidInput), &ids);
    let location = reply.location();
    assert!(
        location.bytes().all(|byte| byte.is_ascii_graphic()),
        "{location}"
    );
    let target = Url::parse(&location).expect("it is an address");
    let asked = Url::parse(&reply.redirect.uri).expect("it is an address");
    assert_eq!(target.origin_and_path(), asked.origin_and_path());
    let carried = match reply.mode {
        ResponseMode::Fragment => target.fragment().unwrap_or_default().as_bytes(),
        ResponseMode::Query | ResponseMode::FormPost => {
            target.query().unwrap_or_default().as_bytes()
        }
    };
    let carried = read_form(carried).expect("parameters stand once, in a legal form");
    assert!(carried.text("error").is_some());
    assert_eq!(carried.text("state"), form.text("state"));
}

fn sign_out(world: &World, form: &Form) {
    let context = context(Endpoint::V2);
    let target = world.directory.post_logout_redirect(form, &context);
    match world.runtime.block_on(target) {
        Ok(Some(uri)) => {
            let mut registered = PUBLIC_URIS.iter().chain(&SPA_URIS).chain(&WEB_URIS);
            // Microsoft's own public clients have one more.
            let is_own = uri.starts_with("https://login.microsoftonline.com/common/oauth2/");
            assert!(
                is_own || registered.any(|known| is_same_place(known, &uri)),
                "{uri}"
            );
        }
        Ok(None) | Err(DirectoryError::Refused(_)) => {}
        Err(DirectoryError::Failed(failure)) => unreachable!("the directory failed: {failure}"),
    }
}

fn origin(world: &World, form: &Form) {
    let Some(origin) = form.text("origin") else {
        return;
    };
    let client = CLIENT.to_string();
    let is_known = world.directory.is_spa_origin(&client, origin);
    if !matches!(world.runtime.block_on(is_known), Ok(true)) {
        return;
    }
    let origin = Url::parse(origin).expect("what is known is an address");
    let has_host = |uri: &&str| {
        let known = Url::parse(uri).expect("what is registered is an address");
        (known.scheme(), known.host_str()) == (origin.scheme(), origin.host_str())
    };
    assert!(SPA_URIS.iter().any(has_host), "{origin}");
}

/// Whether a browser ends at the same place, the port of a loopback address apart.
fn is_same_place(registered: &str, requested: &str) -> bool {
    if registered == requested {
        return true;
    }
    let (Ok(mut known), Ok(mut asked)) = (Url::parse(registered), Url::parse(requested)) else {
        return false;
    };
    let is_loopback = match asked.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(_)) | None => false,
    };
    let is_portless = known.set_port(None).is_ok() && asked.set_port(None).is_ok();
    is_loopback && is_portless && known == asked
}

/// The part of an address that parameters do not touch.
trait OriginAndPath {
    fn origin_and_path(&self) -> (&str, Option<&str>, Option<u16>, &str);
}

impl OriginAndPath for Url {
    fn origin_and_path(&self) -> (&str, Option<&str>, Option<u16>, &str) {
        // Without a path it is the root.
        let path = Some(self.path()).filter(|path| !path.is_empty());
        (
            self.scheme(),
            self.host_str(),
            self.port(),
            path.unwrap_or("/"),
        )
    }
}
