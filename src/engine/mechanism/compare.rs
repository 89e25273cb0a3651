//! Compare: every life has a fingerprint, so that it is known who lives differently in another scenario.

use super::contract::{Mechanism, Step};
use super::needs::Needs;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::at::{At, Period};
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::table::reach::reach;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::quantity::StageId;

const DIGEST: ColumnSpec = ColumnSpec::new("digest");

/// Takes the period into every fingerprint: two customers with the same life have the same one.
///
/// Each period has an odd weight of its own, so that the same events at other times tell apart. Who could change
/// no more before the period is left out, so that dropping them, early or late, changes nothing.
pub struct Compare {
    digest: ColumnId<u32, Lasting>,
    before: ColumnId<u32, Passing>,
}

impl Mechanism for Compare {
    const NAME: &'static str = "compare";
    type Sheet = ();

    fn declare(_model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        needs.compares.then(|| Self { digest: needs.digest(DIGEST), before: needs.before() })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Count]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, _step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        let Some(now) = at.period else { return };
        let (block, columns) = (&mut *at.block, &at.scratch.columns);
        let digest = block.columns.words_mut(self.digest);
        let mut events = now.plan().marks.events.iter().map(|event| columns.words(*event));
        let (before, weight) = (columns.words(self.before), scattered(now.t) | 1);
        let event = events.next();
        now.world.set.run(Mix { now, weight, before, stage: &block.stage, event, digest, live: block.live });
        for (at, event) in events.enumerate() {
            // Each kind of event has an odd weight of its own.
            let weight = scattered(now.t).wrapping_add(scattered(crate::engine::chance::narrow::whole(at + 1))) | 1;
            now.world.set.run(More { now, weight, before, event, digest, live: block.live });
        }
    }

    fn rests(&self, _stage: StageId) -> bool {
        true
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

/// A number with its bits mixed (the finalizer of `MurmurHash3`), so that no small sums of weights cancel.
fn scattered(number: u32) -> u32 {
    let mut x = number;
    x = (x ^ x >> 16).wrapping_mul(0x85EB_CA6B);
    x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
    x ^ x >> 16
}

/// Takes in the stage, and the first kind of event.
struct Mix<'a> {
    now: Period<'a>,
    weight: u32,
    before: &'a [u32],
    stage: &'a [u32],
    event: Option<&'a [u32]>,
    digest: &'a mut [u32],
    live: usize,
}

impl Kernel for Mix<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (before, stage) = (l.words(self.before, n), l.words(self.stage, n));
        let event = l.words(self.event.unwrap_or_default(), self.event.map_or(0, |_| n));
        let digest = l.words_mut(self.digest, n);
        let (reached, inert) = (self.now.program().reach, &self.now.plan().inert);
        for i in 0..n {
            let inert = reach(l, reached, inert, l.load(&before[i]));
            let mut code = l.add(l.load(&stage[i]), l.u(1));
            if i < event.len() {
                code = l.add(code, l.mul(l.load(&event[i]), l.u(257)));
            }
            let code = l.mul(l.and_not(code, inert), l.u(self.weight));
            let sum = l.add(l.load(&digest[i]), code);
            l.store(&mut digest[i], sum);
        }
    }
}

/// Takes in one more kind of event.
struct More<'a> {
    now: Period<'a>,
    weight: u32,
    before: &'a [u32],
    event: &'a [u32],
    digest: &'a mut [u32],
    live: usize,
}

impl Kernel for More<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (before, event) = (l.words(self.before, n), l.words(self.event, n));
        let digest = l.words_mut(self.digest, n);
        let (reached, inert) = (self.now.program().reach, &self.now.plan().inert);
        for i in 0..n {
            let inert = reach(l, reached, inert, l.load(&before[i]));
            let code = l.mul(l.and_not(l.load(&event[i]), inert), l.u(self.weight));
            let sum = l.add(l.load(&digest[i]), code);
            l.store(&mut digest[i], sum);
        }
    }
}
