
resource "aws_kms_key" "b" {
  description             = "objects of b"
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}
