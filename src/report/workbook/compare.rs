//! The first sheet: scenarios side by side, and the numbers that all sheets reckon with.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::super::amount::write_rate;
use super::super::answer::tells_tail;
use super::Draft;
use super::keys::{Key, NEVER, UNCERTAIN};
use super::layout::Sum;
use super::scenario;
use super::sheet::Sheet;
use crate::estimate::business::{BusinessCase, Irr};
use crate::report::sections::FORCED;

/// The rows of the numbers that may be changed: discount rate, when money is valued, and the length of a period.
const INPUTS: [u32; 3] = [3, 4, 5];
const HEAD: u32 = 8;

/// Writes the sheet and names its cells.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let names = ["discount_rate", "valued_before_end", "years_per_period"];
    for (name, row) in names.into_iter().zip(INPUTS) {
        workbook.define_name(name, &format!("=Compare!$B${}", row + 1))?;
    }
    let mut sheet = Sheet::new(workbook, "Compare")?;
    let mut widths = vec![46.0];
    widths.resize(1 + draft.sums.len().max(1), 20.0);
    sheet.widths(&widths)?;
    inputs(&mut sheet, draft)?;
    if draft.sums.is_empty() {
        let why = if draft.layout.times == 0 {
            "This run has no books."
        } else {
            "There are more periods than a sheet has columns; the ledger has them all."
        };
        return sheet.text((HEAD, 0), why, &draft.styles.note);
    }
    sheet.freeze(HEAD + 1, 1, (HEAD, HEAD))?;
    sheet.text((HEAD, 0), "Over the horizon", &draft.styles.head)?;
    for (column, place) in (1..).zip(0..draft.sums.len()) {
        sheet.text((HEAD, column), draft.title(place), &draft.styles.head_count)?;
    }
    let row = sums(&mut sheet, draft)?;
    let row = keys(&mut sheet, draft, row + 1)?;
    cases(&mut sheet, draft, row + 1)
}

fn inputs(sheet: &mut Sheet, draft: &Draft) -> Result<(), XlsxError> {
    let (summary, business, styles) = (&draft.report.summary, &draft.report.business, &draft.styles);
    sheet.text((0, 0), &summary.study, &styles.title)?;
    let note = format!(
        "Money in {}. What is shaded may be changed; totals, net present values and paybacks follow.",
        summary.currency
    );
    sheet.text((1, 0), &note, &styles.note)?;
    sheet.text((INPUTS[0], 0), "Discount rate a year", &styles.text)?;
    sheet.number((INPUTS[0], 1), business.discount_rate, &styles.input)?;
    if business.discount_rate_is_uncertain {
        sheet.text((INPUTS[0], 2), UNCERTAIN, &styles.note)?;
    }
    sheet.text((INPUTS[1], 0), "Money is valued before the end of its period by", &styles.text)?;
    sheet.number((INPUTS[1], 1), business.valued_before_end, styles.plain(business.valued_before_end))?;
    sheet.text((INPUTS[1], 2), "periods; 0.5 is mid-period discounting", &styles.note)?;
    sheet.text((INPUTS[2], 0), "Years in a period", &styles.text)?;
    sheet.number((INPUTS[2], 1), business.years_per_period, &styles.factor)?;
    sheet.text((INPUTS[2] + 1, 0), "All checks", &styles.text)
}

/// The row in which the outcome of all checks stands.
pub const OUTCOME: u32 = INPUTS[2] + 1;

/// The row of a sum over the horizon.
pub fn row(sum: Sum) -> u32 {
    HEAD + 1 + sum as u32
}

/// The sums over the horizon, from the scenarios' sheets.
fn sums(sheet: &mut Sheet, draft: &Draft) -> Result<u32, XlsxError> {
    for sum in Sum::ALL {
        let row = row(sum);
        let derived = matches!(sum, Sum::Margin | Sum::Cash);
        let style = if derived { &draft.styles.sum } else { &draft.styles.money };
        sheet.text((row, 0), sum.title(), if derived { &draft.styles.sum_text } else { &draft.styles.text })?;
        for (column, place) in (1..).zip(0..draft.sums.len()) {
            let formula = format!("={}", scenario::total(draft, place, sum));
            sheet.formula((row, column), &formula, draft.sums[place].total(sum), style)?;
        }
    }
    Ok(row(Sum::Cash) + 1)
}

/// The key figures, from the scenarios' sheets.
fn keys(sheet: &mut Sheet, draft: &Draft, first: u32) -> Result<u32, XlsxError> {
    let mut row = first;
    let noun = draft.report.summary.period.noun();
    for key in Key::ALL {
        sheet.text((row, 0), &key.title(noun), &draft.styles.text)?;
        let back = matches!(key, Key::Payback | Key::DiscountedPayback);
        let style = if back { &draft.styles.count } else { &draft.styles.money };
        for (column, place) in (1..).zip(0..draft.sums.len()) {
            if key.compares() && place == draft.baseline {
                continue;
            }
            let formula = format!("={}", scenario::key(draft, place, key));
            match key.result(draft, place) {
                Ok(result) => sheet.formula((row, column), &formula, result, style)?,
                Err(never) => sheet.reckoned((row, column), &formula, never, style)?,
            }
        }
        row += 1;
    }
    Ok(row)
}

/// What the engine knows from all replications, as values.
fn cases(sheet: &mut Sheet, draft: &Draft, first: u32) -> Result<(), XlsxError> {
    let noun = draft.report.summary.period.noun();
    let worst = write_rate(draft.report.business.cases.first().map_or(0.05, |case| case.tail));
    let titles = [
        "Internal rate of return a year of the mean difference".to_owned(),
        "Chance that the difference in net present value is above 0".to_owned(),
        "Mean difference in net present value".to_owned(),
        "The same by paired luck, as lines add up to it".to_owned(),
        "Mean peak funding beyond the baseline's".to_owned(),
        format!("Median payback of the difference, not discounted, {noun}"),
        "Share that pays back within the horizon, not discounted".to_owned(),
        format!("Value at risk at {worst} (below 0: a gain)"),
        format!("Expected shortfall at {worst} (below 0: a gain)"),
    ];
    sheet.text((first, 0), "By the engine, over all replications", &draft.styles.head)?;
    if draft.report.business.cases.iter().any(BusinessCase::is_forced) {
        let below = first + 1 + u32::try_from(titles.len()).unwrap_or(u32::MAX);
        sheet.text((below, 0), FORCED, &draft.styles.note)?;
    }
    for (row, title) in (first + 1..).zip(&titles) {
        sheet.text((row, 0), title, &draft.styles.text)?;
    }
    for (column, place) in (1..).zip(0..draft.sums.len()) {
        sheet.text((first, column), "", &draft.styles.head)?;
        let mut all = draft.report.business.cases.iter();
        if let Some(case) = all.find(|case| case.scenario == draft.scenario(place)) {
            column_of(sheet, draft, (first + 1, column), case)?;
        }
    }
    Ok(())
}

fn column_of(
    sheet: &mut Sheet,
    draft: &Draft,
    (row, column): (u32, u16),
    case: &BusinessCase,
) -> Result<(), XlsxError> {
    let styles = &draft.styles;
    match &case.irr {
        Irr::Rate(rate) => sheet.number((row, column), *rate, &styles.rate)?,
        Irr::None => sheet.text((row, column), "none", &styles.text)?,
        Irr::Several(rates) => {
            let told: Vec<String> = rates.iter().map(|rate| format!("{:.1}%", rate * 100.0)).collect();
            sheet.text((row, column), &format!("several: {}", told.join(", ")), &styles.text)?;
        }
    }
    sheet.number((row + 1, column), case.probability_positive, &styles.rate)?;
    sheet.number((row + 2, column), case.npv.mean, &styles.money)?;
    sheet.number((row + 3, column), case.paired.mean, &styles.money)?;
    sheet.number((row + 4, column), case.peak_funding.mean, &styles.money)?;
    match case.payback.periods[1] {
        Some(median) => sheet.number((row + 5, column), median, &styles.count)?,
        None => sheet.text((row + 5, column), NEVER, &styles.text)?,
    }
    sheet.number((row + 6, column), case.payback.within_horizon, &styles.rate)?;
    for (row, loss) in (row + 7..).zip([case.value_at_risk, case.expected_shortfall]) {
        if tells_tail(draft.report) {
            sheet.number((row, column), loss, &styles.money)?;
        } else {
            sheet.text((row, column), "from 100 replications on", &styles.right)?;
        }
    }
    Ok(())
}
