//! The LCS API as an `OpenAPI` 3.1 document: which calls there are comes from the list of routes, their
//! shapes from the types that are sent. A test holds the descriptions and the routes together.

use std::sync::LazyLock;

use axum::{Json, response::IntoResponse};
use lcs_wire::lcs::{
    AssetValidation, BoxFailure, CreateFileAsset, DatabaseList, DeletedAsset, DeploymentStatus,
    ECommerceDeploymentStarted, Envelope, EnvironmentPage, FetchStatus, FileAsset, HistoryPage,
    LegacyActionStatus, LegacyFailure, RsatCertificateAnswer,
};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::routes::{Authorisation, ROUTES, Route};

/// `GET /openapi.json`.
pub(crate) async fn show() -> impl IntoResponse {
    Json(DOCUMENT.clone())
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// A call as the document tells it.
struct Description {
    /// The path as in the list of routes.
    path: &'static str,
    /// The name of the call.
    id: &'static str,
    /// One line.
    summary: &'static str,
    /// What may stand in the query: name, whether it is needed, what it is.
    query: &'static [(&'static str, bool, &'static str)],
    /// The body, if there is one.
    body: Option<Shape>,
    /// What success and failure look like.
    answer: Answer,
}

/// A type that is sent.
type Shape = fn(&mut SchemaGenerator) -> Value;

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// What success and failure look like.
#[derive(Clone, Copy)]
enum Answer {
    /// An envelope with these fields in it, or one without that says why not.
    Envelope(Shape),
    /// A bare object or list; failures are messages.
    Box(Shape),
    /// Nothing; failures are messages.
    BoxNothing,
    /// The first version's.
    Legacy,
}

const PAGE: (&str, bool, &str) = ("page", false, "The number of the page, from 1");
const ASSET: (&str, bool, &str) = ("assetId", true, "The id of the asset");
const FILE_TYPE: (&str, bool, &str) = ("fileType", true, "The number of the file type");

const CALLS: &[Description] = &[
    Description {
        path: "/databasemovement/v1/databases/project/{project}",
        id: "listDatabaseBackups",
        summary: "List the database backups of a project, each with a signed URL",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<DatabaseList>),
    },
    Description {
        path: "/databasemovement/v1/refresh/project/{project}/source/{source}/target/{target}",
        id: "createDatabaseRefresh",
        summary: "Replace the target's database by a copy of the source's",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/databasemovement/v1/export/project/{project}/environment/{environment}/backupName/{name}",
        id: "createDatabaseExport",
        summary: "Export a sandbox's database to the asset library",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/databasemovement/v1/fetchstatus/project/{project}/environment/{environment}/operationactivity/{operation}",
        id: "fetchDatabaseOperationStatus",
        summary: "Tell how far a refresh or an export is",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<FetchStatus>),
    },
    Description {
        path: "/environmentinfo/v1/detail/project/{project}/",
        id: "getEnvironments",
        summary: "Tell about environments: all by page, or one by id or name",
        query: &[
            PAGE,
            (
                "environmentId",
                false,
                "The id of the only one to tell about",
            ),
            (
                "environmentName",
                false,
                "The name of the only one to tell about",
            ),
        ],
        body: None,
        answer: Answer::Envelope(shape::<EnvironmentPage>),
    },
    Description {
        path: "/environmentinfo/v1/history/project/{project}/environment/{environment}/",
        id: "getEnvironmentHistory",
        summary: "Tell what was done to an environment, newest first",
        query: &[PAGE],
        body: None,
        answer: Answer::Envelope(shape::<HistoryPage>),
    },
    Description {
        path: "/environmentinfo/v1/rsatdownload/project/{project}/environment/{environment}",
        id: "downloadRsatCertificate",
        summary: "Download the certificate for the Regression suite automation tool",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<RsatCertificateAnswer>),
    },
    Description {
        path: "/environment/v1/start/project/{project}/environment/{environment}",
        id: "startEnvironment",
        summary: "Start a cloud-hosted environment",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/environment/v1/stop/project/{project}/environment/{environment}",
        id: "stopEnvironment",
        summary: "Stop a cloud-hosted environment",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/environment/v2/applyupdate/project/{project}/environment/{environment}/asset/{asset}",
        id: "deployPackage",
        summary: "Deploy a package to an environment",
        query: &[(
            "updateName",
            false,
            "The name of the deployment; self-service needs one",
        )],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/environment/v2/fetchstatus/project/{project}/environment/{environment}/operationactivity/{operation}",
        id: "fetchDeploymentStatus",
        summary: "Tell how far a deployment is",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<FetchStatus>),
    },
    Description {
        path: "/environment/v2/applyupdate/project/{project}/environment/{environment}/commercescaleunit/{name}/asset/{asset}",
        id: "deployScaleUnitExtension",
        summary: "Deploy an extension to a Commerce Scale Unit",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/environment/v2/fetchstatus/project/{project}/environment/{environment}/commercescaleunit/{name}",
        id: "fetchScaleUnitStatus",
        summary: "Tell how far the last deployment to a Commerce Scale Unit is",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<DeploymentStatus>),
    },
    Description {
        path: "/environment/v2/applyupdate/project/{project}/environment/{environment}/ecommerce/{name}/asset/{asset}",
        id: "deployECommercePackage",
        summary: "Deploy a package to an e-commerce environment",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<ECommerceDeploymentStarted>),
    },
    Description {
        path: "/environment/v2/fetchstatus/project/{project}/environment/{environment}/ecommerce/{name}/deploymentactivity/{operation}",
        id: "fetchECommerceStatus",
        summary: "Tell how far a deployment to an e-commerce environment is",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<DeploymentStatus>),
    },
    Description {
        path: "/environment/v2/finalizeupdate/project/{project}/environment/{environment}/preparationactivityid/{operation}",
        id: "finalizeUpdate",
        summary: "Deploy what was prepared for an on-premises environment",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<Envelope>),
    },
    Description {
        path: "/environment/v2/fetchstatus/project/{project}/environment/{environment}/onprem",
        id: "fetchOnPremisesStatus",
        summary: "Tell how far the last update of an on-premises environment is",
        query: &[],
        body: None,
        answer: Answer::Envelope(shape::<DeploymentStatus>),
    },
    Description {
        path: "/environment/servicing/v1/applyupdate/{project}",
        id: "deployPackageV1",
        summary: "Deploy a package to an environment, as before 2020",
        query: &[ASSET, ("environmentId", true, "The id of the environment")],
        body: None,
        answer: Answer::Legacy,
    },
    Description {
        path: "/environment/servicing/v1/monitorupdate/{project}",
        id: "monitorUpdateV1",
        summary: "Tell how far a deployment is, as before 2020",
        query: &[
            ("environmentId", true, "The id of the environment"),
            ("actionHistoryId", true, "The number of the deployment"),
        ],
        body: None,
        answer: Answer::Legacy,
    },
    Description {
        path: "/box/fileasset/CreateFileAsset/{project}",
        id: "createFileAsset",
        summary: "Reserve an asset and get the signed URL to upload it to",
        query: &[],
        body: Some(shape::<CreateFileAsset>),
        answer: Answer::Box(shape::<FileAsset>),
    },
    Description {
        path: "/box/fileasset/CommitFileAsset/{project}",
        id: "commitFileAsset",
        summary: "End the upload of an asset; it is validated then",
        query: &[ASSET],
        body: None,
        answer: Answer::BoxNothing,
    },
    Description {
        path: "/box/fileasset/GetFileAssetValidationStatus/{project}",
        id: "getFileAssetValidationStatus",
        summary: "Tell how far the validation of an asset is",
        query: &[ASSET],
        body: None,
        answer: Answer::Box(shape::<AssetValidation>),
    },
    Description {
        path: "/box/fileasset/GetAssets/{project}",
        id: "getAssets",
        summary: "List the assets of a project with one file type",
        query: &[FILE_TYPE],
        body: None,
        answer: Answer::Box(shape::<Vec<FileAsset>>),
    },
    Description {
        path: "/box/fileasset/GetFileAsset/{project}",
        id: "getFileAsset",
        summary: "Tell about an asset of the project or the shared library, with a signed URL",
        query: &[ASSET],
        body: None,
        answer: Answer::Box(shape::<FileAsset>),
    },
    Description {
        path: "/box/fileasset/GetSharedAssets",
        id: "getSharedAssets",
        summary: "List the assets of the shared library with one file type",
        query: &[FILE_TYPE],
        body: None,
        answer: Answer::Box(shape::<Vec<FileAsset>>),
    },
    Description {
        path: "/box/fileasset/DeleteFileAsset/{project}",
        id: "deleteFileAsset",
        summary: "Delete an asset of a project",
        query: &[ASSET],
        body: None,
        answer: Answer::Box(shape::<DeletedAsset>),
    },
];

/// The document.
pub fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .for_serialize()
        .into_generator();
    let mut paths = Map::new();
    for call in CALLS {
        let method = method_of(call);
        let described = describe(call, &mut generator);
        paths.insert(call.path.to_owned(), json!({ method: described }));
    }
    let mut schemas = generator.take_definitions(true);
    for schema in schemas.values_mut() {
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("$schema");
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lifecycle Services API",
            "version": lcs_wire::lcs::VERSION,
            "summary": "The LCS and Database Movement API, as the local cloud of lcs serves it",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "https://localhost:8443", "description": "A local cloud" }],
        "security": [{ "entra": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "entra": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "A delegated token of Microsoft Entra with user_impersonation of Dynamics Lifecycle services",
            } },
        },
    })
}

/// Whether a route is one of the LCS API's.
fn is_lcs(route: &Route) -> bool {
    matches!(
        route.authorisation,
        Authorisation::Lcs(_) | Authorisation::LcsUser
    )
}

fn method_of(call: &Description) -> &'static str {
    ROUTES
        .iter()
        .find(|route| is_lcs(route) && route.path == call.path)
        .map_or("get", |route| route.method)
}

fn describe(call: &Description, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({
        "operationId": call.id,
        "summary": call.summary,
        "tags": [call.path.split('/').nth(1).unwrap_or_default()],
        "parameters": parameters(call),
        "responses": responses(call.answer, generator),
    });
    if let Some(body) = call.body {
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": body(generator) } },
        });
    }
    described
}

fn parameters(call: &Description) -> Vec<Value> {
    let in_path = call
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let schema = match name {
                "project" => json!({ "type": "integer", "format": "int64", "minimum": 0 }),
                "name" => json!({ "type": "string", "minLength": 1 }),
                _ => json!({ "type": "string", "format": "uuid" }),
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        });
    let in_query = call.query.iter().map(|(name, is_needed, text)| {
        json!({
            "name": name, "in": "query", "required": is_needed, "description": text,
            "schema": { "type": "string" },
        })
    });
    let version = json!({
        "name": "x-ms-version", "in": "header", "required": false,
        "description": "Documented as required, never enforced: an answer without it carries a warning",
        "schema": { "type": "string" },
    });
    in_path.chain(in_query).chain([version]).collect()
}

fn responses(answer: Answer, generator: &mut SchemaGenerator) -> Value {
    let json_of = |description: &str, schema: Value| {
        json!({
            "description": description,
            "content": { "application/json": { "schema": schema } },
        })
    };
    let mut responses = json!({
        "401": { "description": "No valid token for this resource, or not a member of the project" },
        "403": { "description": "The token lacks the permission, or the role is too weak" },
        "429": {
            "description": "Called too often",
            "headers": { "retry-after": { "schema": { "type": "integer" }, "description": "Seconds" } },
        },
    });
    match answer {
        Answer::Envelope(success) => {
            let outcome = |schema: Value, is_success: bool| json!({ "allOf": [schema, { "properties": { "IsSuccess": { "const": is_success } } }] });
            let success = outcome(success(generator), true);
            let failure = outcome(shape::<Envelope>(generator), false);
            let either = json!({ "anyOf": [success, failure] });
            responses["200"] = json_of("Done, or a rule that forbids it (IsSuccess)", either);
            let internal = shape::<Envelope>(generator);
            responses["500"] = json_of("A failure of the server", internal);
        }
        Answer::Box(success) => {
            responses["200"] = json_of("Done", success(generator));
            add_failures(&mut responses, shape::<BoxFailure>, generator);
        }
        Answer::BoxNothing => {
            responses["204"] = json!({ "description": "Done" });
            add_failures(&mut responses, shape::<BoxFailure>, generator);
        }
        Answer::Legacy => {
            responses["200"] = json_of("How far it is", shape::<LegacyActionStatus>(generator));
            add_failures(&mut responses, shape::<LegacyFailure>, generator);
        }
    }
    responses
}

fn add_failures(responses: &mut Value, failure: Shape, generator: &mut SchemaGenerator) {
    for (status, description) in [
        ("400", "A rule forbids it"),
        ("404", "It does not exist"),
        ("500", "A failure of the server"),
    ] {
        responses[status] = json!({
            "description": description,
            "content": { "application/json": { "schema": failure(generator) } },
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_call_of_the_lcs_api_is_described_and_no_other() {
        // A path that is also served without its last slash is described once.
        let served: BTreeSet<&str> = ROUTES
            .iter()
            .filter(|route| is_lcs(route))
            .map(|route| route.path.trim_end_matches('/'))
            .collect();
        let described: BTreeSet<&str> = CALLS
            .iter()
            .map(|call| call.path.trim_end_matches('/'))
            .collect();
        assert_eq!(served, described);
        for call in CALLS {
            assert!(
                ROUTES.iter().any(|route| route.path == call.path),
                "{}",
                call.path
            );
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_names_are_unique() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(
                document["components"]["schemas"][name].is_object(),
                "{name}"
            );
        }
        let ids: BTreeSet<&str> = CALLS.iter().map(|call| call.id).collect();
        assert_eq!(ids.len(), CALLS.len());
    }
}
