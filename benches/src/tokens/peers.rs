//! What the machine could do at best: nothing but RSA signatures, nothing but password hashes, with
//! the libraries and parameters of the local cloud.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::RSA_PKCS1_SHA256,
};
use lcs_directory::PasswordCost;

/// About as long as what is signed of an access token.
const SIGNED: [u8; 1_200] = [0x61; 1_200];

/// Rates, one for each round.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Signatures in a second by one thread.
    pub(crate) signatures_one: Vec<f64>,
    /// Signatures in a second by as many threads as there are processors.
    pub(crate) signatures_all: Vec<f64>,
    /// Password hashes in a second by one thread.
    pub(crate) hashes_one: Vec<f64>,
    /// Password hashes in a second by as many threads as there are processors.
    pub(crate) hashes_all: Vec<f64>,
}

/// How many processors there are.
pub(crate) fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

impl Limits {
    /// One more round, each limit for this long.
    pub(crate) fn measure(&mut self, duration: Duration) -> Result<()> {
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("no RSA key"))?;
        let random = SystemRandom::new();
        let sign = || {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, &SIGNED, &mut signature)
                .map_err(|_| anyhow!("no signature"))
        };
        let cost = PasswordCost::default();
        let parameters = Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
            .map_err(|error| anyhow!("{error}"))?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let hash = || {
            let mut hash = [0; 32];
            hasher
                .hash_password_into(b"correct horse", b"sixteen bytes of", &mut hash)
                .map_err(|error| anyhow!("{error}"))
        };
        let all = processors();
        self.signatures_one.push(rate(1, duration, &sign)?);
        self.signatures_all.push(rate(all, duration, &sign)?);
        self.hashes_one.push(rate(1, duration, &hash)?);
        self.hashes_all.push(rate(all, duration, &hash)?);
        Ok(())
    }
}

/// How often a second some threads do this.
#[expect(clippy::cast_precision_loss, reason = "counts of seconds are small")]
fn rate(
    threads: usize,
    duration: Duration,
    work: &(impl Fn() -> Result<()> + Sync),
) -> Result<f64> {
    let start = Instant::now();
    let counts: Vec<Result<usize>> = thread::scope(|scope| {
        let count = || {
            let mut done = 0;
            while start.elapsed() < duration {
                work()?;
                done += 1;
            }
            Ok(done)
        };
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
        let joined = started.into_iter().map(|thread| {
            let panicked = |_| Err(anyhow!("a thread panicked"));
            thread.join().unwrap_or_else(panicked)
        });
        joined.collect()
    });
    let total: usize = counts.into_iter().sum::<Result<usize>>()?;
    Ok(total as f64 / start.elapsed().as_secs_f64())
}
