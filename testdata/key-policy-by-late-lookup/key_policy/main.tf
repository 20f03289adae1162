
data "aws_caller_identity" "current" {}

data "aws_kms_key" "site" {
  key_id = "alias/site"
}

data "aws_iam_policy_document" "key" {
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

resource "aws_kms_key_policy" "site" {
  key_id = data.aws_kms_key.site.key_id
  policy = data.aws_iam_policy_document.key.json
}
