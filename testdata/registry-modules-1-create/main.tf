module "bucket" {
  source = "./modules/s3-bucket"

  bucket        = "acme-registry"
  attach_policy = true
  policy        = data.aws_iam_policy_document.bucket.json

  server_side_encryption_configuration = {
    rule = {
      apply_server_side_encryption_by_default = {
        sse_algorithm     = "aws:kms"
        kms_master_key_id = aws_kms_key.objects.arn
      }
    }
  }
}

module "cdn" {
  source = "./modules/cloudfront"

  create_origin_access_identity = true
  origin_access_identities = {
    s3_one = "My awesome CloudFront can access"
  }

  origin = {
    s3_one = {
      domain_name = module.bucket.s3_bucket_bucket_regional_domain_name
      s3_origin_config = {
        origin_access_identity = "s3_one"
      }
    }
  }

  default_cache_behavior = {
    target_origin_id       = "s3_one"
    viewer_protocol_policy = "allow-all"
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${module.bucket.s3_bucket_arn}/*"]

    principals {
      type        = "AWS"
      identifiers = module.cdn.cloudfront_origin_access_identity_iam_arns
    }
  }
}

resource "aws_kms_key" "objects" {
  description = "KMS key is used to encrypt bucket objects"
}
