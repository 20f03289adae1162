//! temporary
#![allow(clippy::all, clippy::pedantic, clippy::print_stdout, clippy::unwrap_used)]
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
            Ok(p) => println!("{}", serde_json::to_string_pretty(&oacguard::access::facts(&[p], &[f])).unwrap()),
            Err(e) => println!("{f}: ERR {} {e} | {}", e.kind(), e.help()),
        }
    }
}
