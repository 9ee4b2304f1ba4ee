import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type ContainerSpec,
  ProcessRuntime,
  removeLeftovers,
  type ProcessRuntimeOptions,
} from "../../../local/batch";

let directory: string;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "runtime-"));
  lines = [];
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A runtime whose worker is the given program. */
function runtime(program: string, options: Partial<ProcessRuntimeOptions> = {}): ProcessRuntime {
  const worker = path.join(directory, "worker.cjs");
  writeFileSync(worker, program);
  return new ProcessRuntime({
    worker,
    directory,
    hostEnvironment: { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" },
    secrets: { "arn:secret": "the secret" },
    onLine: (_container, line) => void lines.push(line),
    ...options,
  });
}

const container: ContainerSpec = {
  jobId: "job",
  jobName: "name",
  attempt: 1,
  logStreamName: "d/default/1",
  image: "worker@sha256:0",
  command: ["fetch", "now"],
  environment: { A: "1" },
  secrets: {},
  mounts: [],
};

const PRINT_ENVIRONMENT = `console.log(JSON.stringify({ env: process.env, argv: process.argv.slice(2) }))`;

test("a process gets the command, exactly the container's environment, and what the host adds", async () => {
  const started = await runtime(PRINT_ENVIRONMENT).start({
    ...container,
    secrets: { TOKEN: "arn:secret" },
  });
  expect(await started.exited).toEqual({ exitCode: 0 });
  const told = JSON.parse(lines[0] ?? "") as { env: Record<string, string>; argv: string[] };
  expect(told.argv).toEqual(["fetch", "now"]);
  expect(Object.keys(told.env).sort()).toEqual([
    "A",
    "AWS_ENDPOINT_URL_S3",
    "HOME",
    "HOSTNAME",
    "PARTNER_INGEST_LOCAL_ROOT",
    "PATH",
    "TOKEN",
  ]);
  expect(told.env).toMatchObject({ A: "1", TOKEN: "the secret" });
});

test("output goes to a file of the log stream, errors too", async () => {
  const host = runtime(`console.log("out"); console.error("err"); process.exitCode = 65`);
  const started = await host.start(container);
  expect(await started.exited).toEqual({ exitCode: 65 });
  expect(readFileSync(host.logFile("d/default/1"), "utf8").split("\n").sort()).toEqual([
    "",
    "err",
    "out",
  ]);
});

test("a secret without a value fails the start, as Batch does", async () => {
  await expect(
    runtime(PRINT_ENVIRONMENT).start({ ...container, secrets: { TOKEN: "arn:other" } }),
  ).rejects.toThrow(
    'ResourceInitializationError: unable to pull secrets: the secret "arn:other" of variable TOKEN has no value on this machine',
  );
});

test("containers with the same volume share its files, others do not see them; the image's files are there", async () => {
  const image = path.join(directory, "image");
  mkdirSync(path.join(image, "opt"), { recursive: true });
  writeFileSync(path.join(image, "opt/program"), "x");
  const program = `
    const fs = require("node:fs"), root = process.env.PARTNER_INGEST_LOCAL_ROOT;
    console.log(fs.readdirSync(root + "/opt") + " " + fs.readdirSync(root + "/mnt/staging") + " " + fs.readdirSync(root + "/mnt/scratch"));
    fs.writeFileSync(root + "/mnt/staging/" + process.env.WHO, ""); fs.writeFileSync(root + "/mnt/scratch/own", "");`;
  const host = runtime(program, { imageRoot: () => image });
  const run = async (who: string, accessPoint: string): Promise<void> => {
    const mounts = [
      { containerPath: "/mnt/staging", readOnly: false, source: `efs/fs-1/${accessPoint}` },
      { containerPath: "/mnt/scratch", readOnly: false, source: undefined },
    ];
    await (
      await host.start({ ...container, environment: { WHO: who }, mounts })
    ).exited;
  };
  await run("first", "acme");
  await run("second", "acme");
  await run("third", "acme-eu");
  expect(lines).toEqual(["program  ", "program first ", "program  "]);
});

test("a stop is SIGTERM to the first process, SIGKILL after the grace", async () => {
  const polite = await runtime(
    `process.on("SIGTERM", () => process.exit(75)); setInterval(() => {}, 1000); console.log("up")`,
  ).start(container);
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  polite.stop(30);
  expect(await polite.exited).toEqual({ exitCode: 75 });
  const stubborn = await runtime(
    `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")`,
  ).start(container);
  while (lines.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  stubborn.stop(0.05);
  expect(await stubborn.exited).toEqual({ exitCode: 137 });
});

test("containers of a process that was killed are ended by the next", async () => {
  const id = "0123456789abcdef0123456789abcdef";
  const root = path.join(directory, "containers", id);
  mkdirSync(root, { recursive: true });
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    env: { HOSTNAME: id },
    stdio: "ignore",
  });
  await once(child, "spawn");
  const ended = once(child, "exit");
  removeLeftovers(directory);
  expect((await ended)[1]).toBe("SIGKILL");
  expect(existsSync(root)).toBe(false);
});

test("nothing that a container started outlives it, in a session of its own or not", async () => {
  const started = await runtime(`
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "inherit", env: { HOSTNAME: process.env.HOSTNAME } });
    child.unref();
    console.log(child.pid);
    process.exit(0);`).start(container);
  expect(await started.exited).toEqual({ exitCode: 0 });
  const pid = Number(lines[0]);
  expect(pid).toBeGreaterThan(0);
  const isAlive = (): boolean => {
    try {
      // A zombie of this container has no parent that would wait for it here, but its state says that it ended.
      return !/^State:\s+Z/mu.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
    } catch {
      return false;
    }
  };
  while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 5));
});
