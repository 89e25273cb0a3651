//! Chances that are the customer's own: a trait, after the changes in force.

use crate::engine::chance::hazard::Hazard;
use crate::engine::chance::narrow::single;
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::columns::ColumnSpec;
use crate::model::change::{Force, Op};

/// The columns of own chances, in the order of stages and exits.
pub const OWN: ColumnSpec = ColumnSpec::new("own chance");

/// Computes the columns of own chances again where the changes in force differ from those they were made by.
pub fn refresh_own(block: &mut Block, now: Period<'_>) {
    if block.own_made_by == now.table.own {
        return;
    }
    block.own_made_by.clone_from(&now.table.own);
    for (place, own) in now.plan().own.iter().zip(&now.table.own) {
        let mut column = block.columns.take_numbers(place.column);
        let traits = &block.columns.numbers(place.of)[..block.live];
        let force = |(op, amount, share): &(Op, f64, f64)| Force::of(*op, *amount, *share);
        let forces: Vec<Force> = own.operations.iter().map(force).collect();
        if let [force @ Force { op: Op::Hazard, .. }] = forces[..] {
            now.world.set.run(Hazard { traits, force, out: &mut column });
        } else {
            for (chance, value) in column.iter_mut().zip(traits) {
                let changed = forces.iter().fold(f64::from(*value), |p, force| force.on(p));
                *chance = single(changed.clamp(0.0, 1.0));
            }
        }
        block.columns.put_numbers(place.column, column);
    }
}
