terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudfront_origin_access_identity" "this" {
  comment = "site"
}

locals {
  buckets = { web = "AES256", web-assets = "aws:kms" }
}

resource "aws_s3_bucket" "b" {
  for_each = { web = "AES256", web-assets = "aws:kms" }
  bucket   = "acme-${each.key}"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  for_each = { web = "AES256", web-assets = "aws:kms" }
  bucket   = aws_s3_bucket.b[each.key].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = each.value
    }
  }
}

data "aws_iam_policy_document" "b" {
  for_each = toset(["web", "web-assets"])

  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b[each.key].arn}/*"]

    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.this.iam_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "b" {
  for_each = toset(["web", "web-assets"])
  bucket   = aws_s3_bucket.b[each.key].id
  policy   = data.aws_iam_policy_document.b[each.key].json
}

resource "aws_cloudfront_distribution" "site" {
  for_each = toset(["web"])
  enabled             = true
  comment             = "${each.key}"
  default_root_object = "index.html"

  origin {
    domain_name              = aws_s3_bucket.b["${each.key}-assets"].bucket_regional_domain_name
    origin_id                = "s3"
    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.this.cloudfront_access_identity_path
    }
  }

  default_cache_behavior {
    target_origin_id       = "s3"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
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
