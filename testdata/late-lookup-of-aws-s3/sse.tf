
module "tags" {
  source = "./tags"
}

module "sse" {
  source     = "./sse"
  bucket     = aws_s3_bucket.this.id
  depends_on = [module.tags]
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.this
  to   = module.sse.aws_s3_bucket_server_side_encryption_configuration.this
}
