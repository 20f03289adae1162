locals {
  sites = toset(["blog", "shop"])
}

resource "aws_kms_key" "site" {
  for_each    = local.sites
  description = each.key
}

resource "aws_s3_bucket" "site" {
  for_each = local.sites
  bucket   = "acme-${each.key}"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "site" {
  for_each = aws_kms_key.site
  bucket   = aws_s3_bucket.site[each.key].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = each.value.arn
    }
  }
}

resource "aws_cloudfront_origin_access_identity" "oai" {
  comment = "web app"
}
resource "aws_cloudfront_distribution" "site" {
  for_each = local.sites

  enabled             = true
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.site[each.key].bucket_regional_domain_name
    origin_id   = "s3"

    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.oai.cloudfront_access_identity_path
    }
  }

  default_cache_behavior {
    target_origin_id       = "s3"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD"]
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
