import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/*
 * The script that turns a Spot notice into SIGTERM, run with the real curl against a metadata service that behaves as
 * EC2's does, and a Docker that is a stand-in: it lists what a file names and writes down whom it is told to signal.
 */

const SCRIPT = path.join(__dirname, "../../modules/batch/host/spot-notice.sh");

let root: string;
let metadata: Metadata;
let script: ChildProcess | undefined;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "spot-"));
  mkdirSync(path.join(root, "bin"));
  metadata = await Metadata.start();
  for (const name of ["calls", "containers", "ended"]) writeFileSync(path.join(root, name), "");
  // Waits a moment where the script waits seconds: the real one, by its path.
  standIn("sleep", "exec /bin/sleep 0.05");
  standIn("logger");
  standIn(
    "docker",
    `case "$1" in
       ps) cat "${root}/containers" ;;
       kill) ! grep --quiet --line-regexp --fixed-strings -- "\${@: -1}" "${root}/ended" ;;
     esac`,
  );
  standIn(
    "curl",
    `exec /usr/bin/env PATH=/usr/bin:/bin curl "\${@/169.254.169.254/${metadata.at}}"`,
  );
});

afterEach(async () => {
  if (script?.exitCode === null && script.signalCode === null) {
    const closed = once(script, "close");
    process.kill(-(script.pid ?? 0), "SIGKILL");
    await closed;
  }
  script = undefined;
  await metadata.close();
  rmSync(root, { recursive: true, force: true });
});

function standIn(name: string, body = ""): void {
  const file = path.join(root, "bin", name);
  writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> "${root}/calls"\n${body}\n`);
  chmodSync(file, 0o755);
}

function start(): void {
  // A process group of its own, so that what it runs ends with it.
  script = spawn("bash", [SCRIPT], {
    detached: true,
    stdio: "ignore",
    env: { PATH: `${root}/bin:/usr/bin:/bin` },
  });
}

const calls = (of: string): readonly string[] =>
  readFileSync(path.join(root, "calls"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith(of));

const told = (): readonly string[] =>
  calls("docker kill").map((line) => line.replace("docker kill --signal TERM ", ""));

const runs = (...ids: readonly string[]): void => {
  writeFileSync(path.join(root, "containers"), ids.map((id) => `${id}\n`).join(""));
};

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await delay(10);
}

/** The script has looked at the containers so often more. */
async function rounds(count: number): Promise<void> {
  const before = calls("docker ps").length;
  await until(() => calls("docker ps").length >= before + count);
}

/** The metadata service of an instance, version 2: a token first, which lives for a while. */
class Metadata {
  notice = false;
  /** What is done instead of an answer, once for each entry. */
  readonly faults: ((response: ServerResponse) => void)[] = [];
  /** Tokens that have ended before they are used, as with a clock that jumps. */
  expired = 0;
  looks = 0;
  private tokens = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Metadata> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const own = new Metadata(server);
    server.on("request", (request, response) => {
      own.answer(request, response);
    });
    return own;
  }

  get at(): string {
    return `127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const fault = this.faults.shift();
    if (fault !== undefined) {
      fault(response);
      return;
    }
    const [status, body] = this.look(method, url, headers);
    response.writeHead(status).end(body);
  }

  private look(
    method: string | undefined,
    url: string | undefined,
    headers: IncomingMessage["headers"],
  ): [number, string] {
    if (url === "/latest/api/token") {
      const seconds = Number(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      if (method !== "PUT" || !(seconds >= 1 && seconds <= 21_600)) return [400, ""];
      const token = `token-${String(Math.random())}`;
      if (this.expired > 0) this.expired -= 1;
      else this.tokens.add(token);
      return [200, token];
    }
    if (url !== "/latest/meta-data/spot/instance-action") return [404, ""];
    this.looks += 1;
    if (!this.tokens.has(String(headers["x-aws-ec2-metadata-token"]))) return [401, ""];
    return this.notice
      ? [200, JSON.stringify({ action: "terminate", time: "2026-03-01T08:22:00Z" })]
      : [404, ""];
  }
}

const refuse =
  (status: number) =>
  (response: ServerResponse): void => {
    response.writeHead(status).end();
  };

test("without a notice nobody is told anything", async () => {
  runs("one");
  start();
  await until(() => metadata.looks >= 3);
  expect(calls("docker")).toEqual([]);
  expect(calls("logger")).toEqual([]);
});

test("a notice reaches each container once, only those of tasks are asked for", async () => {
  runs("one", "two");
  start();
  await until(() => metadata.looks >= 1);
  metadata.notice = true;
  await rounds(3);
  expect(told()).toEqual(["one", "two"]);
  expect(new Set(calls("docker ps"))).toEqual(
    new Set(["docker ps --quiet --no-trunc --filter label=com.amazonaws.ecs.task-arn"]),
  );
  expect(calls("logger")).toEqual([
    "logger --tag partner-ingest Spot reclaim announced, telling the containers to stop",
  ]);
});

test("a container that starts after the notice is told, too", async () => {
  metadata.notice = true;
  start();
  await rounds(1);
  runs("late");
  await rounds(3);
  expect(told()).toEqual(["late"]);
});

test("one that has ended meanwhile does not keep the others from being told", async () => {
  metadata.notice = true;
  runs("ended", "one");
  writeFileSync(path.join(root, "ended"), "ended\n");
  start();
  await until(() => told().includes("one"));
  runs("one");
  await rounds(3);
  expect(told().filter((id) => id === "one")).toEqual(["one"]);
});

test("a Docker that does not answer is asked again", async () => {
  metadata.notice = true;
  runs("one");
  const docker = readFileSync(path.join(root, "bin/docker"), "utf8");
  standIn("docker", "exit 1");
  start();
  await rounds(2);
  writeFileSync(path.join(root, "bin/docker.new"), docker, { mode: 0o755 });
  // In one step: the script may be starting it at this moment.
  renameSync(path.join(root, "bin/docker.new"), path.join(root, "bin/docker"));
  await until(() => told().length > 0);
  expect(script?.exitCode).toBe(null);
});

test("a log that can not be written does not keep the containers from being told", async () => {
  standIn("logger", "exit 1");
  metadata.notice = true;
  runs("one");
  start();
  await until(() => told().length > 0);
  expect(told()).toEqual(["one"]);
});

test.each([
  ["refusals", [refuse(503), refuse(403), refuse(500)]],
  [
    "connections that break",
    [(response: ServerResponse): unknown => response.destroy(), refuse(503)],
  ],
  ["an answer that never comes", [(): void => undefined]],
])("the metadata service fails with %s, and is asked again", async (_name, faults) => {
  metadata.faults.push(...(faults as ((response: ServerResponse) => void)[]));
  metadata.notice = true;
  runs("one");
  start();
  await until(() => told().length > 0);
  expect(metadata.faults).toEqual([]);
  expect(told()).toEqual(["one"]);
});

test("a token that has ended is no notice; the next look takes a new one", async () => {
  metadata.expired = 2;
  runs("one");
  start();
  await until(() => metadata.looks >= 3);
  expect(told()).toEqual([]);
  metadata.notice = true;
  await until(() => told().length > 0);
  expect(told()).toEqual(["one"]);
});
