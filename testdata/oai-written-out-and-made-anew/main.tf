
resource "aws_s3_bucket" "site" {
  
  bucket = "acme-site"
  
}

resource "aws_cloudfront_origin_access_identity" "o" {
  comment = "o"
}

resource "aws_cloudfront_origin_access_identity" "n" {
  comment = "n"
}
resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_cloudfront_origin_access_identity.o.iam_arn }, Action = "s3:GetObject", Resource = "${aws_s3_bucket.site.arn}/*",   }] })
}

resource "aws_cloudfront_distribution" "site" {
  
  enabled = true
  
  origin {
    domain_name = aws_s3_bucket.site.bucket_regional_domain_name
    origin_id   = "s3"
    
    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.n.cloudfront_access_identity_path
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
