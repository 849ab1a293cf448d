use std::pin::pin;
use std::task::{Context as TaskContext, Waker};

use secrecy::SecretBox;

use super::*;
use crate::platform::crypto::vault::KeyRing;

const CHEAP: HashCost = HashCost { kib: 64, passes: 1, lanes: 1 };
const PATIENT: HasherLimits = HasherLimits { permits: 2, queue: 3, wait: Duration::from_mins(10) };

/// A vault with one key for each id, derived from the id.
fn vault(ids: &[&str]) -> Arc<Vault> {
    let key = |id: &&str| {
        let bytes = <sha2::Sha256 as sha2::Digest>::digest(id).into();
        ((*id).to_owned(), SecretBox::new(Box::new(bytes)))
    };
    Arc::new(Vault::new(KeyRing::from_keys(ids.iter().map(key)).unwrap()))
}

fn hasher_with(cost: HashCost, limits: HasherLimits) -> PasswordHasher {
    PasswordHasher::start(vault(&["k1"]), cost, limits).unwrap()
}

fn hasher() -> PasswordHasher {
    hasher_with(CHEAP, PATIENT)
}

fn anns() -> SealContext {
    place_of_hash("players", "ann", "ann")
}

fn password(text: &str) -> Password {
    Password::as_typed(&text.into()).unwrap()
}

async fn verdict(hasher: &PasswordHasher, stored: Option<&StoredHash>, typed: &str) -> PasswordVerdict {
    hasher.verify(stored, &typed.into()).await.ok().unwrap()
}

#[tokio::test]
async fn the_right_password_matches_and_others_do_not() {
    let hasher = hasher();
    let stored = hasher.hash(password("correct tin horse"), anns()).await.ok().unwrap();
    let found = |typed: &'static str| verdict(&hasher, Some(&stored), typed);
    assert_eq!(found("correct tin horse").await, PasswordVerdict::Match { needs_upgrade: false });
    for wrong in ["correct tin horsf", "correct tin horse ", "Correct tin horse", "", "$argon2id"] {
        assert_eq!(verdict(&hasher, Some(&stored), wrong).await, PasswordVerdict::Mismatch, "{wrong}");
    }
}

#[tokio::test]
async fn a_password_matches_however_the_keyboard_composed_it() {
    let hasher = hasher();
    let stored = hasher.hash(password("caf\u{e9} au lait"), anns()).await.ok().unwrap();
    assert_eq!(
        verdict(&hasher, Some(&stored), "cafe\u{301} au lait").await,
        PasswordVerdict::Match { needs_upgrade: false }
    );
}

#[tokio::test]
async fn nobody_costs_as_many_hashes_as_somebody_and_never_matches() {
    let hasher = hasher();
    assert_eq!(verdict(&hasher, None, "anything").await, PasswordVerdict::Mismatch);
    assert_eq!(hasher.hashes_run(), 1);
    assert_eq!(verdict(&hasher, None, "").await, PasswordVerdict::Mismatch);
    assert_eq!(hasher.hashes_run(), 2);
    assert_eq!(verdict(&hasher, None, &"x".repeat(5000)).await, PasswordVerdict::Mismatch);
    assert_eq!(hasher.hashes_run(), 3);
}

#[tokio::test]
async fn two_hashes_of_one_password_differ_and_show_nothing() {
    let hasher = hasher();
    let one = hasher.hash(password("correct tin horse"), anns()).await.ok().unwrap();
    let two = hasher.hash(password("correct tin horse"), anns()).await.ok().unwrap();
    assert_ne!(one.sealed(), two.sealed());
    assert!(!one.sealed().windows(7).any(|bytes| bytes == b"$argon2"));
}

#[tokio::test]
async fn a_hash_moved_to_another_player_does_not_open() {
    let hasher = hasher();
    let anns_hash = hasher.hash(password("correct tin horse"), anns()).await.ok().unwrap();
    let bos = StoredHash::at(place_of_hash("players", "bo", "bo"), anns_hash.sealed().to_vec());
    assert_eq!(verdict(&hasher, Some(&bos), "correct tin horse").await, PasswordVerdict::Mismatch);
    assert_eq!(hasher.hashes_run(), 2, "it costs as much as a wrong password");
    assert!(hasher.reseal(&bos, anns()).unwrap().is_none());
}

#[tokio::test]
async fn a_pending_hash_moves_to_its_player_without_being_run() {
    let hasher = hasher();
    let pending =
        hasher.hash(password("correct tin horse"), place_of_hash("pending", "p1", "")).await.ok().unwrap();
    let stored = hasher.reseal(&pending, anns()).unwrap().unwrap();
    assert_eq!(hasher.hashes_run(), 1);
    let stored = StoredHash::at(anns(), stored.sealed().to_vec());
    assert_eq!(
        verdict(&hasher, Some(&stored), "correct tin horse").await,
        PasswordVerdict::Match { needs_upgrade: false }
    );
}

#[tokio::test]
async fn a_cheaper_hash_or_an_older_key_needs_an_upgrade() {
    let before = PasswordHasher::start(vault(&["k1"]), CHEAP, PATIENT).unwrap();
    let stored = before.hash(password("correct tin horse"), anns()).await.ok().unwrap();

    let dearer = HashCost { kib: 128, ..CHEAP };
    let costlier = PasswordHasher::start(vault(&["k1"]), dearer, PATIENT).unwrap();
    assert_eq!(
        verdict(&costlier, Some(&stored), "correct tin horse").await,
        PasswordVerdict::Match { needs_upgrade: true }
    );
    assert_eq!(verdict(&costlier, Some(&stored), "other").await, PasswordVerdict::Mismatch);

    let rotated = PasswordHasher::start(vault(&["k2", "k1"]), CHEAP, PATIENT).unwrap();
    assert_eq!(
        verdict(&rotated, Some(&stored), "correct tin horse").await,
        PasswordVerdict::Match { needs_upgrade: true }
    );
    let renewed = rotated.hash(password("correct tin horse"), anns()).await.ok().unwrap();
    assert_eq!(
        verdict(&rotated, Some(&renewed), "correct tin horse").await,
        PasswordVerdict::Match { needs_upgrade: false }
    );

    let without = PasswordHasher::start(vault(&["k2"]), CHEAP, PATIENT).unwrap();
    let verdict = verdict(&without, Some(&stored), "correct tin horse").await;
    assert_eq!(verdict, PasswordVerdict::Mismatch, "the key is lost, so nothing is right");
}

#[tokio::test]
async fn a_planted_hash_of_monstrous_cost_is_not_run() {
    let hasher = hasher();
    let monster = "nfkc1$argon2id$v=19$m=8388608,t=1000,p=1$c2l4dGVlbiBvZiBzYWx0Lg$MDEyMzQ1Njc4OWFiY2RlZg";
    let planted = seal(&hasher.vault, &monster.into(), anns()).unwrap();
    assert_eq!(verdict(&hasher, Some(&planted), "correct tin horse").await, PasswordVerdict::TooCostly);
    assert_eq!(hasher.hashes_run(), 0);
}

#[tokio::test]
async fn the_queue_has_a_limit_and_the_abandoned_leave_it() {
    let hasher = hasher();
    // Hashes that do not end have both permits.
    let running: Vec<_> = (0..PATIENT.permits)
        .map(|_| {
            let place = Arc::clone(&hasher.queue).try_acquire_owned().unwrap();
            (place, Arc::clone(&hasher.permits).try_acquire_owned().unwrap())
        })
        .collect();
    let typed = SecretString::from("x");
    let mut waker = TaskContext::from_waker(Waker::noop());
    let mut waiting: Vec<_> = (0..PATIENT.queue).map(|_| Box::pin(hasher.verify(None, &typed))).collect();
    for one in &mut waiting {
        assert!(one.as_mut().poll(&mut waker).is_pending());
    }

    assert!(matches!(hasher.verify(None, &typed).await, Err(Stop::Refused(HasherOverloaded))));
    drop(waiting.pop());
    let mut after = pin!(hasher.verify(None, &typed));
    assert!(after.as_mut().poll(&mut waker).is_pending());
    assert!(matches!(hasher.verify(None, &typed).await, Err(Stop::Refused(HasherOverloaded))));
    assert_eq!(hasher.hashes_run(), 0);

    drop(running);
    for one in waiting {
        assert!(matches!(one.await, Ok(PasswordVerdict::Mismatch)));
    }
    assert!(matches!(after.await, Ok(PasswordVerdict::Mismatch)));
    assert_eq!(hasher.queue.available_permits(), PATIENT.permits + PATIENT.queue);
}

#[tokio::test]
async fn who_waits_too_long_is_told_so() {
    let hasher = hasher_with(CHEAP, HasherLimits { wait: Duration::ZERO, ..PATIENT });
    let running = Arc::clone(&hasher.permits).acquire_many_owned(2).await.unwrap();
    assert!(matches!(hasher.verify(None, &"x".into()).await, Err(Stop::Refused(HasherOverloaded))));
    assert!(matches!(hasher.hash(password("x"), anns()).await, Err(Stop::Refused(HasherOverloaded))));
    drop(running);
    assert!(matches!(hasher.verify(None, &"x".into()).await, Ok(PasswordVerdict::Mismatch)));
}

#[tokio::test]
async fn the_standard_cost_works_end_to_end() {
    let hasher = hasher_with(HashCost { kib: 19_456, passes: 2, lanes: 1 }, PATIENT);
    let stored = hasher.hash(password("correct tin horse"), anns()).await.ok().unwrap();
    assert_eq!(
        verdict(&hasher, Some(&stored), "correct tin horse").await,
        PasswordVerdict::Match { needs_upgrade: false }
    );
    assert_eq!(verdict(&hasher, Some(&stored), "wrong tin horse").await, PasswordVerdict::Mismatch);
}

/// Compiles only while none of these types can be printed (S64).
#[test]
fn secrets_cannot_be_printed() {
    struct Printable;
    trait Ambiguous<A> {
        fn check() {}
    }
    impl<T: ?Sized> Ambiguous<()> for T {}
    impl<T: ?Sized + std::fmt::Debug> Ambiguous<Printable> for T {}
    <Password as Ambiguous<_>>::check();
    <StoredHash as Ambiguous<_>>::check();
    <PasswordHasher as Ambiguous<_>>::check();
    <Vault as Ambiguous<_>>::check();
    <KeyRing as Ambiguous<_>>::check();
    <crate::platform::crypto::token::OpaqueToken as Ambiguous<_>>::check();
    <crate::platform::crypto::token::NumericCode as Ambiguous<_>>::check();
    <crate::platform::crypto::keys::KeyMaterial as Ambiguous<_>>::check();
    <crate::platform::crypto::keys::PurposeKey as Ambiguous<_>>::check();
}
