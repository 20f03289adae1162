//! From an attribute to the resource it names: by known value, or by the references it was written with.

mod access_points;
pub mod buckets;
pub mod estate;
pub mod expression;
mod flat;
mod index;
pub mod keys;
pub mod owner;
pub mod replication;
pub mod resolve;
mod select;

#[cfg(test)]
mod buckets_tests;
#[cfg(test)]
mod estate_tests;
#[cfg(test)]
mod flat_tests;
#[cfg(test)]
mod keys_tests;
#[cfg(test)]
mod owner_tests;
#[cfg(test)]
mod replication_tests;
#[cfg(test)]
mod resolve_tests;
#[cfg(test)]
mod sketch;
