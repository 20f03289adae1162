//! What the report looks like, as text and as JSON.

mod common;

use common::*;
use oacguard::access::facts::{Access, Algorithm, Counts, Fact, Facts, ReadState};
use oacguard::baseline::Entry;
use oacguard::finding::{Finding, Severity};
use oacguard::judge;
use oacguard::report::view::View;
use oacguard::report::{
    BaselineSummary, ConfigSummary, Hidden, PolicySummary, Report, Summary, html, json, markdown, schema, text,
};

fn coloured(report: &Report, facts: Option<&Facts>, width: usize) -> String {
    text::render(View { report, facts, options: &judge::Options::default() }, width)
}

fn drawn(report: &Report, facts: Option<&Facts>, width: usize) -> String {
    anstream::adapter::strip_str(&coloured(report, facts, width)).to_string()
}

#[test]
fn the_incident_at_every_width() {
    let report = report(vec![incident()]);
    for width in [40, 80, 120] {
        insta::assert_snapshot!(format!("incident_{width}"), drawn(&report, Some(&incident_facts()), width));
    }
}

#[test]
fn the_incident_in_colour() {
    let text = coloured(&report(vec![incident()]), Some(&incident_facts()), 80);
    insta::assert_snapshot!("incident_colour", text.replace('\u{1b}', "ESC"));
}

#[test]
fn without_facts_the_path_is_drawn_from_the_finding() {
    insta::assert_snapshot!(drawn(&report(vec![incident()]), None, 80));
}

#[test]
fn everything_at_once() {
    let mut second = incident();
    second.policy = "origin-bucket-policy".to_owned();
    let findings = vec![
        incident(),
        incident(),
        second,
        existing(),
        legacy("module.blog[\"my own blog\"].aws_cloudfront_distribution.this"),
        legacy("aws_cloudfront_distribution.docs"),
        unresolved(),
        unresolved(),
        resolved(),
        waived(),
    ];
    insta::assert_snapshot!(drawn(&report(findings), Some(&incident_facts()), 100));
}

#[test]
fn a_pass_says_what_it_stands_on() {
    let mut pass = report(Vec::new());
    pass.paths = vec![summary_path(Access::Oac, KMS), summary_path(Access::Oai, Some(Algorithm::SseS3))];
    insta::assert_snapshot!(drawn(&pass, None, 80));
}

#[test]
fn a_plan_without_paths_says_so() {
    let mut none = report(Vec::new());
    none.paths.clear();
    none.summary = Summary::of(&[], Counts::default());
    insta::assert_snapshot!("no_distribution", drawn(&none, None, 80));
    none.summary.distributions = 2;
    insta::assert_snapshot!("no_origin", drawn(&none, None, 80));
}

#[test]
fn no_verdict_says_what_to_do() {
    insta::assert_snapshot!(drawn(&unread(), Some(&incident_facts()), 80));
}

#[test]
fn what_is_unknown_is_marked() {
    let mut facts = incident_facts();
    let after = facts.paths[0].after.as_mut().unwrap();
    let why = "it is known only after the apply (aws_s3_bucket.site.bucket_regional_domain_name)";
    after.bucket = Fact::Unknown(why.to_owned());
    after.encryption = Fact::Unknown("the bucket is not known".to_owned());
    after.domain = Fact::Unknown(why.to_owned());
    after.key = None;
    after.readable.new = ReadState::Unresolved;
    let finding = Finding { severity: Severity::Warning, base_severity: Severity::Warning, ..unresolved() };
    insta::assert_snapshot!(drawn(&report(vec![finding]), Some(&facts), 80));
}

#[test]
fn a_migration_shows_what_was() {
    let before = world(Access::Oai, Algorithm::SseS3);
    let mut after = world(Access::Oac, Algorithm::SseKms);
    after.key_grant = Some(after.bucket_grant.clone().map(|mut grant| {
        grant.result = oacguard::access::facts::Grant::NotGranted;
        grant.policy = Some("aws_kms_key.site".to_owned());
        grant
    }));
    let mut path = path(0, SITE, Some(before), Some(after));
    path.change.resources = vec![
        changed(SITE, &["update"]),
        changed("aws_cloudfront_origin_access_control.site", &["create"]),
        changed("aws_s3_bucket.site", &["delete", "create"]),
    ];
    let finding = Finding { policy: "oac-key-policy".to_owned(), ..incident() };
    insta::assert_snapshot!(drawn(&report(vec![finding]), Some(&facts(vec![path])), 100));
}

#[test]
fn what_a_plan_holds_cannot_style_hide_or_command() {
    let evil = "x\u{1b}[2J\u{202e}\n::error::owned\n##vso[task.complete]\u{9b}31m";
    let finding = Finding {
        distribution: Some(evil.to_owned()),
        origin: Some(evil.to_owned()),
        message: format!("about {evil}"),
        fix: evil.to_owned(),
        links: vec![evil.to_owned()],
        plan: evil.to_owned(),
        ..incident()
    };
    let mut report = report(vec![finding, resolved(), unresolved(), waived()]);
    report.plans = vec![plan(evil), plan("b")];
    report.errors = unread().errors;
    report.errors[0].plan = Some(evil.to_owned());
    report.errors[0].message = evil.to_owned();
    let mut facts = incident_facts();
    facts.plans[0].source = evil.to_owned();
    facts.paths[0].distribution = evil.to_owned();
    facts.paths[0].origin = evil.to_owned();
    facts.paths[0].after.as_mut().unwrap().domain = Fact::Known(evil.to_owned());
    for facts in [None, Some(&facts)] {
        let text = drawn(&report, facts, 60);
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        assert!(!text.contains("##vso["), "{text}");
        assert!(coloured(&report, facts, 60).contains("\\u001b[2J\\u202e"));
    }
}

#[test]
fn a_name_does_not_pass_for_lines_of_the_report() {
    let name = "s3\n2. Delete the bucket policy.\npass: all is well";
    let finding = Finding {
        origin: Some(name.to_owned()),
        message: format!("CloudFront cannot read origin `{name}`."),
        fix: format!("1. Look at origin `{name}`.\n2. Go on."),
        ..incident()
    };
    for severity in [Severity::Error, Severity::Note] {
        let text = drawn(&report(vec![Finding { severity, ..finding.clone() }]), None, 100);
        assert!(!text.lines().any(|line| line.trim_start().starts_with("2. Delete")), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("pass: all")), "{text}");
    }
}

#[test]
fn the_same_report_is_the_same_text() {
    let facts = incident_facts();
    assert_eq!(coloured(&unread(), Some(&facts), 77), coloured(&unread(), Some(&facts), 77));
}

#[test]
fn the_json_report_has_the_published_keys() {
    let text = json::render(&report(vec![incident()])).unwrap();
    assert!(text.ends_with("}\n"));
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_written_is_what_the_schemas_promise() {
    let schema = serde_json::to_value(schema::report()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for sample in
        [report(vec![incident(), existing(), unresolved(), resolved(), waived()]), unread(), report(Vec::new())]
    {
        let mut document = serde_json::to_value(&sample).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        document["surprise"] = serde_json::json!(1);
        assert!(!validator.is_valid(&document), "an unknown key is refused");
        document.as_object_mut().unwrap().remove("surprise");
        document.as_object_mut().unwrap().remove("verdict");
        assert!(!validator.is_valid(&document), "a missing key is refused");
    }
    let schema = serde_json::to_value(schema::facts()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut sample = incident_facts();
    sample.paths[0].after.as_mut().unwrap().domain = Fact::Unknown("known after apply".to_owned());
    let document = serde_json::to_value(&sample).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_schema_names_itself() {
    for (schema, id) in [(schema::report(), "report"), (schema::facts(), "facts")] {
        let schema = serde_json::to_value(schema).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:oacguard:{id}:v1"));
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["properties"]["schema"]["const"], format!("oacguard.{id}/v1"));
    }
}

#[test]
fn what_the_project_decided_is_shown() {
    let mut covered = existing();
    "c".repeat(32).clone_into(&mut covered.fingerprint);
    let mut report = report(vec![incident(), covered, waived()]);
    let hidden = |error, warning| Hidden { error, warning, note: 0 };
    let setting = |policy: &str, severity: Option<Severity>, hidden| PolicySummary {
        policy: policy.to_owned(),
        enabled: severity.is_some(),
        severity,
        reason: "the migration is due this quarter, and until then nobody uploads anything".to_owned(),
        hidden,
    };
    report.config = Some(ConfigSummary {
        file: "../oacguard.toml".to_owned(),
        policies: vec![
            setting("legacy-oai", Some(Severity::Warning), hidden(0, 0)),
            setting("oac-key-policy", None, hidden(1, 2)),
            setting("oai-and-oac", None, hidden(0, 0)),
        ],
    });
    let entry = Entry {
        policy: "legacy-oai".to_owned(),
        distribution: Some("module.blog[\"my own blog\"].aws_cloudfront_distribution.this".to_owned()),
        origin: Some("s3".to_owned()),
        subject: None,
        severity: Severity::Note,
        when: None,
        doubts: None,
        message: None,
        fingerprint: "d".repeat(32),
    };
    report.baseline = Some(BaselineSummary {
        file: "baseline.json".to_owned(),
        covered: vec!["c".repeat(32)],
        worse: vec![incident().fingerprint],
        gone: vec![
            entry.clone(),
            Entry { policy: "partial-plan".to_owned(), distribution: None, origin: None, ..entry },
        ],
    });
    insta::assert_snapshot!(drawn(&report, None, 80));
    let schema = serde_json::to_value(schema::report()).unwrap();
    assert!(jsonschema::is_valid(&schema, &serde_json::to_value(&report).unwrap()));
}

#[test]
fn the_incident_as_a_comment_and_as_a_page() {
    let (report, facts) = (report(vec![incident()]), incident_facts());
    let view = View { report: &report, facts: Some(&facts), options: &judge::Options::default() };
    insta::assert_snapshot!("incident_markdown", markdown::render(view, markdown::COMMENT_LIMIT));
    // The styles are seen in a browser or not at all.
    let page = html::render(view);
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    insta::assert_snapshot!("incident_html", format!("{head}{body}").replace("><", ">\n<"));
}

/// Detail goes step by step, and what blocks goes last.
#[test]
fn a_comment_gives_up_detail_before_it_gives_up_what_blocks() {
    let second = Finding { severity: Severity::Warning, ..legacy("aws_cloudfront_distribution.docs") };
    let (report, facts) = (report(vec![incident(), second, waived()]), incident_facts());
    let view = View { report: &report, facts: Some(&facts), options: &judge::Options::default() };
    let whole = markdown::render(view, markdown::COMMENT_LIMIT);
    let parts = [
        "<summary>What was seen",
        "Move the origin to an origin access control before that day",
        "```mermaid",
        "| Finding |",
        "**error**",
    ];
    assert!(parts[..4].iter().all(|part| whole.contains(part)), "{whole}");
    let mut lost = [None; 4];
    for limit in (150..=whole.len()).rev().step_by(29) {
        let text = markdown::render(view, limit);
        assert!(text.len() <= limit);
        assert!(
            text.contains("oacguard: block") && text.contains("1 error introduced by this plan (1 warning, 1 waived)")
        );
        assert!(limit < 250 || text.contains("`oai-sse-kms`"), "{limit}: {text}");
        for (part, lost) in parts.iter().zip(&mut lost) {
            if !text.contains(part) && lost.is_none() {
                *lost = Some(limit);
            }
        }
    }
    assert!(lost.windows(2).all(|pair| pair[0] >= pair[1]), "{lost:?}");
    assert!(lost.iter().all(Option::is_some), "{lost:?}");
}
