
resource "aws_s3_object" "index" {
  bucket       = aws_s3_bucket.this.id
  key          = "index.html"
  content      = "<html></html>"
  content_type = "text/html"
  kms_key_id   = aws_kms_key.ci.arn
}
