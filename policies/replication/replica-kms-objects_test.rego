package oacguard.replica_kms_objects_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.replica_kms_objects as policy

_site := "aws_s3_bucket.site"

_found(path) := found if {
	found := fixture.brief(policy.finding) with input as fixture.facts([path])
}

_only(path) := finding if {
	findings := policy.finding with input as fixture.facts([path])
	some finding in findings
	finding.world == "after"
}

_replica(changes) := fixture.replace(
	{
		"address": "aws_s3_bucket_replication_configuration.main",
		"into_this_bucket": {"known": true},
		"source": {"known": "aws_s3_bucket.main"},
		"source_encryption": {"known": "sse-kms"},
		"enabled": {"known": true},
		"selected": {"known": true},
		"served": {"known": true},
		"key": fixture.other_key,
		"key_grant": null,
		"evidence": [fixture.evidence("replica")],
	},
	changes,
)

_with(base, changes) := fixture.replace(base, {"replicas": [_replica(changes)]})

_refused := fixture.grant("not-granted", "present", "aws_kms_key.other")

test_fires_behind_an_oai if {
	path := fixture.path(fixture.oai_s3, _with(fixture.oai_s3, {}))
	_found(path) == {[0, "after", "next-write", _site]}
	finding := _only(path)
	finding.severity == "error"
	finding.message == concat(" ", [
		"CloudFront reads origin `s3` of `aws_cloudfront_distribution.site`, bucket",
		"`aws_s3_bucket.site`, as the OAI `aws_cloudfront_origin_access_identity.site`, but",
		"`aws_s3_bucket_replication_configuration.main` writes objects there under the key",
		"`aws_kms_key.other`, which cannot be read this way.",
	])
	contains(finding.fix, "Let the policy of the replica key allow")
}

test_fires_behind_an_oac_whose_key_does_not_admit_it if {
	finding := _only(fixture.path(null, _with(fixture.oac_s3, {"key_grant": _refused})))
	contains(finding.message, "whose policy does not let CloudFront decrypt: statement 1 says so.")
	startswith(finding.fix, "Add this statement to the policy of the key `aws_kms_key.other`:")
	aws := _only(fixture.path(null, _with(fixture.oac_s3, {"key": fixture.aws_key})))
	contains(aws.message, "whose policy nobody can change so that it admits CloudFront.")
	startswith(aws.fix, "Name a customer managed key as `replica_kms_key_id` in")
}

test_fires_as_a_warning_where_something_is_uncertain if {
	later := {"unknown": "the source is elsewhere"}
	finding := _only(fixture.path(null, _with(fixture.oai_s3, {"source_encryption": later})))
	finding.severity == "warning"
	contains(finding.message, "may write objects there under the key `aws_kms_key.other`")
	contains(finding.why, "Whether it brings any cannot be told: the source is elsewhere.")
	partly := {"unknown": "the origin is asked for a part"}
	_only(fixture.path(null, _with(fixture.oai_s3, {"served": partly}))).severity == "warning"
	hidden := _only(fixture.path(null, _with(fixture.oai_s3, {"key": later})))
	contains(hidden.message, "writes objects there under a KMS key, which cannot be read this way.")
}

test_breaks_at_once_where_replicas_could_be_read_until_now if {
	granted := {"key_grant": fixture.granted("aws_kms_key.other")}
	before := _with(fixture.oac_s3, granted)
	after := _with(fixture.oai_s3, {})
	_only(fixture.path(before, after)).when == "apply"
	_only(fixture.path(fixture.oac_s3, after)).when == "next-write"
	_only(fixture.changed(before, after, {"bucket": true})).when == "next-write"
	_only(fixture.path(after, after)).when == "next-write"
	_only(fixture.changed(after, after, {"viewers": true})).when == "apply"
}

test_silent_where_they_can_be_read if {
	granted := fixture.granted("aws_kms_key.other")
	_found(fixture.path(null, _with(fixture.oac_s3, {"key_grant": granted}))) == set()
	_found(fixture.path(null, fixture.oai_s3)) == set()
	both := fixture.replace(_with(fixture.oai_s3, {}), {"oac": fixture.oac})
	_found(fixture.path(null, both)) == set()
}

test_unresolved_grant_is_no_finding if {
	later := {"unknown": "it is later"}
	_found(fixture.path(null, _with(fixture.oac_s3, {"key_grant": later}))) == set()
	edge := fixture.replace(_with(fixture.oai_s3, {}), {"edge_function": later})
	_found(fixture.path(null, edge)) == set()
}
