//! Reports whose every text is chosen by somebody who wants the host to show, run or hide something else.

use oacguard::access::facts::Facts;
use oacguard::finding::{Finding, Location, Severity, Status, Waiver};
use oacguard::report::{Report, ReportError, Verdict};

use crate::common::{existing, facts, incident, incident_facts, path, report, resolved, unresolved, waived, world};

/// What a name, an id or a message may hold at worst.
pub(crate) const TEXTS: [&str; 22] = [
    "one\ntwo\r\nthree\rfour",
    "100%25 %0A::error::forged",
    "::error file=a,line=1::forged",
    "##vso[task.complete result=Succeeded;]done",
    "##[error]forged ##[endgroup]",
    "a]]>b<![CDATA[c",
    "</testcase></script><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)\" x='",
    "```\n# forged\n```",
    "`a` | b | c \\| d",
    "<!-- x --> <img src=x onerror=alert(1)>",
    "--> ]]--> \"]; click A \"javascript:alert(1)\"",
    "[text](javascript:alert(1)) @octocat #1 ![i](https://example.com/x.png)",
    "\u{1b}[31mred\u{1b}[0m\u{7}\u{8}",
    "\u{202e}desrever\u{202c} \u{200b}\u{feff}",
    "\u{0}\u{1}\u{b}\u{fffe}\u{ffff}",
    "FAIL - 3 failures\nFAIL",
    "</details><details open>",
    "$(reboot) `reboot` ${{ secrets.TOKEN }}",
    "&amp; &#x3c;b&#x3e; &lt;",
    "\"quoted\" 'single' {brace} (round)",
    "Straße 東京 🦀 e\u{301}",
];

/// Reports in which every text is hostile, with the facts to draw them from or without.
pub(crate) fn reports() -> Vec<(String, Report, Option<Facts>)> {
    let mut all = Vec::new();
    for (number, text) in TEXTS.into_iter().enumerate() {
        let findings = [incident(), existing(), resolved(), waived(), unresolved()];
        let findings: Vec<Finding> = findings.into_iter().map(|finding| spoilt(finding, text)).collect();
        let blocked = spoilt_report(report(findings.clone()), text);
        all.push((format!("text {number}, blocked"), blocked.clone(), None));
        all.push((format!("text {number}, with facts"), blocked, Some(spoilt_facts(text))));
        let warned = findings.into_iter().map(|finding| Finding { severity: Severity::Warning, ..finding });
        all.push((format!("text {number}, passed"), spoilt_report(report(warned.collect()), text), None));
        let mut none = spoilt_report(report(Vec::new()), text);
        none.verdict = Verdict::None;
        none.errors = vec![ReportError {
            plan: Some(text.to_owned()),
            kind: "state".to_owned(),
            message: text.to_owned(),
            help: text.to_owned(),
        }];
        all.push((format!("text {number}, no verdict"), none, None));
    }
    // More of everything than any host shows.
    let many: Vec<Finding> = (0..3_000)
        .map(|number| Finding {
            severity: [Severity::Error, Severity::Warning, Severity::Note][number % 3],
            status: [Status::Introduced, Status::Existing][number % 2],
            origin: Some(format!("origin {number} {}", "x".repeat(200))),
            fingerprint: format!("{number:032x}"),
            ..incident()
        })
        .collect();
    all.push(("many".to_owned(), report(many), Some(incident_facts())));
    let long = Finding { message: "long ".repeat(40_000), fix: "long ".repeat(40_000), ..incident() };
    all.push(("long".to_owned(), report(vec![long]), None));
    all
}

fn spoilt(finding: Finding, text: &str) -> Finding {
    let mut finding = finding;
    let some = || Some(text.to_owned());
    (finding.distribution, finding.origin, finding.bucket) = (some(), some(), some());
    (finding.key, finding.subject) = (some(), some());
    text.clone_into(&mut finding.plan);
    finding.message = format!("{text} is what it says.");
    finding.why = format!("Because of {text}.");
    finding.fix = format!("1. Change {text}.\n2. Apply.\n```hcl\n{text}\n```");
    for evidence in &mut finding.evidence {
        text.clone_into(&mut evidence.address);
        text.clone_into(&mut evidence.plan);
        text.clone_into(&mut evidence.note);
    }
    finding.location = Some(Location { file: text.to_owned(), line: 3 });
    finding.waiver = finding.waiver.map(|waiver| Waiver { reason: text.to_owned(), owner: some(), ..waiver });
    finding
}

fn spoilt_report(mut report: Report, text: &str) -> Report {
    for plan in &mut report.plans {
        text.clone_into(&mut plan.source);
    }
    for path in &mut report.paths {
        (path.plan, path.distribution, path.origin) = (text.to_owned(), text.to_owned(), text.to_owned());
        (path.bucket, path.key, path.domain) = (Some(text.to_owned()), Some(text.to_owned()), Some(text.to_owned()));
    }
    report
}

fn spoilt_facts(text: &str) -> Facts {
    use oacguard::access::facts::{Access, Algorithm, Fact, KeyFacts, KeyManager, ReadState, ResourceFacts};
    let spoil = |algorithm| {
        let mut world = world(Access::Oai, algorithm);
        world.domain = Fact::Known(text.to_owned());
        world.oai = Some(ResourceFacts { label: text.to_owned(), address: Some(text.to_owned()) });
        world.key = Some(Fact::Known(KeyFacts {
            label: text.to_owned(),
            address: Some(text.to_owned()),
            arn: Some(text.to_owned()),
            unfit: None,
            manager: Fact::Known(KeyManager::Customer),
        }));
        if let Fact::Known(bucket) = &mut world.bucket {
            text.clone_into(&mut bucket.label);
        }
        world
    };
    let mut after = spoil(Algorithm::SseKms);
    after.readable.new = ReadState::Unreadable;
    let mut spoilt = path(0, text, Some(spoil(Algorithm::SseS3)), Some(after));
    text.clone_into(&mut spoilt.origin);
    let mut facts = facts(vec![spoilt]);
    text.clone_into(&mut facts.plans[0].source);
    facts
}
