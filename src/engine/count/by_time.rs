//! Numbers by time: a row of them for each, side by side in one piece of memory.

use std::ops::{Index, IndexMut};

/// A row of numbers for each time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByTime {
    width: usize,
    times: usize,
    numbers: Vec<f64>,
}

impl ByTime {
    /// Zeros: so many in a row, for so many times.
    pub fn zeros(width: usize, times: usize) -> Self {
        Self { width, times, numbers: vec![0.0; width * times] }
    }

    /// The rows of each time, which are so wide and so many; what is not given is 0.
    pub fn of<I: IntoIterator<Item = f64>>((width, times): (usize, usize), rows: impl Iterator<Item = I>) -> Self {
        let mut made = Self::zeros(width, times);
        for (time, row) in rows.take(times).enumerate() {
            made[time].iter_mut().zip(row).for_each(|(place, number)| *place = number);
        }
        made
    }

    /// The number of times.
    pub fn times(&self) -> usize {
        self.times
    }

    /// Every number, time by time.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// Every number, to be changed.
    pub fn numbers_mut(&mut self) -> &mut [f64] {
        &mut self.numbers
    }

    /// The numbers of the last time; none where there is no time.
    pub fn last(&self) -> &[f64] {
        if self.times == 0 { &[] } else { &self[self.times - 1] }
    }
}

impl Index<usize> for ByTime {
    type Output = [f64];

    fn index(&self, time: usize) -> &[f64] {
        &self.numbers[time * self.width..][..self.width]
    }
}

impl IndexMut<usize> for ByTime {
    fn index_mut(&mut self, time: usize) -> &mut [f64] {
        &mut self.numbers[time * self.width..][..self.width]
    }
}

#[cfg(test)]
mod tests {
    use super::ByTime;

    #[test]
    fn a_row_is_its_times_own() {
        let mut numbers = ByTime::zeros(2, 3);
        numbers[1][0] = 5.0;
        assert_eq!((&numbers[0], &numbers[1], numbers.last()), (&[0.0, 0.0][..], &[5.0, 0.0][..], &[0.0, 0.0][..]));
        assert_eq!(numbers, ByTime::of((2, 3), [[0.0, 0.0], [5.0, 0.0], [0.0, 0.0]].into_iter()));
        assert_eq!(numbers.times(), 3);
    }

    #[test]
    fn times_without_numbers_are_times_all_the_same() {
        let nothing = ByTime::zeros(0, 4);
        assert_eq!((nothing.times(), nothing[3].len(), ByTime::default().last().len()), (4, 0, 0));
    }
}
