# The operator's image: the program, the shared libraries that it needs,
# certificates. tools/image calls this and packs what comes of it, the same every
# time; it also does without an engine, and takes user, entry point and labels
# from the last stage below.
#
#   docker build --build-arg COMMIT=$(git rev-parse --short=12 HEAD) \
#     --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) .

# Name it by its digest, and a snapshot of Debian as sources, to pin everything.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
# Lines of sources.list instead of those of the base image.
ARG APT_SOURCES=""
RUN if [ -n "$APT_SOURCES" ]; then \
        rm -f /etc/apt/sources.list.d/*; \
        printf '%b\n' "$APT_SOURCES" >/etc/apt/sources.list; \
    fi
COPY tools/setup /source/tools/setup
RUN /source/tools/setup compile
COPY . /source
WORKDIR /source
ARG COMMIT=""
ARG SOURCE_DATE_EPOCH=0
RUN cmake --preset release -B /build -DLOCUST_OPERATOR_TESTS=OFF \
        -DLOCUST_OPERATOR_COMMIT="$COMMIT" \
    && cmake --build /build --target locust-operator \
    && PYTHONPATH=tools python3 -B -m lib.image.collect /build/actors/locust-operator /image

FROM scratch
ARG VERSION=""
ARG COMMIT=""
ARG CREATED=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="locust-operator" \
      org.opencontainers.image.description="Runs Locust load tests in Kubernetes" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="scratch"
COPY --from=build /image/ /
USER 65532:65532
ENTRYPOINT ["/locust-operator"]
