//! The checks as test results in the form of `JUnit`, which pipelines show.

use lcs_diagnosis::{CheckResult, Diagnosis, Outcome};
use quick_xml::escape::escape;

pub(super) fn document(diagnosis: &Diagnosis) -> String {
    let count = |outcome| {
        let of_outcome = diagnosis.checks.iter().filter(|it| it.outcome == outcome);
        of_outcome.count()
    };
    let cases: String = diagnosis.checks.iter().map(case).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites>\n\
         <testsuite name=\"lcs doctor\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" errors=\"0\">\n\
         {cases}</testsuite>\n\
         </testsuites>\n",
        diagnosis.checks.len(),
        count(Outcome::Failed),
        count(Outcome::Skipped),
    )
}

fn case(result: &CheckResult) -> String {
    let name = escape(result.check.title());
    let class = escape(result.check.step().title());
    let message = escape(&result.message);
    let inner = match result.outcome {
        Outcome::Passed => String::new(),
        Outcome::Skipped => format!("<skipped message=\"{message}\"/>"),
        Outcome::Failed => format!(
            "<failure message=\"{message}\" type=\"{}\">{}</failure>",
            result.check.id(),
            escape(super::shown::details(result).join("\n"))
        ),
    };
    format!("<testcase classname=\"{class}\" name=\"{name}\">{inner}</testcase>\n")
}

#[cfg(test)]
mod tests {
    use lcs_diagnosis::{Check, Evidence};

    use super::*;

    #[test]
    fn every_check_is_a_case_and_texts_cannot_break_out() {
        let result = |check, outcome| CheckResult {
            check,
            outcome,
            message: "<\"&".to_owned(),
            evidence: vec![Evidence::of("Entra", "]]></failure>")],
            remedy: Some("lcs setup".to_owned()),
        };
        let diagnosis = Diagnosis {
            checks: vec![
                result(Check::Authority, Outcome::Passed),
                result(Check::Consent, Outcome::Failed),
                result(Check::Project, Outcome::Skipped),
            ],
        };
        let document = document(&diagnosis);
        assert!(document.contains("tests=\"3\" failures=\"1\" skipped=\"1\""));
        let mut reader = quick_xml::Reader::from_str(&document);
        reader.config_mut().check_end_names = true;
        let mut cases = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) if tag.name().as_ref() == b"testcase" => {
                    cases += 1;
                }
                _ => {}
            }
        }
        assert_eq!(cases, 3);
    }
}
