#!/bin/sh
# Makes the files of docker-compose.yml's secrets that are missing: random ones, and empty ones for what the bank gives.
# Only this folder's owner may enter it; the files themselves must be readable to the users inside the containers.
set -eu
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"
for name in postgres_password purser_owner_password purser_service_password temporal_password api_key_pepper; do
  [ -s "$folder/$name" ] || openssl rand -hex 24 >"$folder/$name"
done
for name in bank_api_key bank_webhook_secret bank_webhook_secret_next; do
  [ -e "$folder/$name" ] || : >"$folder/$name"
done
chmod 644 "$folder"/*
echo "The secrets are in $folder. Put the bank's into bank_api_key and bank_webhook_secret there."
