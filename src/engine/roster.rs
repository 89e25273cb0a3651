//! A roster lists a block's customers by stage, so that what belongs to a stage is read once and not per customer.

/// The places of a block's customers, sorted by stage.
#[derive(Default)]
pub struct Roster {
    places: Vec<u16>,
    ends: Vec<usize>,
}

impl Roster {
    /// Room for the customers of a block; a block has fewer than 65,536.
    pub fn with_room(stages: usize, size: usize) -> Self {
        Self { places: vec![0; size], ends: vec![0; stages + 1] }
    }

    /// Lists customers by their stages: a counting sort, which keeps the order of places within a stage.
    pub fn list(&mut self, stages: &[u8]) {
        self.ends.fill(0);
        for stage in stages {
            self.ends[*stage as usize + 1] += 1;
        }
        for stage in 1..self.ends.len() {
            self.ends[stage] += self.ends[stage - 1];
        }
        // While places are filled in, each entry runs from the start of its stage to the end.
        for (place, stage) in (0_u16..).zip(stages) {
            let next = &mut self.ends[*stage as usize];
            self.places[*next] = place;
            *next += 1;
        }
    }

    /// The places of the customers in a stage, ascending.
    pub fn of(&self, stage: usize) -> &[u16] {
        let start = if stage == 0 { 0 } else { self.ends[stage - 1] };
        &self.places[start..self.ends[stage]]
    }
}

#[cfg(test)]
mod tests {
    use super::Roster;

    #[test]
    fn everybody_is_listed_once_in_their_stage() {
        let mut roster = Roster::with_room(4, 8);
        roster.list(&[2, 0, 2, 3, 0, 2]);
        assert_eq!(roster.of(0), [1, 4]);
        assert!(roster.of(1).is_empty());
        assert_eq!(roster.of(2), [0, 2, 5]);
        assert_eq!(roster.of(3), [3]);
        roster.list(&[1]);
        assert_eq!((roster.of(0).len(), roster.of(1)), (0, &[0][..]));
    }
}
