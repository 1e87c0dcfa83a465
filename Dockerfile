# One static file in an empty image; scripts/image builds it.
FROM scratch
LABEL org.opencontainers.image.title="shmeter" \
      org.opencontainers.image.description="How much shared memory can this container really use, by which API, and what stops it" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY shmeter /shmeter
USER 65534:65534
ENTRYPOINT ["/shmeter"]
