//! Sessions: silent renewal, once for everybody, and what happens when it fails.

use std::sync::Arc;

use jiff::SignedDuration;
use lcs_signin::{
    AccessToken, ExportedSession, FixedToken, NotSignedIn, Session, SignInError, TokenCache,
    TokenSource,
};
use lcs_types::{Clock, ManualClock, Secret};

use crate::authority::{TestAuthority, cache_in, client, clock, lcs, ok, refused, tokens};

async fn signed_in(authority: &TestAuthority, clock: &Arc<ManualClock>) -> Session {
    let session = authority.session(clock, TokenCache::in_memory());
    let user = "anna@contoso.com".parse().unwrap();
    session
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap();
    session
}

async fn token_of(session: &Session) -> String {
    session.token().await.unwrap().secret.expose().to_owned()
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_its_end_and_not_earlier() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let session = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_secs(54 * 60 + 59));
    assert_eq!(token_of(&session).await, "access-1");
    clock.advance(SignedDuration::from_secs(2));
    assert_eq!(token_of(&session).await, "access-2");
    assert_eq!(authority.asked()[1]["grant_type"], "refresh_token");
    assert_eq!(authority.asked()[1]["refresh_token"], "refresh-1");
    // The renewed session goes on with the new refresh token.
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(token_of(&session).await, "access-3");
    assert_eq!(authority.asked()[2]["refresh_token"], "refresh-2");
}

#[tokio::test]
async fn a_short_lived_token_is_not_renewed_on_every_call() {
    let authority = TestAuthority::start(vec![ok(&tokens(1, 120))]).await;
    let clock = clock();
    let session = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_secs(100));
    assert_eq!(token_of(&session).await, "access-1");
    clock.advance(SignedDuration::from_secs(10));
    assert_eq!(token_of(&session).await, "access-2");
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_renewal() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let session = Arc::new(signed_in(&authority, &clock).await);
    clock.advance(SignedDuration::from_hours(2));
    let callers: Vec<_> = (0..32)
        .map(|_| {
            let session = Arc::clone(&session);
            tokio::spawn(async move { token_of(&session).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "access-2");
    }
    assert_eq!(authority.asked().len(), 2);
}

#[tokio::test]
async fn eight_commands_with_an_expired_token_renew_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let session = authority.session(&clock, cache_in(folder.path()));
    let user = "anna@contoso.com".parse().unwrap();
    session
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap();
    clock.advance(SignedDuration::from_hours(2));
    // Each command has its own runtime, connections and file handles; the lock belongs to the
    // open file, so it keeps them apart as it does processes.
    let commands: Vec<_> = (0..8)
        .map(|_| {
            let (path, origin) = (folder.path().to_owned(), authority.origin.clone());
            let clock = Arc::clone(&clock);
            tokio::task::spawn_blocking(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let cache = Arc::new(cache_in(&path));
                    let session = Session::new(client(&origin, &clock), lcs(), None, cache);
                    token_of(&session).await
                })
            })
        })
        .collect();
    for command in commands {
        assert_eq!(command.await.unwrap(), "access-2");
    }
    assert_eq!(authority.asked().len(), 2, "one sign-in, one renewal");
}

#[tokio::test]
async fn a_sign_in_outlives_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let first = authority.session(&clock, cache_in(folder.path()));
    let user = "anna@contoso.com".parse().unwrap();
    first
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap();
    let second = authority.session(&clock, cache_in(folder.path()));
    assert_eq!(token_of(&second).await, "access-1");
    assert_eq!(authority.asked().len(), 1);
    let who = second.signed_in().await.unwrap().unwrap();
    assert_eq!(who.account, "anna@contoso.com");
    let days = who.renewable_until.unwrap().duration_since(clock.now());
    assert_eq!(days, SignedDuration::from_hours(90 * 24));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_everybody() {
    let authority = TestAuthority::start(vec![]).await;
    let session = signed_in(&authority, &clock()).await;
    let refused = session.token().await.unwrap();
    let other = session.renewed(&refused).await.unwrap();
    assert_eq!(other.secret.expose(), "access-2");
    // A second caller that was refused with the old token gets the new one.
    let same = session.renewed(&refused).await.unwrap();
    assert_eq!(same.secret.expose(), "access-2");
    assert_eq!(authority.asked().len(), 2);
}

#[tokio::test]
async fn an_authority_in_trouble_does_not_spoil_a_token_that_is_still_valid() {
    let trouble = (503, vec![], String::new());
    let authority =
        TestAuthority::start(vec![ok(&tokens(1, 3600)), trouble.clone(), trouble]).await;
    let clock = clock();
    let session = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_mins(57));
    assert_eq!(token_of(&session).await, "access-1");
    clock.advance(SignedDuration::from_mins(4));
    let error = session.token().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(token_of(&session).await, "access-4");
}

#[tokio::test]
async fn a_refused_renewal_is_reported_as_the_refusal_it_is() {
    let authority = TestAuthority::start(vec![
        ok(&tokens(1, 3600)),
        refused(400, "invalid_grant", 50_173),
    ])
    .await;
    let clock = clock();
    let session = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_hours(2));
    let error = session.token().await.unwrap_err();
    assert!(
        matches!(&error, SignInError::Refused(refused) if refused.code() == Some(50_173)),
        "{error:?}"
    );
}

#[tokio::test]
async fn without_a_refresh_token_the_end_is_the_end() {
    let mut answer = tokens(1, 3600);
    answer.as_object_mut().unwrap().remove("refresh_token");
    let authority = TestAuthority::start(vec![ok(&answer)]).await;
    let clock = clock();
    let session = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_mins(59));
    assert_eq!(token_of(&session).await, "access-1");
    clock.advance(SignedDuration::from_mins(1));
    let error = session.token().await.unwrap_err();
    assert!(
        matches!(error, SignInError::NotSignedIn(NotSignedIn::Expired { .. })),
        "{error:?}"
    );
    assert_eq!(authority.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_without_refresh_token_keeps_the_old_one() {
    let mut renewed = tokens(2, 3600);
    renewed.as_object_mut().unwrap().remove("refresh_token");
    let authority = TestAuthority::start(vec![ok(&tokens(1, 3600)), ok(&renewed)]).await;
    let clock = clock();
    let session = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(token_of(&session).await, "access-2");
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(token_of(&session).await, "access-3");
    assert_eq!(authority.asked()[2]["refresh_token"], "refresh-1");
}

#[tokio::test]
async fn one_sign_in_serves_another_resource() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let cache = Arc::new(TokenCache::in_memory());
    let user = "anna@contoso.com".parse().unwrap();
    Session::new(authority.client(&clock), lcs(), None, Arc::clone(&cache))
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap();
    let graph = Session::new(
        authority.client(&clock),
        lcs_signin::Resource::graph(),
        Some(user),
        cache,
    );
    assert_eq!(token_of(&graph).await, "access-2");
    let asked = &authority.asked()[1];
    assert!(asked["scope"].starts_with("https://graph.microsoft.com/.default "));
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_without_asking_the_authority() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let session = authority.session(&clock, TokenCache::in_memory());
    let error = session.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "nobody is signed in to tenant contoso.com"
    );
    assert_eq!(session.signed_in().await.unwrap(), None);
    let bert = Session::new(
        authority.client(&clock),
        lcs(),
        Some("bert@contoso.com".parse().unwrap()),
        Arc::new(TokenCache::in_memory()),
    );
    let error = bert.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "bert@contoso.com is not signed in to tenant contoso.com"
    );
    assert!(authority.asked().is_empty());
}

#[tokio::test]
async fn somebody_else_cannot_sign_in_for_a_named_account() {
    let authority = TestAuthority::start(vec![]).await;
    let cache = Arc::new(TokenCache::in_memory());
    let bert = Session::new(
        authority.client(&clock()),
        lcs(),
        Some("bert@contoso.com".parse().unwrap()),
        Arc::clone(&cache),
    );
    let user = "anna@contoso.com".parse().unwrap();
    let error = bert
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, SignInError::OtherAccount { .. }),
        "{error:?}"
    );
    assert_eq!(cache.sign_ins().await.unwrap(), []);
}

#[tokio::test]
async fn signing_out_forgets_the_tokens() {
    let authority = TestAuthority::start(vec![]).await;
    let session = signed_in(&authority, &clock()).await;
    assert_eq!(session.sign_out().await.unwrap(), 1);
    assert!(session.token().await.is_err());
    assert_eq!(session.sign_out().await.unwrap(), 0);
}

#[tokio::test]
async fn a_given_token_is_used_until_it_expires() {
    let clock = clock();
    let token = AccessToken {
        secret: Secret::new("given"),
        expires_at: clock.now() + SignedDuration::from_mins(10),
    };
    let given = FixedToken::new(token.clone(), Arc::clone(&clock) as Arc<dyn Clock>);
    assert_eq!(given.token().await.unwrap(), token);
    assert!(given.renewed(&token).await.is_err());
    clock.advance(SignedDuration::from_mins(10));
    let error = given.token().await.unwrap_err();
    assert!(
        matches!(
            error,
            SignInError::NotSignedIn(NotSignedIn::GivenTokenSpent)
        ),
        "{error:?}"
    );
}

/// A session on another machine: the same authority, a cache of that machine, and what it was
/// given.
fn elsewhere(
    authority: &TestAuthority,
    clock: &Arc<ManualClock>,
    folder: &std::path::Path,
    exported: &ExportedSession,
) -> Session {
    let session = authority.session(clock, cache_in(folder));
    session.with_exported(exported.clone())
}

#[tokio::test]
async fn a_session_goes_to_a_machine_where_nobody_signed_in_and_comes_back_renewed() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let desk = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_mins(1));
    // What goes away has a refresh token of its own age.
    let exported = desk.export().await.unwrap();
    assert_eq!(exported.obtained_at, clock.now());
    assert_eq!(exported.account, "anna@contoso.com");
    let folder = tempfile::tempdir().unwrap();
    let pipeline = elsewhere(&authority, &clock, folder.path(), &exported);
    let who = pipeline.signed_in().await.unwrap().unwrap();
    assert_eq!(who.account, "anna@contoso.com");
    assert_eq!(authority.asked().len(), 2, "taking it in asks nothing");
    clock.advance(SignedDuration::from_hours(24));
    assert_eq!(token_of(&pipeline).await, "access-3");
    assert_eq!(authority.asked()[2]["refresh_token"], "refresh-2");
    let back = pipeline.export().await.unwrap();
    assert!(back.obtained_at > exported.obtained_at);
}

#[tokio::test]
async fn of_two_sessions_of_one_account_the_later_counts() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let desk = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_mins(1));
    let earlier = desk.export().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pipeline = |exported| elsewhere(&authority, &clock, folder.path(), exported);
    clock.advance(SignedDuration::from_hours(2));
    let renewed = token_of(&pipeline(&earlier)).await;
    // The next command of the pipeline still has the earlier one in its variable.
    assert_eq!(token_of(&pipeline(&earlier)).await, renewed);
    clock.advance(SignedDuration::from_mins(1));
    let later = desk.export().await.unwrap();
    clock.advance(SignedDuration::from_hours(2));
    let asked = authority.asked().len();
    token_of(&pipeline(&later)).await;
    assert_eq!(
        authority.asked()[asked]["refresh_token"],
        format!("refresh-{asked}")
    );
}

#[tokio::test]
async fn a_session_of_another_application_is_refused_by_name() {
    let authority = TestAuthority::start(vec![]).await;
    let clock = clock();
    let desk = signed_in(&authority, &clock).await;
    clock.advance(SignedDuration::from_mins(1));
    let mut exported = desk.export().await.unwrap();
    exported.client_id = lcs_types::ClientId::from_u128(9);
    let folder = tempfile::tempdir().unwrap();
    let refused = elsewhere(&authority, &clock, folder.path(), &exported)
        .token()
        .await;
    assert!(matches!(refused, Err(SignInError::OtherSession { .. })));
}

#[tokio::test]
async fn without_a_refresh_token_there_is_nothing_to_hand_over() {
    let mut body = tokens(1, 3600);
    body.as_object_mut().unwrap().remove("refresh_token");
    let authority = TestAuthority::start(vec![ok(&body)]).await;
    let session = signed_in(&authority, &clock()).await;
    let Err(SignInError::NotSignedIn(reason)) = session.export().await else {
        panic!("it was exported");
    };
    assert!(matches!(reason, NotSignedIn::NotRenewable { .. }));
}
