# The program and nothing else. It reads plans in JSON; to have it show a binary plan, copy it beside Terraform:
#
#   COPY --from=oacguard /usr/local/bin/oacguard /usr/local/bin/oacguard
#
# Use: terraform show -json tfplan | docker run --rm -i --network none oacguard check
FROM rust:1.95-alpine3.23 AS build
# The headers of the C library, for build scripts; any version does.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs README.md ./
COPY benches benches
COPY policies policies
COPY src src
RUN cargo build --release --locked --bin oacguard

FROM scratch
COPY LICENSE /LICENSE
# Alpine's Rust links statically.
COPY --from=build /src/target/release/oacguard /usr/local/bin/oacguard
# Nobody, by number: there is no list of users here.
USER 65532:65532
# Proves that it needs nothing of the image it was built in.
RUN ["/usr/local/bin/oacguard", "--version"]
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/oacguard"]
