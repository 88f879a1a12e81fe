//! What all calls share: the caller, JSON bodies, lists with filter and selection, answers.

use axum::{
    Json,
    body::Bytes,
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use lcs_directory::graph::{GraphCaller, GraphFailed, GraphRefusal};
use lcs_wire::well_known::{GRAPH_CLIENT_ID, GRAPH_RESOURCE};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    error::{bad_request, query_refused, refused, write},
    query::{Collection, Consistency, QueryError, QueryOptions},
};
use crate::{
    answered::Answered,
    bearer::{self, BearerError},
    context::RequestContext,
    state::Services,
};

/// One authenticated Graph call: what it asks for, where it came from, who makes it.
pub(crate) struct Call {
    pub(super) services: Services,
    pub(super) context: RequestContext,
    pub(super) caller: GraphCaller,
    path: String,
    query: Option<String>,
    consistency: Consistency,
}

impl FromRequestParts<Services> for Call {
    type Rejection = Answered;

    async fn from_request_parts(
        parts: &mut Parts,
        services: &Services,
    ) -> Result<Self, Self::Rejection> {
        let context = RequestContext::from_request_parts(parts, services).await?;
        let refuse = |refusal: &GraphRefusal| refused(services, &context, refusal);
        let untrusted = |reason: String| refuse(&GraphRefusal::InvalidToken { reason });
        let audiences = vec![GRAPH_RESOURCE.to_owned()];
        let token = bearer::token(services, &parts.headers, GRAPH_CLIENT_ID, audiences)
            .await
            .map_err(|error| match error {
                BearerError::Missing => untrusted("Access token is empty.".to_owned()),
                BearerError::Rejected(rejected) => untrusted(rejected.to_string()),
                BearerError::Failed(error) => write(services, &context, &error.into()),
            })?;
        let caller = GraphCaller::from_token(&token, context.correlation_id)
            .map_err(|refusal| refuse(&refusal))?;
        Ok(Self {
            services: services.clone(),
            context,
            caller,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            consistency: consistency(&parts.headers),
        })
    }
}

fn consistency(headers: &HeaderMap) -> Consistency {
    match headers.get("consistencylevel") {
        Some(level) if level.as_bytes().eq_ignore_ascii_case(b"eventual") => Consistency::Eventual,
        Some(_) | None => Consistency::Session,
    }
}

impl Call {
    /// Reads a JSON body.
    ///
    /// # Errors
    ///
    /// The answer to send.
    pub(super) fn body<T: DeserializeOwned>(&self, body: &Bytes) -> Result<T, Answered> {
        serde_json::from_slice(body).map_err(|error| {
            let message = format!("Unable to read JSON request payload: {error}.");
            bad_request(&self.services, &self.context, &message).into()
        })
    }

    /// Answers with one object, with the properties that were asked for.
    pub(super) fn object(
        &self,
        collection: &Collection,
        result: Result<impl Serialize, GraphFailed>,
    ) -> Result<Response, Answered> {
        let object = self.succeeded(result)?;
        let options = self.options()?;
        self.understood(options.check_single())?;
        Ok(self.entity(
            StatusCode::OK,
            &options.context_of(collection.name),
            options.project(collection, json!(object)),
        ))
    }

    /// Answers with an object that the call has made, whole.
    pub(super) fn created(
        &self,
        collection: &Collection,
        result: Result<impl Serialize, GraphFailed>,
    ) -> Result<Response, Answered> {
        let object = self.succeeded(result)?;
        Ok(self.entity(StatusCode::CREATED, collection.name, json!(object)))
    }

    fn entity(&self, status: StatusCode, context: &str, mut shown: Value) -> Response {
        if let Value::Object(properties) = &mut shown {
            let context = format!("{}/v1.0/$metadata#{context}/$entity", self.context.origin);
            properties.insert("@odata.context".to_owned(), json!(context));
        }
        (status, Json(shown)).into_response()
    }

    /// Answers with a page of a list, filtered, sorted and selected as asked.
    pub(super) fn list(
        &self,
        collection: &Collection,
        result: Result<Vec<impl Serialize>, GraphFailed>,
    ) -> Result<Response, Answered> {
        let objects = self.succeeded(result)?;
        let options = self.options()?;
        self.understood(options.check(collection, self.consistency))?;
        let objects = objects.iter().map(|object| json!(object)).collect();
        let page = self.understood(options.page(collection, objects, self.consistency))?;
        let origin = &self.context.origin;
        let context = options.context_of(collection.name);
        let mut body = json!({
            "@odata.context": format!("{origin}/v1.0/$metadata#{context}"),
            "value": page.value,
        });
        if let Some(count) = page.count {
            body["@odata.count"] = count.into();
        }
        if let Some(query) = page.next_query {
            body["@odata.nextLink"] = format!("{origin}{}?{query}", self.path).into();
        }
        Ok(Json(body).into_response())
    }

    fn options(&self) -> Result<QueryOptions, Answered> {
        self.understood(QueryOptions::parse(self.query.as_deref()))
    }

    fn understood<T>(&self, result: Result<T, QueryError>) -> Result<T, Answered> {
        result.map_err(|error| query_refused(&self.services, &self.context, &error).into())
    }

    /// What was done, or the answer that says why it was not.
    pub(super) fn succeeded<T>(&self, result: Result<T, GraphFailed>) -> Result<T, Answered> {
        result.map_err(|error| write(&self.services, &self.context, &error).into())
    }

    /// Answers with 204.
    pub(super) fn no_content(&self, result: Result<(), GraphFailed>) -> Result<Response, Answered> {
        self.succeeded(result)?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    /// Answers that there is nothing under this key.
    pub(super) fn not_found(&self, key: &str) -> Answered {
        let refusal = GraphRefusal::NotFound {
            key: key.chars().take(200).collect(),
        };
        refused(&self.services, &self.context, &refusal).into()
    }
}
