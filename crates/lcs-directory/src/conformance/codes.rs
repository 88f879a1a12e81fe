//! Device codes, refresh tokens, the sign-in log.

use std::sync::Arc;

use jiff::SignedDuration;
use lcs_types::{CorrelationId, TraceId};
use lcs_wire::entra::Endpoint;
use uuid::Uuid;

use super::{CLIENT, OTHER_TENANT, Store, TENANT, USER, at, authentication, done};
use crate::model::{
    AuthorizationCode, CodeBinding, CodeChallenge, ConditionalAccessStatus, DeviceApproval,
    DeviceCode, DeviceCodeState, DeviceDecision, RedirectType, RefreshToken, RefreshTokenReuse,
    SignInEvent, SignInFlow, SignInOutcome, TenantTarget,
};
use crate::secret_hash::SecretHash;
use crate::store::{Added, Changed, Renewed};

fn device_code(number: u8) -> DeviceCode {
    DeviceCode {
        device_code: SecretHash::of(&format!("device {number}")),
        user_code: SecretHash::of(&format!("user {number}")),
        target: TenantTarget::Organizations,
        client: CLIENT,
        endpoint: Endpoint::V1,
        scope: "https://api.example/.default".to_owned(),
        expires_at: at(900),
        state: DeviceCodeState::Pending,
    }
}

fn approval() -> DeviceApproval {
    DeviceApproval {
        tenant: TENANT,
        user: USER,
        authentication: authentication(),
    }
}

/// The first answer counts, in time.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn an_answer_to_a_device_code_counts_once(store: Store) {
    let (approved, declined, late) = (device_code(1), device_code(2), device_code(3));
    for code in [&approved, &declined, &late] {
        assert_eq!(done(store.add_device_code(code, at(0)).await), Added::Yes);
    }
    assert_eq!(
        done(store.device_code(approved.device_code).await),
        Some(approved.clone())
    );
    let approve = DeviceDecision::Approve(approval());
    let decide = async |code: &DeviceCode, decision, seconds| {
        done(
            store
                .decide_device_code(code.user_code, decision, at(seconds))
                .await,
        )
    };
    assert_eq!(decide(&approved, approve.clone(), 1).await, Changed::Yes);
    assert_eq!(
        decide(&approved, DeviceDecision::Decline, 2).await,
        Changed::NotFound
    );
    assert_eq!(
        decide(&declined, DeviceDecision::Decline, 1).await,
        Changed::Yes
    );
    assert_eq!(
        decide(&declined, approve.clone(), 2).await,
        Changed::NotFound
    );
    assert_eq!(decide(&late, approve, 900).await, Changed::NotFound);
    let state = async |code: &DeviceCode| {
        done(store.device_code(code.device_code).await).map(|code| code.state)
    };
    assert_eq!(
        state(&approved).await,
        Some(DeviceCodeState::Approved(approval()))
    );
    assert_eq!(state(&declined).await, Some(DeviceCodeState::Declined));
    assert_eq!(state(&late).await, Some(DeviceCodeState::Pending));
    let redeem = |code: &DeviceCode| store.redeem_device_code(code.device_code, None, at(3));
    assert_eq!(done(redeem(&declined).await), Changed::NotFound);
    assert_eq!(done(redeem(&late).await), Changed::NotFound);
}

fn refresh_token(name: &str, family: u128) -> RefreshToken {
    RefreshToken {
        token: SecretHash::of(name),
        family: Uuid::from_u128(family),
        family_started_at: at(0),
        tenant: TENANT,
        user: USER,
        client: CLIENT,
        flow: SignInFlow::DeviceCode,
        authentication: authentication(),
        scope: "https://api.example/.default offline_access".to_owned(),
        issued_at: at(0),
        used_at: at(0),
        superseded_at: None,
        is_revoked: false,
    }
}

/// Of eight polls at once one gets the tokens, and only its refresh token is kept.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_device_code_is_redeemed_once_by_many_at_once(store: Store) {
    let code = device_code(1);
    done(store.add_device_code(&code, at(0)).await);
    let decision = DeviceDecision::Approve(approval());
    done(
        store
            .decide_device_code(code.user_code, decision, at(1))
            .await,
    );
    let polls: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let token = refresh_token(&format!("token {number}"), 1);
                done(
                    store
                        .redeem_device_code(code_hash(), Some(&token), at(2))
                        .await,
                )
            })
        })
        .collect();
    let (mut winners, mut kept) = (0, 0);
    for (number, poll) in polls.into_iter().enumerate() {
        let won = poll.await.expect("the poll ends") == Changed::Yes;
        let hash = SecretHash::of(&format!("token {number}"));
        let is_kept = done(store.refresh_token(hash).await).is_some();
        assert_eq!(won, is_kept);
        winners += usize::from(won);
        kept += usize::from(is_kept);
    }
    assert_eq!((winners, kept), (1, 1));
}

fn code_hash() -> SecretHash {
    device_code(1).device_code
}

/// What [`a_device_code_is_redeemed_once_by_many_at_once`] wrote is there in a store that was
/// opened again.
///
/// # Panics
///
/// When it is not.
pub async fn what_the_suite_wrote_is_there(store: Store) {
    let code = done(store.device_code(code_hash()).await).expect("the code is there");
    assert_eq!(code.state, DeviceCodeState::Redeemed);
    let mut kept = 0;
    for number in 0..8 {
        let hash = SecretHash::of(&format!("token {number}"));
        kept += usize::from(done(store.refresh_token(hash).await).is_some());
    }
    assert_eq!(kept, 1);
}

/// A user code is free again when its request has ended, and ended requests are forgotten later.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn living_device_codes_never_share_a_user_code(store: Store) {
    let first = device_code(1);
    assert_eq!(done(store.add_device_code(&first, at(0)).await), Added::Yes);
    let mut second = DeviceCode {
        user_code: first.user_code,
        ..device_code(2)
    };
    assert_eq!(
        done(store.add_device_code(&second, at(899)).await),
        Added::Conflict
    );
    second.expires_at = at(1_800);
    assert_eq!(
        done(store.add_device_code(&second, at(900)).await),
        Added::Yes
    );
    let found = store
        .device_code_of_user_code(first.user_code, at(901))
        .await;
    assert_eq!(done(found), Some(second.clone()));
    assert_eq!(
        done(
            store
                .device_code_of_user_code(first.user_code, at(1_800))
                .await
        ),
        None
    );
    let later = at(900) + SignedDuration::from_hours(25);
    let third = DeviceCode {
        expires_at: later,
        ..device_code(3)
    };
    assert_eq!(done(store.add_device_code(&third, later).await), Added::Yes);
    assert_eq!(done(store.device_code(first.device_code).await), None);
}

/// Renewal keeps both tokens; revoking a family ends all of it and nothing else.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_renewed_refresh_token_stays_good_until_its_family_is_revoked(store: Store) {
    let (old, foreign) = (refresh_token("old", 1), refresh_token("foreign", 2));
    done(store.add_refresh_token(&old).await);
    done(store.add_refresh_token(&foreign).await);
    let successor = refresh_token("new", 1);
    let renewed = store
        .renew_refresh_token(old.token, &successor, RefreshTokenReuse::Allowed, at(60))
        .await;
    assert_eq!(done(renewed), Renewed::Yes);
    let used = RefreshToken {
        used_at: at(60),
        superseded_at: Some(at(60)),
        ..old.clone()
    };
    assert_eq!(done(store.refresh_token(old.token).await), Some(used));
    assert_eq!(
        done(store.refresh_token(successor.token).await),
        Some(successor.clone())
    );
    done(store.revoke_refresh_family(old.family).await);
    for token in [&old, &successor] {
        let found = done(store.refresh_token(token.token).await);
        assert!(found.expect("it is remembered").is_revoked);
    }
    let again = refresh_token("newer", 1);
    let refused = store
        .renew_refresh_token(successor.token, &again, RefreshTokenReuse::Allowed, at(61))
        .await;
    assert_eq!(done(refused), Renewed::NotFound);
    assert_eq!(done(store.refresh_token(again.token).await), None);
    assert_eq!(
        done(store.refresh_token(foreign.token).await),
        Some(foreign)
    );
}

/// In a strict directory the second use of a token that was replaced revokes its family; of eight
/// uses at once one passes, and then nothing of the family is left.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn reuse_of_a_refresh_token_revokes_its_family(store: Store) {
    let old = refresh_token("old", 1);
    done(store.add_refresh_token(&old).await);
    let attempts: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let successor = refresh_token(&format!("new {number}"), 1);
                let strict = RefreshTokenReuse::RevokesFamily;
                done(
                    store
                        .renew_refresh_token(SecretHash::of("old"), &successor, strict, at(60))
                        .await,
                )
            })
        })
        .collect();
    let mut renewed = 0;
    for attempt in attempts {
        renewed += usize::from(attempt.await.expect("the use ends") == Renewed::Yes);
    }
    assert_eq!(renewed, 1);
    for number in 0..8 {
        let hash = SecretHash::of(&format!("new {number}"));
        let found = done(store.refresh_token(hash).await);
        assert!(found.is_none_or(|token| token.is_revoked));
    }
    assert!(done(store.refresh_token(old.token).await).is_some_and(|token| token.is_revoked));
}

/// Of eight redemptions at once one gets the tokens; the code is remembered for a day.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn an_authorization_code_is_redeemed_once_by_many_at_once(store: Store) {
    let code = |name: &str, seconds| AuthorizationCode {
        code: SecretHash::of(name),
        family: Uuid::from_u128(9),
        tenant: TENANT,
        user: USER,
        binding: CodeBinding {
            client: CLIENT,
            redirect_uri: "http://localhost:1".to_owned(),
            redirect_type: RedirectType::Spa,
            challenge: Some(CodeChallenge::Sha256("challenge".to_owned())),
            scope: "https://api.example/.default".to_owned(),
            nonce: Some("nonce".to_owned()),
            endpoint: Endpoint::V2,
        },
        authentication: authentication(),
        issued_at: at(seconds),
        is_redeemed: false,
    };
    let first = code("code", 0);
    done(store.add_authorization_code(&first).await);
    assert_eq!(
        done(store.authorization_code(first.code).await),
        Some(first.clone())
    );
    let redemptions: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let token = refresh_token(&format!("token {number}"), 9);
                let code = SecretHash::of("code");
                done(store.redeem_authorization_code(code, Some(&token)).await)
            })
        })
        .collect();
    let (mut winners, mut kept) = (0, 0);
    for (number, redemption) in redemptions.into_iter().enumerate() {
        winners += usize::from(redemption.await.expect("it ends") == Changed::Yes);
        let hash = SecretHash::of(&format!("token {number}"));
        kept += usize::from(done(store.refresh_token(hash).await).is_some());
    }
    assert_eq!((winners, kept), (1, 1));
    let found = done(store.authorization_code(first.code).await);
    assert!(found.is_some_and(|code| code.is_redeemed));
    done(store.add_authorization_code(&code("later", 90_000)).await);
    assert_eq!(done(store.authorization_code(first.code).await), None);
}

/// The log of a tenant is its own, newest first, up to a limit.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn the_sign_in_log_lists_the_latest_first(store: Store) {
    let event = |seconds, tenant, outcome| SignInEvent {
        at: at(seconds),
        correlation_id: CorrelationId::from_u128(7),
        trace_id: TraceId::from_u128(8),
        client_address: std::net::Ipv4Addr::LOCALHOST.into(),
        grant: "password".to_owned(),
        tenant,
        client: Some("x".to_owned()),
        client_name: Some("Tool".to_owned()),
        user_name: None,
        user: Some(USER),
        resource: Some("https://api.example".to_owned()),
        outcome,
        conditional_access: ConditionalAccessStatus::Failure,
    };
    let first = event(0, Some(TENANT), SignInOutcome::Granted);
    let second = event(1, Some(TENANT), SignInOutcome::Refused(50_126));
    let foreign = event(2, Some(OTHER_TENANT), SignInOutcome::Granted);
    let unknown = event(3, None, SignInOutcome::Refused(90_002));
    for event in [&first, &second, &foreign, &unknown] {
        done(store.record_sign_in(event).await);
    }
    assert_eq!(
        done(store.sign_ins(TENANT, 10).await),
        [second.clone(), first]
    );
    assert_eq!(done(store.sign_ins(TENANT, 1).await), [second]);
}
