//! The field is what all customers of a scenario share in a period: numbers that are frozen while it lasts.

/// The share of all real customers who talk, and how many they are.
pub const TALKERS: &str = "talkers";

/// Of all that customers tell: how often each customer hears it in the mean, and how often all real ones do.
pub const HEARD: &str = "heard";

/// The place of a slice of numbers in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldId {
    first: usize,
    length: usize,
}

/// The slices of a field that are registered.
#[derive(Clone, Debug, Default)]
pub struct FieldPlan {
    slices: Vec<(&'static str, FieldId)>,
}

/// Numbers that customers share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    numbers: Vec<f64>,
}

impl FieldPlan {
    /// Registers so many numbers under a name, or finds them.
    pub fn register(&mut self, name: &'static str, length: usize) -> FieldId {
        self.find(name).unwrap_or_else(|| {
            let id = FieldId { first: self.length(), length };
            self.slices.push((name, id));
            id
        })
    }

    /// What is registered under a name.
    pub fn find(&self, name: &str) -> Option<FieldId> {
        self.slices.iter().find(|(its, _)| *its == name).map(|(_, id)| *id)
    }

    /// Whether nothing is registered.
    pub fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    fn length(&self) -> usize {
        self.slices.iter().map(|(_, id)| id.length).sum()
    }
}

impl Field {
    /// A field of zeros.
    pub fn new(plan: &FieldPlan) -> Self {
        Self { numbers: vec![0.0; plan.length()] }
    }

    /// The numbers of a slice.
    pub fn get(&self, id: FieldId) -> &[f64] {
        &self.numbers[id.first..id.first + id.length]
    }

    /// The numbers of a slice, to be settled.
    pub fn get_mut(&mut self, id: FieldId) -> &mut [f64] {
        &mut self.numbers[id.first..id.first + id.length]
    }
}
