//! Order, names and other resources change nothing.

use std::io::Read as _;

use proptest::prelude::*;

use super::{bytes_of, judge, plan_of, settings, some_plan};
use crate::rename::Names;
use crate::transform::{Dice, shuffled, with_noise, written};

/// A module of a real plan with queues, instances, tables, and an encrypted bucket that no distribution reads.
const NOISE: &[u8] = include_bytes!("../../benches/whole/service.json.gz");

proptest! {
    #![proptest_config(settings(32))]

    #[test]
    fn order_means_nothing(name in some_plan(), seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let plan = shuffled(plan_of(name), &mut dice);
        prop_assert_eq!(judge(written(&plan, &mut dice).as_bytes()).in_short(), judge(&bytes_of(name)).in_short());
    }

    #[test]
    fn names_mean_nothing(name in some_plan(), seed in any::<u64>()) {
        let names = Names(seed);
        let renamed = judge(names.plan(&plan_of(name)).to_string().as_bytes());
        let expected = judge(&bytes_of(name)).renamed(&["distribution", "origin", "bucket", "key", "subject"], |address| names.address(address));
        prop_assert_eq!(renamed.in_short().sorted(), expected.in_short().sorted(), "{}", name);
    }

    #[test]
    fn other_resources_mean_nothing(name in some_plan(), copies in 1_usize..4) {
        let mut noise = String::new();
        flate2::read::GzDecoder::new(NOISE).read_to_string(&mut noise).unwrap();
        let plan = with_noise(plan_of(name), &serde_json::from_str(&noise).unwrap(), copies);
        prop_assert_eq!(judge(plan.to_string().as_bytes()).in_short(), judge(&bytes_of(name)).in_short(), "{}", name);
    }
}
