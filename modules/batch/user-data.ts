import { readFileSync } from "node:fs";
import path from "node:path";

/** Separates the parts; fixed, so that equal settings give equal user data. */
const BOUNDARY = "==partner-ingest==";

/**
 * User data of a host, as MIME parts: Batch refuses any other form. The first runs at boot before the ECS agent.
 *
 * @returns base64, as a launch template takes it
 * @see https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html
 */
export function hostUserData(): string {
  return Buffer.from(
    [
      "MIME-Version: 1.0",
      `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
      "",
      `--${BOUNDARY}`,
      `Content-Type: text/cloud-boothook; charset="us-ascii"`,
      "",
      bootScript(),
      `--${BOUNDARY}--`,
      "",
    ].join("\n"),
  ).toString("base64");
}

/** What a host runs when it boots, before the ECS agent starts. */
export function bootScript(): string {
  return [
    "#!/bin/bash",
    "set -euo pipefail",
    // cloud-init runs boot hooks at every boot; the files are the same each time.
    "install -d -m 0755 /etc/ecs /usr/local/sbin",
    ...addSettings("/etc/ecs/ecs.config", hostFile("ecs.config")),
    writeFile("/usr/local/sbin/block-metadata", hostFile("block-metadata.sh"), "0755"),
    writeFile("/usr/local/sbin/spot-notice", hostFile("spot-notice.sh"), "0755"),
    writeFile("/etc/systemd/system/block-metadata.service", BLOCK_METADATA_UNIT, "0644"),
    writeFile("/etc/systemd/system/spot-notice.service", SPOT_NOTICE_UNIT, "0644"),
    "systemctl daemon-reload",
    "systemctl enable block-metadata.service spot-notice.service",
    "systemctl start --no-block block-metadata.service spot-notice.service",
    "",
  ].join("\n");
}

const BLOCK_METADATA_UNIT = `[Unit]
Description=Keep containers from the instance metadata service
Before=ecs.service
After=docker.service
Wants=docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/block-metadata

[Install]
RequiredBy=ecs.service
`;

const SPOT_NOTICE_UNIT = `[Unit]
Description=Tell containers of a Spot reclaim
After=docker.service

[Service]
ExecStart=/usr/local/sbin/spot-notice
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

function hostFile(name: string): string {
  return readFileSync(path.join(__dirname, "host", name), "utf8");
}

/** Adds what is missing: Batch writes the name of its cluster into the same file, at the first boot alone. */
function addSettings(target: string, settings: string): string[] {
  return settings
    .trimEnd()
    .split("\n")
    .map((line) => `grep -qxF '${line}' ${target} 2>/dev/null || echo '${line}' >> ${target}`);
}

function writeFile(target: string, content: string, mode: string): string {
  const end = "PARTNER_INGEST_FILE";
  return `cat > ${target} <<'${end}'\n${content.trimEnd()}\n${end}\nchmod ${mode} ${target}`;
}
