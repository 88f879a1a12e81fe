//! What users ask administrators to consent to.

use lcs_types::{ConsentRequestId, UserId};

use super::{CLIENT, OTHER_TENANT, Store, TENANT, USER, at, done, with_principals};
use crate::{
    model::{ConsentRequest, ConsentRequestState, Justification, RequestedPermission},
    store::{Added, Changed},
};

fn request(id: u128, user: UserId, second: i64) -> ConsentRequest {
    ConsentRequest {
        tenant: TENANT,
        id: ConsentRequestId::from_u128(id),
        client: CLIENT,
        client_name: "Tool".to_owned(),
        user,
        permissions: vec![RequestedPermission {
            resource: CLIENT,
            value: "user_impersonation".to_owned(),
        }],
        justification: Justification::of("I move databases.").expect("it says something"),
        requested_at: at(second),
        state: ConsentRequestState::Pending,
    }
}

/// One pending request for each user and application; it is decided once, and an expired one stands
/// in nobody's way.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_consent_request_is_pending_once_and_decided_once(store: Store) {
    with_principals(&store).await;
    let never = at(-1_000_000);
    let mut first = request(1, USER, 0);
    let other = request(2, UserId::from_u128(11), 1);
    let again = request(3, USER, 2);
    for (request, expected) in [
        (&first, Added::Yes),
        (&other, Added::Yes),
        (&again, Added::Conflict),
    ] {
        assert_eq!(
            done(store.add_consent_request(request, never).await),
            expected
        );
    }
    let all = || store.consent_requests(TENANT);
    assert_eq!(done(all().await), [first.clone(), other.clone()]);
    assert_eq!(done(store.consent_requests(OTHER_TENANT).await), []);

    first.state = ConsentRequestState::Denied {
        at: at(5),
        by: USER,
    };
    let decide = |id, state| store.decide_consent_request(TENANT, id, state);
    assert_eq!(done(decide(first.id, first.state).await), Changed::Yes);
    let late = ConsentRequestState::Completed { at: at(6) };
    assert_eq!(done(decide(first.id, late).await), Changed::NotFound);
    assert_eq!(done(all().await), [first.clone(), other.clone()]);

    // Refused, it may be asked for anew; and what nobody decided has expired by then.
    assert_eq!(
        done(store.add_consent_request(&again, at(1)).await),
        Added::Yes
    );
    let expired = ConsentRequest {
        state: ConsentRequestState::Expired,
        ..other
    };
    assert_eq!(done(all().await), [first, expired, again.clone()]);
    assert_eq!(done(decide(again.id, late).await), Changed::Yes);
    let completed = done(all().await).pop().expect("it is there");
    assert_eq!(completed.state, late);
}
