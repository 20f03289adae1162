# The storage state of a site whose distribution another state manages (see oai-bucket-elsewhere).
resource "aws_s3_bucket" "site" {
  bucket = "acme-elsewhere"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "site" {
  bucket = aws_s3_bucket.site.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.site.arn
    }
  }
}

resource "aws_kms_key" "site" {
  description = "site"
}
