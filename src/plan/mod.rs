//! Terraform's plan document as it is: reading it, and what its values, addresses and configuration say.

pub mod value;
