# One static file in an empty image, for linux/amd64 and linux/arm64.
#
#   from-source  compiles inside BUILDER_IMAGE: `docker build --tag shmeter .` with BuildKit, which is
#                the default from Docker 23, and `scripts/image --from-source` with any
#   from-binary  takes the file shmeter of its context; scripts/image makes that
#
# The layer has the same bytes whenever the binary has: a binary from outside is to have the time
# SOURCE_DATE_EPOCH already.
ARG BUILDER_IMAGE=rust:1.95-bookworm

FROM scratch AS base
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="shmeter" \
      org.opencontainers.image.description="Show how much shared memory a container can really use, and what stops it" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
USER 65534:65534
ENTRYPOINT ["/shmeter"]

FROM base AS from-binary
COPY shmeter /shmeter

# Stands behind from-binary: Docker's older builder makes every stage up to its target, also those that
# it does not need.
FROM ${BUILDER_IMAGE} AS build
ARG SOURCE_DATE_EPOCH=0
ARG REVISION=
WORKDIR /build
COPY . .
RUN binary=$(SHMETER_COMMIT=$REVISION scripts/release-binary) && \
    install -D -m 755 "$binary" /out/shmeter && \
    touch --date="@${SOURCE_DATE_EPOCH}" /out/shmeter

FROM base AS from-source
COPY --from=build /out/shmeter /shmeter
