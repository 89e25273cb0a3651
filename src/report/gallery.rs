//! The gallery is every chart of a report, in the order in which they are read.

use super::Report;
use super::bars::differences;
use super::channels::channels;
use super::chart::Chart;
use super::classes::classes;
use super::conversion::{conversion, retention};
use super::costs::costs;
use super::curves::{curve, difference};
use super::fan::fan;
use super::feelings::feelings;
use super::flow::{shares, stages};
use super::funnel::funnel;
use super::heard::heard;
use super::heat::heat_maps;
use super::spread::spread;
use super::switching::switching;
use super::targets::targets;
use super::timeline::timelines;
use super::value_risk::value_risk;
use super::watched::{dashboard, pillars};
use super::waterfall::{cash_flows, impact_chains};
use super::weight::weights;
use crate::model::facts::Use;
use crate::model::metric::{Metric, PLAIN};

/// Charts that are read together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gallery {
    /// The metrics: what differs, and over time.
    pub metrics: Vec<Chart>,
    /// Each scenario's money against the baseline's.
    pub business_case: Vec<Chart>,
    /// What the differences come from.
    pub impact: Vec<Chart>,
    /// What is built when, and what is in force when.
    pub roadmap: Vec<Chart>,
    /// How surely targets are reached.
    pub targets: Vec<Chart>,
    /// Where customers are, and how long acquisition cohorts stay.
    pub customers: Vec<Chart>,
    /// Where touchpoints happen: waits, and where customers turn next.
    pub channels: Vec<Chart>,
    /// What it costs, and whom it takes.
    pub costs: Vec<Chart>,
}

impl Gallery {
    /// Every chart that the report has numbers for.
    pub fn of(report: &Report) -> Self {
        // Charts of money that nobody counts would show nothing but their axes.
        let money = report.has_money();
        let spread = spread(report).filter(|_| money);
        let mut metrics: Vec<Chart> = differences(report).into_iter().collect();
        let counted =
            |metric: &str| report.counts(metric) && report.series.iter().any(|series| series.metric == metric);
        let curves = PLAIN.into_iter().filter(|metric| metric.is_for(Use::Curve) && counted(metric.key()));
        let (people, levels): (Vec<Metric>, Vec<Metric>) = curves.partition(|metric| *metric == Metric::FullTime);
        let over_time = |metric| [Some(curve(report, metric)), difference(report, metric)].into_iter().flatten();
        metrics.extend(levels.into_iter().flat_map(over_time));
        let value = [value_risk(report).filter(|_| money), spread, fan(report).filter(|_| money)];
        Self {
            metrics,
            business_case: value
                .into_iter()
                .flatten()
                .chain(cash_flows(report).into_iter().filter(|_| money))
                .collect(),
            impact: impact_chains(report).into_iter().filter(|_| money).collect(),
            roadmap: timelines(report),
            targets: targets(report).into_iter().collect(),
            customers: stages(report)
                .into_iter()
                .chain(shares(report))
                .chain(funnel(report))
                .chain(conversion(report))
                .chain(feelings(report))
                .chain(dashboard(report))
                .chain(pillars(report))
                .chain(heard(report))
                .chain(classes(report))
                .chain(weights(report))
                .chain(retention(report))
                .chain(heat_maps(report))
                .collect(),
            channels: channels(report).into_iter().chain(switching(report)).collect(),
            costs: costs(report).into_iter().filter(|_| money).chain(people.into_iter().flat_map(over_time)).collect(),
        }
    }
}

impl Gallery {
    /// The bytes of every chart's drawing, without the font.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.charts().map(|chart| chart.inline().len())
    }

    /// All charts, one after the other.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        let families = [
            &self.metrics,
            &self.business_case,
            &self.impact,
            &self.costs,
            &self.targets,
            &self.roadmap,
            &self.customers,
            &self.channels,
        ];
        families.into_iter().flatten()
    }
}

/// Every chart that the report has numbers for, one after the other.
#[cfg(test)]
pub fn charts(report: &Report) -> Vec<Chart> {
    Gallery::of(report).charts().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::Series;
    use crate::report::chart::png;
    use crate::report::desks;
    use crate::report::fixture::{self, rich};
    use crate::stats::estimate::Estimate;

    const SPREAD_AND_STAGES: [&str; 7] = [
        "spread",
        "stages_today",
        "stages_know_me",
        "stages_reach_me",
        "stage_shares_today",
        "stage_shares_know_me",
        "stage_shares_reach_me",
    ];

    fn all() -> Vec<(&'static str, Report)> {
        let mut all = fixture::extremes();
        all.push(("plain", fixture::report()));
        all.push(("business", rich::report()));
        all.extend(rich::extremes());
        all.push(("channels", desks::report(3, 2)));
        all.push(("one channel", desks::with_channels(fixture::extremes().swap_remove(1).1, 1, 0)));
        all.push(("many channels", desks::with_channels(fixture::wide(), 24, 9)));
        let mut long = desks::report(2, 4);
        for title in long.channels.values_mut() {
            *title = format!("{title} where {} people & <b>machines</b> help each other", "very helpful ".repeat(12));
        }
        all.push(("long channels", long));
        all
    }

    #[test]
    fn every_chart_of_every_report_can_be_drawn_and_read_aloud() {
        for (case, report) in all() {
            for chart in charts(&report) {
                let at = format!("{case}: {}", chart.name);
                assert!(!chart.title.is_empty() && !chart.alt.is_empty(), "{at}");
                assert!(!chart.inline().contains("NaN") && !chart.alt.contains("NaN"), "{at}: {}", chart.alt);
                assert!(chart.svg.len() < 200_000, "{at}: {} bytes", chart.svg.len());
                let file = resvg::usvg::Tree::from_str(&chart.svg, &resvg::usvg::Options::default());
                assert!(file.is_ok(), "{at}: {file:?}");
                let bytes = png(&chart).unwrap_or_else(|fault| panic!("{at}: {fault}"));
                assert!(bytes.starts_with(b"\x89PNG"), "{at}");
                look(case, &chart, &bytes);
            }
        }
    }

    /// Leaves the pictures for a person to look at where `POLKU_PICTURES` names a folder.
    fn look(case: &str, chart: &Chart, png: &[u8]) {
        if let Some(folder) = std::env::var_os("POLKU_PICTURES") {
            let name = format!("{}-{}", case.replace(' ', "_"), chart.name);
            let folder = std::path::Path::new(&folder);
            std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
            std::fs::write(folder.join(format!("{name}.svg")), &chart.svg).unwrap();
        }
    }

    #[test]
    fn charts_drawn_twice_are_the_same_to_the_last_byte() {
        let report = fixture::report();
        assert_eq!(charts(&report), charts(&report));
        let chart = curve(&report, Metric::Retention);
        assert_eq!(png(&chart), png(&chart));
    }

    #[test]
    fn a_report_has_its_charts_and_a_single_scenario_has_no_comparisons() {
        let names = |report: &Report| charts(report).into_iter().map(|c| c.name).collect::<Vec<_>>();
        let plain = names(&fixture::report());
        let over_time = ["retention", "retention_difference", "revenue", "revenue_difference"];
        assert_eq!(plain[0], "differences");
        assert_eq!(plain[1..5], over_time);
        assert_eq!(plain[5..], SPREAD_AND_STAGES);
        let single = &fixture::extremes()[0].1;
        assert_eq!(names(single), ["retention", "revenue", "stages_today", "stage_shares_today"]);
    }

    #[test]
    fn a_study_without_money_has_no_charts_of_money() {
        let mut report = rich::report();
        let counted = fixture::moneyless();
        (report.summary, report.series) = (counted.summary, counted.series);
        let all = Gallery::of(&report);
        let names = |charts: &[Chart]| charts.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&all.metrics)[..3], ["differences", "retention", "retention_difference"]);
        assert!(!all.metrics[0].alt.contains("EUR"), "{}", all.metrics[0].alt);
        assert!(all.business_case.is_empty() && all.impact.is_empty() && all.costs.is_empty());
        assert!(!all.roadmap.is_empty() && !all.targets.is_empty());
    }

    #[test]
    fn people_have_charts_of_their_own_from_the_first_period_on_where_touchpoints_take_work() {
        let mut report = fixture::moneyless();
        let active: Vec<_> = report.series.iter().filter(|its| its.metric == "active_customers").cloned().collect();
        let busy =
            |its: &Estimate| Estimate { mean: 3e-5 * its.mean, low: 3e-5 * its.low, high: 3e-5 * its.high, ..*its };
        report.series.extend(active.into_iter().map(|its| Series {
            metric: Metric::FullTime.key().to_owned(),
            values: its.values.iter().map(busy).collect(),
            ..its
        }));
        let all = Gallery::of(&report);
        let [people] = &all.costs[..] else { panic!("{:?}", all.costs) };
        assert!(all.metrics.iter().all(|chart| chart.name != people.name));
        assert_eq!(people.title, "How many people it takes: full-time people in each month");
        assert!(people.alt.contains("each 1,720 hours a year") && people.alt.contains("Today "), "{}", people.alt);
        look("people", people, &png(people).unwrap());
    }

    #[test]
    fn a_business_has_its_charts_after_those_of_the_metrics() {
        let all = Gallery::of(&rich::report());
        let names = |charts: &[Chart]| charts.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            names(&all.business_case),
            ["value_risk", "spread", "payback", "cash_flow_know_me", "cash_flow_reach_me"]
        );
        assert_eq!(names(&all.impact), ["impact_know_me", "impact_reach_me"]);
        assert_eq!(names(&all.roadmap), ["roadmap_know_me", "roadmap_reach_me"]);
        assert_eq!(names(&all.targets), ["targets"]);
        assert_eq!(names(&all.customers)[6..], ["cohorts_today", "cohorts_know_me", "cohorts_reach_me"]);
        assert_eq!(names(&all.customers)[..6], SPREAD_AND_STAGES[1..]);
        assert_eq!(names(&all.costs), ["costs_of_initiatives", "costs"]);
        let plain = Gallery::of(&fixture::report());
        assert_eq!(names(&plain.business_case), ["spread"]);
        assert!(plain.impact.is_empty() && plain.roadmap.is_empty() && plain.targets.is_empty());
    }

    #[test]
    fn names_with_markup_are_written_out() {
        let chart = curve(&fixture::wide(), Metric::Retention);
        assert!(chart.alt.contains("åäö & <b>"));
        assert!(chart.svg.contains("åäö &amp; &lt;b&gt;"));
        assert!(!chart.svg.contains("<b>"));
    }

    #[test]
    fn the_font_is_in_the_file_once_and_not_in_the_inlined_chart() {
        let chart = curve(&fixture::report(), Metric::Retention);
        assert_eq!(chart.svg.matches("@font-face").count(), 2);
        assert!(!chart.inline().contains("@font-face"));
    }
}
