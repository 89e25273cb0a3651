//! Service: what channels come to over the horizon, by scenario.

use super::Report;
use super::amount::{Unit, sentence_case, write, write_estimate};
use super::bounds::NONE;
use crate::model::channel::Gauge;
use crate::model::metric::CHANNELS;
use crate::stats::estimate::Estimate;

/// No more channels than these have rows.
pub const MOST_CHANNELS: usize = 8;

/// The gauges that have columns of their own, with their heads.
const COLUMNS: [(Gauge, &str); 6] = [
    (Gauge::Attempts, "Attempts"),
    (Gauge::Wait, "Mean wait, min"),
    (Gauge::Abandonment, "Give up"),
    (Gauge::ServiceLevel, "In time"),
    (Gauge::Utilisation, "Utilisation"),
    (Gauge::PeopleNeeded, "Goal takes, people"),
];

/// Those that are shown as shares of the contacts handled.
const OF_HANDLED: [(Gauge, &str); 2] = [(Gauge::Solved, "Solved"), (Gauge::ContextLost, "Context lost")];

/// What the people are whom a goal takes.
const GOAL: &str = "So many would have to be at work, in the mean over periods, for the channel to hold to its goal.";

/// The name of what is read off a channel.
pub fn metric(channel: &str, gauge: Gauge) -> String {
    CHANNELS.called(&format!("{channel}.{}", gauge.key()))
}

/// What a channel comes to in a scenario over the horizon; none where nothing of the kind is read off it.
pub fn over_horizon<'r>(report: &'r Report, scenario: &str, channel: &str, gauge: Gauge) -> Option<&'r Estimate> {
    let its = report.summary.scenarios.iter().find(|its| its.name == scenario)?;
    its.metrics.get(&metric(channel, gauge))
}

/// The names of the channels that anybody comes to, those first that are tried most often in all scenarios together.
pub fn busiest(report: &Report) -> Vec<&str> {
    let tried = |channel: &str| -> f64 {
        let each = report.summary.scenarios.iter();
        each.filter_map(|its| over_horizon(report, &its.name, channel, Gauge::Attempts)).map(|its| its.mean).sum()
    };
    let mut ranked: Vec<(f64, &str)> = report.channels.keys().map(|name| (tried(name), name.as_str())).collect();
    ranked.retain(|(tried, _)| *tried > 0.0);
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    ranked.into_iter().map(|(_, name)| name).collect()
}

/// Whether people work in a channel, so that customers may have to wait there.
pub fn is_staffed(report: &Report, channel: &str) -> bool {
    has(report, channel, Gauge::Wait)
}

fn has(report: &Report, channel: &str, gauge: Gauge) -> bool {
    report.summary.scenarios.iter().any(|its| over_horizon(report, &its.name, channel, gauge).is_some())
}

/// Whether this is read off any channel.
fn any_has(report: &Report, gauge: Gauge) -> bool {
    report.channels.keys().any(|channel| has(report, channel, gauge))
}

/// Channels down, those of a scenario together: the heads of the columns, and rows of a head and cells.
pub fn table(report: &Report) -> (Vec<String>, Vec<(String, Vec<String>)>) {
    let columns: Vec<_> = COLUMNS.into_iter().filter(|(gauge, _)| any_has(report, *gauge)).collect();
    let heads = ["Channel", "Scenario"].into_iter();
    let heads = heads.chain(columns.iter().chain(&OF_HANDLED).map(|(_, head)| *head)).map(str::to_owned).collect();
    let row = |channel: &str, scenario: &str| {
        let value = |gauge: Gauge| over_horizon(report, scenario, channel, gauge);
        let cell = |gauge: Gauge| {
            value(gauge).map_or(NONE.to_owned(), |its| write_estimate(Unit::of(&metric(channel, gauge)), its))
        };
        let handled = value(Gauge::Handled).map(|its| its.mean).filter(|handled| *handled > 0.0);
        let share = |gauge: Gauge| {
            let share = handled.and_then(|handled| Some(value(gauge)?.mean / handled));
            share.map_or(NONE.to_owned(), |share| write(Unit::Share, share))
        };
        let mut cells = vec![report.title(scenario).to_owned()];
        cells.extend(columns.iter().map(|(gauge, _)| cell(*gauge)));
        cells.extend(OF_HANDLED.iter().map(|(gauge, _)| share(*gauge)));
        (sentence_case(&report.channels[channel]), cells)
    };
    let scenarios = &report.summary.scenarios;
    let rows = busiest(report).into_iter().take(MOST_CHANNELS);
    let rows = rows.flat_map(|channel| scenarios.iter().map(move |its| row(channel, &its.name)));
    (heads, rows.collect())
}

/// What is to be said below the table.
pub fn note(report: &Report) -> String {
    let level = 100.0 * report.summary.interval;
    let left = busiest(report).len().saturating_sub(MOST_CHANNELS);
    let left = match left {
        0 => String::new(),
        1 => " A channel that is tried less often is left out.".to_owned(),
        left => format!(" {left} channels that are tried less often are left out."),
    };
    let waits = if any_has(report, Gauge::Wait) {
        " Waits and shares of those who give up or are served in time are of all who come while a channel is open."
    } else {
        ""
    };
    format!(
        "Over the horizon, with the {level:.0}% interval of each mean.{waits} Solved and context lost: shares of the \
         contacts handled.{left}"
    )
}

/// The words of channels; those of waiting only where people work in any.
pub fn words(report: &Report) -> Vec<(&'static str, String)> {
    if report.channels.is_empty() {
        return Vec::new();
    }
    let lost = "A customer has to say everything again, because the channel does not know who it is or what was said \
                before; counted at contacts handled that are not the first try.";
    let waits = [
        (
            "Mean wait",
            "The minutes in line of all who come while a channel is open, those who give up among them. Who is served \
             at once has waited for none.",
        ),
        (
            "Abandonment (give up)",
            "Of those who come while a channel is open, the share who leave before they are served.",
        ),
        (
            "Service level (in time)",
            "Of those who come while a channel is open, the share who are served within the time that it sets itself: 20 \
             seconds if the study does not say otherwise.",
        ),
        (
            "Utilisation",
            "The share of the time of the people at work that contacts take. Near 100% a few more customers make waits \
             much longer. By chance it may pass 100%, as how many are served is drawn for each of them.",
        ),
    ];
    let waits = waits.into_iter().filter(|_| any_has(report, Gauge::Wait));
    let goal = any_has(report, Gauge::PeopleNeeded).then_some(("People that the goal takes", GOAL));
    waits.chain(goal).chain([("Context lost", lost)]).map(|(word, meaning)| (word, meaning.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{desks, fixture};

    #[test]
    fn each_channel_has_a_row_for_every_scenario_with_waits_where_people_work() {
        let report = desks::report(2, 1);
        let (heads, rows) = table(&report);
        assert_eq!((heads.len(), rows.len()), (10, 9));
        assert!(rows.iter().all(|(_, cells)| cells.len() == 9), "{rows:?}");
        let (head, cells) = &rows[0];
        assert_eq!((head.as_str(), cells[0].as_str()), ("Channel 0", "Today"));
        assert!(cells[2].starts_with("3.00") && cells[3].ends_with('%') && cells[7] == "80.0%", "{cells:?}");
        assert_eq!(rows[6].1[2], NONE, "nobody waits where nobody works");
    }

    #[test]
    fn without_people_there_are_no_columns_of_waits() {
        let (heads, rows) = table(&desks::report(0, 1));
        assert_eq!(heads, ["Channel", "Scenario", "Attempts", "Solved", "Context lost"]);
        assert_eq!(rows[0].1.len(), 4);
        assert_eq!(table(&fixture::report()).1, []);
    }

    #[test]
    fn of_many_channels_the_busiest_have_rows_and_those_that_nobody_tries_have_none() {
        let mut report = desks::report(30, 0);
        assert_eq!(table(&report).1.len(), 3 * MOST_CHANNELS);
        assert!(note(&report).contains("22 channels that are tried less often are left out"), "{}", note(&report));
        desks::deserted(&mut report);
        assert_eq!(table(&report).1, []);
    }
}
