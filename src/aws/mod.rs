//! AWS's own vocabulary: what S3 domain names, ARNs, distributions and encryption rules say.

pub mod arn;
pub mod dialect;
pub mod distribution;
pub mod encryption;
pub mod endpoint;
pub mod origin_blocks;
pub mod path_pattern;
pub mod shape;
