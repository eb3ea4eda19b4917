//! Experiments, and what came of them.

use serde_json::json;
use shared::right::Right::{ChangeExperiments, Experiments};
use shared::wire::Experiment;
use shared::wire::experiments::{self as wire, AskPlan, ExperimentView, ExperimentsView, PlanView};
use shared::wire::scoring::Checked;

use crate::route::{Group, get, post};

pub fn group() -> Group {
    Group {
        tag: "Experiments",
        says: "Experiments on prompts, and what came of them.",
        routes: vec![
            get("/v1/console/experiments", "readExperiments", "Read all experiments")
                .member(Experiments)
                .gives::<ExperimentsView>(),
            post("/v1/console/experiments", "changeExperiments", "Make, change, start or end an experiment")
                .member(ChangeExperiments)
                .takes::<wire::ChangeExperiments>()
                .reads_text()
                .gives::<ExperimentsView>()
                .or(&[
                    "404 unknown_experiment",
                    "409 begun",
                    "409 not_ended",
                    "409 not_running",
                    "409 prompt_gone",
                    "409 stale",
                    "422 invalid_call",
                    "422 invalid_experiment",
                    "422 unknown_arm",
                ]),
            post("/v1/console/experiments/check", "checkExperiment", "Ask what is wrong or odd in an experiment")
                .member(ChangeExperiments)
                .takes::<Experiment>()
                .reads_text()
                .gives::<Checked>()
                .or(&["422 invalid_call"]),
            post("/v1/console/experiments/plan", "planExperiment", "Ask how long an answer takes")
                .member(ChangeExperiments)
                .takes::<AskPlan>()
                .such_as(json!({ "prompt": "pricing_reading", "metric": "opened", "arms": 2, "coverage": 1, "looks_for": 0.2 }))
                .reads_text()
                .gives::<PlanView>()
                .or(&["422 invalid_call"]),
            get("/v1/console/experiments/{experiment}", "readExperiment", "Read an experiment and its results")
                .member(Experiments)
                .gives::<ExperimentView>()
                .or(&["404 unknown_experiment"]),
            get(
                "/v1/console/experiments/{experiment}/results.csv",
                "readTotals",
                "Read the totals of an experiment as CSV",
            )
            .member(Experiments)
            .gives_as(200, "text/csv", "A line for each day, arm and measure.")
            .or(&["404 unknown_experiment"]),
        ],
    }
}
