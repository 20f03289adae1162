
resource "aws_kms_key_policy" "replica" {
  provider = aws.use1
  key_id   = aws_kms_replica_key.us.key_id
  policy   = data.aws_iam_policy_document.root_only.json
}
