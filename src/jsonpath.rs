//! JSONPath expressions (RFC 9535) as people write them: on the command line, and in `select` of a waiver.

use std::num::NonZeroUsize;

use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::{Rule, parse_json_path};
use pest::error::ErrorVariant;

/// How many steps the parser may take. It tries what stands in a function in several ways, each of which tries what stands in
/// that again, so that two dozen conditions in each other would take it longer than anybody waits. Thousands of conditions side
/// by side take less than this.
const MOST_STEPS: Option<NonZeroUsize> = NonZeroUsize::new(1_000_000);

/// Reads `expression`.
///
/// # Errors
/// The expression with a caret where it stops making sense, if the parser knows, in several lines.
pub(crate) fn parse(expression: &str) -> Result<JpQuery, String> {
    // A setting of the whole process, in which nothing else parses with that library.
    pest::set_call_limit(MOST_STEPS);
    parse_json_path(expression).map_err(|error| shown(expression, error))
}

/// The expression with a caret where it stops making sense, if the parser knows.
fn shown(expression: &str, error: JsonPathError) -> String {
    match error {
        // Of its own accord the grammar makes no such error; it is the parser that gave up.
        JsonPathError::PestError(error) if matches!(error.variant, ErrorVariant::CustomError { .. }) => {
            format!("  {expression}\n  it takes too long to read; put fewer conditions into each other")
        }
        JsonPathError::PestError(error) => error.renamed_rules(|rule| named(*rule).to_owned()).to_string(),
        error => format!("  {expression}\n  {error}"),
    }
}

/// What a rule of the grammar is called in the RFC, or near it.
fn named(rule: Rule) -> &'static str {
    match rule {
        Rule::EOI => "the end",
        Rule::main | Rule::jp_query | Rule::root => "`$`",
        Rule::segment | Rule::segments | Rule::child_segment => "`.name`, `[…]`",
        Rule::descendant_segment => "`..`",
        Rule::selector | Rule::bracketed_selection => "a name in quotes, an index, a slice, `*` or `?` and a condition",
        Rule::member_name_shorthand => "a name",
        Rule::wildcard_selector => "`*`",
        Rule::name_selector | Rule::string => "a name in quotes",
        Rule::int | Rule::index_selector => "a number",
        Rule::logical_expr | Rule::logical_expr_and | Rule::atom_expr | Rule::test_expr | Rule::test => "a condition",
        Rule::comp_op => "a comparison such as `==`",
        Rule::comparable | Rule::literal => "a value, or a path that begins with `@` or `$`",
        Rule::name_segment => "`.name`",
        Rule::index_segment => "`[0]`",
        Rule::slice_selector => "a slice",
        Rule::step => "a step",
        Rule::function_argument | Rule::one_arg | Rule::two_arg => "an argument",
        Rule::ALPHA | Rule::DIGIT | Rule::name_first | Rule::name_char => "a letter",
        Rule::frac => "a fraction",
        Rule::exp => "an exponent",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_for_ever_to_read_is_refused() {
        let deep = format!("$.a{}[? (value*", "[?count(@.b".repeat(30));
        let why = parse(&deep).expect_err("it does not end");
        assert!(why.contains("too long to read"), "{why}");
    }

    #[test]
    fn what_is_only_long_is_read() {
        let long = format!("$.a[?{}@.b]", "count(@.c[?@.d == 'e']) > 1 && ".repeat(1000));
        assert!(parse(&long).is_ok());
        let deep = format!("$.a{}{}", "[?count(@.b".repeat(6), ") > 1]".repeat(6));
        assert!(parse(&deep).is_ok());
    }
}
