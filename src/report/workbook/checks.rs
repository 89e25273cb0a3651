//! Checks hold the formulas against each other and against the engine; each says OK or how far it is off.

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::books::{amount, calendar};
use super::compare::OUTCOME;
use super::draft::Draft;
use super::keys::Key;
use super::layout::{Below, FIRST_YEAR, Layout, Sum, TOTAL, fixed};
use super::scenario;
use super::sheet::Sheet;
use crate::estimate::money::business::{BusinessCase, Irr};
use crate::model::metric::Metric;

/// How far sums in floating point may be off, as a share of what is summed.
const ROUNDING: f64 = 1e-12;
/// The column in which the outcome stands, and its letter.
const FOUND: (u16, &str) = (5, "F");

/// One check: what it holds, in which scenario, a formula, what it is to come to, and how far it may be off.
struct Check {
    what: &'static str,
    place: usize,
    formula: String,
    result: f64,
    expected: Expected,
    tolerance: f64,
}

enum Expected {
    /// Another formula, which comes to the same.
    Formula(String),
    /// A number of the engine.
    Value(f64),
    /// A number of the engine that holds at its discount rate and convention alone.
    AtRate(f64),
}

/// Writes the sheet.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let checks: Vec<Check> = (0..draft.sums.len()).flat_map(|place| of_scenario(draft, place)).collect();
    let mut sheet = Sheet::new(workbook, "Checks")?;
    sheet.widths(&[58.0, 40.0, 20.0, 20.0, 14.0, 18.0])?;
    sheet.freeze(1, 0, (0, 0))?;
    sheet.heads(0, &["Check", "Scenario"], &draft.styles.head)?;
    sheet.heads_from((0, 2), &["Formula", "Expected", "May be off by"], &draft.styles.head_count)?;
    sheet.text((0, FOUND.0), "Outcome", &draft.styles.head_apart)?;
    let mut fine = true;
    for (row, check) in (1..).zip(&checks) {
        fine &= check.write(&mut sheet, draft, row)?;
    }
    outcome(workbook, draft, checks.len(), fine)
}

/// Says on the first sheet whether all is well.
fn outcome(workbook: &mut Workbook, draft: &Draft, checks: usize, fine: bool) -> Result<(), XlsxError> {
    if checks == 0 {
        return Ok(());
    }
    let formula = format!(
        "=IF(COUNTIF(Checks!${0}$2:${0}${1},\"OK\")+COUNTIF(Checks!${0}$2:${0}${1},\"{STALE}\")={checks},\"OK\",\"see Checks\")",
        FOUND.1,
        checks + 1
    );
    let first = workbook.worksheet_from_name("Compare")?;
    let formula = rust_xlsxwriter::Formula::new(formula).set_result(if fine { "OK" } else { "see Checks" });
    first.write_formula_with_format(OUTCOME, 1, formula, &draft.styles.text).map(|_| ())
}

/// What is said where somebody changed what the engine computed with.
const STALE: &str = "not the engine's rate";

impl Check {
    /// Writes the check; says whether it is fine.
    fn write(&self, sheet: &mut Sheet, draft: &Draft, row: u32) -> Result<bool, XlsxError> {
        let (styles, business) = (&draft.styles, &draft.report.business);
        sheet.heads(row, &[self.what, draft.title(self.place)], &styles.text)?;
        sheet.formula((row, 2), &self.formula, self.result, styles.plain(self.result))?;
        let expected = match &self.expected {
            Expected::Formula(formula) => {
                sheet.formula((row, 3), formula, self.result, styles.plain(self.result))?;
                self.result
            }
            Expected::Value(value) | Expected::AtRate(value) => {
                sheet.number((row, 3), *value, styles.plain(*value))?;
                *value
            }
        };
        sheet.number((row, 4), self.tolerance, styles.plain(self.tolerance))?;
        let cell = |column| row_col_to_cell(row, column);
        let off = format!("{}-{}", cell(2), cell(3));
        let held = format!("IF(ABS({off})<={},\"OK\",{off})", cell(4));
        let formula = match self.expected {
            Expected::AtRate(_) => format!(
                "=IF(OR(discount_rate<>{},valued_before_end<>{},years_per_period<>{}),\"{STALE}\",{held})",
                business.discount_rate, business.valued_before_end, business.years_per_period
            ),
            _ => format!("={held}"),
        };
        let fine = (self.result - expected).abs() <= self.tolerance;
        let found = if fine { "OK".to_owned() } else { (self.result - expected).to_string() };
        sheet.computed((row, FOUND.0), &formula, &found, &styles.apart)?;
        Ok(fine)
    }
}

fn of_scenario(draft: &Draft, place: usize) -> Vec<Check> {
    let mut checks = vec![lines(draft, place), compared(draft, place)];
    checks.extend(years(draft, place));
    checks.extend(engine(draft, place, Metric::CashFlow, "Cash flow is the engine's", Sum::Cash));
    checks.extend(margin(draft, place));
    checks.push(factors(draft, place));
    checks.extend(npv(draft, place));
    checks.extend(rate(draft, place));
    checks.extend(found_rate(draft, place));
    checks
}

/// How far a sum may be off by rounding alone.
fn rounding(draft: &Draft, place: usize) -> f64 {
    1e-6_f64.max(ROUNDING * draft.sums[place].largest())
}

/// How far a mean of the engine may be off from a sum of cells that were rounded to units: a cent, or for many cells some
/// seven standard deviations of the sum of their roundings.
fn unit_rounding(draft: &Draft, place: usize) -> f64 {
    let cells = 2e-4 * libm::sqrt(draft.sums[place].cells() as f64);
    cells.max(0.01).max(ROUNDING * draft.sums[place].largest())
}

fn check(draft: &Draft, place: usize, what: &'static str, formula: String, expected: Expected) -> Check {
    Check {
        what,
        place,
        formula,
        result: draft.sums[place].total(Sum::Cash),
        expected,
        tolerance: rounding(draft, place),
    }
}

fn lines(draft: &Draft, place: usize) -> Check {
    let layout = &draft.layout;
    let sheet = draft.names.quoted(place);
    let mut formula = "=0".to_owned();
    for sum in Sum::ALL {
        let sign = if sum == Sum::Revenue { '+' } else { '-' };
        layout.lines(sum).for_each(|(_, row)| formula.push_str(&format!("{sign}SUM({sheet}{})", layout.all(row))));
    }
    // A formula has at most 8192 letters; where there are many lines, the sums of their totals say the same.
    if formula.len() > 8_000 {
        formula =
            format!("={0}{1}-{0}{2}", sheet, sum_of_totals(layout, Sum::Revenue), sum_of_totals(layout, Sum::Variable));
        for sum in [Sum::Service, Sum::Acquisition, Sum::Initiatives] {
            formula.push_str(&format!("-{sheet}{}", sum_of_totals(layout, sum)));
        }
    }
    let expected = Expected::Formula(format!("={}", scenario::total(draft, place, Sum::Cash)));
    check(draft, place, "Lines add up to cash flow", formula, expected)
}

fn sum_of_totals(layout: &Layout, sum: Sum) -> String {
    fixed(layout.row(sum), TOTAL)
}

fn compared(draft: &Draft, place: usize) -> Check {
    let row = super::compare::row(Sum::Cash);
    let column = u16::try_from(place + 1).unwrap_or(u16::MAX);
    let expected = Expected::Formula(format!("={}", scenario::total(draft, place, Sum::Cash)));
    check(draft, place, "Compare has the same cash flow", format!("=Compare!{}", fixed(row, column)), expected)
}

fn years(draft: &Draft, place: usize) -> Option<Check> {
    let layout = &draft.layout;
    let count = u16::try_from(layout.years.len()).ok().filter(|count| *count > 0)?;
    let row = layout.row(Sum::Cash);
    let (first, last) = (fixed(row, FIRST_YEAR), fixed(row, FIRST_YEAR + count - 1));
    let formula = format!("=SUM({}{first}:{last})", draft.names.quoted(place));
    let expected = Expected::Formula(format!("={}", scenario::total(draft, place, Sum::Cash)));
    Some(check(draft, place, "Fiscal years add up to cash flow", formula, expected))
}

fn engine(draft: &Draft, place: usize, metric: Metric, what: &'static str, sum: Sum) -> Option<Check> {
    let expected = Expected::Value(draft.engine(place, metric)?);
    let check = check(draft, place, what, format!("={}", scenario::total(draft, place, sum)), expected);
    Some(Check { tolerance: unit_rounding(draft, place), ..check })
}

/// The engine's margin is revenue less the goods alone; the sheets' contribution margin deducts all variable cost.
fn margin(draft: &Draft, place: usize) -> Option<Check> {
    let lines = &draft.report.business.books.lines;
    let goods = draft.layout.lines(Sum::Variable).find(|(line, _)| lines[*line].name == "goods");
    let less =
        goods.map_or_else(String::new, |(_, row)| format!("-{}{}", draft.names.quoted(place), fixed(row, TOTAL)));
    let sums = &draft.sums[place];
    let cost: i128 = goods.map_or(0, |(line, _)| sums.line(line).iter().sum());
    let units = sums.units(Sum::Revenue).iter().sum::<i128>() - cost;
    let formula = format!("={}{less}", scenario::total(draft, place, Sum::Revenue));
    let expected = Expected::Value(draft.engine(place, Metric::Margin)?);
    let check = check(draft, place, "Revenue less cost of goods is the engine's margin", formula, expected);
    Some(Check { result: amount(units), tolerance: unit_rounding(draft, place), ..check })
}

fn factors(draft: &Draft, place: usize) -> Check {
    let (layout, business) = (&draft.layout, &draft.report.business);
    let formula = format!("=SUM({}{})", draft.names.quoted(place), layout.all(layout.below(Below::Factor)));
    let factor = |t| calendar(business).discount_factor(business.discount_rate, t);
    let result: f64 = (0..layout.times).map(factor).sum();
    let check = check(draft, place, "Discount factors are the engine's", formula, Expected::AtRate(result));
    Check { result, tolerance: 1e-9 * result.max(1.0), ..check }
}

/// The engine's mean net present value; at an uncertain rate it is the mean over rates, which no one rate gives.
fn npv(draft: &Draft, place: usize) -> Option<Check> {
    let engine = draft.engine(place, Metric::Npv).filter(|_| !draft.report.business.discount_rate_is_uncertain)?;
    let formula = format!("={}", scenario::key(draft, place, Key::Npv));
    let result = Key::Npv.result(draft, place).ok()?;
    let check = check(draft, place, "Net present value is the engine's", formula, Expected::AtRate(engine));
    Some(Check { result, tolerance: unit_rounding(draft, place), ..check })
}

/// The rate that the halving finds, where there is one only.
fn found_rate(draft: &Draft, place: usize) -> Option<Check> {
    let case = draft.report.business.cases.iter().find(|case| case.scenario == draft.scenario(place))?;
    let (Irr::Rate(rate), Ok(result)) = (&case.irr, Key::Rate.result(draft, place)) else { return None };
    let formula = format!("={}", scenario::key(draft, place, Key::Rate));
    let check = check(draft, place, "Internal rate of return is the engine's", formula, Expected::AtRate(*rate));
    // The engine finds it from money that was not rounded yet.
    Some(Check { result, tolerance: 1e-6 * (1.0 + rate.abs()), ..check })
}

/// At the internal rate of return the difference is worth nothing.
fn rate(draft: &Draft, place: usize) -> Option<Check> {
    let is_it = |case: &&BusinessCase| place != draft.baseline && case.scenario == draft.scenario(place);
    let case = draft.report.business.cases.iter().find(is_it)?;
    let Irr::Rate(rate) = case.irr else { return None };
    let layout = &draft.layout;
    let sheet = draft.names.quoted(place);
    let row = |below| format!("{sheet}{}", layout.all(layout.below(below)));
    let formula = format!("=SUMPRODUCT({},(1+{rate})^(-{}))", row(Below::Difference), row(Below::Years));
    let flow = draft.sums[place].beyond(&draft.sums[draft.baseline]);
    let calendar = calendar(&draft.report.business);
    let result = calendar.present_value(&flow, rate);
    let sizes: Vec<f64> = flow.iter().map(|money| money.abs()).collect();
    let what = "The difference is worth nothing at its internal rate of return";
    let check = check(draft, place, what, formula, Expected::AtRate(0.0));
    // The engine finds the rate from money that was not rounded yet.
    Some(Check { result, tolerance: 0.01_f64.max(1e-8 * calendar.present_value(&sizes, rate)), ..check })
}
