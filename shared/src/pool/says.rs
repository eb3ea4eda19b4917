//! A pick in plain words, and its stable names: shared by rows, the console and tests, and never renamed.

use super::share::ITEM;
use super::{Because, Chosen, WhyNot};
use crate::time::Timestamp;
use crate::wire::pool::Wants;

impl Because {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Only => "only",
            Self::First => "first",
            Self::Behind(_) => "behind",
            Self::Fewest(_) => "fewest",
            Self::Given => "given",
        }
    }
}

impl Chosen {
    /// Why, as what follows the member's name.
    pub fn says(&self) -> String {
        match self.because {
            Because::Owner => "owned their last item".to_owned(),
            Because::Only => "is the only one who can take it".to_owned(),
            Because::First => "comes first in the order of those who can take it".to_owned(),
            Because::Behind(behind) => format!("is next by their share: {} behind", items(behind)),
            Because::Fewest(0) => "has nothing open".to_owned(),
            Because::Fewest(open) => format!("has the fewest open items: {open}"),
            Because::Given => "was given it by a member".to_owned(),
        }
    }
}

impl WhyNot {
    /// The stable name.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Had => "had",
            Self::Away => "away",
            Self::OnLeave(_) => "on_leave",
            Self::OffShift(_) => "off_shift",
            Self::NotThere => "not_there",
            Self::Skill(_) => "skill",
            Self::Language => "language",
            Self::Territory => "territory",
            Self::Full(_) => "full",
            Self::FullOf(..) => "full_of_kind",
            Self::Most(..) => "most",
            Self::NotOwner => "not_owner",
            Self::Later => "later",
            Self::LessBehind(_) => "less_behind",
            Self::Busier(_) => "busier",
            Self::NotGiven => "not_given",
            Self::MayTake => "may_take",
        }
    }

    /// From when on it is otherwise, by the clock alone.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::OnLeave(until) | Self::OffShift(until) | Self::Most(_, until) => Some(*until),
            _ => None,
        }
    }

    /// Why not, as what follows the member's name; `wants` is what the item asks for.
    pub fn says(&self, wants: &Wants) -> String {
        match self {
            Self::Had => "had it before".to_owned(),
            Self::Away => "is away".to_owned(),
            Self::OnLeave(_) => "is on leave".to_owned(),
            Self::OffShift(_) => "is off shift".to_owned(),
            Self::NotThere => "has no console open".to_owned(),
            Self::Skill(lacking) => match wants.skills.iter().nth(*lacking) {
                Some((skill, 1)) => format!("lacks the skill {skill:?}"),
                Some((skill, least)) => format!("lacks the skill {skill:?} of level {least}"),
                None => "lacks a skill".to_owned(),
            },
            Self::Language => format!("does not answer in {:?}", wants.language.as_deref().unwrap_or_default()),
            Self::Territory => format!("does not answer for {:?}", wants.territory.as_deref().unwrap_or_default()),
            Self::Full(most) => format!("has as many open items as they may: {most}"),
            Self::FullOf(kind, most) => format!("has as many open items of kind {} as they may: {most}", kind.tag()),
            Self::Most(most, _) => {
                format!("was given the most they are given in {} minutes: {}", most.minutes, most.items)
            }
            Self::NotOwner => "did not own their last item".to_owned(),
            Self::Later => "comes later in the order".to_owned(),
            Self::LessBehind(behind) if *behind <= 0 => "has had their share".to_owned(),
            Self::LessBehind(behind) => format!("is later by their share: {} behind", items(*behind)),
            Self::Busier(0) => "has nothing open either, and was given one later".to_owned(),
            Self::Busier(open) => format!("has {open} open"),
            Self::NotGiven => "was not the one whom a member chose".to_owned(),
            Self::MayTake => "may take it".to_owned(),
        }
    }
}

/// Parts of an item, to the hundredth.
fn items(behind: i64) -> String {
    let hundredths = (behind.max(0) + ITEM / 200) / (ITEM / 100);
    format!("{}.{:02} items", hundredths / 100, hundredths % 100)
}
