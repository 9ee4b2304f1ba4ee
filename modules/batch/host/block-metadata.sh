#!/bin/bash
# Keeps containers from the instance's role: only root on the host itself may ask the metadata service.
# Runs before the ECS agent starts, so that no task ever sees it open. A failure keeps the agent from starting.
set -euo pipefail

metadata=169.254.169.254

# Docker changes the same tables while it starts.
iptables() { command iptables --wait 30 "$@"; }

# Host network: tasks run as another user than root.
iptables --insert OUTPUT 1 --destination "$metadata" --match owner ! --uid-owner 0 --jump REJECT
# Bridge network: packets of containers are forwarded.
iptables --new-chain DOCKER-USER 2>/dev/null || true
iptables --insert DOCKER-USER 1 --destination "$metadata" --jump REJECT
iptables --insert FORWARD 1 --destination "$metadata" --jump REJECT
