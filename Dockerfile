# The image of the operator: the program, its shared libraries, and certificates.
# tools/image builds this file and packs the result into a reproducible image. It can
# also work without an engine, and then takes user, entrypoint and labels from the
# last stage.
#
#   docker build --build-arg COMMIT=$(git rev-parse --short=12 HEAD) \
#     --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) .

# To pin everything, use a digest here and a Debian snapshot in APT_SOURCES.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
# Lines that replace the sources.list of the base image.
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
