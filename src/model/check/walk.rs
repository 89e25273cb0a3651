//! A walk through the periods of a place tells each fault once, where it first shows.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::model::journey::Stage;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;

use super::place::Place;
use super::rates::Rates;

/// What was seen on the way.
pub struct Seen {
    /// The numbers (`true`) and rows (`false`) that were told.
    pub told: BTreeSet<(u32, bool)>,
    /// How often customers buy.
    pub rates: Rates,
}

impl Place<'_> {
    /// Checks every period; each fault is told once, where it first shows.
    pub fn check(&self, seen: &mut Seen, faults: &mut Vec<Diagnostic>) {
        let fired = self.supposed.fired(self.model, self.scenario);
        let timeline = Timeline::with_rules(self.model, self.drawn, self.scenario, &fired, self.segment);
        let follows = self.model.stages.iter().any(Stage::follows_the_period);
        for t in 0..=self.model.run.horizon {
            if t > 0 && timeline.epoch(t) != t && !(t == 1 || follows) {
                continue;
            }
            let (values, out) = timeline.values(t);
            for fault in &out {
                if seen.told.insert((fault.param.0, true)) {
                    faults.push(self.out_of_range(&timeline, fault, t));
                }
            }
            if out.is_empty() && t > 0 {
                let all = t == 1 || timeline.epoch(t) == t;
                if all {
                    seen.rates.see(self, &timeline, (&values, t));
                }
                self.check_rows(&timeline, (&values, t, all), seen, faults);
            }
        }
    }

    fn check_rows(
        &self,
        timeline: &Timeline<'_>,
        (values, t, all): (&ParamSet, u32, bool),
        seen: &mut Seen,
        faults: &mut Vec<Diagnostic>,
    ) {
        for (place, stage) in
            self.model.stages.iter().enumerate().filter(|(_, stage)| all || stage.follows_the_period())
        {
            let row = u32::try_from(place).unwrap_or(u32::MAX);
            if let Some(fault) = self.row(timeline, (values, t), stage)
                && seen.told.insert((row, false))
            {
                faults.push(fault);
            }
        }
    }
}
