
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  provider = aws.use1
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "arn:aws:kms:us-east-1:${data.aws_caller_identity.current.account_id}:key/${aws_kms_key.primary.key_id}"
    }
  }
}
