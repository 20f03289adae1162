//! temporary
#![allow(clippy::all, clippy::pedantic, clippy::print_stdout)]
fn main() {
    for f in std::env::args().skip(1) {
        let text = match oacguard::plan::decode(std::fs::read(&f).unwrap(), 1 << 32) {
            Ok(t) => t,
            Err(e) => {
                println!("{f}: {e}");
                continue;
            }
        };
        match oacguard::plan::Plan::read(&text) {
            Ok(p) => println!(
                "{f}: {} instances, unplanned {:?} complete {:?} {}",
                p.instances.len(),
                p.unplanned,
                p.complete,
                p.instances.iter().filter(|i| i.values(oacguard::plan::World::After).is_some()).count()
            ),
            Err(e) => println!("{f}: ERR {} {e} | {}", e.kind(), e.help()),
        }
    }
}
