//! Where things stand on a scenario's sheet; it is the same place on every one of them.

use rust_xlsxwriter::utility::row_col_to_cell;

use crate::estimate::money::business::{Business, LineGroup};

/// The columns that a sheet has.
pub const COLUMNS: usize = 16_384;
/// The most fiscal years that have columns of their own.
const MOST_YEARS: u32 = 50;
/// The first row of the table.
pub const HEAD: u32 = 11;
/// The row of the fiscal years.
pub const YEAR: u32 = HEAD + 1;
/// The column of totals.
pub const TOTAL: u16 = 1;

/// The column of the first fiscal year.
pub const FIRST_YEAR: u16 = TOTAL + 1;

/// A sum of lines, or what follows from sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// All money in.
    Revenue,
    /// All that grows with sales.
    Variable,
    /// Revenue less variable cost: the contribution margin. What the engine calls margin deducts goods alone.
    Margin,
    /// What it costs to serve.
    Service,
    /// What it costs to win.
    Acquisition,
    /// What initiatives cost, once and while they run.
    Initiatives,
    /// Contribution margin less all other costs.
    Cash,
}

impl Sum {
    /// All sums, from the top.
    pub const ALL: [Self; 7] =
        [Self::Revenue, Self::Variable, Self::Margin, Self::Service, Self::Acquisition, Self::Initiatives, Self::Cash];

    /// Its name as people say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Revenue => "Revenue",
            Self::Variable => "Variable cost",
            Self::Margin => "Contribution margin",
            Self::Service => "Cost of service",
            Self::Acquisition => "Cost of acquisition",
            Self::Initiatives => "Cost of initiatives",
            Self::Cash => "Cash flow",
        }
    }

    /// Whether it is the sum of a group's lines; what follows from sums has no lines.
    pub fn holds(self, group: LineGroup) -> bool {
        match group {
            LineGroup::Revenue => self == Self::Revenue,
            LineGroup::Variable => self == Self::Variable,
            LineGroup::Service => self == Self::Service,
            LineGroup::Acquisition => self == Self::Acquisition,
            LineGroup::InitiativeOnce | LineGroup::InitiativeRunning => self == Self::Initiatives,
        }
    }
}

/// What stands below the cash flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// The cash flow so far.
    Cumulative,
    /// The years from time 0 at which money is valued.
    Years,
    /// What 1 is worth at time 0.
    Factor,
    /// The cash flow at time 0's value.
    Discounted,
    /// That, so far.
    CumulativeDiscounted,
    /// The cash flow less the baseline's.
    Difference,
    /// That, so far.
    CumulativeDifference,
    /// The difference at time 0's value.
    DiscountedDifference,
    /// That, so far.
    CumulativeDiscountedDifference,
}

/// The rows and columns of the table.
pub struct Layout {
    /// How many times there are: the horizon and time 0.
    pub times: usize,
    /// The fiscal years that have columns.
    pub years: Vec<u32>,
    /// The lines under each sum, by their places in the books, and the row of the first of them.
    lines: Vec<(Vec<usize>, u32)>,
    /// The row of each sum.
    sums: Vec<u32>,
}

impl Layout {
    /// The layout of a business's books.
    pub fn of(business: &Business) -> Self {
        let times = business.books.scenarios.iter().flat_map(|s| &s.totals).map(Vec::len).max().unwrap_or(0);
        let last = business.fiscal_years.iter().copied().max().unwrap_or(0);
        // Every time needs its year, and a single year is the total.
        let counted = business.fiscal_years.len() >= times && (2..=MOST_YEARS).contains(&last);
        let mut row = YEAR + 1;
        let (mut lines, mut sums) = (Vec::new(), Vec::new());
        for sum in Sum::ALL {
            let all = business.books.lines.iter().enumerate();
            let held: Vec<usize> = all.filter(|(_, line)| sum.holds(line.group)).map(|(place, _)| place).collect();
            let below = (0_u32..).zip(&held).last().map_or(0, |(last, _)| last + 1);
            lines.push((held, row));
            sums.push(row + below);
            row += below + 1;
        }
        Self { times, years: if counted { (1..=last).collect() } else { Vec::new() }, lines, sums }
    }

    /// Whether a sheet has enough columns.
    pub fn fits(&self) -> bool {
        self.times > 0 && self.times + self.years.len() + 2 <= COLUMNS
    }

    /// The places of the lines under a sum, with their rows.
    pub fn lines(&self, sum: Sum) -> impl Iterator<Item = (usize, u32)> + '_ {
        let (held, first) = &self.lines[sum as usize];
        held.iter().copied().zip(*first..)
    }

    /// The row of a sum.
    pub fn row(&self, sum: Sum) -> u32 {
        self.sums[sum as usize]
    }

    /// The row of what stands below the cash flow; a blank row parts the discounting, and another the difference.
    pub fn below(&self, below: Below) -> u32 {
        let place = below as u32;
        let gap = u32::from(below as u32 >= Below::Years as u32) + u32::from(place >= Below::Difference as u32);
        self.row(Sum::Cash) + 1 + place + gap
    }

    /// The column of a time.
    pub fn column(&self, time: usize) -> u16 {
        // `fits` has looked.
        u16::try_from(usize::from(TOTAL) + 1 + self.years.len() + time).unwrap_or(u16::MAX)
    }

    /// The cell of a row at a time.
    pub fn cell(&self, row: u32, time: usize) -> String {
        row_col_to_cell(row, self.column(time))
    }

    /// A row from one time to another, with letters that stay where the formula is copied.
    pub fn range(&self, row: u32, from: usize, to: usize) -> String {
        format!("{}:{}", fixed(row, self.column(from)), fixed(row, self.column(to)))
    }

    /// A row over all times.
    pub fn all(&self, row: u32) -> String {
        self.range(row, 0, self.times - 1)
    }
}

/// A cell that stays where the formula is copied.
pub fn fixed(row: u32, column: u16) -> String {
    rust_xlsxwriter::utility::row_col_to_cell_absolute(row, column)
}
