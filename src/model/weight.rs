//! Weights: what moves satisfaction is counted by what moved it, where touchpoints are felt.
//!
//! An end of a touchpoint, and a period in a stage, is a mover. Each has two cells: what it moved satisfaction up by, and what
//! it moved it down by, below 0; both together are what it did. What all movers do adds up to what became of satisfaction.

use std::borrow::Cow;

use super::counter::{Counter, Measure, Shape};
use super::journey::Stage;
use super::touchpoint::Touchpoint;
use crate::quantity::{CounterId, PARTS_PER_ONE, StageId, TouchpointId};
use crate::study::names::{ENDS, STAGES, TOUCHPOINTS};
use crate::study::path::ParamPath;

/// The name of the metric that says what a touchpoint did to satisfaction, after that of the touchpoint or the end.
pub const WEIGHT: &str = "weight";

/// The cells of a mover.
pub const CELLS: usize = 2;

/// What moves satisfaction in a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// What counts it.
    pub counter: CounterId,
    /// The ends that are felt, touchpoint by touchpoint, then the stages that have a quality.
    pub movers: Vec<Mover>,
}

/// Something that moves satisfaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mover {
    /// A touchpoint that ends so, by the place of the end.
    End(TouchpointId, usize),
    /// A period in a stage.
    Stage(StageId),
}

impl Weights {
    /// What moves satisfaction by these touchpoints and stages; none where no touchpoint is felt.
    pub fn of(counter: CounterId, touchpoints: &[Touchpoint], stages: &[Stage]) -> Option<Self> {
        let of_touchpoint = |(of, its): (usize, &Touchpoint)| {
            let felt = its.ends.iter().enumerate().filter(|(_, end)| end.quality.is_some());
            felt.map(|(end, _)| Mover::End(TouchpointId::from(of), end)).collect::<Vec<_>>()
        };
        let mut movers: Vec<Mover> = touchpoints.iter().enumerate().flat_map(of_touchpoint).collect();
        if movers.is_empty() {
            return None;
        }
        let felt = stages.iter().enumerate().filter(|(_, stage)| stage.quality.is_some());
        movers.extend(felt.map(|(stage, _)| Mover::Stage(StageId::from(stage))));
        Some(Self { counter, movers })
    }

    /// What counts it: in the parts in which satisfaction is counted.
    pub fn counter(&self) -> Counter {
        let cells = Shape::ByItem(CELLS * self.movers.len());
        Counter { unit: PARTS_PER_ONE, ..Counter::new("satisfaction moved", cells, Measure::Event) }
    }

    /// The first cell of a mover; none of what is not felt.
    pub fn cell(&self, mover: Mover) -> Option<usize> {
        self.movers.iter().position(|its| *its == mover).map(|place| CELLS * place)
    }

    /// The metrics of a touchpoint: whose they are, by the names that stand before [`WEIGHT`], and their cells; all of it first,
    /// then each named end that is felt.
    pub fn metrics(&self, of: usize, its: &Touchpoint) -> Vec<(String, std::ops::Range<usize>)> {
        let of = TouchpointId::from(of);
        let ends: Vec<(usize, usize)> =
            (0..its.ends.len()).filter_map(|end| Some((end, self.cell(Mover::End(of, end))?))).collect();
        let whole =
            ends.first().zip(ends.last()).map(|((_, first), (_, last))| (its.name.clone(), *first..last + CELLS));
        let named = ends.iter().filter_map(|(end, cell)| {
            let name = its.ends[*end].name.as_ref()?;
            Some((format!("{}.{name}", its.name), *cell..cell + CELLS))
        });
        whole.into_iter().chain(named).collect()
    }
}

impl Mover {
    /// Where it stands in the study.
    pub fn path(self, touchpoints: &[Touchpoint], stages: &[Stage]) -> ParamPath {
        match self {
            Self::End(of, end) => {
                let its = &touchpoints[of.index()];
                let at = ParamPath::of([TOUCHPOINTS.root, &its.name]);
                its.ends[end].name.as_ref().map_or(at.clone(), |name| at.child(ENDS.root).child(name))
            }
            Self::Stage(stage) => ParamPath::of([STAGES.root, &stages[stage.index()].name]),
        }
    }

    /// What people call it.
    pub fn title(self, touchpoints: &[Touchpoint], stages: &[Stage]) -> String {
        match self {
            Self::End(of, end) => {
                let its = &touchpoints[of.index()];
                let title = its.title_of(its.cell(end));
                let rest = its.ends.len() > 1 && its.ends[end].name.is_none();
                let title: Cow<'_, str> = if rest { Cow::Owned(format!("{title}, otherwise")) } else { title };
                title.into_owned()
            }
            Self::Stage(stage) => format!("A period in “{}”", stages[stage.index()].title),
        }
    }
}
