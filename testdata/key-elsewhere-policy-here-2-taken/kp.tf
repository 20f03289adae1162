
data "aws_iam_policy_document" "root_only" {
  statement {
    sid       = "EnableRoot"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_key_policy" "this" {
  key_id = var.kms_key_arn
  policy = data.aws_iam_policy_document.root_only.json
}
