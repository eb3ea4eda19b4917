//! Fairness, over whatever may happen to a pool, by the same seed natively and as wasm.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "what is made here is small"
)]

mod seed;

use shared::pool::share::{Claimant, ITEM, Share, give};

use seed::{Hash, Seed};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

/// Items that are given in one run.
const ITEMS: i64 = 3_000;

/// While the same members can take items, nobody is ever a whole item from their share, above or below: recounted from the
/// items themselves, not from what the pool says of itself.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn nobody_is_ever_a_whole_item_from_their_share() {
    let mut seed = Seed(5);
    for _ in 0..60 {
        let count = 1 + seed.below(24);
        let weights: Vec<i64> = (0..count).map(|_| seed.pick(&[1, 3, 10, 50, 100, 100, 300, 1_000])).collect();
        let all: i64 = weights.iter().sum();
        let mut members = of(&weights);
        let mut got = vec![0_i64; weights.len()];
        for items in 1..=ITEMS {
            got[give(&mut members, None).chosen.unwrap()] += 1;
            for (got, weight) in got.iter().zip(&weights) {
                // |got - items * weight / all| < 1, in whole numbers.
                assert!((got * all - items * weight).abs() < all, "{weights:?}: {got} of {items}");
            }
        }
    }
}

/// Members join, leave, come back, are full for a while, and are owed items; weights are changed. After every step those who
/// can take an item are within one of their share and level in all; over every stretch in which nothing changes the items
/// that each got are within two of their share of that stretch (one that they came with, one that they leave with); and
/// whoever is owed an item gets it.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn whatever_happens_nobody_is_more_than_an_item_from_their_share() {
    let mut seed = Seed(11);
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    for _ in 0..60 {
        let weights: Vec<i64> = (0..2 + seed.below(12)).map(|_| seed.pick(&[1, 10, 50, 100, 300, 1_000])).collect();
        let mut members = of(&weights);
        let mut able: Vec<bool> = members.iter().map(|_| true).collect();
        let mut stretch = vec![0_i64; members.len()];
        let mut items = 0;
        for _ in 0..ITEMS {
            if seed.below(6) == 0 {
                assert_stretch(&members, &able, &stretch, items);
                match seed.below(10) {
                    0 if members.len() < 30 => {
                        members.push(of(&[seed.pick(&[1, 100, 1_000])])[0]);
                        able.push(true);
                    }
                    1 => {
                        let who = seed.below(members.len() as i64) as usize;
                        members[who].weight = seed.pick(&[1, 50, 100, 400]);
                    }
                    2 => {
                        let who = seed.below(members.len() as i64) as usize;
                        members[who].share.owed += 1;
                    }
                    _ => {
                        let who = seed.below(members.len() as i64) as usize;
                        able[who] = !able[who];
                    }
                }
                (stretch, items) = (vec![0; members.len()], 0);
            }
            let indices: Vec<usize> = (0..members.len()).filter(|index| able[*index]).collect();
            let mut there: Vec<Claimant> = indices.iter().map(|index| members[*index]).collect();
            // A credit that is paid is an item of its own: the stretch begins anew.
            let owed = |members: &[Claimant]| members.iter().map(|member| member.share.owed).sum::<u32>();
            let before = owed(&there);
            let chosen = give(&mut there, None).chosen;
            assert_eq!(chosen.is_none(), indices.is_empty(), "whoever can take it, gets it");
            let sum: i64 = there.iter().map(|member| member.share.behind).sum();
            assert_eq!(sum, 0);
            assert!(there.iter().all(|member| member.share.behind.abs() <= ITEM));
            items += 1;
            if let Some(chosen) = chosen {
                stretch[indices[chosen]] += 1;
                hash.number(indices[chosen] as i64);
            }
            if owed(&there) != before {
                (stretch, items) = (vec![0; members.len()], 0);
            }
            for (index, member) in indices.iter().zip(&there) {
                members[*index] = *member;
            }
        }
        // Everybody is there again, and gets what they are owed.
        for _ in 0..20 * members.len() {
            give(&mut members, None);
        }
        assert!(members.iter().all(|member| member.weight < 10 || member.share.owed == 0));
    }
    assert_eq!(format!("{:016x}", hash.0), "27727a610d523741");
}

fn assert_stretch(members: &[Claimant], able: &[bool], got: &[i64], items: i64) {
    let all: i64 = members.iter().zip(able).filter(|(_, able)| **able).map(|(member, _)| member.weight).sum();
    for ((member, able), got) in members.iter().zip(able).zip(got) {
        let from_share = got * all - items * member.weight;
        assert!(!able || from_share.abs() <= 2 * all, "{got} of {items} by {} of {all}", member.weight);
    }
}

fn of(weights: &[i64]) -> Vec<Claimant> {
    weights.iter().map(|weight| Claimant { weight: *weight, share: Share::default() }).collect()
}
