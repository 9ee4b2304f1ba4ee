#!/bin/bash
# Turns the two-minute notice of a Spot reclaim into SIGTERM for the containers, so that they can save work. Batch's
# tasks stand alone: the draining of the ECS agent acts on services only. Nothing depends on this for correctness.
set -euo pipefail

metadata=http://169.254.169.254/latest
announced=
told=' '

noticed() {
  local token
  token=$(curl --silent --fail --max-time 2 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$metadata/api/token") || return 1
  curl --silent --fail --max-time 2 --output /dev/null \
    --header "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/spot/instance-action"
}

# Each container once. One that has ended meanwhile must not keep the others from being told.
tell() {
  local container
  for container in $(docker ps --quiet --no-trunc --filter label=com.amazonaws.ecs.task-arn); do
    [[ $told == *" $container "* ]] && continue
    docker kill --signal TERM "$container" >/dev/null && told+="$container "
  done
  return 0
}

while true; do
  if [ -z "$announced" ] && noticed; then
    announced=yes
    logger --tag partner-ingest "Spot reclaim announced, telling the containers to stop" || true
  fi
  # Until the host goes: Batch may still have started a container after the notice.
  [ -z "$announced" ] || tell
  sleep 5
done
