
data "aws_caller_identity" "current" {}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = "acme-site"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_s3_bucket" "star" {
  bucket = "acme-first-star"
}

data "aws_iam_policy_document" "star" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-first-star/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:distribution/*"]
    }
  }
}

resource "aws_s3_bucket_policy" "star" {
  bucket = aws_s3_bucket.star.id
  policy = data.aws_iam_policy_document.star.json
}

data "aws_iam_policy_document" "key_star" {

  statement {
    sid    = "EnableRoot"
    actions = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid    = "CloudFront"
    actions = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:distribution/*"]
    }
  }
}

resource "aws_kms_key" "star" {
  description = "star"
  policy      = data.aws_iam_policy_document.key_star.json
}

resource "aws_s3_bucket_server_side_encryption_configuration" "star" {
  bucket = aws_s3_bucket.star.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.star.arn
    }
  }
}

resource "aws_cloudfront_distribution" "star" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.star.bucket_regional_domain_name
    origin_id   = "s3"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
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

resource "aws_s3_bucket" "id" {
  bucket = "acme-first-id"
}

data "aws_iam_policy_document" "id" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-first-id/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:distribution/E*"]
    }
  }
}

resource "aws_s3_bucket_policy" "id" {
  bucket = aws_s3_bucket.id.id
  policy = data.aws_iam_policy_document.id.json
}

data "aws_iam_policy_document" "key_id" {

  statement {
    sid    = "EnableRoot"
    actions = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid    = "CloudFront"
    actions = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:distribution/E*"]
    }
  }
}

resource "aws_kms_key" "id" {
  description = "id"
  policy      = data.aws_iam_policy_document.key_id.json
}

resource "aws_s3_bucket_server_side_encryption_configuration" "id" {
  bucket = aws_s3_bucket.id.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.id.arn
    }
  }
}

resource "aws_cloudfront_distribution" "id" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.id.bucket_regional_domain_name
    origin_id   = "s3"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
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

resource "aws_s3_bucket" "any" {
  bucket = "acme-first-any"
}

data "aws_iam_policy_document" "any" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-first-any/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::*:distribution/*"]
    }
  }
}

resource "aws_s3_bucket_policy" "any" {
  bucket = aws_s3_bucket.any.id
  policy = data.aws_iam_policy_document.any.json
}

data "aws_iam_policy_document" "key_any" {

  statement {
    sid    = "EnableRoot"
    actions = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid    = "CloudFront"
    actions = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::*:distribution/*"]
    }
  }
}

resource "aws_kms_key" "any" {
  description = "any"
  policy      = data.aws_iam_policy_document.key_any.json
}

resource "aws_s3_bucket_server_side_encryption_configuration" "any" {
  bucket = aws_s3_bucket.any.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.any.arn
    }
  }
}

resource "aws_cloudfront_distribution" "any" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.any.bucket_regional_domain_name
    origin_id   = "s3"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
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

resource "aws_s3_bucket" "account" {
  bucket = "acme-first-account"
}

data "aws_iam_policy_document" "account" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-first-account/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["${data.aws_caller_identity.current.account_id}"]
    }
  }
}

resource "aws_s3_bucket_policy" "account" {
  bucket = aws_s3_bucket.account.id
  policy = data.aws_iam_policy_document.account.json
}

data "aws_iam_policy_document" "key_account" {

  statement {
    sid    = "EnableRoot"
    actions = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid    = "CloudFront"
    actions = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["${data.aws_caller_identity.current.account_id}"]
    }
  }
}

resource "aws_kms_key" "account" {
  description = "account"
  policy      = data.aws_iam_policy_document.key_account.json
}

resource "aws_s3_bucket_server_side_encryption_configuration" "account" {
  bucket = aws_s3_bucket.account.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.account.arn
    }
  }
}

resource "aws_cloudfront_distribution" "account" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.account.bucket_regional_domain_name
    origin_id   = "s3"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
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

resource "aws_s3_bucket" "like" {
  bucket = "acme-first-like"
}

data "aws_iam_policy_document" "like" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-first-like/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:*"]
    }
  }
}

resource "aws_s3_bucket_policy" "like" {
  bucket = aws_s3_bucket.like.id
  policy = data.aws_iam_policy_document.like.json
}

data "aws_iam_policy_document" "key_like" {

  statement {
    sid    = "EnableRoot"
    actions = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid    = "CloudFront"
    actions = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "AWS:SourceArn"
      values   = ["arn:aws:cloudfront::${data.aws_caller_identity.current.account_id}:*"]
    }
  }
}

resource "aws_kms_key" "like" {
  description = "like"
  policy      = data.aws_iam_policy_document.key_like.json
}

resource "aws_s3_bucket_server_side_encryption_configuration" "like" {
  bucket = aws_s3_bucket.like.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.like.arn
    }
  }
}

resource "aws_cloudfront_distribution" "like" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.like.bucket_regional_domain_name
    origin_id   = "s3"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
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

resource "aws_s3_bucket" "var" {
  bucket = "acme-first-var"
}

data "aws_iam_policy_document" "var" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-first-var/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["&{aws:ResourceAccount}"]
    }
  }
}

resource "aws_s3_bucket_policy" "var" {
  bucket = aws_s3_bucket.var.id
  policy = data.aws_iam_policy_document.var.json
}

data "aws_iam_policy_document" "key_var" {

  statement {
    sid    = "EnableRoot"
    actions = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid    = "CloudFront"
    actions = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["&{aws:ResourceAccount}"]
    }
  }
}

resource "aws_kms_key" "var" {
  description = "var"
  policy      = data.aws_iam_policy_document.key_var.json
}

resource "aws_s3_bucket_server_side_encryption_configuration" "var" {
  bucket = aws_s3_bucket.var.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.var.arn
    }
  }
}

resource "aws_cloudfront_distribution" "var" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.var.bucket_regional_domain_name
    origin_id   = "s3"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
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
