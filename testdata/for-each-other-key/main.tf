locals {
  apps = {
    shop = { bucket = null, kms = false }
    blog = { bucket = null, kms = true }
    docs = { bucket = "shop", kms = false }
  }
}

resource "aws_s3_bucket" "b" {
  for_each = local.apps
  bucket   = "acme-${each.key}"
}

resource "aws_kms_key" "k" {}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  for_each = { for k, a in local.apps : k => a if k == "docs" }
  bucket   = aws_s3_bucket.b[each.key].id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}

resource "aws_cloudfront_origin_access_identity" "o" {
  comment = "o"
}

resource "aws_cloudfront_distribution" "site" {
  for_each = local.apps
  enabled  = true

  origin {
    domain_name = aws_s3_bucket.b[coalesce(each.value.bucket, each.key)].bucket_regional_domain_name
    origin_id   = "s3"

    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.o.cloudfront_access_identity_path
    }
  }

  default_cache_behavior {
    target_origin_id       = "s3"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "redirect-to-https"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
