//! Colours that people with any colour vision can tell apart; a scenario has the same one everywhere.

use super::Report;

/// A colour and how much of it covers what lies below (0 to 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Red, green and blue.
    pub rgb: (u8, u8, u8),
    /// 1 hides what lies below.
    pub alpha: f64,
}

impl Ink {
    const fn solid(red: u8, green: u8, blue: u8) -> Self {
        Self { rgb: (red, green, blue), alpha: 1.0 }
    }

    /// The same colour, seen through.
    #[must_use]
    pub fn faint(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The same colour mixed with white; 0 leaves it, 1 is white.
    #[must_use]
    pub fn lightened(self, by: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let mix = |part: u8| (f64::from(part) + (255.0 - f64::from(part)) * by) as u8;
        let (red, green, blue) = self.rgb;
        Self { rgb: (mix(red), mix(green), mix(blue)), ..self }
    }

    /// The colour as style sheets write it: `#0072b2`.
    pub fn hex(self) -> String {
        let (red, green, blue) = self.rgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Text.
pub const TEXT: Ink = Ink::solid(0x22, 0x22, 0x22);
/// Text of less weight: axis labels, subtitles.
pub const QUIET: Ink = Ink::solid(0x5a, 0x5a, 0x5a);
/// Grid lines.
pub const GRID: Ink = Ink::solid(0xe3, 0xe3, 0xe3);
/// Axes, and leaders from a line to its name.
pub const AXIS: Ink = Ink::solid(0x9a, 0x9a, 0x9a);
/// The paper.
pub const PAPER: Ink = Ink::solid(0xff, 0xff, 0xff);

/// Money gained; of another scheme than the scenarios' colours.
pub const GAIN: Ink = Ink::solid(0x11, 0x77, 0x33);
/// Money lost, and effects that disturb.
pub const LOSS: Ink = Ink::solid(0x88, 0x22, 0x55);
/// What belongs to no scenario: capabilities, shares of a heat map.
pub const SHADE: Ink = Ink::solid(0x33, 0x22, 0x88);

/// Lengths of strokes and gaps, in points; empty for an unbroken line.
pub type Dash = &'static [f64];

/// Unbroken, dashed, dotted, dash and dot.
const DASHES: [Dash; 4] = [&[], &[8.0, 4.0], &[2.0, 3.0], &[9.0, 3.0, 2.0, 3.0]];

/// The baseline's colour: black.
const BASELINE: Ink = Ink::solid(0x00, 0x00, 0x00);

/// M. Okabe and K. Ito, Color Universal Design (2008), without black, which the baseline has, and yellow, which
/// can hardly be seen as a line on white: blue, vermilion, bluish green, reddish purple, orange, sky blue.
const SCENARIOS: [Ink; 6] = [
    Ink::solid(0x00, 0x72, 0xb2),
    Ink::solid(0xd5, 0x5e, 0x00),
    Ink::solid(0x00, 0x9e, 0x73),
    Ink::solid(0xcc, 0x79, 0xa7),
    Ink::solid(0xe6, 0x9f, 0x00),
    Ink::solid(0x56, 0xb4, 0xe9),
];

/// P. Tol, Colour Schemes (2021), the muted scheme, in an order that keeps likes apart. Another scheme than the
/// scenarios', so that no stage is taken for a scenario.
const STAGES: [Ink; 9] = [
    Ink::solid(0x33, 0x22, 0x88),
    Ink::solid(0x88, 0xcc, 0xee),
    Ink::solid(0x11, 0x77, 0x33),
    Ink::solid(0xdd, 0xcc, 0x77),
    Ink::solid(0x88, 0x22, 0x55),
    Ink::solid(0x44, 0xaa, 0x99),
    Ink::solid(0xcc, 0x66, 0x77),
    Ink::solid(0x99, 0x99, 0x33),
    Ink::solid(0xaa, 0x44, 0x99),
];

/// So many stages have colours that can be told apart: each of the scheme once, and once lighter.
pub const STAGES_APART: usize = 2 * STAGES.len();
/// Several stages together; no stage has it by itself.
pub const OTHERS: Ink = Ink::solid(0xbb, 0xbb, 0xbb);

/// How a scenario's line looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The colour.
    pub ink: Ink,
    /// The strokes and gaps, so that lines differ in grey print too.
    pub dash: Dash,
}

/// The look of a scenario: by its place in the study, so that it is the same in every chart.
pub fn scenario(report: &Report, name: &str) -> Look {
    let summary = &report.summary;
    if name == summary.baseline {
        return Look { ink: BASELINE, dash: DASHES[0] };
    }
    let others = summary.scenarios.iter().filter(|s| s.name != summary.baseline);
    let place = others.map(|s| s.name.as_str()).position(|other| other == name).unwrap_or(0);
    // With this shift 24 scenarios pass before a colour meets the same dash again.
    let dash = DASHES[(place + place / SCENARIOS.len()) % DASHES.len()];
    Look { ink: SCENARIOS[place % SCENARIOS.len()], dash }
}

/// The colour of a stage by its place in the study; the second round is lighter.
pub fn stage(place: usize) -> Ink {
    let round = (place / STAGES.len()) as f64;
    STAGES[place % STAGES.len()].lightened((0.45 * round).min(0.8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn no_two_of_twelve_scenarios_look_alike() {
        let report = fixture::wide();
        let looks: Vec<Look> = report.summary.scenarios.iter().map(|s| scenario(&report, &s.name)).collect();
        for (place, look) in looks.iter().enumerate() {
            assert!(!looks[..place].contains(look), "scenario {place}");
        }
    }

    #[test]
    fn no_two_stages_that_stand_by_themselves_have_the_same_colour() {
        let inks: Vec<Ink> = (0..STAGES_APART).map(stage).chain([OTHERS]).collect();
        for (place, ink) in inks.iter().enumerate() {
            assert!(!inks[..place].contains(ink), "stage {place}");
        }
    }
}
