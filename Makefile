# What the project is worked on with. `make check` is all that CI does.

.PHONY: check test bench fuzz compare golden docs fmt

check:
	.ci/run

test:
	cargo test

# Time of an ordinary plan, time and memory of a plan of 100 MB; release build, a few minutes.
bench:
	@cargo bench --quiet --bench whole

# Ten minutes of libFuzzer for each target; `make fuzz MINUTES=1 TARGETS="reader whole"` for less.
fuzz:
	@MINUTES="$(MINUTES)" TARGETS="$(TARGETS)" tests/fuzz/run

# What general scanners say of the same plans, and what they take; they come from PyPI on first use.
compare:
	python3 benches/compare.py

# Accepts what the program prints today as what it should print: derived cases and snapshots. Read the diff.
golden:
	python3 tests/derive
	INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test --no-fail-fast

# Writes what README.md shows of the program, and the pages of the policies.
docs:
	UPDATE_DOCS=1 cargo test --test docs --test pages --test facts

fmt:
	cargo fmt
