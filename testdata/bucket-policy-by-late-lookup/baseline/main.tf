
data "terraform_remote_state" "storage" {
  backend = "local"
  config = {
    path = "${path.root}/storage.tfstate.json"
  }
}

resource "aws_s3_bucket_policy" "tls_only" {
  bucket = data.terraform_remote_state.storage.outputs.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::acme-site", "arn:aws:s3:::acme-site/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
