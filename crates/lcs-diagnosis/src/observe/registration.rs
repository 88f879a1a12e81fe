//! Steps 1 to 3 as Microsoft Graph shows them. Reads only.

use lcs_client::{GraphApi, GraphCallError};
use lcs_wire::well_known::LCS_CLIENT_ID;

use crate::observations::{NoRegistration, Registration, Settings};

/// Reads what there is a right to read; what is refused is told in one sentence.
pub(super) async fn read(
    graph: &GraphApi,
    settings: &Settings,
) -> Result<Registration, NoRegistration> {
    match all(graph, settings).await {
        Ok(registration) => Ok(registration),
        Err(GraphCallError::SignIn(_)) => Err(NoRegistration::NotSignedIn),
        Err(error) => Err(NoRegistration::Refused(error.to_string())),
    }
}

async fn all(graph: &GraphApi, settings: &Settings) -> Result<Registration, GraphCallError> {
    let application = graph.application_by_client_id(settings.client_id).await?;
    let client = graph.service_principal(settings.client_id).await?;
    let lcs = graph.service_principal(LCS_CLIENT_ID).await?;
    let mut listed = Vec::new();
    for entry in application
        .iter()
        .flat_map(|application| &application.required_resource_access)
    {
        let resource = graph.service_principal(entry.resource_app_id).await?;
        let name = resource.map(|resource| resource.display_name);
        listed.push((entry.resource_app_id, name));
    }
    let grants = match (&client, &lcs) {
        (Some(client), Some(lcs)) => {
            let all = graph.grants_to(lcs.id).await?;
            all.into_iter()
                .filter(|grant| grant.client_id == client.id)
                .collect()
        }
        _ => Vec::new(),
    };
    let user = match &settings.account {
        Some(account) => graph.user_named(account).await?,
        None => None,
    };
    Ok(Registration {
        application,
        client,
        lcs,
        listed,
        grants,
        user,
    })
}
