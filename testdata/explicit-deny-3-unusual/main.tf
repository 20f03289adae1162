
data "aws_caller_identity" "current" {}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = "acme-site"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_s3_bucket" "a" {
  bucket = "acme-odd-a"
}

resource "aws_s3_bucket_public_access_block" "a" {
  bucket                  = aws_s3_bucket.a.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "a" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.a.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }

  statement {
    sid    = "Age"
    effect = "Deny"
    actions = ["s3:*"]
    resources = ["${aws_s3_bucket.a.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericGreaterThan"
      variable = "s3:signatureAge"
      values   = ["600000"]
    }
  }
}

resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = data.aws_iam_policy_document.a.json
}

resource "aws_s3_bucket" "b" {
  bucket = "acme-odd-b"
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "b" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }

  statement {
    sid    = "Deputy"
    effect = "Deny"
    actions = ["s3:*"]
    resources = ["${aws_s3_bucket.b.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:SourceOrgID"
      values   = ["o-a1b2c3d4e5"]
    }

    condition {
      test     = "Null"
      variable = "aws:SourceAccount"
      values   = ["false"]
    }

    condition {
      test     = "Bool"
      variable = "aws:PrincipalIsAWSService"
      values   = ["true"]
    }
  }
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.b.json
}

resource "aws_s3_bucket" "c" {
  bucket = "acme-odd-c"
}

resource "aws_s3_bucket_public_access_block" "c" {
  bucket                  = aws_s3_bucket.c.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "c" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.c.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }

  statement {
    sid    = "Auth"
    effect = "Deny"
    actions = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.c.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:authType"
      values   = ["REST-HEADER"]
    }
  }
}

resource "aws_s3_bucket_policy" "c" {
  bucket = aws_s3_bucket.c.id
  policy = data.aws_iam_policy_document.c.json
}

resource "aws_s3_bucket" "d" {
  bucket = "acme-odd-d"
}

resource "aws_s3_bucket_public_access_block" "d" {
  bucket                  = aws_s3_bucket.d.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "d" {

  statement {
    sid    = "CloudFront"
    actions = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.d.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }

  statement {
    sid    = "Quarantine"
    effect = "Deny"
    actions = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.d.arn}/quarantine/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:ExistingObjectTag/scan"
      values   = ["clean"]
    }

    condition {
      test     = "ArnNotLikeIfExists"
      variable = "aws:PrincipalArn"
      values   = ["arn:aws:iam::111122223333:role/scanner"]
    }

    condition {
      test     = "Bool"
      variable = "aws:PrincipalIsAWSService"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "d" {
  bucket = aws_s3_bucket.d.id
  policy = data.aws_iam_policy_document.d.json
}

resource "aws_cloudfront_distribution" "site" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = aws_s3_bucket.a.bucket_regional_domain_name
    origin_id   = "a"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  origin {
    domain_name = aws_s3_bucket.b.bucket_regional_domain_name
    origin_id   = "b"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  origin {
    domain_name = aws_s3_bucket.c.bucket_regional_domain_name
    origin_id   = "c"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  origin {
    domain_name = aws_s3_bucket.d.bucket_regional_domain_name
    origin_id   = "d"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  default_cache_behavior {
    target_origin_id       = "a"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  ordered_cache_behavior {
    path_pattern           = "/b/*"
    target_origin_id       = "b"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  ordered_cache_behavior {
    path_pattern           = "/c/*"
    target_origin_id       = "c"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  ordered_cache_behavior {
    path_pattern           = "/d/*"
    target_origin_id       = "d"
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
