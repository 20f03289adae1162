
data "terraform_remote_state" "storage" {
  backend = "local"
  config = {
    path = "${path.root}/storage.tfstate.json"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = data.terraform_remote_state.storage.outputs.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
