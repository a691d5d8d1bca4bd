# A static binary, then nothing but it and certificates. The image has no PostgreSQL: give it one by
# PRAXIS_DATABASE_URL (see compose.yaml). Nor has it PostgreSQL's tools, which backup and restore run:
# --target tools builds an image that has them. The build has no .git, so the version is told:
# docker build --build-arg VERSION="$(git describe --tags --always)" --build-arg COMMIT="$(git rev-parse HEAD)" .
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG COMMIT=
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X praxis/internal/cli.Version=${VERSION} -X praxis/internal/cli.Commit=${COMMIT}" -o /praxis ./cmd/praxis \
 && mkdir -p /empty/data /empty/tmp && chmod 1777 /empty/tmp

# The major version is that of the server, or a newer one: pg_dump refuses a server that is newer than it.
FROM postgres:17-bookworm AS tools
COPY --from=build /praxis /usr/local/bin/praxis
RUN install -d -o 65532 -g 65532 -m 0700 /data
USER 65532:65532
ENV PRAXIS_DATA_DIR=/data
VOLUME /data
ENTRYPOINT ["praxis"]
CMD ["--help"]

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /empty/ /
COPY --from=build /praxis /praxis
USER 65532:65532
ENV PRAXIS_ADDR=0.0.0.0:8080 PRAXIS_DATA_DIR=/data PRAXIS_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["/praxis", "health"]
ENTRYPOINT ["/praxis"]
CMD ["serve"]
