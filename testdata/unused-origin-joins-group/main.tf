resource "aws_s3_bucket" "a" {
  bucket = "acme-a"
}

resource "aws_s3_bucket" "b" {
  bucket = "acme-b"
}

resource "aws_kms_key" "k" {
  description = "site"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.id
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

data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.a.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.o.iam_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = data.aws_iam_policy_document.a.json
}

data "aws_iam_policy_document" "b" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.o.iam_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.b.json
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  origin {
    domain_name = aws_s3_bucket.a.bucket_regional_domain_name
    origin_id   = "a"

    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.o.cloudfront_access_identity_path
    }
  }

  origin {
    domain_name = aws_s3_bucket.b.bucket_regional_domain_name
    origin_id   = "b"

    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.o.cloudfront_access_identity_path
    }
  }

  default_cache_behavior {
    target_origin_id       = "grp"
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

  origin_group {
    origin_id = "grp"
    failover_criteria {
      status_codes = [403, 404]
    }
    member {
      origin_id = "a"
    }
    member {
      origin_id = "b"
    }
  }
}
