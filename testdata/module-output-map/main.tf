module "store" {
  source = "./store"
}

module "cdn" {
  source = "./cdn"
  store  = module.store.domains
}
