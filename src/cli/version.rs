//! What `--version` tells of the build, for whoever has to say which program it was; `-V` tells the version alone.

use std::sync::LazyLock;

use crate::rego;

/// The version, and below it what the program was built from and with. The first line is that of `-V`.
pub(super) fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{}\ncommit:   {}\ntarget:   {}\nrustc:    {}\npolicies: {}, SHA-256 {}",
            env!("CARGO_PKG_VERSION"),
            env!("OACGUARD_COMMIT"),
            env!("OACGUARD_TARGET"),
            env!("OACGUARD_RUSTC"),
            rego::ids().count(),
            rego::policies_hash(),
        )
    });
    &LONG
}
