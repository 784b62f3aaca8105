#!/bin/sh
# Users with the passwords of the environment; run once, when the data directory is empty.
# Only hashes reach the statements, so that no character of a password can break out of them.
set -eu

hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

clickhouse-client --user "$CLICKHOUSE_USER" --password "$CLICKHOUSE_PASSWORD" --multiquery <<SQL
CREATE USER IF NOT EXISTS fenghuo_worker
    IDENTIFIED WITH sha256_hash BY '$(hash "${CLICKHOUSE_WORKER_PASSWORD:?}")';
CREATE USER IF NOT EXISTS fenghuo_grafana
    IDENTIFIED WITH sha256_hash BY '$(hash "${CLICKHOUSE_GRAFANA_PASSWORD:?}")'
    SETTINGS readonly = 2;
SQL
