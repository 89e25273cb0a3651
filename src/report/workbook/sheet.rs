//! A sheet takes text that stays text, numbers, and formulas with the number that they come to.

use rust_xlsxwriter::{
    Chart, Color, ConditionalFormatFormula, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::legible;
use crate::report::amount::Unit;

/// No more rows than these are written on a sheet that is a list; the format would hold ten times as many.
pub const MOST_ROWS: usize = 100_000;
/// The most UTF-16 units of a cell's text.
const MOST: usize = 32_767;

/// More columns than this cannot be read on one page.
const MOST_ON_A_PAGE: usize = 20;

/// How cells look.
pub struct Styles {
    /// The name of a sheet, in its first cell.
    pub title: Format,
    /// Heads of columns.
    pub head: Format,
    /// Running text.
    pub text: Format,
    /// Running text that may be long.
    pub wrapped: Format,
    /// Running text that stands apart from the number on its left.
    pub apart: Format,
    /// The head of such text.
    pub head_apart: Format,
    /// Text among numbers.
    pub right: Format,
    /// What a reader should mind.
    pub note: Format,
    /// Money.
    pub money: Format,
    /// Money that is a sum.
    pub sum: Format,
    /// A rate in percent among sums.
    pub sum_rate: Format,
    /// A period among sums.
    pub sum_count: Format,
    /// The name of a sum.
    pub sum_text: Format,
    /// A number that may be changed.
    pub input: Format,
    /// A rate in percent.
    pub rate: Format,
    /// A factor.
    pub factor: Format,
    /// A number with many decimals.
    pub exact: Format,
    /// A period or a year.
    pub count: Format,
    /// A head that is a number.
    pub head_count: Format,
    /// A share in percent.
    pub share: Format,
    /// Numbers of any size: whole ones, large ones, small ones, and tiny ones.
    numbers: [Format; 4],
}

impl Styles {
    /// Styles for amounts up to `largest` in size; small ones are told to the cent.
    pub fn for_amounts(largest: f64) -> Self {
        let money = if largest >= 10_000.0 { "#,##0;[Red]-#,##0" } else { "#,##0.00;[Red]-#,##0.00" };
        let plain = Format::new();
        let head = plain
            .clone()
            .set_bold()
            .set_background_color(Color::RGB(0x00E6_EAF0))
            .set_border_bottom(FormatBorder::Thin);
        let sum = plain.clone().set_bold().set_border_top(FormatBorder::Thin);
        let right = head.clone().set_align(FormatAlign::Right);
        Self {
            title: plain.clone().set_bold().set_font_size(14),
            text: plain.clone(),
            wrapped: plain.clone().set_text_wrap(),
            apart: plain.clone().set_text_wrap().set_indent(1),
            head_apart: head.clone().set_indent(1),
            right: plain.clone().set_align(FormatAlign::Right),
            note: plain.clone().set_italic(),
            money: plain.clone().set_num_format(money),
            sum: sum.clone().set_num_format(money),
            sum_rate: sum.clone().set_num_format("0.0%"),
            sum_count: sum.clone().set_num_format("0").set_align(FormatAlign::Right),
            sum_text: sum,
            input: plain
                .clone()
                .set_num_format("0.00%")
                .set_background_color(Color::RGB(0x00FF_F4CC))
                .set_border(FormatBorder::Thin),
            rate: plain.clone().set_num_format("0.0%"),
            factor: plain.clone().set_num_format("0.0000"),
            exact: plain.clone().set_num_format("0.00000000000"),
            count: plain.clone().set_num_format("0"),
            head_count: right.set_num_format("0"),
            share: plain.clone().set_num_format("0.00%"),
            numbers: ["#,##0", "#,##0.00", "0.0000", "0.00E+00"].map(|form| plain.clone().set_num_format(form)),
            head,
        }
    }
}

impl Styles {
    /// The style of a number by its size: a form with room for more decimals than a number has would end it in a point.
    pub fn plain(&self, number: f64) -> &Format {
        let size = number.abs();
        &self.numbers[match size {
            whole if whole % 1.0 == 0.0 || whole >= 1e6 => 0,
            large if large >= 100.0 => 1,
            small if small >= 1e-3 => 2,
            _ => 3,
        }]
    }

    /// The style of a metric's value, or of a difference between two.
    pub fn of_metric(&self, metric: &str, number: f64) -> &Format {
        match Unit::of(metric) {
            Unit::Share | Unit::Points => &self.share,
            Unit::Number => self.plain(number),
        }
    }
}

/// A sheet that is being written.
pub struct Sheet<'a> {
    sheet: &'a mut Worksheet,
}

impl<'a> Sheet<'a> {
    /// A new sheet at the end of a workbook, for A4 across, as wide as one page.
    pub fn new(workbook: &'a mut Workbook, name: &str) -> Result<Self, XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_footer("&L&A&RPage &P of &N");
        Ok(Self { sheet })
    }

    /// Keeps the rows above `row` and the columns before `column` in sight, and prints the head on every page.
    pub fn freeze(&mut self, row: u32, column: u16, head: (u32, u32)) -> Result<(), XlsxError> {
        self.sheet.set_freeze_panes(row, column)?;
        self.sheet.set_repeat_rows(head.0, head.1)?;
        if column > 0 {
            self.sheet.set_repeat_columns(0, column - 1)?;
        }
        Ok(())
    }

    /// Sets the widths of the first columns, in letters.
    pub fn widths(&mut self, widths: &[f64]) -> Result<(), XlsxError> {
        for (column, width) in (0..).zip(widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        Ok(())
    }

    /// Writes text that is never taken for a formula, whatever it begins with.
    pub fn text(&mut self, at: (u32, u16), text: &str, style: &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(at.0, at.1, told(text), style).map(|_| ())
    }

    /// Writes heads of columns from the first one on.
    pub fn heads(&mut self, row: u32, heads: &[&str], style: &Format) -> Result<(), XlsxError> {
        (0..).zip(heads).try_for_each(|(column, head)| self.text((row, column), head, style))
    }

    /// Writes heads of columns from a cell on.
    pub fn heads_from(&mut self, at: (u32, u16), heads: &[&str], style: &Format) -> Result<(), XlsxError> {
        (at.1..).zip(heads).try_for_each(|(column, head)| self.text((at.0, column), head, style))
    }

    /// Turns cells grey where a formula is true: the first and last row and column are `(row, column, row, column)`.
    pub fn fade(&mut self, of: (u32, u16, u32, u16), formula: &str) -> Result<(), XlsxError> {
        let grey = Format::new().set_font_color(Color::RGB(0x00A6_A6A6));
        let rule = ConditionalFormatFormula::new().set_rule(formula).set_format(grey);
        self.sheet.add_conditional_format(of.0, of.1, of.2, of.3, &rule).map(|_| ())
    }

    /// Puts a chart with its upper left corner in a cell.
    pub fn chart(&mut self, at: (u32, u16), chart: &Chart) -> Result<(), XlsxError> {
        self.sheet.insert_chart(at.0, at.1, chart).map(|_| ())
    }

    /// Prints so many columns on as many pages as it takes, if they are too many for one that can be read.
    pub fn spread_over_pages(&mut self, columns: usize) {
        if columns > MOST_ON_A_PAGE {
            self.sheet.set_print_fit_to_pages(0, 1);
        }
    }

    /// Prints everything on one page.
    pub fn on_one_page(&mut self) {
        self.sheet.set_print_fit_to_pages(1, 1);
    }

    /// Writes a number; what is not finite is a dash.
    pub fn number(&mut self, at: (u32, u16), number: f64, style: &Format) -> Result<(), XlsxError> {
        if number.is_finite() {
            self.sheet.write_number_with_format(at.0, at.1, number, style).map(|_| ())
        } else {
            self.text(at, "–", style)
        }
    }

    /// Writes a formula with the number that it comes to.
    pub fn formula(&mut self, at: (u32, u16), formula: &str, result: f64, style: &Format) -> Result<(), XlsxError> {
        self.computed(at, formula, &result.to_string(), style)
    }

    /// Writes a formula with the text, or the number as text, that it comes to.
    pub fn computed(&mut self, at: (u32, u16), formula: &str, result: &str, style: &Format) -> Result<(), XlsxError> {
        let formula = Formula::new(formula).set_result(result);
        self.sheet.write_formula_with_format(at.0, at.1, formula, style).map(|_| ())
    }
}

/// Text as a cell can hold it: not too long, and legible.
pub fn told(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= MOST
    };
    legible::lines(text).chars().take_while(fits).collect()
}
