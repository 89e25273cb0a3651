//! Internal rates of return as formulas: an interval of rates is halved, row by row, until one rate is left.
//!
//! A spreadsheet's own function knows whole periods only, and often finds nothing. Here money is valued when the sheets of the
//! scenarios value it, mid-period too.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::books::calendar;
use super::draft::Draft;
use super::layout::{Below, fixed};
use super::sheet::Sheet;
use crate::stats::cash::RATE_RANGE;

/// How often the interval is halved: from 18 to 2e-14, in logarithms of 1 + rate.
const HALVINGS: u32 = 50;
/// The row of the heads of columns.
const HEAD: u32 = 4;
/// The first interval's row.
const FIRST: u32 = HEAD + 1;
/// The columns of a scenario.
const COLUMNS: [&str; 5] = ["From", "To", "Middle", "Worth at from", "Worth at middle"];
/// No exponent of a discount factor is larger than this: the factor is still a number.
const MOST_EXPONENT: f64 = 600.0;
/// What a formula says where the worth has the same sign at both ends.
pub const NONE: &str = "none, or several";

/// The scenarios that have a rate: all but the baseline, by place in the books.
fn compared(draft: &Draft) -> impl Iterator<Item = usize> {
    let baseline = draft.baseline;
    (0..draft.sums.len()).filter(move |place| *place != baseline)
}

/// The first column of a scenario; none for the baseline.
fn column(draft: &Draft, place: usize) -> Option<u16> {
    let before = compared(draft).position(|its| its == place)?;
    u16::try_from(1 + before * (COLUMNS.len() + 1)).ok()
}

/// Whether there is anything to compute.
pub fn is_shown(draft: &Draft) -> bool {
    compared(draft).next().is_some()
}

/// The formula of a scenario's rate a year, as other sheets write it.
pub fn formula(draft: &Draft, place: usize) -> Option<String> {
    let first = column(draft, place)?;
    let last = FIRST + HALVINGS;
    Some(format!(
        "=IF(SIGN(Rates!{low})*SIGN(Rates!{high})<0,EXP(Rates!{middle})-1,\"{NONE}\")",
        low = fixed(FIRST, first + 3),
        high = fixed(last + 1, first + 3),
        middle = fixed(last, first + 2),
    ))
}

/// The halving of one scenario: what the formulas come to.
struct Halving {
    flow: Vec<f64>,
    years: Vec<f64>,
}

impl Halving {
    fn of(draft: &Draft, place: usize) -> Self {
        let flow = draft.sums[place].beyond(&draft.sums[draft.baseline]);
        let calendar = calendar(&draft.report.business);
        let years = (0..flow.len()).map(|time| calendar.years(time)).collect();
        Self { flow, years }
    }

    /// The ends of the first interval.
    fn ends(&self) -> (f64, f64) {
        let longest = self.years.iter().copied().fold(0.0, f64::max);
        let most = if longest > 0.0 { MOST_EXPONENT / longest } else { MOST_EXPONENT };
        (f64::max(libm::log1p(RATE_RANGE.0), -most), libm::log1p(RATE_RANGE.1))
    }

    /// What the difference is worth at a logarithm of 1 + rate.
    fn worth(&self, at: f64) -> f64 {
        self.flow.iter().zip(&self.years).map(|(money, years)| money * libm::exp(-at * years)).sum()
    }

    /// The intervals, row by row.
    fn rows(&self) -> Vec<(f64, f64)> {
        let (mut low, mut high) = self.ends();
        let mut rows = vec![(low, high)];
        let sign = self.worth(low).signum();
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.worth(middle).signum() == sign {
                low = middle;
            } else {
                high = middle;
            }
            rows.push((low, high));
        }
        rows
    }

    /// The rate a year.
    fn rate(&self) -> Option<f64> {
        let (low, high) = self.ends();
        let (low, high) = self.rows().last().copied().filter(|_| self.worth(low) * self.worth(high) < 0.0)?;
        Some(libm::exp(f64::midpoint(low, high)) - 1.0)
    }
}

/// What the formula of a scenario's rate comes to.
pub fn result(draft: &Draft, place: usize) -> Result<f64, &'static str> {
    Halving::of(draft, place).rate().ok_or(NONE)
}

/// Writes the sheet.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Rates")?;
    let styles = &draft.styles;
    let mut widths = vec![8.0];
    widths.extend(compared(draft).flat_map(|_| [16.0, 16.0, 22.0, 18.0, 18.0, 4.0]));
    sheet.widths(&widths)?;
    sheet.text((0, 0), "Internal rates of return", &styles.title)?;
    let notes = [
        "The rate at which a scenario's cash flow beyond the baseline's is worth nothing. Rates are logarithms of 1 + a rate a year.",
        "Each row halves the interval of the row above; the last middle is the rate. Where money changes its sign often, there may be several: Compare has all.",
    ];
    for (row, note) in (1..).zip(notes) {
        sheet.text((row, 0), note, &styles.note)?;
    }
    sheet.freeze(HEAD + 1, 1, (HEAD - 1, HEAD))?;
    sheet.text((HEAD, 0), "Row", &styles.head)?;
    for row in 0..=HALVINGS {
        sheet.number((FIRST + row, 0), f64::from(row), &styles.count)?;
    }
    compared(draft).try_for_each(|place| scenario(&mut sheet, draft, place))
}

fn scenario(sheet: &mut Sheet, draft: &Draft, place: usize) -> Result<(), XlsxError> {
    let (Some(first), layout, styles) = (column(draft, place), &draft.layout, &draft.styles) else { return Ok(()) };
    let name = draft.names.quoted(place);
    let row_of = |below| format!("{name}{}", layout.all(layout.below(below)));
    let (flow, years) = (row_of(Below::Difference), row_of(Below::Years));
    let worth = |at: &str| format!("=SUMPRODUCT({flow},EXP(-{at}*{years}))");
    let halving = Halving::of(draft, place);
    sheet.text((HEAD - 1, first), draft.title(place), &styles.sum_text)?;
    sheet.heads_from((HEAD, first), &COLUMNS, &styles.head_count)?;
    let sign = fixed(FIRST, first + 3);
    for (row, (low, high)) in (FIRST..).zip(halving.rows()) {
        let above = |column| rust_xlsxwriter::utility::row_col_to_cell(row - 1, first + column);
        let here = |column| rust_xlsxwriter::utility::row_col_to_cell(row, first + column);
        let [from, to] = if row == FIRST {
            let from = format!("=MAX(LN(1+{}),-{MOST_EXPONENT}/MAX({years},1E-9))", RATE_RANGE.0);
            [from, format!("=LN(1+{})", RATE_RANGE.1)]
        } else {
            let same = format!("SIGN({})=SIGN({sign})", above(4));
            [format!("=IF({same},{},{})", above(2), above(0)), format!("=IF({same},{},{})", above(1), above(2))]
        };
        let middle = f64::midpoint(low, high);
        sheet.formula((row, first), &from, low, &styles.exact)?;
        sheet.formula((row, first + 1), &to, high, &styles.exact)?;
        sheet.formula((row, first + 2), &format!("=({}+{})/2", here(0), here(1)), middle, &styles.exact)?;
        if row == FIRST {
            sheet.formula((row, first + 3), &worth(&here(0)), halving.worth(low), &styles.money)?;
        }
        sheet.formula((row, first + 4), &worth(&here(2)), halving.worth(middle), &styles.money)?;
    }
    let below = FIRST + HALVINGS + 1;
    let upper = fixed(FIRST, first + 1);
    sheet.text((below, first + 2), "Worth at the upper end", &styles.right)?;
    sheet.formula((below, first + 3), &worth(&upper), halving.worth(halving.ends().1), &styles.money)
}
