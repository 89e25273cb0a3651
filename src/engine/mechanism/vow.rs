//! A vow is a pillar as it is counted at a touchpoint: occasions, and breaches among them. It changes no life.

use super::needs::{Needs, Shown};
use crate::engine::chance::narrow::single;
use crate::engine::count::layout::Place;
use crate::model::Model;
use crate::model::pillar::{Never, Pillar};

/// A pillar at a touchpoint.
pub struct Vow {
    /// Where it is counted.
    pub place: Place,
    /// The end that alone is an occasion; none where all are.
    pub end: Option<usize>,
    /// What breaks it.
    pub breaks: Breaks,
}

/// What an occurrence does to a pillar.
#[derive(Clone, Copy)]
pub enum Breaks {
    /// It breaks where it ends so.
    End(usize),
    /// It breaks where quality falls short of expectation by more than this.
    Short(f32),
    /// It breaks, unless it is answered.
    UntilAnswered,
    /// It answers what had broken, where it comes within so many days.
    Answers(f32),
    /// It breaks where somebody waits longer than so many minutes.
    Wait(f32),
    /// It breaks at the attempt after so many; what is tried first is an occasion.
    Attempts(u32),
    /// It breaks where context is lost.
    Lost,
}

impl Vow {
    /// The pillars at the touchpoint at a place: those that break there, and those that it answers.
    pub fn all(model: &Model, needs: &mut Needs<'_>, place: usize) -> Vec<Self> {
        let mut at_this = |pillar: &Pillar| {
            // What happened is told already; by how much it fell short is what customers carry.
            let counted = needs.counter(pillar.counter, Shown::ByState);
            let vow = |end, breaks| Self { place: counted, end, breaks };
            let here = pillar.on.index() == place;
            match pillar.never {
                Never::End(end) => here.then(|| vow(pillar.end, Breaks::End(end))),
                Never::ShortBy(short) => here.then(|| vow(pillar.end, Breaks::Short(single(short)))),
                Never::WaitOver(minutes) => here.then(|| vow(pillar.end, Breaks::Wait(single(minutes)))),
                Never::AttemptsOver(most) => here.then(|| vow(pillar.end, Breaks::Attempts(most))),
                Never::ContextLost => here.then(|| vow(pillar.end, Breaks::Lost)),
                Never::Without { .. } if here => Some(vow(pillar.end, Breaks::UntilAnswered)),
                Never::Without { by, within } => {
                    let days = within.map_or(f32::INFINITY, single);
                    (by.index() == place).then(|| vow(None, Breaks::Answers(days)))
                }
            }
        };
        model.pillars.iter().filter_map(&mut at_this).collect()
    }

    /// Whether it has to be known by how much an occurrence falls short.
    pub fn asks_for_shortfall(&self) -> bool {
        matches!(self.breaks, Breaks::Short(_))
    }
}
