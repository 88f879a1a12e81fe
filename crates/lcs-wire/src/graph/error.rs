//! Graph's error envelope.

use serde::{Deserialize, Serialize};

/// The body of every failed Graph call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphError {
    /// The error.
    pub error: GraphErrorBody,
}

/// Code and text of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphErrorBody {
    /// For example `Authorization_RequestDenied`.
    pub code: String,
    /// Human text.
    pub message: String,
    /// What it is in particular, where Graph says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ErrorDetail>,
    /// Ids for support.
    #[serde(default)]
    pub inner_error: Option<InnerError>,
}

/// What an error is in particular.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// For example `NoBackingApplicationObject`.
    pub code: String,
    /// Human text.
    pub message: String,
}

/// Ids for support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct InnerError {
    /// When, `yyyy-MM-ddTHH:mm:ss`.
    #[serde(default)]
    pub date: Option<String>,
    /// The server's id of the request.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The client's id of the request.
    #[serde(default)]
    pub client_request_id: Option<String>,
}
