//! What all calls share: the caller, JSON bodies, lists with filter and selection, answers.

use axum::{
    Json,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use lcs_directory::graph::{GraphCaller, GraphFailed, GraphRefusal};
use lcs_wire::well_known::{GRAPH_CLIENT_ID, GRAPH_RESOURCE};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    error::{bad_request, refused, write},
    query::QueryOptions,
};
use crate::{
    bearer::{self, BearerError},
    context::RequestContext,
    state::Services,
};

/// One Graph call: where it came from and who makes it.
pub(super) struct Call {
    pub(super) services: Services,
    pub(super) context: RequestContext,
    pub(super) caller: GraphCaller,
}

impl Call {
    /// Authenticates a call.
    ///
    /// # Errors
    ///
    /// The answer to send.
    pub(super) async fn begin(
        services: Services,
        context: RequestContext,
        headers: &HeaderMap,
    ) -> Result<Self, Box<Response>> {
        let audiences = vec![GRAPH_RESOURCE.to_owned()];
        let refuse = |reason: String| {
            Box::new(refused(
                &services,
                &context,
                &GraphRefusal::InvalidToken { reason },
            ))
        };
        let token = match bearer::token(&services, headers, GRAPH_CLIENT_ID, audiences).await {
            Ok(token) => token,
            Err(BearerError::Missing) => return Err(refuse("Access token is empty.".to_owned())),
            Err(BearerError::Rejected(rejected)) => return Err(refuse(rejected.to_string())),
            Err(BearerError::Failed(error)) => {
                return Err(Box::new(write(&services, &context, &error.into())));
            }
        };
        let caller = GraphCaller::from_token(&token)
            .map_err(|refusal| Box::new(refused(&services, &context, &refusal)))?;
        Ok(Self {
            services,
            context,
            caller,
        })
    }

    /// Reads a JSON body.
    ///
    /// # Errors
    ///
    /// The answer to send.
    pub(super) fn body<T: DeserializeOwned>(&self, body: &Bytes) -> Result<T, Box<Response>> {
        serde_json::from_slice(body).map_err(|error| {
            let message = format!("Unable to read JSON request payload: {error}.");
            Box::new(bad_request(&self.services, &self.context, &message))
        })
    }

    /// Answers with one object.
    pub(super) fn object(
        &self,
        status: StatusCode,
        collection: &str,
        query: Option<&str>,
        result: Result<impl Serialize, GraphFailed>,
    ) -> Response {
        let object = match result {
            Ok(object) => object,
            Err(error) => return write(&self.services, &self.context, &error),
        };
        let options = match QueryOptions::parse(query) {
            Ok(options) => options,
            Err(error) => return bad_request(&self.services, &self.context, &error.to_string()),
        };
        let mut shown = options.project(json!(object));
        if let Value::Object(properties) = &mut shown {
            let context = format!(
                "{}/v1.0/$metadata#{collection}/$entity",
                self.context.origin
            );
            properties.insert("@odata.context".to_owned(), json!(context));
        }
        (status, Json(shown)).into_response()
    }

    /// Answers with a list, filtered and selected as asked.
    pub(super) fn list(
        &self,
        collection: &str,
        query: Option<&str>,
        result: Result<Vec<impl Serialize>, GraphFailed>,
    ) -> Response {
        let objects = match result {
            Ok(objects) => objects,
            Err(error) => return write(&self.services, &self.context, &error),
        };
        let options = match QueryOptions::parse(query) {
            Ok(options) => options,
            Err(error) => return bad_request(&self.services, &self.context, &error.to_string()),
        };
        let matching = objects
            .iter()
            .map(|object| json!(object))
            .filter(|it| options.matches(it));
        let value: Vec<Value> = matching
            .take(options.top.unwrap_or(999))
            .map(|it| options.project(it))
            .collect();
        let context = format!("{}/v1.0/$metadata#{collection}", self.context.origin);
        Json(json!({ "@odata.context": context, "value": value })).into_response()
    }

    /// Answers with 204.
    pub(super) fn done(&self, result: Result<(), GraphFailed>) -> Response {
        match result {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => write(&self.services, &self.context, &error),
        }
    }

    /// Answers that there is nothing under this key.
    pub(super) fn not_found(&self, key: &str) -> Response {
        let refusal = GraphRefusal::NotFound {
            key: key.chars().take(200).collect(),
        };
        refused(&self.services, &self.context, &refusal)
    }
}

/// Begins a call, or answers at once.
macro_rules! begin {
    ($services:expr, $context:expr, $headers:expr) => {
        match $crate::graph::call::Call::begin($services, $context, $headers).await {
            Ok(call) => call,
            Err(answer) => return *answer,
        }
    };
}

/// Reads the body of a call, or answers at once.
macro_rules! body {
    ($call:expr, $body:expr) => {
        match $call.body($body) {
            Ok(body) => body,
            Err(answer) => return *answer,
        }
    };
}

pub(super) use {begin, body};
