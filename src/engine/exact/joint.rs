//! A joint law says how many customers of each satisfaction before have which satisfaction now, by how often something has
//! happened to them and where they are taken.

use std::collections::BTreeMap;

use super::kernel::Kernel;

/// How often things happened, as far as that has to be known, behind where people are taken: the stage counted from 1, or 0.
pub type Known = Vec<u32>;

/// The law, by what is known.
#[derive(Clone, Debug)]
pub struct Joint {
    parts: BTreeMap<Known, Kernel>,
    nodes: usize,
    /// Whether nothing has happened.
    is_still: bool,
    /// How many kernels were multiplied.
    pub products: u64,
}

impl Joint {
    /// Nobody.
    pub fn nobody(nodes: usize) -> Self {
        Self { parts: BTreeMap::new(), nodes, is_still: false, products: 0 }
    }

    /// Nothing has happened, of so many things.
    pub fn still(nodes: usize, numbers: usize) -> Self {
        let parts = BTreeMap::from([(vec![0; numbers + 1], Kernel::still(nodes))]);
        Self { parts, nodes, is_still: true, products: 0 }
    }

    /// Adds those of whom this is known.
    pub fn put(&mut self, known: Known, kernel: Kernel) {
        self.is_still = false;
        match self.parts.get_mut(&known) {
            Some(its) => its.add(&kernel),
            None => {
                self.parts.insert(known, kernel);
            }
        }
    }

    /// Adds the share of other customers that a chance takes, by their satisfaction before.
    pub fn put_share(&mut self, other: &Self, chances: &[f64]) {
        for (known, kernel) in &other.parts {
            self.put(known.clone(), kernel.of_share(chances));
        }
    }

    /// What happens next, which may depend on what is known; some numbers are not read after that.
    #[must_use]
    pub fn then<'s>(&self, next: impl Fn(&Known) -> &'s Self, forgotten: &[usize]) -> Self {
        let mut all = Self::nobody(self.nodes);
        all.products = self.products;
        for (known, kernel) in &self.parts {
            let next = next(known);
            for (more, step) in &next.parts {
                let mut now: Known = known.iter().zip(more).map(|(known, more)| known + more).collect();
                // The first one who takes people somewhere counts.
                now[0] = if known[0] > 0 { known[0] } else { more[0] };
                forgotten.iter().for_each(|number| now[number + 1] = 0);
                let both = match (self.is_still, next.is_still) {
                    (true, _) => step.clone(),
                    (_, true) => kernel.clone(),
                    _ => {
                        all.products += 1;
                        kernel.then(step)
                    }
                };
                all.put(now, both);
            }
        }
        all
    }

    /// The largest value of a number.
    pub fn most(&self, number: usize) -> u32 {
        self.parts.keys().map(|known| known[number + 1]).max().unwrap_or(0)
    }

    /// What a function of satisfaction is expected to be, by satisfaction before, over those of whom it is known.
    pub fn expected(&self, values: &[f64], of: impl Fn(&Known) -> bool) -> Vec<f64> {
        let (mut all, mut one) = (vec![0.0; self.nodes], vec![0.0; self.nodes]);
        for (_, kernel) in self.parts.iter().filter(|(known, _)| of(known)) {
            kernel.expect(values, &mut one);
            all.iter_mut().zip(&one).for_each(|(all, one)| *all += one);
        }
        all
    }

    /// By where people are taken: the stage counted from 1, or 0.
    pub fn by_place(self) -> BTreeMap<u32, Kernel> {
        let mut places: BTreeMap<u32, Kernel> = BTreeMap::new();
        for (known, kernel) in self.parts {
            match places.get_mut(&known[0]) {
                Some(its) => its.add(&kernel),
                None => {
                    places.insert(known[0], kernel);
                }
            }
        }
        places
    }
}
