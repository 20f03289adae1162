variable "domain" { type = string }
variable "oac_id" { type = string }

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  comment             = "web"
  default_root_object = "index.html"

  origin {
    domain_name = var.domain
    origin_id   = "s3"
    origin_access_control_id = var.oac_id
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
output "arn" { value = aws_cloudfront_distribution.this.arn }
