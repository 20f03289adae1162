//! What `oacguard init` writes, and what else hosts read from this repository: held to the shape that each host wants, and run
//! as it runs it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

mod init;
mod shape;
mod yaml;

#[cfg(unix)]
mod atlantis;
#[cfg(unix)]
mod azure;
#[cfg(unix)]
mod github;
#[cfg(unix)]
mod gitlab;
#[cfg(unix)]
mod hcp;
#[cfg(unix)]
mod jenkins;
#[cfg(unix)]
mod pre_commit;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod spacelift;
#[cfg(unix)]
mod terragrunt;
