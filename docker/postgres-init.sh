#!/bin/bash
# Runs once, on an empty volume, as superuser: three logins, each with a database and a password of its own.
#   purser_owner    migrates; owns the schema
#   purser_service  what worker, api and commands log in as; may only act as purser_app, so it cannot write money rows
#   temporal        owns Temporal's two databases
set -euo pipefail
secret() { cat "/run/secrets/$1"; }

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
  --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$(secret purser_owner_password)" \
  --set service_password="$(secret purser_service_password)" \
  --set temporal_password="$(secret temporal_password)" <<'SQL'
CREATE ROLE purser_ledger NOLOGIN;
CREATE ROLE purser_app NOLOGIN;
CREATE ROLE purser_owner LOGIN CREATEROLE PASSWORD :'owner_password';
GRANT purser_ledger, purser_app TO purser_owner;
CREATE ROLE purser_service LOGIN NOINHERIT PASSWORD :'service_password' IN ROLE purser_app;
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';

CREATE DATABASE purser OWNER purser_owner;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE purser, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE purser TO purser_service;
SQL
