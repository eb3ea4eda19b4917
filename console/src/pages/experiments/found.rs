//! Which experiments stand where in the list, and which of the ended ones have the words that somebody looks for.

use shared::wire::experiment::ExperimentStatus;
use shared::wire::experiments::ExperimentLine;

/// Those of a status, in the order in which they came.
pub fn of(lines: &[ExperimentLine], status: ExperimentStatus) -> Vec<ExperimentLine> {
    lines.iter().filter(|line| line.status == status).cloned().collect()
}

/// Whether all words of a text are in what is known of an experiment.
pub fn has(line: &ExperimentLine, text: &str) -> bool {
    let known =
        [&line.name, &line.question, &line.learnt, &line.prompt, &line.says].map(|it| it.to_lowercase()).join("\n");
    text.to_lowercase().split_whitespace().all(|word| known.contains(word))
}

#[cfg(test)]
mod tests {
    use shared::wire::experiment::Measure;

    use super::*;

    #[test]
    fn every_word_must_be_there_somewhere() {
        let line = line("Shorter words", "Does brevity help?", "Visitors on phones like it short.");
        for text in ["", "  ", "SHORT", "brevity phones", "pricing_help"] {
            assert!(has(&line, text), "{text}");
        }
        for text in ["long", "phones tablets"] {
            assert!(!has(&line, text), "{text}");
        }
    }

    #[test]
    fn each_stands_in_one_place() {
        let mut draft = line("Next", "", "");
        draft.status = ExperimentStatus::Draft;
        let lines = [line("Old", "", ""), draft];
        assert_eq!(of(&lines, ExperimentStatus::Draft).len(), 1);
        assert_eq!(of(&lines, ExperimentStatus::Stopped).len(), 1);
        assert!(of(&lines, ExperimentStatus::Running).is_empty());
    }

    fn line(name: &str, question: &str, learnt: &str) -> ExperimentLine {
        ExperimentLine {
            key: name.to_lowercase(),
            name: name.to_owned(),
            question: question.to_owned(),
            prompt: "pricing_help".to_owned(),
            status: ExperimentStatus::Stopped,
            metric: Measure::Accepted,
            started_at: None,
            ended_at: None,
            verdict: "winner".to_owned(),
            says: String::new(),
            learnt: learnt.to_owned(),
        }
    }
}
