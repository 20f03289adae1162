
module "tags" {
  source = "./tags"
}

module "baseline" {
  source     = "./baseline"
  depends_on = [module.tags]
}
