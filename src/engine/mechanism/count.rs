//! Count: the ledger takes the period.

use crate::engine::ledger::Ledger;
use crate::engine::population::Block;
use crate::engine::program::Program;
use crate::quantity::PARTS_PER_ONE;

/// Counts customers by stage, the acquired, and satisfaction.
pub fn count(block: &mut Block, program: &Program, t: u32, ledger: &mut Ledger) {
    let live = block.live;
    let mut customers = [0_u64; 256];
    let mut acquired = 0;
    for (stage, ever) in block.stage[..live].iter().zip(&mut block.acquired) {
        customers[*stage as usize] += 1;
        *ever |= program.retained[*stage as usize];
        acquired += u64::from(*ever);
    }
    block.count_gone(t, ledger);
    let mut row = ledger.row(t);
    for (stage, count) in customers.iter().enumerate().take(program.stages) {
        row.customers(stage, *count);
    }
    row.acquired(acquired);
    if program.remembers {
        row.satisfaction(satisfaction(block, program));
    }
}

/// Counts the moves of this period that money is booked on.
pub fn moves(block: &Block, program: &Program, t: u32, ledger: &mut Ledger) {
    let mut row = ledger.row(t);
    for (before, stage) in block.before[..block.live].iter().zip(&block.stage) {
        let slot = program.move_slot[*before as usize * program.stages + *stage as usize];
        if slot > 0 {
            row.moves(slot as usize - 1, 1);
        }
    }
}

/// The sum of satisfaction over retained customers, in 2^-24 parts.
fn satisfaction(block: &Block, program: &Program) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "satisfaction lies in [0, 1]")]
    let parts = |s: f32| (f64::from(s) * PARTS_PER_ONE) as i64;
    let columns = block.satisfaction[..block.live].iter().zip(&block.stage);
    let sum: i64 = columns.map(|(s, stage)| i64::from(program.retained[*stage as usize]) * parts(*s)).sum();
    i128::from(sum)
}

/// Takes the period into every fingerprint: two customers with the same life have the same one.
///
/// Each period has an odd weight of its own, so that the same events at other times tell apart. Who could change
/// no more before the period is left out, so that dropping them, early or late, changes nothing.
pub fn fingerprint(block: &mut Block, program: &Program, t: u32) {
    let weight = (t.wrapping_mul(0x9e37_79b9)) | 1;
    for place in 0..block.live {
        if !program.inert[block.before[place] as usize] {
            let code =
                u32::from(block.stage[place]).wrapping_add(1).wrapping_add(block.bought[place].wrapping_mul(257));
            block.digest[place] = block.digest[place].wrapping_add(code.wrapping_mul(weight)).rotate_left(5);
        }
    }
}
