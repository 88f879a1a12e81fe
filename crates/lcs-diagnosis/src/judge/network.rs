//! Authority, API and clock; and the tenant, which the authority's metadata names.

use jiff::SignedDuration;
use lcs_wire::entra::{Aadsts, EntraError};
use url::Url;

use super::{Results, because_of};
use crate::{
    check::{Check, CheckResult, Evidence},
    observations::{Metadata, Observations, Reached, Trouble, Unreachable},
    token::CLOCK_SKEW,
};

pub(super) fn judge(observations: &Observations, results: &mut Results) {
    let settings = &observations.settings;
    let proxy = settings.proxy.as_deref();
    match &observations.authority {
        Reached::Yes(metadata) => {
            let message = format!("{} answers", settings.authority);
            results.add(CheckResult::passed(Check::Authority, message));
            clock(metadata.clock_ahead, results);
            tenant(metadata, &settings.tenant, results);
        }
        Reached::No(why) => {
            results.add(unreachable(Check::Authority, why, proxy));
            results.skip(
                &[Check::Clock, Check::Tenant],
                &because_of(Check::Authority),
            );
        }
    }
    match &observations.api {
        Reached::Yes(status) => results.add(api(*status, &settings.api)),
        Reached::No(why) => results.add(unreachable(Check::Api, why, proxy)),
    }
}

fn unreachable(check: Check, why: &Unreachable, proxy: Option<&str>) -> CheckResult {
    let host = &why.host;
    let (message, remedy) = match why.trouble {
        Trouble::Name => (
            format!("the name of {host} does not resolve"),
            "check the spelling (lcs profile show), the region, and the machine's DNS".to_owned(),
        ),
        Trouble::Connection => (
            format!("{host} takes no connection"),
            "check the port, the firewall and the proxy; a local cloud is started with lcs serve"
                .to_owned(),
        ),
        Trouble::UntrustedCertificate => (
            format!("the certificate of {host} is from an authority that is not trusted"),
            "of a local instance: --ca-certificate FILE; otherwise a proxy looks into the traffic, \
             and its authority has to be trusted on this machine or by --ca-certificate"
                .to_owned(),
        ),
        Trouble::CertificateDates => (
            format!("the certificate of {host} is not valid at this machine's time"),
            "set this machine's clock; if it is right, the server's certificate has to be renewed"
                .to_owned(),
        ),
        Trouble::CertificateName => (
            format!("the certificate of {host} is for another name"),
            "use the name that the certificate is for".to_owned(),
        ),
        Trouble::Time => (
            format!("{host} does not answer in time"),
            "check the firewall and the proxy, then try again".to_owned(),
        ),
        Trouble::Settings => (
            format!("{host} cannot be called with these settings"),
            "check the settings: lcs profile show".to_owned(),
        ),
        Trouble::Other => (
            format!("{host} could not be asked"),
            "check the network and the proxy, then try again".to_owned(),
        ),
    };
    let mut result =
        CheckResult::failed(check, message, remedy).with(Evidence::of("network", &why.text));
    if let Some(issuer) = &why.issuer {
        let text = format!("the certificate was issued by: {issuer}");
        result = result.with(Evidence::of("network", text));
    }
    if let Some(proxy) = proxy {
        let text = format!("calls go through the proxy {proxy}");
        result = result.with(Evidence::of("network", text));
    }
    result
}

/// Without a token the API refuses; anything else is not the API.
fn api(status: u16, url: &Url) -> CheckResult {
    let evidence = Evidence {
        status: Some(status),
        ..Evidence::of("LCS", format!("status {status} to a call without a token"))
    };
    match status {
        401 | 403 => CheckResult::passed(Check::Api, format!("{url} answers")).with(evidence),
        429 => CheckResult::failed(
            Check::Api,
            format!("{url} asks to wait before the next request"),
            "wait a minute, then try again",
        )
        .with(evidence),
        500.. => CheckResult::failed(
            Check::Api,
            format!("{url} is out of order"),
            "try again later",
        )
        .with(evidence),
        _ => CheckResult::failed(
            Check::Api,
            format!("{url} answers, but not as the LCS API does"),
            "check --api-url or the region: lcs profile show",
        )
        .with(evidence),
    }
}

fn clock(ahead: Option<SignedDuration>, results: &mut Results) {
    let Some(ahead) = ahead else {
        results.skip(&[Check::Clock], "the authority does not tell its time");
        return;
    };
    let seconds = ahead.as_secs();
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    let seconds = seconds.abs();
    results.add(if SignedDuration::from_secs(seconds) > CLOCK_SKEW {
        CheckResult::failed(
            Check::Clock,
            format!("this machine's clock is {seconds} s {side} the authority's"),
            "set the clock, by NTP for example: tokens are judged by it",
        )
        .with(Evidence::of("Entra", "the Date of its answer"))
    } else {
        CheckResult::passed(
            Check::Clock,
            format!("within {seconds} s of the authority's"),
        )
    });
}

fn tenant(metadata: &Metadata, tenant: &str, results: &mut Results) {
    results.add(match &metadata.tenant {
        Ok(Some(id)) => CheckResult::passed(Check::Tenant, format!("{tenant} is tenant {id}")),
        Ok(None) => CheckResult::passed(Check::Tenant, format!("{tenant} is known")),
        Err(error) => refused(error, tenant),
    });
}

fn refused(error: &EntraError, tenant: &str) -> CheckResult {
    let known = error
        .code()
        .and_then(|code| Aadsts::from_answer(code, &error.error_description));
    let remedy = known.map_or(
        "use the tenant's id or one of its domains: --tenant",
        |known| known.row().remedy,
    );
    let message = format!("the tenant {tenant} is not known to this cloud");
    CheckResult::failed(Check::Tenant, message, remedy).with(super::entra::evidence(error, None))
}
