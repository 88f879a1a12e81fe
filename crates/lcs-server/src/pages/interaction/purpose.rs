//! What a person signs in for.

use lcs_directory::{
    AuthorizeRequest, admin_consent::AdminConsentRequest, device::DeviceRequest, errand::Errand,
};

/// What a person signs in for.
#[derive(Debug, Clone)]
pub(in crate::pages) enum Purpose {
    /// A request to the authorize endpoint.
    Authorize(Box<AuthorizeRequest>),
    /// A device that shows this code.
    Device {
        user_code: String,
        request: Box<DeviceRequest>,
    },
    /// A request to the admin consent endpoint.
    AdminConsent(Box<AdminConsentRequest>),
    /// Deciding what users asked administrators for.
    Review(Box<Errand>),
}

impl Purpose {
    pub(in crate::pages) fn errand(&self) -> &Errand {
        match self {
            Self::Authorize(request) => &request.errand,
            Self::Device { request, .. } => &request.errand,
            Self::AdminConsent(request) => &request.errand,
            Self::Review(errand) => errand,
        }
    }

    pub(in crate::pages) const fn is_device(&self) -> bool {
        matches!(self, Self::Device { .. })
    }

    /// Whether a page is left when nothing stands between: to confirm a device, to decide requests.
    pub(super) const fn stays(&self) -> bool {
        matches!(self, Self::Device { .. } | Self::Review(_))
    }

    /// Where else the forms of the pages may end.
    pub(super) fn form_target(&self) -> Option<String> {
        match self {
            Self::Authorize(request) => Some(request.reply_to.redirect.origin()),
            Self::AdminConsent(request) => request
                .reply_to
                .as_ref()
                .map(|reply_to| reply_to.redirect.origin()),
            Self::Device { .. } | Self::Review(_) => None,
        }
    }
}
