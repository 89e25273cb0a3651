//! A ledger is everything one rollout counts. Ledgers of different customers add up.

/// Counts by time, all whole numbers, so that they add up to the same total in any order.
///
/// Times run from 0 to the horizon; each from the first one that is counted on holds one row of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    stages: usize,
    width: usize,
    first: usize,
    times: usize,
    cells: Vec<i128>,
    /// The row of the times before.
    nothing: Vec<i128>,
}

/// The cells of one time.
pub struct Row<'a> {
    stages: usize,
    cells: &'a mut [i128],
}

impl Ledger {
    /// An empty ledger of so many stages, and moves that money is booked on, that counts from time `first` to the horizon.
    pub fn new((stages, moves): (usize, usize), first: u32, horizon: u32) -> Self {
        Self::with_room(stages, moves, (first as usize, horizon as usize + 1))
    }

    fn with_room(stages: usize, moves: usize, (first, times): (usize, usize)) -> Self {
        let width = 3 * stages + 2 + moves;
        Self { stages, width, first, times, cells: vec![0; width * (times - first)], nothing: vec![0; width] }
    }

    /// The cells of time `t` to count into.
    pub fn row(&mut self, t: u32) -> Row<'_> {
        let first = (t as usize - self.first) * self.width;
        Row { stages: self.stages, cells: &mut self.cells[first..first + self.width] }
    }

    /// What is counted at time `t` alone.
    #[must_use]
    pub fn only(&self, t: usize) -> Self {
        let cells = self.part(t, 0, self.width).to_vec();
        Self { first: t, times: t + 1, cells, nothing: self.nothing.clone(), ..*self }
    }

    /// Adds another ledger of the same study.
    pub fn add(&mut self, other: &Self) {
        for (cell, more) in self.cells.iter_mut().zip(&other.cells) {
            *cell += more;
        }
    }

    /// Takes away what another ledger of the same study counts.
    pub fn subtract(&mut self, other: &Self) {
        for (cell, less) in self.cells.iter_mut().zip(&other.cells) {
            *cell -= less;
        }
    }

    /// Sets all counts to 0.
    pub fn clear(&mut self) {
        self.cells.fill(0);
    }

    /// The number of times, horizon and start included.
    pub fn times(&self) -> usize {
        self.times
    }

    /// The first time that is counted.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Customers in each stage at time `t`.
    pub fn customers(&self, t: usize) -> &[i128] {
        self.part(t, 0, self.stages)
    }

    /// Purchases by stage in period `t`.
    pub fn purchases(&self, t: usize) -> &[i128] {
        self.part(t, self.stages, self.stages)
    }

    /// Baskets by stage in period `t`, in ten-thousandths of the currency unit.
    pub fn baskets(&self, t: usize) -> &[i128] {
        self.part(t, 2 * self.stages, self.stages)
    }

    /// Customers who have been retained at some time up to `t`.
    pub fn acquired(&self, t: usize) -> i128 {
        self.part(t, 3 * self.stages, 1)[0]
    }

    /// The sum of satisfaction over retained customers at time `t`, in 2^-24 parts.
    pub fn satisfaction(&self, t: usize) -> i128 {
        self.part(t, 3 * self.stages + 1, 1)[0]
    }

    /// The moves that money is booked on in period `t`.
    pub fn moves(&self, t: usize) -> &[i128] {
        self.part(t, 3 * self.stages + 2, self.width - 3 * self.stages - 2)
    }

    fn part(&self, t: usize, from: usize, length: usize) -> &[i128] {
        match t.checked_sub(self.first) {
            Some(t) => &self.cells[t * self.width + from..][..length],
            None => &self.nothing[..length],
        }
    }
}

impl Row<'_> {
    /// Counts customers in a stage.
    pub fn customers(&mut self, stage: usize, count: u64) {
        self.cells[stage] += i128::from(count);
    }

    /// Counts purchases made in a stage.
    pub fn purchases(&mut self, stage: usize, count: u64) {
        self.cells[self.stages + stage] += i128::from(count);
    }

    /// Counts money spent in a stage, in ten-thousandths of the currency unit.
    pub fn baskets(&mut self, stage: usize, units: i128) {
        self.cells[2 * self.stages + stage] += units;
    }

    /// Counts customers who have been retained at some time up to now.
    pub fn acquired(&mut self, count: u64) {
        self.cells[3 * self.stages] += i128::from(count);
    }

    /// Adds satisfaction of retained customers, in 2^-24 parts.
    pub fn satisfaction(&mut self, parts: i128) {
        self.cells[3 * self.stages + 1] += parts;
    }

    /// Counts moves that money is booked on.
    pub fn moves(&mut self, slot: usize, count: u64) {
        self.cells[3 * self.stages + 2 + slot] += i128::from(count);
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;

    #[test]
    fn ledgers_add_up_cell_by_cell() {
        let mut a = Ledger::with_room(2, 1, (0, 2));
        let mut b = a.clone();
        a.row(1).customers(1, 3);
        a.row(1).baskets(0, 7);
        b.row(1).customers(1, 4);
        b.row(0).moves(0, 2);
        a.add(&b);
        assert_eq!(a.customers(1), [0, 7]);
        assert_eq!(a.baskets(1), [7, 0]);
        assert_eq!(a.moves(0), [2]);
        assert_eq!(a.times(), 2);
    }
}
