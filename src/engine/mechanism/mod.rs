//! What happens to customers: the contract of a mechanism, and a file for each.

pub mod arrive;
mod ask;
mod attempt;
mod baskets;
pub mod bend;
pub mod booked_moves;
mod breach;
mod bulk;
pub mod buy;
pub mod carry;
mod channel;
mod choose;
mod coming;
pub mod compare;
pub mod contract;
pub mod count;
mod cut;
pub mod feel;
pub mod hear;
mod impression;
mod met;
mod moved;
mod mover;
mod moving;
pub mod needs;
mod occur;
pub mod own;
pub mod part;
mod point;
pub mod present;
pub mod row;
mod say;
pub mod schedule;
pub mod shop;
pub mod stream;
mod switchboard;
pub mod tag;
pub mod talk;
mod tell;
mod thin;
pub mod totals;
pub mod touch;
pub mod transition;
mod vow;
pub mod wallet;
mod won;

use crate::model::Model;
use contract::Mechanism;
use needs::Needs;

/// All mechanisms. Several that act at one step act in this order.
pub const MECHANISMS: &[Entry] = &[
    entry::<arrive::Arrive>(),
    entry::<wallet::Wallet>(),
    entry::<feel::Feel>(),
    entry::<carry::Carry>(),
    entry::<tag::Tags>(),
    entry::<transition::Transition>(),
    entry::<hear::Hear>(),
    entry::<touch::Touch>(),
    entry::<booked_moves::CountMoves>(),
    entry::<buy::Buy>(),
    entry::<talk::Talk>(),
    entry::<count::Count>(),
    entry::<ask::Ask>(),
    entry::<present::Present>(),
    entry::<compare::Compare>(),
];

/// A mechanism before it is known whether a study uses it.
pub struct Entry {
    /// [`Mechanism::NAME`].
    pub name: &'static str,
    /// [`Mechanism::declare`].
    pub declare: fn(&Model, &mut Needs<'_>) -> Option<Box<dyn contract::Registered>>,
    /// [`Mechanism::obstacle`].
    pub obstacle: fn(&Model) -> Option<String>,
}

const fn entry<M: Mechanism>() -> Entry {
    Entry { name: M::NAME, declare: declared::<M>, obstacle: M::obstacle }
}

fn declared<M: Mechanism>(model: &Model, needs: &mut Needs<'_>) -> Option<Box<dyn contract::Registered>> {
    M::declare(model, needs).map(|mechanism| Box::new(mechanism) as Box<dyn contract::Registered>)
}

#[cfg(test)]
mod tests {
    use super::{arrive, buy, carry, feel, hear, point, transition, wallet};
    use crate::engine::chance::draws::Purpose;

    /// Every purpose that was ever given out: a number here is never used for anything else.
    const PURPOSES: &[(u16, Purpose)] = &[
        (1, transition::MOVE),
        (2, feel::QUALITY),
        (3, buy::PURCHASES),
        (4, buy::BASKET),
        (5, buy::LEAVE),
        (6, arrive::START),
        (7, feel::FIRST_SATISFACTION),
        (8, arrive::TRAITS),
        (9, Purpose::PARAMETER),
        (10, Purpose::PART),
        (11, Purpose::SHOCK),
        (12, carry::STATE_START),
        (13, point::MEET),
        (14, point::COURSE),
        (15, point::FOLLOW),
        (16, point::TURN),
        (17, hear::HEAR),
        (18, point::ATTEMPT),
        (19, wallet::PREFERENCE),
    ];

    #[test]
    fn every_purpose_has_a_number_of_its_own_for_ever() {
        for (place, (number, purpose)) in (1..).zip(PURPOSES) {
            assert_eq!((*number, purpose.number()), (place, place));
        }
    }
}
