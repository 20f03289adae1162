# What the project is worked on with. `make check` is all that CI does.

.PHONY: check test release bench fuzz compare golden docs fmt

check:
	.ci/run

test:
	cargo test

# The program for TARGET, the same bytes wherever it is built: no path of the machine is in it.
TARGET ?= $(shell rustc -vV | sed -n 's/^host: //p')
TOOLCHAIN ?=
release:
	RUSTFLAGS="--remap-path-prefix=$(CURDIR)=oacguard --remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}=cargo" \
		cargo $(TOOLCHAIN) build --release --locked --bin oacguard --target $(TARGET)

# Time and memory of an ordinary plan, of plans of 1 to 500 MB, of up to 10,000 distributions and of 10,000 plans; release build,
# some minutes.
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
