variable "use_legacy" {
  type    = bool
  default = true
}

locals {
  legacy_domain = aws_s3_bucket.legacy.bucket_regional_domain_name
}

resource "aws_s3_bucket" "legacy" {
  bucket = "acme-legacy"
}

resource "aws_s3_bucket" "fresh" {
  bucket = "acme-fresh"
}

resource "aws_kms_key" "k" {
  description = "site"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "fresh" {
  bucket = aws_s3_bucket.fresh.id
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

data "aws_iam_policy_document" "legacy" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.legacy.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.o.iam_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "legacy" {
  bucket = aws_s3_bucket.legacy.id
  policy = data.aws_iam_policy_document.legacy.json
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  origin {
    domain_name = var.use_legacy ? local.legacy_domain : aws_s3_bucket.fresh.bucket_regional_domain_name
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
