//! Bugs that are planted: a simulation that does not find them shows nothing.

/// What the desk does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The rows of a decision are written outside of a transaction.
    WriteOutside,
    /// The alarm is not set after the commit.
    NoAlarm,
    /// A new instance sets the alarm whether or not it is set.
    AlarmOverwritten,
    /// The receipt leaves before the rows are on disk.
    AnswerFirst,
    /// What is tried again has a new id.
    NewDeliveryId,
    /// Which submissions were taken is known to the instance alone.
    IdForgotten,
    /// A delivery is noted as confirmed before the receiver has answered.
    DeliveredFirst,
    /// A repeat counts as accepted, too.
    FateTwice,
    /// What is not due for long when the clock goes back is deleted.
    DroppedAtJump,
    /// While a receiver is left alone, what waits for it loses tries.
    RestTakesTries,
    /// What waits for its next try is sent with what is due.
    EarlyTry,
    /// An event of the platform's is counted each time it is told.
    EventTwice,
    /// An event that is told late undoes what happened after it.
    LateEventWins,
    /// Who opens an item again gets it, and its history does not say so.
    OwnerUnsaid,
}

impl Bug {
    pub const ALL: [Self; 14] = [
        Self::WriteOutside,
        Self::NoAlarm,
        Self::AlarmOverwritten,
        Self::AnswerFirst,
        Self::NewDeliveryId,
        Self::IdForgotten,
        Self::DeliveredFirst,
        Self::FateTwice,
        Self::DroppedAtJump,
        Self::RestTakesTries,
        Self::EarlyTry,
        Self::EventTwice,
        Self::LateEventWins,
        Self::OwnerUnsaid,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::WriteOutside => "write-outside",
            Self::NoAlarm => "no-alarm",
            Self::AlarmOverwritten => "alarm-overwritten",
            Self::AnswerFirst => "answer-first",
            Self::NewDeliveryId => "new-delivery-id",
            Self::IdForgotten => "id-forgotten",
            Self::DeliveredFirst => "delivered-first",
            Self::FateTwice => "fate-twice",
            Self::DroppedAtJump => "dropped-at-jump",
            Self::RestTakesTries => "rest-takes-tries",
            Self::EarlyTry => "early-try",
            Self::EventTwice => "event-twice",
            Self::LateEventWins => "late-event-wins",
            Self::OwnerUnsaid => "owner-unsaid",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bug| bug.name() == name)
    }
}
