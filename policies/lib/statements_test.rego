package oacguard.lib.statements_test

import data.oacguard.lib.fixture_test as fixture
import data.oacguard.lib.statements

_path(distribution) := {"distribution": distribution}

test_a_distribution_without_an_arn_of_its_own_is_named_by_its_id if {
	path := _path("module.cdn.awscc_cloudfront_distribution.site")
	contains(statements.decrypt(path, fixture.oac_kms), concat("", [
		"\"AWS:SourceArn\" = \"arn:aws:cloudfront::",
		"${data.aws_caller_identity.current.account_id}:distribution/",
		"${module.cdn.awscc_cloudfront_distribution.site.id}\" }",
	]))
	of_aws := statements.decrypt(_path("aws_cloudfront_distribution.site"), fixture.oac_kms)
	contains(of_aws, "\"AWS:SourceArn\" = aws_cloudfront_distribution.site.arn }")
}

test_an_identity_without_an_arn_of_its_own_is_named_by_its_user if {
	path := _path("aws_cloudfront_distribution.site")
	address := "awscc_cloudfront_cloudfront_origin_access_identity.site"
	world := fixture.replace(fixture.oai_s3, {"oai": {"label": address, "address": address}})
	user := sprintf("Principal = { CanonicalUser = %s.s3_canonical_user_id }", [address])
	contains(statements.read(path, world), user)
	contains(statements.read(path, fixture.oai_s3), ".iam_arn }")
}
