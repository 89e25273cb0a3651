//! Key figures stand above a scenario's table, as formulas on it.

use rust_xlsxwriter::XlsxError;

use super::books::calendar;
use super::draft::Draft;
use super::layout::{Below, HEAD, Layout, Sum, TOTAL, fixed};
use super::rates;
use super::sheet::Sheet;
use crate::stats::cash::{payback, peak_funding};

/// What is below 0 by less than half a unit of the books is rounding.
const HALF_A_UNIT: &str = "0.00005";
/// What a formula says of money that does not come back.
pub const NEVER: &str = "not within the horizon";

/// A key figure of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The net present value.
    Npv,
    /// The most money that is out.
    Peak,
    /// The net present value less the baseline's.
    NpvDifference,
    /// The rate a year at which the difference is worth nothing.
    Rate,
    /// When the difference in cash flow has paid back.
    Payback,
    /// When it has at time 0's value.
    DiscountedPayback,
    /// The most money that is out beyond the baseline's.
    PeakDifference,
}

impl Key {
    /// All key figures, from the top.
    pub const ALL: [Self; 7] = [
        Self::Npv,
        Self::Peak,
        Self::NpvDifference,
        Self::Rate,
        Self::Payback,
        Self::DiscountedPayback,
        Self::PeakDifference,
    ];

    /// Whether it compares with the baseline, which has none of these.
    pub fn compares(self) -> bool {
        !matches!(self, Self::Npv | Self::Peak)
    }

    /// Its row.
    pub fn row(self) -> u32 {
        2 + self as u32
    }

    /// Its cell, as formulas on other sheets write it.
    pub fn cell(self) -> String {
        fixed(self.row(), TOTAL)
    }

    /// Its name as people say it.
    pub fn title(self, noun: &str) -> String {
        match self {
            Self::Npv => "Net present value".to_owned(),
            Self::Peak => "Peak funding".to_owned(),
            Self::NpvDifference => "Net present value beyond the baseline's".to_owned(),
            Self::Rate => "Internal rate of return a year of the difference".to_owned(),
            Self::Payback => format!("Payback of the difference, {noun}"),
            Self::DiscountedPayback => format!("Payback of the discounted difference, {noun}"),
            Self::PeakDifference => "Peak funding beyond the baseline's".to_owned(),
        }
    }

    /// The formula on the scenario's own sheet.
    pub fn formula(self, draft: &Draft, place: usize) -> String {
        let layout = &draft.layout;
        let row = |below| layout.all(layout.below(below));
        match self {
            Self::Rate => rates::formula(draft, place).unwrap_or_default(),
            Self::Npv => format!("=SUM({})", row(Below::Discounted)),
            Self::NpvDifference => format!("=SUM({})", row(Below::DiscountedDifference)),
            Self::Peak => format!("=MAX(0,-MIN({}))", row(Below::Cumulative)),
            Self::PeakDifference => format!("=MAX(0,-MIN({}))", row(Below::CumulativeDifference)),
            Self::Payback => back(layout, &row(Below::CumulativeDifference)),
            Self::DiscountedPayback => back(layout, &row(Below::CumulativeDiscountedDifference)),
        }
    }

    /// What the formula comes to.
    pub fn result(self, draft: &Draft, place: usize) -> Result<f64, &'static str> {
        let (business, sums) = (&draft.report.business, &draft.sums[place]);
        let discounted = |flow: Vec<f64>| -> Vec<f64> {
            let factor = |t| calendar(business).discount_factor(business.discount_rate, t);
            flow.into_iter().enumerate().map(|(t, money)| money * factor(t)).collect()
        };
        let beyond = || sums.beyond(&draft.sums[draft.baseline]);
        let back = |flow: &[f64]| payback(flow).map(|time| time as f64).ok_or(NEVER);
        match self {
            Self::Npv => Ok(discounted(sums.cash()).iter().sum()),
            Self::NpvDifference => Ok(discounted(beyond()).iter().sum()),
            Self::Peak => Ok(peak_funding(&sums.cash())),
            Self::PeakDifference => Ok(peak_funding(&beyond())),
            Self::Rate => rates::result(draft, place),
            Self::Payback => back(&beyond()),
            Self::DiscountedPayback => back(&discounted(beyond())),
        }
    }
}

/// One time after the last at which a cumulative flow is below 0; a product of arrays, which every spreadsheet takes.
fn back(layout: &Layout, cumulative: &str) -> String {
    let times = layout.all(HEAD);
    let after = format!("SUMPRODUCT(MAX(({cumulative}<-{HALF_A_UNIT})*({times}+1)))");
    let last = layout.cell(HEAD, layout.times - 1);
    format!("=IF({after}>{last},\"{NEVER}\",{after})")
}

/// Writes the key figures of a scenario.
pub fn write(sheet: &mut Sheet, draft: &Draft, place: usize) -> Result<(), XlsxError> {
    let noun = draft.report.summary.period.noun();
    for key in Key::ALL.into_iter().filter(|key| place != draft.baseline || !key.compares()) {
        sheet.text((key.row(), 0), &key.title(noun), &draft.styles.sum_text)?;
        let style = match key {
            Key::Payback | Key::DiscountedPayback => &draft.styles.sum_count,
            Key::Rate => &draft.styles.sum_rate,
            _ => &draft.styles.sum,
        };
        let formula = key.formula(draft, place);
        match key.result(draft, place) {
            Ok(result) => sheet.formula((key.row(), TOTAL), &formula, result, style)?,
            Err(never) => sheet.computed((key.row(), TOTAL), &formula, never, style)?,
        }
    }
    if draft.report.business.discount_rate_is_uncertain {
        let at = (Key::Npv.row(), TOTAL + 1);
        sheet.text(at, UNCERTAIN, &draft.styles.note)?;
    }
    Ok(())
}

/// What to mind where the discount rate is drawn.
pub const UNCERTAIN: &str =
    "At the median discount rate; the engine's mean net present value averages over all drawn rates.";

/// A total's cell of a row of sums, as formulas on other sheets write it.
pub fn total(layout: &Layout, sum: Sum) -> String {
    fixed(layout.row(sum), TOTAL)
}
