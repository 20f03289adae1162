//! From an attribute to the resource it names: by known value, or by the references it was written with.

pub mod estate;
pub mod expression;
pub mod resolve;
