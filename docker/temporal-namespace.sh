#!/bin/sh
# Makes the namespace and its search attributes before a worker names them; safe to run again.
set -eu

tries=0
until temporal operator cluster health; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS did not become healthy." >&2
    exit 1
  fi
  sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 336h

# The names and types of workflows/contract.ts.
add() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"
}
# A namespace that was just made takes some seconds to be known everywhere.
tries=0
until add DepositState Keyword && add DepositId Keyword && add BankAccountKey Keyword && add ReviewReason Keyword && add ReviewDueAt Datetime; do
  tries=$((tries + 1))
  if [ "$tries" -ge 15 ]; then
    echo "The search attributes could not be added." >&2
    exit 1
  fi
  sleep 2
done
