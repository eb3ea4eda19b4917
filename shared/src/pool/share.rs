//! Fair shares: who is how far behind, and who is next.
//!
//! Each arrival adds one item to what all who can take it have a claim on, by weight, and takes one from whoever gets it.
//! What is left over is how far each is *behind*; over those who can take an item it adds up to nothing. It is counted in
//! very small parts of an item ([`ITEM`]), in whole numbers: native and wasm agree to the bit.
//!
//! **Who is next.** Of those who are behind, whoever would be the first to fall a whole item behind, were they passed over:
//! the least `(1 - behind) / weight`. Taking simply the largest shortfall, as others do (Cal.com's `getLuckyUser`), keeps
//! nobody from falling more than an item behind where weights differ; this does. It is earliest deadline first over
//! the windows in which each may get each of their items, which meets every deadline where any order does, and some order
//! does (R. Tijdeman, The chairman assignment problem, Discrete Mathematics 32, 1980). So as long as the same members can
//! take items and their weights stay as they are, *nobody is ever a whole item from their share*, above or below.
//!
//! **Changes.** Whoever joins begins level. Whoever cannot take items for a while (off shift, on leave, full) neither gains nor
//! loses meanwhile, and comes back as far behind as they went: no burst for them, and nobody is skipped because they are
//! full now and then. Among those who are left the sum is squared, by weight. Nobody carries more than one item into or out
//! of a change: what is more is shared out too. (No order could promise more: from eight members, each leaving once served,
//! the last one standing is left 2.7 items short, whoever decides; the cup game.)
//!
//! **Credit.** An item that was junk or out of scope is owed to whoever got it, and is paid as soon as they are not behind
//! anyhow: several are paid one after the other, and none is lost.

/// One item. Every number up to 16 divides it: as many members of one weight share it evenly, and take turns in order.
pub const ITEM: i64 = 720_720_000_000;
/// What is nearer to nothing than this is nothing: a millionth of an item, which is what rounding may come to over as many
/// items, and no more than the least share that there is (a weight of 1 among 1,000 members of 1,000).
const NOTHING: i64 = ITEM / 1_000_000;

/// Where a member of a pool stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How far they are behind, as parts of [`ITEM`]; negative where they are ahead. Never more than one item.
    pub behind: i64,
    /// Items they are owed, because what they got was none.
    pub owed: u32,
    /// Items they were given.
    pub given: u32,
}

impl Share {
    /// Gives back a credit for an item that was one after all.
    pub fn take_credit_back(&mut self) {
        match self.owed {
            0 => self.behind = (self.behind - ITEM).max(-ITEM),
            owed => self.owed = owed - 1,
        }
    }
}

/// Somebody who can take an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant {
    /// At least 1.
    pub weight: i64,
    /// Where they stand.
    pub share: Share,
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Their place in the list; nobody where the list is empty.
    pub chosen: Option<usize>,
    /// How far each was behind, this item included.
    pub behind: Vec<i64>,
}

/// Gives one item to whoever is next, or to the one at `to`, and moves every share.
pub fn give(claimants: &mut [Claimant], to: Option<usize>) -> Found {
    square(claimants);
    spread(claimants, ITEM, |_| true);
    let behind: Vec<i64> = claimants.iter().map(|claimant| claimant.share.behind).collect();
    let chosen = to.or_else(|| next(claimants));
    if let Some(claimant) = chosen.and_then(|index| claimants.get_mut(index)) {
        claimant.share.behind -= ITEM;
        claimant.share.given = claimant.share.given.saturating_add(1);
    }
    square(claimants);
    Found { chosen, behind }
}

/// Of those who are behind, whoever would be the first to fall a whole item behind; then the heavier; then the earlier.
fn next(claimants: &[Claimant]) -> Option<usize> {
    let behind = claimants.iter().enumerate().filter(|(_, claimant)| claimant.share.behind > NOTHING);
    let sooner = |one: &Claimant, other: &Claimant| {
        let left = |claimant: &Claimant, weight: i64| i128::from(ITEM - claimant.share.behind) * i128::from(weight);
        left(one, other.weight).cmp(&left(other, one.weight)).then(other.weight.cmp(&one.weight))
    };
    behind.min_by(|(_, one), (_, other)| sooner(one, other)).map(|(index, _)| index)
}

/// Pays one credit to each who is not behind, and makes the sum nothing again, with nobody further than one item away.
fn square(claimants: &mut [Claimant]) {
    for Claimant { share, .. } in claimants.iter_mut() {
        if share.owed > 0 && share.behind <= 0 {
            share.owed -= 1;
            share.behind += ITEM;
        }
    }
    // Each turn either ends with a sum of nothing, or brings one more to the limit.
    for _ in 0..=claimants.len() {
        for Claimant { share, .. } in claimants.iter_mut() {
            share.behind = share.behind.clamp(-ITEM, ITEM);
        }
        let sum: i64 = claimants.iter().map(|claimant| claimant.share.behind).sum();
        match sum {
            0 => return,
            1.. => spread(claimants, -sum, |share| share.behind > -ITEM),
            _ => spread(claimants, -sum, |share| share.behind < ITEM),
        }
    }
}

/// Adds `amount`, in whole parts, to those whom `takes` names, by weight.
fn spread(claimants: &mut [Claimant], amount: i64, takes: impl Fn(&Share) -> bool) {
    let takers = || claimants.iter().filter(|claimant| takes(&claimant.share));
    let all: i128 = takers().map(|claimant| i128::from(claimant.weight)).sum();
    let (mut weight, mut added) = (0_i128, 0_i64);
    for claimant in claimants.iter_mut().filter(|claimant| takes(&claimant.share)) {
        weight += i128::from(claimant.weight);
        let upto = i64::try_from(i128::from(amount) * weight / all).unwrap_or(amount);
        claimant.share.behind += upto - added;
        added = upto;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_take_turns() {
        let mut three = of(&[100, 100, 100]);
        assert_eq!(turns(&mut three, 7), [0, 1, 2, 0, 1, 2, 0]);
    }

    #[test]
    fn weights_are_kept_to_from_the_first_item_on() {
        let mut three = of(&[200, 100, 100]);
        assert_eq!(turns(&mut three, 8), [0, 1, 0, 2, 0, 1, 0, 2]);
        assert!(three.iter().all(|claimant| claimant.share.behind == 0));
    }

    #[test]
    fn the_largest_shortfall_alone_would_leave_somebody_more_than_an_item_behind() {
        // Why `next` looks at deadlines: found by trying weights at random.
        let weights = COUNTEREXAMPLE;
        let worst = |choose: fn(&[Claimant]) -> Option<usize>| {
            let mut all = of(&weights);
            let mut worst = 0;
            for _ in 0..2_000 {
                spread(&mut all, ITEM, |_| true);
                let chosen = choose(&all).unwrap();
                all[chosen].share.behind -= ITEM;
                worst = worst.max(all.iter().map(|one| one.share.behind.abs()).max().unwrap());
            }
            worst
        };
        let largest =
            |all: &[Claimant]| (0..all.len()).max_by_key(|index| (all[*index].share.behind, all.len() - index));
        assert!(worst(largest) > ITEM, "{}", worst(largest));
        assert!(worst(next) < ITEM, "{}", worst(next));
    }

    #[test]
    fn whoever_was_away_comes_back_as_far_behind_as_they_went() {
        let mut all = of(&[100, 100]);
        assert_eq!(turns(&mut all, 1), [0]);
        let mut alone = vec![all[0]];
        turns(&mut alone, 5);
        let mut again = vec![alone[0], all[1]];
        assert_eq!(turns(&mut again, 4), [1, 0, 1, 0], "no burst, and no turn lost");
    }

    #[test]
    fn credits_are_paid_one_after_the_other_and_none_is_lost() {
        let mut two = of(&[100, 100]);
        assert_eq!(turns(&mut two, 2), [0, 1]);
        two[0].share.owed = 2;
        let got = turns(&mut two, 20).iter().filter(|index| **index == 0).count();
        assert_eq!(got, 11, "half of the twenty, and half of two more");
        assert_eq!(two[0].share.owed, 0);
    }

    #[test]
    fn one_alone_gets_everything_and_nobody_gets_nothing() {
        assert_eq!(turns(&mut of(&[7]), 3), [0, 0, 0]);
        assert_eq!(give(&mut [], None).chosen, None);
    }

    const COUNTEREXAMPLE: [i64; 10] = [55, 34, 21, 3, 300, 300, 1, 1, 34, 5];

    fn of(weights: &[i64]) -> Vec<Claimant> {
        weights.iter().map(|weight| Claimant { weight: *weight, share: Share::default() }).collect()
    }

    fn turns(claimants: &mut [Claimant], turns: usize) -> Vec<usize> {
        (0..turns).map(|_| give(claimants, None).chosen.unwrap()).collect()
    }
}
