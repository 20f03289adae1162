resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket" "media" {
  bucket = "acme-media"
}

resource "aws_kms_key" "k" {
  description = "site"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "media" {
  bucket = aws_s3_bucket.media.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}

locals {
  media_domain = aws_s3_bucket.media.bucket_regional_domain_name
}

output "domains" {
  value = { site = aws_s3_bucket.site.bucket_regional_domain_name, media = local.media_domain }
}
