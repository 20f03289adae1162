//! Access paths: who reads what, with which key, before and after the plan.

pub mod facts;
