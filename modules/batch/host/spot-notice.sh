#!/bin/bash
# Turns the two-minute notice of a Spot reclaim into SIGTERM for the containers, so that they can save work. Batch's
# tasks stand alone: the draining of the ECS agent acts on services only. Nothing depends on this for correctness.
set -euo pipefail

metadata=http://169.254.169.254/latest

while true; do
  token=$(curl --silent --fail --max-time 2 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$metadata/api/token" || true)
  if [ -n "$token" ] && curl --silent --fail --max-time 2 --output /dev/null \
    --header "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/spot/instance-action"; then
    logger --tag partner-ingest "Spot reclaim announced, telling the containers to stop"
    docker ps --quiet --filter label=com.amazonaws.ecs.task-arn | xargs --no-run-if-empty docker kill --signal TERM
    exit 0
  fi
  sleep 5
done
