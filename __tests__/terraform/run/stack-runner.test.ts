import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Machine } from "../../../terraform/machine";
import type { TerraformEvent } from "../../../terraform/run/events";
import { openSession, type TerraformSession } from "../../../terraform/run/session";
import { type StackRunnerProps, TerraformStackRunner } from "../../../terraform/run/stack-runner";
import { type TestDirectory, testDirectory } from "../../support/project-directory";

/*
 * A program stands for Terraform here, which answers as it is told and writes down how it was called. What the real one does is
 * shown by the end-to-end tests.
 */

let place: TestDirectory;
let events: TerraformEvent[];
beforeEach(() => {
  place = testDirectory();
  events = [];
  place.write("synth/cdk.tf.json", JSON.stringify(configuration("9.8.7")));
  place.write("synth/trigger.zip", "zip");
});
afterEach(() => {
  place.remove();
});

const configuration = (version: string): Record<string, unknown> => ({
  terraform: { required_providers: { aws: { version } } },
});

interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const calls = (): readonly Call[] =>
  readFileSync(path.join(place.path, "calls.jsonl"), "utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as Call);

/** Lays a program that answers each subcommand with lines and an exit code. */
function session(
  answers: Readonly<Record<string, { code?: number; lines?: readonly unknown[]; stderr?: string }>>,
  options: { signal?: AbortSignal; env?: Record<string, string> } = {},
): TerraformSession {
  const program = path.join(place.path, "bin/terraform");
  place.write(
    "bin/terraform",
    `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(path.join(place.path, "calls.jsonl"))}, JSON.stringify({ args, cwd: process.cwd(), env: process.env }) + "\\n");
const answer = ${JSON.stringify(answers)}[args[0]] ?? {};
for (const line of answer.lines ?? []) console.log(typeof line === "string" ? line : JSON.stringify(line));
process.stderr.write(answer.stderr ?? "");
process.exitCode = answer.code ?? 0;
if (args[0] === "apply" && answer.hangs) setInterval(() => undefined, 1000);
`,
  );
  chmodSync(program, 0o755);
  const machine: Machine = {
    platform: process.platform,
    arch: process.arch,
    home: place.path,
    env: { PATH: path.dirname(program), TF_CLI_ARGS: "-destroy", ...options.env },
  };
  return openSession({
    root: path.join(place.path, "work"),
    machine,
    environment: { AWS_REGION: "eu-central-1" },
    onEvent: (event) => events.push(event),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

const runner = (opened: TerraformSession, props: Partial<StackRunnerProps> = {}) =>
  new TerraformStackRunner(opened, {
    stack: "dev--acme",
    synthesized: path.join(place.path, "synth"),
    ...props,
  });

const PLAN = {
  format_version: "1.2",
  resource_changes: [
    {
      address: "aws_a.b",
      mode: "managed",
      type: "aws_a",
      name: "b",
      change: { actions: ["create"], before: null, after: {} },
    },
  ],
};
const failure = (summary: string): unknown => ({
  type: "diagnostic",
  diagnostic: { severity: "error", summary, detail: "because", address: "aws_a.b" },
});

describe("the working directory", () => {
  const work = (name: string): string => path.join(place.path, "work/dev--acme", name);

  test("gets what was synthesized, and keeps what is Terraform's own", () => {
    mkdirSync(work(".terraform"), { recursive: true });
    for (const name of ["terraform.tfstate", "terraform.tfstate.backup", "old.zip"])
      writeFileSync(work(name), "old");
    place.write("synth/terraform.tfstate", "of another run");
    runner(session({}));
    expect(JSON.parse(readFileSync(work("cdk.tf.json"), "utf8"))).toEqual(configuration("9.8.7"));
    expect(readFileSync(work("trigger.zip"), "utf8")).toBe("zip");
    expect(readFileSync(work("terraform.tfstate"), "utf8")).toBe("old");
    expect(existsSync(work("terraform.tfstate.backup"))).toBe(true);
    expect(existsSync(work(".terraform"))).toBe(true);
    expect(existsSync(work("old.zip"))).toBe(false);
  });

  test("holds the configuration as it was changed; what was synthesized stays", () => {
    runner(session({}), { transform: (json) => ({ ...json, changed: true }) });
    expect(readFileSync(work("cdk.tf.json"), "utf8")).toContain(`"changed": true`);
    expect(readFileSync(path.join(place.path, "synth/cdk.tf.json"), "utf8")).not.toContain(
      "changed",
    );
  });

  test.each([
    ["9.8.7", true],
    ["9.8.6", false],
  ])("whose lock is for provider %s keeps it: %s", (locked, kept) => {
    mkdirSync(work("."), { recursive: true });
    writeFileSync(work(".terraform.lock.hcl"), `provider "aws" {\n  version = "${locked}"\n}`);
    runner(session({}));
    expect(existsSync(work(".terraform.lock.hcl"))).toBe(kept);
  });

  test("can not be made of what was not synthesized", () => {
    const synthesized = path.join(place.path, "nowhere");
    expect(() => runner(session({}), { synthesized })).toThrow(
      `${synthesized}/cdk.tf.json does not exist; synthesize the stacks first`,
    );
  });
});

describe("a plan", () => {
  test("is saved, read and summarized; exit code 2 means changes", async () => {
    const plan = await runner(session({ plan: { code: 2 }, show: { lines: [PLAN] } })).plan();
    expect(plan).toMatchObject({ stack: "dev--acme", destroy: false, changes: true });
    expect(plan.summary.create).toEqual(["aws_a.b"]);
    expect(calls().map(({ args }) => args)).toEqual([
      ["plan", "-json", "-no-color", "-input=false", "-detailed-exitcode", `-out=${plan.file}`],
      ["show", "-json", "-no-color", plan.file],
    ]);
  });

  test("without changes is told as such", async () => {
    const plan = await runner(session({ show: { lines: [PLAN] } })).plan({ refresh: false });
    expect(plan.changes).toBe(false);
    expect(calls()[0]?.args).toContain("-refresh=false");
  });

  test("is applied by its file, so that nothing else can be", async () => {
    const acme = runner(session({ plan: { code: 2 }, show: { lines: [PLAN] } }));
    const plan = await acme.plan();
    await acme.apply(plan);
    expect(calls().at(-1)?.args).toEqual([
      "apply",
      "-json",
      "-no-color",
      "-input=false",
      plan.file,
    ]);
  });

  test("to destroy is applied only where there is something", async () => {
    await runner(session({ show: { lines: [PLAN] } })).destroy();
    expect(calls().map(({ args }) => args[0])).toEqual(["plan", "show"]);
    expect(calls()[0]?.args).toContain("-destroy");
  });
});

describe("Terraform", () => {
  test("runs in the stack's directory, with our own settings and none of the machine's", async () => {
    await runner(session({}, { env: { TF_LOG: "TRACE", HOME: "/home/x" } }), {
      logFile: "/log.jsonl",
    }).init();
    const [call] = calls();
    expect(call?.cwd).toBe(path.join(place.path, "work/dev--acme"));
    expect(call?.env).toMatchObject({
      HOME: "/home/x",
      AWS_REGION: "eu-central-1",
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: path.join(place.path, "work/9.8.7.tfrc"),
      TF_LOG: "JSON",
      TF_LOG_PATH: "/log.jsonl",
    });
    expect(call?.env).not.toHaveProperty("TF_CLI_ARGS");
    expect(existsSync(call?.env["TF_CLI_CONFIG_FILE"] ?? "")).toBe(true);
  });

  test("tells its progress while it works", async () => {
    const hook = { resource: { addr: "aws_a.b" }, action: "create", elapsed_seconds: 2 };
    const acme = runner(
      session({
        plan: { code: 2 },
        show: { lines: [PLAN] },
        apply: { lines: ["not json", { type: "apply_complete", hook }] },
      }),
    );
    await acme.apply(await acme.plan());
    const told = { stack: "dev--acme", address: "aws_a.b", action: "create", seconds: 2 };
    expect(events).toEqual([
      { stack: "dev--acme", kind: "phase", phase: "plan" },
      { stack: "dev--acme", kind: "phase", phase: "show" },
      { stack: "dev--acme", kind: "phase", phase: "apply" },
      { ...told, kind: "resource", state: "done" },
    ]);
  });

  test("fails with the stack's name and what it said", async () => {
    const acme = runner(session({ plan: { code: 1, lines: [failure("no role")] } }));
    await expect(acme.plan()).rejects.toThrow(
      `terraform plan of stack "dev--acme" failed:\n  aws_a.b: no role\n  because`,
    );
  });

  test("fails with its bare words where it says nothing in JSON", async () => {
    const acme = runner(session({ init: { code: 1, stderr: "Killed\n" } }));
    await expect(acme.init()).rejects.toThrow(
      `terraform init of stack "dev--acme" failed:\n  Killed`,
    );
  });

  test("tells every fault of an invalid configuration", async () => {
    const diagnostics = ["one", "two"].map((summary) => ({ severity: "error", summary }));
    const lines = [{ valid: false, diagnostics }];
    await expect(runner(session({ validate: { code: 1, lines } })).validate()).rejects.toThrow(
      `terraform validate of stack "dev--acme" failed:\n  one\n  two`,
    );
  });

  test("is not started any more once all is to stop", async () => {
    const controller = new AbortController();
    const acme = runner(session({}, { signal: controller.signal }));
    controller.abort(new Error("stopped by you"));
    await expect(acme.init()).rejects.toThrow("stopped by you");
    expect(existsSync(path.join(place.path, "calls.jsonl"))).toBe(false);
  });

  test("is asked to end when all is to stop", async () => {
    const controller = new AbortController();
    const opened = session(
      { plan: { code: 2 }, show: { lines: [PLAN] }, apply: { hangs: true } as never },
      { signal: controller.signal },
    );
    const acme = runner(opened);
    const plan = await acme.plan();
    const applying = acme.apply(plan);
    setTimeout(() => {
      controller.abort(new Error("stopped by you"));
    }, 300);
    await expect(applying).rejects.toThrow("stopped by you");
  });

  test("initialises one stack at a time", async () => {
    const opened = session({});
    const log: string[] = [];
    const init = (name: string, fails = false) =>
      opened.initialising(async () => {
        log.push(`+${name}`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`-${name}`);
        if (fails) throw new Error("no");
      });
    await Promise.allSettled([init("a", true), init("b"), init("c")]);
    expect(log).toEqual(["+a", "-a", "+b", "-b", "+c", "-c"]);
  });

  test("lists the state, takes things out of it, and tells the outputs", async () => {
    const outputs = { output: { lines: [{ facts: { value: { a: 1 } } }] } };
    const acme = runner(session({ ...outputs, state: { lines: ["aws_a.b", "aws_a.c", ""] } }));
    expect(await acme.outputs()).toEqual({ facts: { a: 1 } });
    expect(await acme.stateList()).toEqual(["aws_a.b", "aws_a.c"]);
    await acme.forget(["aws_a.b"]);
    await acme.forget([]);
    expect(calls().map(({ args }) => args.join(" "))).toEqual([
      "output -json -no-color",
      "state list",
      "state rm aws_a.b",
    ]);
  });
});
