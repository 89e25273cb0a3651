//! Assembles a report from a model, its runs and the text of its study.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::digest::sha256;
use crate::estimate::runs::Runs;
use crate::estimate::summary::Summary;
use crate::model::Model;
use crate::model::metric::{CARRIED, TAGS};
use crate::model::reported::phrases;
use crate::model::rival::Rival;
use crate::model::survey::Survey;
use crate::model::tag::Tag;
use crate::study::leaves::Leaf;
use crate::study::names::KINDS;
use crate::study::run::Accrual;
use crate::study::source::Source;

use super::amount::{Unit, sentence_case, write};
use super::file_names::file_names;
use super::origin::Origin;
use super::{Asked, Assumption, Entrant, Report, Tagged, Watched};

impl Report {
    /// The report of some runs.
    pub fn new(runs: &Runs) -> Self {
        let model = runs.model();
        let source = &model.source;
        let stages = || model.stage_order.iter().map(|id| &model.stages[id.index()]);
        let why = runs.why_not_exact();
        Self {
            summary: Summary { left_out: runs.budget().words(), ..runs.summary() },
            series: runs.series(),
            bands: runs.bands(),
            stage_titles: stages().map(|stage| (stage.name.clone(), stage.title.clone())).collect(),
            phrases: phrases(model),
            feelings: feelings(model),
            watched: watched(model),
            entrants: entrants(model),
            tags: tags(model),
            channels: model.channels.iter().map(|its| (its.name.clone(), its.title.clone())).collect(),
            samples: runs.samples(),
            draws: runs.draws().clone(),
            replicated: runs.replicated(),
            file_names: file_names(model.scenarios.iter().map(|scenario| scenario.name.as_str())),
            description: model.description.trim().to_owned(),
            scenario_descriptions: model.scenarios.iter().map(|s| (s.name.clone(), s.description.clone())).collect(),
            assumptions: assumptions(source),
            notes: notes(model),
            full_time_hours: model.run.full_time_hours,
            booked: booked(model),
            retained: stages()
                .filter(|stage| stage.retained)
                .map(|stage| (stage.name.clone(), stage.title.clone()))
                .collect(),
            study_digest: sha256(source.text.as_bytes()),
            why_not_exact: (!why.is_empty()).then(|| why.join("; ")),
            business: runs.business(),
            origin: Origin { source: Arc::clone(source), exact: runs.asked(), ..Origin::default() },
            budget: runs.budget().clone(),
        }
    }
}

/// The states that are held between 0 and 1, by their metrics.
fn feelings(model: &Model) -> IndexMap<String, String> {
    let within = model.carried.iter().filter(|its| its.range.0 >= 0.0 && its.range.1 <= 1.0);
    within.map(|its| (CARRIED.called(&its.name), sentence_case(&its.title))).collect()
}

/// The rivals that enter, in the order in which they do in the middle; none that hardly do so within the horizon.
fn entrants(model: &Model) -> Vec<Entrant> {
    let one = |its: &Rival| {
        let law = &model.params[its.enters?.index()].law;
        let [low, middle, high] = [0.05, 0.5, 0.95].map(|p| libm::round(law.quantile(p)));
        Some(Entrant { title: sentence_case(&its.title), low, middle, high })
    };
    let mut entrants: Vec<Entrant> = model.rivals.iter().flat_map(|its| &its.all).filter_map(one).collect();
    entrants.retain(|its| (1.0..=f64::from(model.run.horizon)).contains(&its.middle));
    entrants.sort_by(|a, b| a.middle.total_cmp(&b.middle).then_with(|| a.title.cmp(&b.title)));
    entrants
}

/// What the company watches.
fn watched(model: &Model) -> Watched {
    let survey = |its: &Survey| {
        let asked = Asked { title: sentence_case(&its.title), every: u64::from(its.every) };
        (its.name.clone(), asked)
    };
    Watched {
        surveys: model.surveys.iter().map(survey).collect(),
        pillars: model.pillars.iter().map(|its| (its.name.clone(), sentence_case(&its.title))).collect(),
    }
}

/// The tags, with the metric of each class.
fn tags(model: &Model) -> Vec<Tagged> {
    let file_names = file_names(model.tags.iter().map(|tag| tag.name.as_str()));
    let tag = |tag: &Tag| {
        let classes = tag
            .bands
            .iter()
            .map(|(class, _)| (TAGS.called(&format!("{}.{class}", tag.name)), sentence_case(&class.replace('_', " "))));
        Tagged {
            file_name: file_names.get(&tag.name).cloned().unwrap_or_default(),
            title: tag.title.clone(),
            classes: classes.collect(),
        }
    };
    model.tags.iter().map(tag).collect()
}

/// The first and the last time at which what customers bring and cost is booked.
fn booked(model: &Model) -> (u64, u64) {
    let horizon = u64::from(model.run.horizon);
    match model.run.accrual {
        Accrual::End => (1, horizon),
        Accrual::Start | Accrual::LifeTable => (0, horizon - 1),
        Accrual::All | Accrual::HalfCycle | Accrual::Simpson => (0, horizon),
    }
}

/// Every number, choice and change of the study, in the order of the file.
fn assumptions(source: &Source) -> Vec<Assumption> {
    let file = Path::new(&source.name)
        .file_name()
        .map_or_else(|| source.name.clone(), |name| name.to_string_lossy().into_owned());
    let assumption = |leaf: Leaf| Assumption {
        part: part(&leaf.path.names()),
        path: leaf.path.to_string(),
        value: leaf.text,
        unit: leaf.unit,
        remark: leaf.remark,
        place: if leaf.line > 0 { format!("{file}:{}", leaf.line) } else { "command line".to_owned() },
    };
    source.leaves().into_iter().map(assumption).collect()
}

/// The segment, initiative or scenario that a path stands in.
fn part(names: &[&str]) -> String {
    let [root, name, ..] = names else { return "study".to_owned() };
    let kind = KINDS.into_iter().find(|kind| kind.differs && kind.root == *root);
    kind.map_or_else(|| "study".to_owned(), |kind| format!("{} {name}", kind.noun))
}

/// What a reader should know before trusting the numbers.
fn notes(model: &Model) -> Vec<String> {
    let mut notes = Vec::new();
    if u64::from(model.run.agents) < model.run.customers {
        let each = write(Unit::Number, model.run.customers as f64 / f64::from(model.run.agents));
        let each = if each.contains('.') { each.trim_end_matches('0').trim_end_matches('.') } else { &each };
        notes.push(format!("Each simulated customer stands for {each} real ones, so chance looks larger here than it would be for the whole business."));
    }
    if model.is_uncertain() {
        notes.push("Intervals of levels hold two doubts: what the uncertain numbers are, drawn once per replication, and what chance does to customers.".to_owned());
    }
    let feeds_back = [
        (
            model.hears(),
            "Customers hear from each other one period late, so that nobody's turn comes before another's.",
        ),
        (model.has_referrals(), "Who comes because somebody talked comes one period later."),
        (
            model.has_rules(),
            "Rules see what the simulated customers did in the period that has ended, so that chance in few of them may \
             set a rule off.",
        ),
    ];
    notes.extend(feeds_back.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note.to_owned()));
    if model.run.replications < 30 {
        notes.push(format!(
            "With {} replications intervals are wide, and their level is only as good as Student's t makes it.",
            model.run.replications
        ));
    }
    notes
}
