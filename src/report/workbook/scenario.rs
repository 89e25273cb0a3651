//! A scenario's sheet: periods across, the lines of the books down, and what follows from them as formulas.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::books::{amount, calendar};
use super::draft::Draft;
use super::keys::{self, Key};
use super::layout::{Below, FIRST_YEAR, HEAD, Sum, TOTAL, YEAR, fixed};
use super::sheet::Sheet;

/// Writes the sheet of a scenario.
pub fn write(workbook: &mut Workbook, draft: &Draft, place: usize) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, draft.names.plain(place))?;
    let page = Page { draft, place };
    sheet.widths(&page.widths())?;
    sheet.spread_over_pages(page.widths().len());
    sheet.freeze(YEAR + 1, TOTAL + 1, (HEAD, YEAR))?;
    let currency = &draft.report.summary.currency;
    sheet.text((0, 0), draft.title(place), &draft.styles.title)?;
    let note =
        format!("Money in {currency}, the mean over replications. Costs are positive and count against cash flow.");
    sheet.text((1, 0), &note, &draft.styles.note)?;
    keys::write(&mut sheet, draft, place)?;
    page.heads(&mut sheet)?;
    for sum in Sum::ALL {
        page.lines(&mut sheet, sum)?;
        page.sum(&mut sheet, sum)?;
    }
    page.cumulative(&mut sheet, Below::Cumulative, "Cumulative cash flow", &page.sums(Sum::Cash))?;
    page.discounting(&mut sheet)?;
    if place != draft.baseline {
        page.difference(&mut sheet)?;
    }
    Ok(())
}

struct Page<'a> {
    draft: &'a Draft<'a>,
    place: usize,
}

impl Page<'_> {
    fn widths(&self) -> Vec<f64> {
        let layout = &self.draft.layout;
        let mut widths = vec![42.0, 18.0];
        widths.resize(2 + layout.years.len() + layout.times, 13.0);
        widths
    }

    /// A sum at each time, in units.
    fn sums(&self, sum: Sum) -> Vec<i128> {
        self.draft.sums[self.place].units(sum).to_vec()
    }

    fn heads(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        let (layout, styles) = (&self.draft.layout, &self.draft.styles);
        let noun = self.draft.report.summary.period.noun();
        sheet.text((HEAD, 0), &format!("Line by {noun}"), &styles.head)?;
        sheet.text((HEAD, TOTAL), "Total", &styles.head_count)?;
        sheet.heads(YEAR, &["Fiscal year", ""], &styles.head)?;
        for (column, year) in (FIRST_YEAR..).zip(&layout.years) {
            sheet.text((HEAD, column), &format!("Year {year}"), &styles.head_count)?;
            sheet.number((YEAR, column), f64::from(*year), &styles.head_count)?;
        }
        for time in 0..layout.times {
            sheet.number((HEAD, layout.column(time)), time as f64, &styles.head_count)?;
            let year = self.draft.report.business.fiscal_years.get(time).map_or(1.0, |year| f64::from(*year));
            sheet.number((YEAR, layout.column(time)), year, &styles.head_count)?;
        }
        Ok(())
    }

    /// The lines under a sum: values by time, totals as formulas.
    fn lines(&self, sheet: &mut Sheet, sum: Sum) -> Result<(), XlsxError> {
        let (layout, styles) = (&self.draft.layout, &self.draft.styles);
        for (line, row) in layout.lines(sum) {
            let of = &self.draft.report.business.books.lines[line];
            let title = if of.title.trim().is_empty() { &of.name } else { &of.title };
            sheet.text((row, 0), title, &styles.text)?;
            let units = self.draft.sums[self.place].line(line);
            for (time, units) in units.iter().enumerate() {
                sheet.number((row, layout.column(time)), amount(*units), &styles.money)?;
            }
            self.totals(sheet, row, units, &styles.money)?;
        }
        Ok(())
    }

    /// The total and the fiscal years of a row.
    fn totals(&self, sheet: &mut Sheet, row: u32, units: &[i128], style: &Format) -> Result<(), XlsxError> {
        let layout = &self.draft.layout;
        let all = layout.all(row);
        sheet.formula((row, TOTAL), &format!("=SUM({all})"), amount(units.iter().sum()), style)?;
        let years = &self.draft.report.business.fiscal_years;
        for (column, year) in (FIRST_YEAR..).zip(&layout.years) {
            let formula = format!("=SUMIF({},{},{all})", layout.all(YEAR), fixed(YEAR, column));
            let of_year = units.iter().zip(years).filter(|(_, of)| *of == year);
            let result = of_year.map(|(units, _)| units).sum();
            sheet.formula((row, column), &formula, amount(result), style)?;
        }
        Ok(())
    }

    /// A sum: of its lines, or of the sums above it.
    fn sum(&self, sheet: &mut Sheet, sum: Sum) -> Result<(), XlsxError> {
        let (layout, styles) = (&self.draft.layout, &self.draft.styles);
        let row = layout.row(sum);
        let units = self.sums(sum);
        sheet.text((row, 0), sum.title(), &styles.sum_text)?;
        for (time, units) in units.iter().enumerate() {
            let cell = |sum| layout.cell(layout.row(sum), time);
            let lines = layout.lines(sum);
            let formula = match sum {
                Sum::Margin => format!("={}-{}", cell(Sum::Revenue), cell(Sum::Variable)),
                Sum::Cash => format!(
                    "={}-{}-{}-{}",
                    cell(Sum::Margin),
                    cell(Sum::Service),
                    cell(Sum::Acquisition),
                    cell(Sum::Initiatives)
                ),
                _ => match lines.map(|(_, row)| row).min() {
                    Some(first) => format!("=SUM({}:{})", layout.cell(first, time), layout.cell(row - 1, time)),
                    None => "=0".to_owned(),
                },
            };
            sheet.formula((row, layout.column(time)), &formula, amount(*units), &styles.sum)?;
        }
        self.totals(sheet, row, &units, &styles.sum)
    }

    /// The sums of a row of whole units so far.
    fn cumulative(&self, sheet: &mut Sheet, below: Below, title: &str, units: &[i128]) -> Result<(), XlsxError> {
        let of =
            if below == Below::Cumulative { self.draft.layout.row(Sum::Cash) } else { self.row(Below::Difference) };
        let mut so_far = 0;
        let results = units.iter().map(|units| {
            so_far += units;
            amount(so_far)
        });
        self.so_far(sheet, (of, self.row(below)), title, &results.collect::<Vec<_>>())
    }

    /// A row that sums up another, time by time.
    fn so_far(&self, sheet: &mut Sheet, (of, row): (u32, u32), title: &str, results: &[f64]) -> Result<(), XlsxError> {
        let layout = &self.draft.layout;
        sheet.text((row, 0), title, &self.draft.styles.text)?;
        for (time, result) in results.iter().enumerate() {
            let before = if time > 0 { layout.cell(row, time - 1) + "+" } else { String::new() };
            let formula = format!("={before}{}", layout.cell(of, time));
            sheet.formula((row, layout.column(time)), &formula, *result, &self.draft.styles.money)?;
        }
        Ok(())
    }

    fn row(&self, below: Below) -> u32 {
        self.draft.layout.below(below)
    }

    fn discounting(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        let (layout, styles, business) = (&self.draft.layout, &self.draft.styles, &self.draft.report.business);
        let (years, factors) = (self.row(Below::Years), self.row(Below::Factor));
        sheet.text((years, 0), "Years from time 0 at which it is valued", &styles.text)?;
        sheet.text((factors, 0), "Discount factor", &styles.text)?;
        for time in 0..layout.times {
            let (column, head) = (layout.column(time), layout.cell(HEAD, time));
            let at = calendar(business).years(time);
            let formula = format!("=IF({head}=0,0,({head}-valued_before_end)*years_per_period)");
            sheet.formula((years, column), &formula, at, &styles.factor)?;
            let formula = format!("=(1+discount_rate)^(-{})", layout.cell(years, time));
            let factor = calendar(business).discount_factor(business.discount_rate, time);
            sheet.formula((factors, column), &formula, factor, &styles.factor)?;
        }
        let cash = self.draft.sums[self.place].cash();
        let rows = [layout.row(Sum::Cash), self.row(Below::Discounted), self.row(Below::CumulativeDiscounted)];
        self.discounted(sheet, rows, ["Discounted cash flow", "Cumulative discounted cash flow"], &cash)
    }

    /// A row at time 0's value, and that so far.
    fn discounted(&self, sheet: &mut Sheet, rows: [u32; 3], titles: [&str; 2], cash: &[f64]) -> Result<(), XlsxError> {
        let (layout, business) = (&self.draft.layout, &self.draft.report.business);
        let [of, row, so_far] = rows;
        let mut sum = 0.0;
        let mut sums = Vec::with_capacity(cash.len());
        sheet.text((row, 0), titles[0], &self.draft.styles.text)?;
        for (time, cash) in cash.iter().enumerate() {
            let formula = format!("={}*{}", layout.cell(of, time), layout.cell(self.row(Below::Factor), time));
            let worth = cash * calendar(business).discount_factor(business.discount_rate, time);
            sheet.formula((row, layout.column(time)), &formula, worth, &self.draft.styles.money)?;
            sum += worth;
            sums.push(sum);
        }
        sheet.formula((row, TOTAL), &format!("=SUM({})", layout.all(row)), sum, &self.draft.styles.sum)?;
        self.so_far(sheet, (row, so_far), titles[1], &sums)
    }

    fn difference(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        let (layout, styles) = (&self.draft.layout, &self.draft.styles);
        let (row, cash) = (self.row(Below::Difference), layout.row(Sum::Cash));
        let baseline = self.draft.names.quoted(self.draft.baseline);
        let own = &self.draft.sums[self.place];
        let others = &self.draft.sums[self.draft.baseline];
        let title = format!("Cash flow beyond {}", self.draft.title(self.draft.baseline));
        sheet.text((row, 0), &title, &styles.sum_text)?;
        let pairs = own.units(Sum::Cash).iter().zip(others.units(Sum::Cash));
        let units: Vec<i128> = pairs.map(|(own, others)| own - others).collect();
        for (time, units) in units.iter().enumerate() {
            let cell = layout.cell(cash, time);
            let formula = format!("={cell}-{baseline}{cell}");
            sheet.formula((row, layout.column(time)), &formula, amount(*units), &styles.sum)?;
        }
        self.totals(sheet, row, &units, &styles.sum)?;
        self.cumulative(sheet, Below::CumulativeDifference, "Cumulative difference", &units)?;
        let rows = [row, self.row(Below::DiscountedDifference), self.row(Below::CumulativeDiscountedDifference)];
        let titles = ["Discounted difference", "Cumulative discounted difference"];
        self.discounted(sheet, rows, titles, &own.beyond(others))
    }
}

/// A key figure's cell on a scenario's sheet, as formulas elsewhere write it.
pub fn key(draft: &Draft, place: usize, key: Key) -> String {
    format!("{}{}", draft.names.quoted(place), key.cell())
}

/// The cell of a sum's total on a scenario's sheet, as formulas elsewhere write it.
pub fn total(draft: &Draft, place: usize, sum: Sum) -> String {
    format!("{}{}", draft.names.quoted(place), keys::total(&draft.layout, sum))
}
