//! The first sheet: scenarios side by side, and the numbers that all sheets compute with.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::super::amount::write_rate;
use super::draft::Draft;
use super::keys::{Key, NEVER, UNCERTAIN};
use super::layout::Sum;
use super::scenario;
use super::sheet::{Sheet, Styles};
use crate::estimate::money::business::{BusinessCase, Irr};
use crate::report::sections::COUPLED;
use crate::stats::estimate::Estimate;
use crate::stats::order::Bounded;
use crate::stats::share::Share;

/// The rows of the numbers that may be changed: discount rate, when money is valued, and the length of a period.
const INPUTS: [u32; 3] = [3, 4, 5];
/// The row of the scenarios' titles.
pub const HEAD: u32 = 8;

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
    sheet.on_one_page();
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
    sums(&mut sheet, draft)?;
    keys(&mut sheet, draft)?;
    cases(&mut sheet, draft, key_row(Key::PeakDifference) + 2)
}

fn inputs(sheet: &mut Sheet, draft: &Draft) -> Result<(), XlsxError> {
    let (summary, business, styles) = (&draft.report.summary, &draft.report.business, &draft.styles);
    sheet.text((0, 0), &summary.study, &styles.title)?;
    let note = format!(
        "Money in {}. What is shaded may be changed; totals, net present values and paybacks follow.",
        summary.currency
    );
    sheet.text((1, 0), &note, &styles.note)?;
    if !summary.cautions.is_empty() {
        sheet.text((2, 0), &summary.cautions.join(" "), &styles.note)?;
    }
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

/// The row of a key figure.
pub fn key_row(key: Key) -> u32 {
    row(Sum::Cash) + 2 + (0..).zip(Key::ALL).find(|(_, its)| *its == key).map_or(0, |(down, _)| down)
}

/// The column of a scenario, by its place in the books.
pub fn column(place: usize) -> u16 {
    u16::try_from(place + 1).unwrap_or(u16::MAX)
}

/// The sums over the horizon, from the scenarios' sheets.
fn sums(sheet: &mut Sheet, draft: &Draft) -> Result<(), XlsxError> {
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
    Ok(())
}

/// The key figures, from the scenarios' sheets.
fn keys(sheet: &mut Sheet, draft: &Draft) -> Result<(), XlsxError> {
    let noun = draft.report.summary.period.noun();
    for key in Key::ALL {
        let row = key_row(key);
        sheet.text((row, 0), &key.title(noun), &draft.styles.text)?;
        let style = match key {
            Key::Payback | Key::DiscountedPayback => &draft.styles.count,
            Key::Rate => &draft.styles.rate,
            _ => &draft.styles.money,
        };
        for (column, place) in (1..).zip(0..draft.sums.len()) {
            if key.compares() && place == draft.baseline {
                continue;
            }
            let formula = format!("={}", scenario::key(draft, place, key));
            match key.result(draft, place) {
                Ok(result) => sheet.formula((row, column), &formula, result, style)?,
                Err(never) => sheet.computed((row, column), &formula, never, style)?,
            }
        }
    }
    Ok(())
}

/// A figure of the engine: a number, or words that stand for it.
type Cell = Result<f64, String>;

/// A figure of the engine over all replications, with the ends of its interval where it has any.
struct Figure {
    title: String,
    style: fn(&Styles) -> &Format,
    value: fn(&BusinessCase) -> Option<Cell>,
    ends: fn(&BusinessCase) -> [Option<Cell>; 2],
}

/// The ends of an estimate.
fn ends_of(estimate: &Estimate) -> [Option<Cell>; 2] {
    let is_known = estimate.standard_error.is_some();
    [estimate.low, estimate.high].map(|end| is_known.then_some(Ok(end)))
}

/// The ends of a share.
fn ends_of_share(share: Option<&Share>) -> [Option<Cell>; 2] {
    [share.map(|its| Ok(its.low)), share.map(|its| Ok(its.high))]
}

/// The ends of a figure; an end is open where only the other is known.
fn ends_of_bounded(figure: Option<&Bounded>) -> [Option<Cell>; 2] {
    let Some(its) = figure.filter(|its| its.low.is_some() || its.high.is_some()) else { return [None, None] };
    [its.low, its.high].map(|end| Some(end.ok_or_else(|| "open".to_owned())))
}

fn rate(case: &BusinessCase) -> Cell {
    match &case.irr {
        Irr::Rate(rate) => Ok(*rate),
        Irr::None => Err("none".to_owned()),
        Irr::Several(rates) => {
            let told: Vec<String> = rates.iter().map(|rate| format!("{:.1}%", rate * 100.0)).collect();
            Err(format!("several: {}", told.join(", ")))
        }
    }
}

fn period(at: Option<f64>) -> Cell {
    at.ok_or_else(|| NEVER.to_owned())
}

/// What the engine knows from all replications.
fn figures(draft: &Draft) -> Vec<Figure> {
    let noun = draft.report.summary.period.noun();
    let worst = write_rate(draft.report.business.cases.first().map_or(0.05, |case| case.tail));
    let figure = |title: &str, style, value, ends| Figure { title: title.to_owned(), style, value, ends };
    vec![
        figure(
            "Internal rate of return a year of the mean difference",
            |styles| &styles.rate,
            |case| Some(rate(case)),
            |case| {
                let value = if let Irr::Rate(rate) = case.irr { rate } else { 0.0 };
                ends_of_bounded(Some(&Bounded { value, low: case.irr_low, high: case.irr_high }))
            },
        ),
        figure(
            "Chance that the difference in net present value is above 0",
            |styles| &styles.rate,
            |case| case.probability_positive.map(|its| Ok(its.share)),
            |case| ends_of_share(case.probability_positive.as_ref()),
        ),
        figure(
            "Mean difference in net present value",
            |styles| &styles.money,
            |case| Some(Ok(case.npv.mean)),
            |case| ends_of(&case.npv),
        ),
        figure(
            "The same as simulated, to which the lines add up",
            |styles| &styles.money,
            |case| Some(Ok(case.paired.mean)),
            |case| ends_of(&case.paired),
        ),
        figure(
            "Mean peak funding beyond the baseline's",
            |styles| &styles.money,
            |case| Some(Ok(case.peak_funding.mean)),
            |case| ends_of(&case.peak_funding),
        ),
        figure(
            &format!("Median payback of the difference, not discounted, {noun}"),
            |styles| &styles.count,
            |case| case.payback.periods[1].map(|its| period(its.period)),
            |case| {
                let its = case.payback.periods[1];
                [its.map(|its| period(its.low)), its.map(|its| period(its.high))]
            },
        ),
        figure(
            "Share that pays back within the horizon, not discounted",
            |styles| &styles.rate,
            |case| case.payback.within_horizon.map(|its| Ok(its.share)),
            |case| ends_of_share(case.payback.within_horizon.as_ref()),
        ),
        figure(
            &format!("Value at risk at {worst} (below 0: a gain)"),
            |styles| &styles.money,
            |case| case.value_at_risk.map(|its| Ok(its.value)),
            |case| ends_of_bounded(case.value_at_risk.as_ref()),
        ),
        figure(
            &format!("Expected shortfall at {worst} (below 0: a gain)"),
            |styles| &styles.money,
            |case| case.expected_shortfall.map(|its| Ok(its.value)),
            |case| ends_of_bounded(case.expected_shortfall.as_ref()),
        ),
    ]
}

/// What the engine knows from all replications, as values: each figure, and the ends of its interval below it.
fn cases(sheet: &mut Sheet, draft: &Draft, first: u32) -> Result<(), XlsxError> {
    let styles = &draft.styles;
    let level = draft.report.summary.interval * 100.0;
    let rate = draft.report.business.discount_rate;
    let median = if draft.report.business.discount_rate_is_uncertain { " in the median" } else { "" };
    let told = write_rate(rate) + median;
    sheet.text(
        (first, 0),
        &format!("By the engine, over all replications, at a discount rate of {told} a year"),
        &styles.head,
    )?;
    (1..).zip(&draft.sums).try_for_each(|(column, _)| sheet.text((first, column), "", &styles.head))?;
    let mut row = first + 1;
    for figure in figures(draft) {
        let ends = |end: &str| format!("    {end} end of the {level:.0}% interval");
        for (row, title) in (row..).zip([figure.title.clone(), ends("lower"), ends("upper")]) {
            sheet.text((row, 0), &title, &styles.text)?;
        }
        for (column, place) in (1..).zip(0..draft.sums.len()) {
            let mut all = draft.report.business.cases.iter();
            let Some(case) = all.find(|case| case.scenario == draft.scenario(place)) else { continue };
            let [low, high] = (figure.ends)(case);
            for (row, cell) in (row..).zip([(figure.value)(case), low, high]) {
                match cell {
                    Some(Ok(number)) => sheet.number((row, column), number, (figure.style)(styles))?,
                    Some(Err(words)) => sheet.text((row, column), &words, &styles.right)?,
                    None => sheet.text((row, column), "too few replications", &styles.right)?,
                }
            }
        }
        row += 3;
    }
    let last = column(draft.sums.len().saturating_sub(1));
    sheet.fade((first, 0, row.saturating_sub(1), last), &format!("ABS(discount_rate-{rate})>1E-12"))?;
    sheet.text(
        (row, 0),
        "The figures by the engine turn grey where another discount rate is chosen above.",
        &styles.note,
    )?;
    if draft.report.business.cases.iter().any(BusinessCase::differs_from_its_lines) {
        sheet.text((row + 1, 0), COUPLED, &styles.note)?;
    }
    Ok(())
}
