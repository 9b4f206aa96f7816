#!/bin/sh
# Brings Temporal's two databases to the schema of this image's version; safe to run again. On an upgrade it runs
# before the new server starts.
set -eu
SQL_PASSWORD="$(cat /run/secrets/temporal_password)"
export SQL_PASSWORD

schema() {
  database="$1"
  folder="/etc/temporal/schema/postgresql/v12/$2/versioned"
  sql="temporal-sql-tool --plugin postgres12 --endpoint $POSTGRES_SEEDS --port $DB_PORT --user $POSTGRES_USER --database $database"
  # The first run has no version table yet; every later one only updates.
  $sql update-schema --schema-dir "$folder" || {
    $sql setup-schema --version 0.0
    $sql update-schema --schema-dir "$folder"
  }
}

schema "$DBNAME" temporal
schema "$VISIBILITY_DBNAME" visibility
