//! Classes of drivers: the ways out of a stage whose drivers weigh the same are bent alike, and share one factor.

use crate::model::Model;
use crate::model::journey::{Driver, State};
use crate::model::param::ParamSet;

use super::program::Program;
use crate::engine::chance::narrow::single;
use crate::engine::lanes::Strip;

/// The classes of drivers in one period. Class 0 is that of what nothing drives.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    /// The most classes from 1 on that a stage has.
    pub count: usize,
    /// For each stage, the class of each place of its rows.
    pub of: Vec<Vec<usize>>,
    /// The weights of the states that drive moves, by stage; for each class one strip a state.
    pub weights: Vec<Strip>,
}

impl Classes {
    /// The classes for some values of the numbers.
    pub fn new(model: &Model, program: &Program, values: &ParamSet) -> Self {
        if !program.rows.bends {
            return Self { count: 0, of: Vec::new(), weights: Vec::new() };
        }
        let mut of = Vec::new();
        let mut weights: Vec<Vec<Vec<f32>>> = Vec::new();
        for (stage, shape) in model.stages.iter().zip(&program.rows.shapes) {
            let mut known: Vec<Vec<f32>> = Vec::new();
            let mut places: Vec<usize> = Vec::new();
            for exit in stage.moves() {
                let weigh = |state: &State| weight_of(&exit.drivers, *state, values).unwrap_or(0.0);
                places.push(class(&mut known, program.rows.drivers.iter().map(weigh).collect()));
            }
            places.insert(shape.stay, 0);
            of.push(places);
            weights.push(known);
        }
        let count = weights.iter().map(Vec::len).max().unwrap_or(0);
        let weight = |stage: &Vec<Vec<f32>>, class: usize, state: usize| stage.get(class).map_or(0.0, |its| its[state]);
        let strip = |class: usize, state: usize| {
            Strip::of_f32(weights.iter().map(|stage| weight(stage, class, state)).chain([0.0]))
        };
        let states = 0..program.rows.drivers.len();
        let strips = (0..count).flat_map(|class| states.clone().map(move |state| (class, state)));
        Self { count, of, weights: strips.map(|(class, state)| strip(class, state)).collect() }
    }
}

/// The class of some weights, a new one where they are not known.
fn class(known: &mut Vec<Vec<f32>>, weights: Vec<f32>) -> usize {
    if weights.iter().all(|weight| *weight == 0.0) {
        return 0;
    }
    known.iter().position(|its| *its == weights).map_or_else(
        || {
            known.push(weights);
            known.len()
        },
        |place| place + 1,
    )
}

/// The weight of a state among drivers; none where it does not drive.
pub fn weight_of(drivers: &[Driver], state: State, values: &ParamSet) -> Option<f32> {
    let its = drivers.iter().filter(|driver| driver.on == state).map(|driver| values[driver.weight]);
    its.reduce(|sum, weight| sum + weight).map(single)
}
