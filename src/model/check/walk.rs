//! A walk through the periods of a place tells each fault once, where it first shows.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::model::journey::Stage;
use crate::model::param::ParamSet;
use crate::model::starts::changed;
use crate::model::timeline::Timeline;

use super::place::Place;
use super::rates::Rates;

/// What tells starts from rows among what was told.
const OF_STARTS: u32 = 1 << 31;

/// What was seen on the way.
pub struct Seen {
    /// The numbers (`true`) and rows (`false`) that were told.
    pub told: BTreeSet<(u32, bool)>,
    /// What was told of touchpoints and channels, by their paths.
    pub paths: BTreeSet<String>,
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
            self.check_start(&timeline, t, seen, faults);
            if out.is_empty() && t > 0 {
                let all = t == 1 || timeline.epoch(t) == t;
                if all {
                    seen.rates.see(self, &timeline, (&values, t));
                }
                self.check_rows(&timeline, (&values, t, all), seen, faults);
                let channels = self.channels(&timeline, (&values, t));
                for (path, fault) in self.touchpoints(&timeline, (&values, t)).into_iter().chain(channels) {
                    if seen.paths.insert(path) {
                        faults.push(fault);
                    }
                }
            }
        }
    }

    /// Tells where changes move shares of the start that cannot sum to 1 then.
    fn check_start(&self, timeline: &Timeline<'_>, t: u32, seen: &mut Seen, faults: &mut Vec<Diagnostic>) {
        let ids = self.model.segments[self.segment.index()].start_ids_at(t as usize);
        let Some(first) = ids.first() else { return };
        let start = changed(self.model, timeline, self.segment.index(), t);
        if let Some(amiss) = start.and_then(|start| start.amiss)
            && seen.told.insert((OF_STARTS | first.0, false))
        {
            faults.push(self.start_amiss(timeline, (ids, amiss), t));
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
