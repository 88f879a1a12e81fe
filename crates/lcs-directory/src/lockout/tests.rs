use proptest::prelude::*;

use super::*;

fn wrong(number: u32) -> WrongPassword {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    WrongPassword::from_bytes(bytes)
}

fn policy() -> LockoutPolicy {
    LockoutPolicy::default()
}

const START: Timestamp = Timestamp::UNIX_EPOCH;

/// The state after these wrong passwords, all at once.
fn after(numbers: impl IntoIterator<Item = u32>) -> Lockout {
    numbers
        .into_iter()
        .fold(Lockout::default(), |lockout, number| {
            lockout.after_failure(wrong(number), &policy(), START)
        })
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

#[test]
fn the_tenth_different_wrong_password_locks_for_a_minute() {
    assert_eq!(after(0..9).admit(START), Ok(()));
    let locked = after(0..10);
    let until = START + seconds(60);
    assert_eq!(locked.admit(START), Err(LockedUntil(until)));
    assert_eq!(locked.admit(until - seconds(1)), Err(LockedUntil(until)));
    assert_eq!(locked.admit(until), Ok(()));
}

#[test]
fn the_last_three_wrong_passwords_do_not_count_again() {
    assert_eq!(after([1; 100]).admit(START), Ok(()));
    assert_eq!(after([1, 2, 3].repeat(100)).admit(START), Ok(()));
    // Of four in turn, each is forgotten before it comes again.
    assert!(after([1, 2, 3, 4].repeat(3)).admit(START).is_err());
    // Coming again, a password is the latest one.
    assert_eq!(after([1, 2, 3, 1, 4, 1]), after([2, 3, 4, 1]));
}

#[test]
fn every_failure_after_a_lock_locks_again_until_a_success() {
    let until = START + seconds(60);
    let again = after(0..10).after_failure(wrong(10), &policy(), until);
    assert_eq!(again.admit(until), Err(LockedUntil(until + seconds(60))));
    let later = until + seconds(60);
    assert_eq!(again.after_success(later), Lockout::default());
}

#[test]
fn locks_grow_after_every_ten_up_to_five_hours() {
    let lock = |failures| policy().lock_after(failures).map(|lock| lock.as_secs());
    let cases = [
        (9, None),
        (10, Some(60)),
        (19, Some(60)),
        (20, Some(120)),
        (29, Some(120)),
        (30, Some(240)),
        (100, Some(5 * 3600)),
        (u32::MAX, Some(5 * 3600)),
    ];
    for (failures, wanted) in cases {
        assert_eq!(lock(failures), wanted, "{failures}");
    }
}

#[test]
fn what_arrives_during_a_lock_changes_nothing() {
    let locked = after(0..10);
    let during = START + seconds(59);
    assert_eq!(
        locked.clone().after_failure(wrong(11), &policy(), during),
        locked
    );
    assert_eq!(locked.clone().after_success(during), locked);
}

#[test]
fn the_state_is_stored_and_read_back() {
    let locked = after(0..10);
    let json = serde_json::to_string(&locked).unwrap();
    assert_eq!(serde_json::from_str::<Lockout>(&json).unwrap(), locked);
    assert_eq!(
        serde_json::from_str::<Lockout>("{}").unwrap(),
        Lockout::default()
    );
    let policy_json = serde_json::to_string(&policy()).unwrap();
    assert_eq!(
        serde_json::from_str::<LockoutPolicy>(&policy_json).unwrap(),
        policy()
    );
    assert!(serde_json::from_str::<LockoutPolicy>(r#"{"threshold":0}"#).is_err());
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Wrong(u32),
    Right,
}

prop_compose! {
    fn event()(number in 0u32..8, right in prop::bool::weighted(0.05)) -> Event {
        if right { Event::Right } else { Event::Wrong(number) }
    }
}

proptest! {
    #[test]
    fn a_lock_always_ends_and_needs_as_many_failures_as_the_policy_says(
        threshold in 1u32..6,
        minutes in 1i64..600,
        events in prop::collection::vec((event(), 0i64..400), 0..80),
    ) {
        let policy = LockoutPolicy {
            threshold: NonZeroU32::new(threshold).unwrap(),
            duration: SignedDuration::from_mins(minutes),
        };
        let longest = LONGEST_LOCK.max(policy.duration);
        let (mut lockout, mut now, mut failures) = (Lockout::default(), START, 0);
        for (event, seconds_later) in events {
            now += seconds(seconds_later);
            let before = lockout.clone();
            lockout = match event {
                Event::Wrong(number) => lockout.after_failure(wrong(number), &policy, now),
                Event::Right => lockout.after_success(now),
            };
            prop_assert!(lockout.last_wrong.len() <= REMEMBERED);
            match (before.admit(now), event) {
                (Err(_), _) => prop_assert_eq!(&lockout, &before),
                (Ok(()), Event::Right) => {
                    failures = 0;
                    prop_assert_eq!(&lockout, &Lockout::default());
                }
                (Ok(()), Event::Wrong(_)) => failures += 1,
            }
            if let Err(LockedUntil(until)) = lockout.admit(now) {
                prop_assert!(failures >= threshold);
                prop_assert!(until <= now + longest);
                prop_assert!(lockout.admit(until).is_ok());
            }
        }
    }
}
