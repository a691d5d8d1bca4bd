# Two stages: a static binary, then nothing but it and certificates. The image has no
# PostgreSQL: give it one by PRAXIS_DATABASE_URL (see compose.yaml).
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X praxis/internal/cli.Version=${VERSION}" -o /praxis ./cmd/praxis \
 && mkdir -p /empty/data /empty/tmp && chmod 1777 /empty/tmp

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
