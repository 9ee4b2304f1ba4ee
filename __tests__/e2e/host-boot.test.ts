import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bootScript } from "../../modules/batch/user-data";

/*
 * The scripts of a host, run below a directory that stands for its root; what they call is a stand-in that writes down
 * how it was called.
 */

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "host-"));
  mkdirSync(path.join(root, "bin"));
  mkdirSync(path.join(root, "etc/systemd/system"), { recursive: true });
  for (const name of ["docker", "iptables", "logger", "sleep", "systemctl"]) standIn(name);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function standIn(name: string, body = ""): void {
  const file = path.join(root, "bin", name);
  writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> "${root}/calls"\n${body}\n`);
  chmodSync(file, 0o755);
}

function run(script: string): { status: number | null; calls: string[] } {
  const { status, stderr } = spawnSync("bash", ["-s"], {
    input: script,
    encoding: "utf8",
    env: { PATH: `${root}/bin:${process.env["PATH"] ?? ""}` },
  });
  expect(stderr).toBe("");
  return { status, calls: read("calls").trimEnd().split("\n") };
}

function boot(): ReturnType<typeof run> {
  return run(bootScript().replace(/(?<=[\s>])\/(etc|usr)\//gu, `${root}/$1/`));
}

const read = (name: string): string => readFileSync(path.join(root, name), "utf8");
const script = (name: string): string => read(`usr/local/sbin/${name}`);

describe("booting", () => {
  test("starts what closes the metadata service, without waiting: it waits for Docker, which waits for the boot", () => {
    expect(boot()).toEqual({
      status: 0,
      calls: [
        "systemctl daemon-reload",
        "systemctl enable block-metadata.service spot-notice.service",
        "systemctl start --no-block block-metadata.service spot-notice.service",
      ],
    });
  });

  test("adds to the agent's settings and keeps what Batch wrote there, boot after boot", () => {
    mkdirSync(path.join(root, "etc/ecs"));
    writeFileSync(path.join(root, "etc/ecs/ecs.config"), "ECS_CLUSTER=general_Batch_1\n");
    boot();
    boot();
    expect(read("etc/ecs/ecs.config").trimEnd().split("\n")).toEqual([
      "ECS_CLUSTER=general_Batch_1",
      "ECS_AWSVPC_BLOCK_IMDS=true",
      "ECS_DISABLE_PRIVILEGED=true",
      "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true",
      "ECS_CONTAINER_STOP_TIMEOUT=110s",
      "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m",
    ]);
  });

  test("leaves scripts that can be run, equal boot after boot", () => {
    boot();
    const first = [script("block-metadata"), script("spot-notice")];
    boot();
    expect([script("block-metadata"), script("spot-notice")]).toEqual(first);
    for (const name of ["block-metadata", "spot-notice"])
      execFileSync("test", ["-x", path.join(root, "usr/local/sbin", name)]);
  });
});

describe("closing the metadata service", () => {
  const insert = (chain: string, match = ""): string =>
    `iptables --wait 30 --insert ${chain} 1 --destination 169.254.169.254 ${match}--jump REJECT`;

  test("for all but root on the host, and for forwarded packets of containers", () => {
    boot();
    rmSync(path.join(root, "calls"));
    expect(run(script("block-metadata"))).toEqual({
      status: 0,
      calls: [
        insert("OUTPUT", "--match owner ! --uid-owner 0 "),
        "iptables --wait 30 --new-chain DOCKER-USER",
        insert("DOCKER-USER"),
        insert("FORWARD"),
      ],
    });
  });

  test("a chain that Docker has made is no failure", () => {
    boot();
    standIn("iptables", `[[ "$*" != *--new-chain* ]]`);
    expect(run(script("block-metadata")).status).toBe(0);
  });

  test("a rule that can not be set fails, and with it the agent's start", () => {
    boot();
    standIn("iptables", `[[ "$*" != *FORWARD* ]]`);
    expect(run(script("block-metadata")).status).toBe(1);
    expect(read("etc/systemd/system/block-metadata.service")).toContain("RequiredBy=ecs.service");
  });
});
