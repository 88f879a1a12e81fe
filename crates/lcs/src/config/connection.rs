//! Where to sign in and what to call: flags, then the environment, then the profile, settled once
//! into final types.

use std::path::PathBuf;

use clap::ValueEnum as _;
use lcs_signin::{Authority, PlainHttp, Resource};
use lcs_types::{ClientId, EnvironmentId, ProjectId, Region, UserPrincipalName};
use lcs_wire::{clouds::MicrosoftCloud, well_known::NEVER_FOR_LCS};
use url::Url;

use super::{Environment, Flow, Profile};
use crate::{
    args::ConnectionArgs,
    diagnostic::{Code, Diagnostic},
};

/// One settled connection. What a command does not need may be missing; asking for it says how to
/// set it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// The profile's name, for messages and for the last operation; `-` when there is none.
    pub(crate) profile: String,
    settings: Profile,
    region: Option<Region>,
}

impl Connection {
    /// Settles.
    ///
    /// # Errors
    ///
    /// When the region is none.
    pub(crate) fn settle(
        flags: &ConnectionArgs,
        environment: &Environment,
        profile: Option<(String, Profile)>,
    ) -> Result<Self, Diagnostic> {
        let (name, mut profile) = profile.unwrap_or_else(|| ("-".to_owned(), Profile::default()));
        let mut environment = environment.clone();
        if flags.region.is_some() {
            environment.api_url = None;
            environment.authority = None;
            environment.resource = None;
            environment.graph_url = None;
        }
        // A region that is named nearer replaces the addresses of a place that is named farther.
        if flags.region.is_some() || environment.region.is_some() {
            profile.api_url = None;
            profile.authority = None;
            profile.resource = None;
            profile.graph_url = None;
        }
        let first = |flag: &Option<String>, variable: &Option<String>, kept: Option<String>| {
            flag.clone().or_else(|| variable.clone()).or(kept)
        };
        let settings = Profile {
            tenant: first(&flags.tenant, &environment.tenant, profile.tenant),
            client_id: first(&flags.client_id, &environment.client_id, profile.client_id),
            region: first(&flags.region, &environment.region, profile.region),
            api_url: first(&flags.api_url, &environment.api_url, profile.api_url),
            authority: first(&flags.authority, &environment.authority, profile.authority),
            resource: first(&flags.resource, &environment.resource, profile.resource),
            graph_url: first(&flags.graph_url, &environment.graph_url, profile.graph_url),
            project: first(&flags.project, &environment.project, profile.project),
            username: environment.username.clone().or(profile.username),
            flow: environment.flow.clone().or(profile.flow),
            ca_certificate: flags
                .ca_certificate
                .clone()
                .or_else(|| environment.ca_certificate.clone())
                .or(profile.ca_certificate),
            read_only: profile.read_only,
            allowed_targets: profile.allowed_targets,
        };
        let region = settings
            .region
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|error| invalid("region", "--region", &error))?;
        Ok(Self {
            profile: name,
            settings,
            region,
        })
    }

    /// The same for somebody else than the profile's user: who sets a tenant up is no service
    /// account.
    pub(crate) fn for_administrators(mut self, environment: &Environment) -> Self {
        self.settings.username.clone_from(&environment.username);
        self.settings.flow.clone_from(&environment.flow);
        self
    }

    /// Whether the profile lets the user change anything in LCS.
    ///
    /// # Errors
    ///
    /// When it is for looking only.
    pub(crate) fn may_change(&self) -> Result<(), Diagnostic> {
        if !self.settings.read_only {
            return Ok(());
        }
        let profile = &self.profile;
        Err(Diagnostic::new(
            Code::ReadOnlyProfile,
            format!("the profile `{profile}` is for looking only"),
        )
        .help(format!(
            "use another one (--profile NAME), or change it: lcs profile set {profile} \
             --read-only false"
        )))
    }

    /// Whether the profile lets the user change this environment.
    ///
    /// # Errors
    ///
    /// When it is for looking only, or allows others.
    pub(crate) fn may_change_environment(
        &self,
        name: &str,
        id: EnvironmentId,
    ) -> Result<(), Diagnostic> {
        self.may_change()?;
        let allowed = &self.settings.allowed_targets;
        let is_this = |each: &String| each.eq_ignore_ascii_case(name) || each.parse() == Ok(id);
        if allowed.is_empty() || allowed.iter().any(is_this) {
            return Ok(());
        }
        let profile = &self.profile;
        Err(Diagnostic::new(
            Code::TargetNotAllowed,
            format!("the profile `{profile}` does not allow {name} to be changed"),
        )
        .help(format!(
            "it allows: {}; add to them: lcs profile set {profile} --allowed-target {name}",
            allowed.join(", ")
        )))
    }

    /// The base of LCS calls.
    pub(crate) fn api_url(&self) -> Result<Url, Diagnostic> {
        let text = match (&self.settings.api_url, self.region) {
            (Some(url), _) => url.clone(),
            (None, Some(region)) => format!("https://{}", region.api_host()),
            (None, None) => {
                return Err(missing(
                    "LCS instance",
                    "--region or --api-url",
                    "LCS_REGION",
                ));
            }
        };
        text.parse()
            .map_err(|error| invalid("URL of the API", "--api-url", &error))
    }

    /// What tokens are requested for.
    pub(crate) fn resource(&self) -> Result<Resource, Diagnostic> {
        let text = match &self.settings.resource {
            Some(resource) => resource.clone(),
            None => self.api_url()?.as_str().trim_end_matches('/').to_owned(),
        };
        text.parse()
            .map_err(|error| invalid("resource", "--resource", &error))
    }

    /// Where to sign in.
    pub(crate) fn authority(&self) -> Result<Authority, Diagnostic> {
        let url = self.authority_url()?;
        // The tenant may stand in the authority already, as libraries want it.
        let has_tenant = !url.path().trim_matches('/').is_empty();
        match (&self.settings.tenant, has_tenant) {
            (Some(tenant), _) => Ok(Authority::new(
                &url.origin().ascii_serialization(),
                tenant,
                PlainHttp::Refused,
            )?),
            (None, true) => Ok(Authority::parse(url.as_str(), PlainHttp::Refused)?),
            (None, false) => Err(missing("tenant", "--tenant", "LCS_TENANT")),
        }
    }

    fn authority_url(&self) -> Result<Url, Diagnostic> {
        let region = self.region.unwrap_or(Region::UnitedStates);
        let text = match &self.settings.authority {
            Some(authority) => authority.clone(),
            None => format!("https://{}", region.authority_host()),
        };
        text.parse()
            .map_err(|error| invalid("authority", "--authority", &error))
    }

    /// The base of Microsoft Graph calls: that of the authority's cloud. A local cloud serves
    /// Graph where it signs users in.
    pub(crate) fn graph_url(&self) -> Result<Url, Diagnostic> {
        let text = if let Some(url) = &self.settings.graph_url {
            url.clone()
        } else {
            let authority = self.authority_url()?.origin().ascii_serialization();
            match MicrosoftCloud::of_authority(&authority) {
                Some(cloud) => format!("https://{}/v1.0", cloud.graph_host()),
                None => format!("{authority}/v1.0"),
            }
        };
        text.parse()
            .map_err(|error| invalid("URL of Microsoft Graph", "--graph-url", &error))
    }

    /// What tokens for Graph are requested for: its own host in each of Microsoft's clouds.
    pub(crate) fn graph_resource(&self) -> Result<Resource, Diagnostic> {
        let authority = self.authority_url()?.origin().ascii_serialization();
        match MicrosoftCloud::of_authority(&authority) {
            Some(cloud) => format!("https://{}", cloud.graph_host())
                .parse()
                .map_err(|error| Diagnostic::of(Code::Unexpected, &error)),
            None => Ok(Resource::graph()),
        }
    }

    /// The registration.
    pub(crate) fn client_id(&self) -> Result<ClientId, Diagnostic> {
        let text = self.settings.client_id.as_ref();
        let id = text
            .ok_or_else(|| missing("application (client) id", "--client-id", "LCS_CLIENT_ID"))?
            .parse()
            .map_err(|error| invalid("application (client) id", "--client-id", &error))?;
        match NEVER_FOR_LCS.iter().find(|(never, _)| *never == id) {
            Some((_, name)) => Err(Diagnostic::new(
                Code::InvalidSetting,
                format!("{name} ({id}) can never get a token for LCS (AADSTS65002)"),
            )
            .help("an application of your own is needed: lcs setup")),
            None => Ok(id),
        }
    }

    /// The project.
    pub(crate) fn project(&self) -> Result<ProjectId, Diagnostic> {
        let text = self.settings.project.as_ref();
        text.ok_or_else(|| missing("project", "--project", "LCS_PROJECT"))?
            .parse()
            .map_err(|error| invalid("project", "--project", &error))
    }

    /// Who is meant, if it matters.
    pub(crate) fn username(&self) -> Result<Option<UserPrincipalName>, Diagnostic> {
        let text = self.settings.username.as_ref();
        text.map(|text| text.parse())
            .transpose()
            .map_err(|error| invalid("user name", "--username", &error))
    }

    /// How to sign in, if it is settled.
    pub(crate) fn flow(&self) -> Result<Option<Flow>, Diagnostic> {
        let text = self.settings.flow.as_ref();
        text.map(|text| Flow::from_str(text, true))
            .transpose()
            .map_err(|_| {
                Diagnostic::new(Code::InvalidSetting, "the flow of sign-in is not known")
                    .help("LCS_FLOW or the profile's flow is browser, device-code or password")
            })
    }

    /// A certificate authority to trust besides.
    pub(crate) fn ca_certificate(&self) -> Option<PathBuf> {
        self.settings.ca_certificate.clone()
    }
}

fn missing(what: &str, flag: &str, variable: &str) -> Diagnostic {
    Diagnostic::new(Code::MissingSetting, format!("no {what} is given")).help(format!(
        "give {flag}, set {variable}, or keep it in a profile: lcs profile set NAME {}; to try \
         everything locally first: lcs quickstart",
        flag.split(' ').next().unwrap_or(flag)
    ))
}

fn invalid(what: &str, flag: &str, error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(Code::InvalidSetting, format!("the {what} is not valid"))
        .caused_by(error)
        .help(format!(
            "correct {flag}, its environment variable, or the profile: lcs profile show"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> (String, Profile) {
        let profile = Profile {
            tenant: Some("contoso.com".to_owned()),
            region: Some("eu".to_owned()),
            project: Some("7".to_owned()),
            ..Profile::default()
        };
        ("uat".to_owned(), profile)
    }

    #[test]
    fn flags_beat_the_environment_and_that_beats_the_profile() {
        let flags = ConnectionArgs {
            project: Some("9".to_owned()),
            ..Default::default()
        };
        let environment = Environment {
            project: Some("8".to_owned()),
            region: Some("fr".to_owned()),
            ..Environment::default()
        };
        let settled = Connection::settle(&flags, &environment, Some(profile())).unwrap();
        assert_eq!(settled.project().unwrap(), ProjectId(9));
        assert_eq!(
            settled.api_url().unwrap().as_str(),
            "https://lcsapi.fr.lcs.dynamics.com/"
        );
        assert_eq!(
            settled.resource().unwrap().as_str(),
            "https://lcsapi.fr.lcs.dynamics.com"
        );
    }

    #[test]
    fn the_region_decides_the_authority() {
        let china = Environment {
            region: Some("cn".to_owned()),
            ..Environment::default()
        };
        let flags = ConnectionArgs::default();
        let settled = Connection::settle(&flags, &china, Some(profile())).unwrap();
        let authority = settled.authority().unwrap();
        assert_eq!(
            authority.host_and_port(),
            "login.partner.microsoftonline.cn:443"
        );
        assert_eq!(authority.tenant(), "contoso.com");
    }

    #[test]
    fn graph_is_that_of_the_authoritys_cloud_and_beside_a_local_authority() {
        let graph = |environment: &Environment| {
            let flags = ConnectionArgs::default();
            let settled = Connection::settle(&flags, environment, Some(profile())).unwrap();
            settled.graph_url().unwrap().to_string()
        };
        let with = |region: Option<&str>, authority: Option<&str>| Environment {
            region: region.map(str::to_owned),
            authority: authority.map(str::to_owned),
            ..Environment::default()
        };
        for (environment, url) in [
            (with(None, None), "https://graph.microsoft.com/v1.0"),
            (
                with(Some("gov-high"), None),
                "https://graph.microsoft.us/v1.0",
            ),
            (
                with(None, Some("https://localhost:8443/contoso.com")),
                "https://localhost:8443/v1.0",
            ),
        ] {
            assert_eq!(graph(&environment), url);
        }
    }

    #[test]
    fn a_region_that_is_named_nearer_replaces_addresses_that_are_named_farther() {
        let local = Profile {
            api_url: Some("https://localhost:8443".to_owned()),
            authority: Some("https://localhost:8443".to_owned()),
            resource: Some("https://lcsapi.lcs.dynamics.com".to_owned()),
            ..profile().1
        };
        let flags = ConnectionArgs {
            region: Some("fr".to_owned()),
            ..Default::default()
        };
        let kept = Some(("local".to_owned(), local));
        let settled = Connection::settle(&flags, &Environment::default(), kept).unwrap();
        assert_eq!(
            settled.api_url().unwrap().as_str(),
            "https://lcsapi.fr.lcs.dynamics.com/"
        );
        assert_eq!(
            settled.resource().unwrap().as_str(),
            "https://lcsapi.fr.lcs.dynamics.com"
        );
        let authority = settled.authority().unwrap();
        assert_eq!(authority.host_and_port(), "login.microsoftonline.com:443");
    }

    #[test]
    fn a_client_of_microsofts_that_lcs_never_takes_is_refused_with_the_reason() {
        for (id, name) in NEVER_FOR_LCS {
            let flags = ConnectionArgs {
                client_id: Some(id.to_string()),
                ..Default::default()
            };
            let settled = Connection::settle(&flags, &Environment::default(), None).unwrap();
            let diagnostic = settled.client_id().unwrap_err();
            assert_eq!(diagnostic.exit().number(), 2);
            assert!(diagnostic.message.contains(name), "{diagnostic:?}");
            assert!(diagnostic.message.contains("65002"), "{diagnostic:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_flag_and_variable() {
        let flags = ConnectionArgs::default();
        let settled = Connection::settle(&flags, &Environment::default(), None).unwrap();
        for (diagnostic, flag) in [
            (settled.project().unwrap_err(), "--project"),
            (settled.client_id().unwrap_err(), "--client-id"),
            (settled.api_url().unwrap_err(), "--region"),
            (settled.authority().unwrap_err(), "--tenant"),
        ] {
            assert_eq!(diagnostic.exit().number(), 2);
            assert!(diagnostic.help.unwrap().contains(flag));
        }
    }
}
