
variable "bucket" { type = string }
variable "bucket_policy" { type = string }
variable "key_id" { type = string }
variable "key_arn" { type = string }
variable "key_policy" { type = string }

resource "aws_s3_bucket_policy" "this" {
  bucket = var.bucket
  policy = var.bucket_policy
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = var.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_kms_key_policy" "this" {
  key_id = var.key_id
  policy = var.key_policy
}
