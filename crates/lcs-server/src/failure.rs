//! Failures of ours: logged once, with all causes, where they are handled.

use crate::context::RequestContext;

/// Logs an error and its causes under the ids that the caller is shown.
pub(crate) fn log(context: &RequestContext, failure: &dyn std::error::Error) {
    tracing::error!(
        trace_id = %context.trace_id,
        correlation_id = %context.correlation_id,
        error = chain(failure),
        "request failed"
    );
}

/// An error followed by its causes.
pub(crate) fn chain(failure: &dyn std::error::Error) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
