//! `net.cidr_*` as OPA has it, whose addresses are those of Go: no zeros before a number, and an IPv4 address in IPv6 is one.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/net>, <https://pkg.go.dev/net#ParseCIDR>.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regorus::Value;

/// Addresses from one to another, in one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    v6: bool,
    first: u128,
    last: u128,
}

pub(super) fn contains(of: &[Value]) -> Option<Value> {
    let [Value::String(outer), Value::String(inner)] = of else { return None };
    let outer = network(outer)?;
    let inner = address(inner).map(single).or_else(|| network(inner))?;
    Some(Value::from(outer.v6 == inner.v6 && outer.first <= inner.first && inner.last <= outer.last))
}

pub(super) fn intersects(of: &[Value]) -> Option<Value> {
    let [Value::String(one), Value::String(other)] = of else { return None };
    let (one, other) = (network(one)?, network(other)?);
    Some(Value::from(one.v6 == other.v6 && one.first <= other.last && other.first <= one.last))
}

#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others may give nothing")]
pub(super) fn is_valid(of: &[Value]) -> Option<Value> {
    Some(Value::from(matches!(of, [Value::String(text)] if network(text).is_some())))
}

/// The fewest networks that hold the same addresses.
pub(super) fn merge(of: &[Value]) -> Option<Value> {
    let members: Vec<&Value> = match of {
        [Value::Array(all)] => all.iter().collect(),
        [Value::Set(all)] => all.iter().collect(),
        _ => return None,
    };
    let mut ranges: Vec<Range> = members
        .into_iter()
        .map(|member| {
            let Value::String(text) = member else { return None };
            network(text).or_else(|| classful(text))
        })
        .collect::<Option<_>>()?;
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if last.v6 == range.v6 && range.first <= last.last.saturating_add(1) => {
                last.last = last.last.max(range.last);
            }
            _ => merged.push(range),
        }
    }
    let all: BTreeSet<Value> = merged.into_iter().flat_map(networks).map(Value::from).collect();
    Some(Value::from(all))
}

/// An address, as Go reads it.
fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    Some(address.to_canonical())
}

fn single(address: IpAddr) -> Range {
    let (v6, number) = number(address);
    Range { v6, first: number, last: number }
}

fn number(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(address) => (false, u128::from(address.to_bits())),
        IpAddr::V6(address) => (true, address.to_bits()),
    }
}

/// A network in the form of an address, a slash and the number of bits.
fn network(text: &str) -> Option<Range> {
    let (address, bits) = text.split_once('/')?;
    if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let written: IpAddr = address.parse().ok()?;
    let bits: u32 = bits.parse().ok()?;
    let width = if written.is_ipv4() { 32 } else { 128 };
    if bits > width {
        return None;
    }
    let address = written.to_canonical();
    let bits = if written.is_ipv6() && address.is_ipv4() { bits.saturating_sub(96) } else { bits };
    Some(of_bits(address, bits))
}

fn of_bits(address: IpAddr, bits: u32) -> Range {
    let (v6, number) = number(address);
    let width = if v6 { 128 } else { 32 };
    let rest = u128::MAX.checked_shr(128 - (width - bits)).unwrap_or(0);
    Range { v6, first: number & !rest, last: number | rest }
}

/// An address by itself stands for the network of its class, as with OPA.
fn classful(text: &str) -> Option<Range> {
    let address = address(text)?;
    let IpAddr::V4(v4) = address else { return None };
    let [first, ..] = v4.octets();
    let bits = match first {
        0..=127 => 8,
        128..=191 => 16,
        _ => 24,
    };
    Some(of_bits(address, bits))
}

/// The networks that make up a range.
fn networks(range: Range) -> Vec<String> {
    let width: u32 = if range.v6 { 128 } else { 32 };
    let mut all = Vec::new();
    let mut at = Some(range.first);
    while let Some(first) = at.filter(|first| *first <= range.last) {
        let mut free = first.trailing_zeros().min(width);
        let last = loop {
            let last = first | u128::MAX.checked_shr(128 - free).unwrap_or(0);
            if last <= range.last {
                break last;
            }
            free -= 1;
        };
        let address = if range.v6 {
            IpAddr::V6(Ipv6Addr::from_bits(first))
        } else {
            IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(first).unwrap_or(u32::MAX)))
        };
        all.push(format!("{address}/{}", width - free));
        at = last.checked_add(1);
    }
    all
}
