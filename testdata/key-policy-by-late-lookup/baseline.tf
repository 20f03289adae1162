
module "tags" {
  source = "./tags"
}

module "key_policy" {
  source     = "./key_policy"
  depends_on = [module.tags]
}
