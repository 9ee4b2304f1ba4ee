import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { call, REPOSITORY, type ScratchProject, scratchProject } from "../scratch-project";

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

test("runs an order, then knows it; the page shows the run", async () => {
  const first = await call(["try", "universal-music", "--order", "TEST-ORDER-2"], project.root);
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/^"TEST-ORDER-2" {2}delivered {2}test-order-2-[0-9a-f]{12}\/1\n/u);
  expect(first.stdout).toContain("bucket and manifest agree: deliveries/test-order-2-");
  expect(first.stdout).toMatch(
    /\ndelivered 1 order of universal-music in \d+(\.\d)? s; state and logs are in \.partner-ingest\/local\/local\/universal-music\n$/u,
  );
  expect(first.stderr).toContain("› starting S3, Batch and Lambda on loopback\n");
  expect(first.stderr).toMatch(/ {2}publish of test-order-2-[0-9a-f]{12}: SUCCEEDED\n/u);
  const again = await call(
    ["try", "universal-music", "--order", "TEST-ORDER-2", "--json"],
    project.root,
  );
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(again.stdout)).toMatchObject({
    outcome: "known",
    orders: [{ orderId: "TEST-ORDER-2" }],
  });
  const report = await call(["report"], project.root);
  expect(report).toMatchObject({
    code: 0,
    stdout: `${path.join(project.root, ".partner-ingest/report.html")}\n`,
  });
  expect(readFileSync(report.stdout.trim(), "utf8")).toContain("TEST-ORDER-2");
});

test("an order that the partner does not have: exit code 4, with the program's last words", async () => {
  const { code, stdout } = await call(["try", "universal-music", "--order", "nope"], project.root);
  expect(code).toBe(4);
  expect(stdout).toMatch(
    /^failed {2}order "nope": step fetch: the program ended with exit code 6/u,
  );
  expect(stdout).toContain(
    "  fetch, the program's last words:\n    teleport: server does not know the order\n",
  );
  expect(stdout).toMatch(/ {2}fetch, all of its output: \.partner-ingest\/local\/.*\.log\n/u);
});

test("a partner, an environment and a secret that are wrong", async () => {
  expect((await call(["try", "acme"], project.root)).stderr).toContain(
    'error: "acme" is no partner of this project; known are "universal-music"\n',
  );
  expect((await call(["try", "universal-music", "--env", "x"], project.root)).stderr).toContain(
    'error: --env must be an environment of this project, got "x"; known are "local"\n',
  );
  expect(
    (await call(["try", "universal-music", "--secret", "hunter2"], project.root)).stderr,
  ).toContain('error: --secret must be NAME=value, got a text without "="\n');
});

describe("a partner without a stand-in, whose program is on the PATH", () => {
  beforeEach(() => {
    project.write(
      "partners/acme.ts",
      `export default { id: "acme", owner: "a", source: { company: "Acme" }, triggers: { byHand: { kind: "manual" } },
        compute: { pool: "general" }, staging: { kind: "scratch" },
        steps: { all: { kind: "deliver", isolation: { sharedHost: "our own program" }, environment: { GREETING: "hello" },
          secrets: { TOKEN: "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:acme-AbCdEf" },
          program: ["node", "-e", "require('fs').writeFileSync(process.argv[1] + '/f.txt', [process.env.GREETING, process.env.TOKEN, process.argv[2]].join())", "{staging}", "{orderId}"] } } };`,
    );
  });

  test("is delivered in one job, with the secret that was given", async () => {
    const { code, stdout } = await call(
      ["try", "acme", "--order", "7", "--secret", "TOKEN=t=1", "--json"],
      project.root,
    );
    expect({ code, result: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      result: {
        outcome: "delivered",
        orders: [
          { jobs: [{ step: "all" }], deliveries: [{ files: [{ path: "f.txt", size: 11 }] }] },
        ],
      },
    });
  });

  test("needs to be told an order", async () => {
    const { code, stderr } = await call(["try", "acme"], project.root);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "error: --order is missing: no stand-in of the partner's images names an order; give the id of one\n",
    );
  });
});

test("Ctrl-C ends everything, with exit code 130", async () => {
  const child = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      path.join(REPOSITORY, "cli/index.ts"),
      "try",
      "universal-music",
      "-C",
      project.root,
    ],
    { cwd: REPOSITORY, stdio: ["ignore", "ignore", "pipe"] },
  );
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    if (told.includes(": RUNNING") && !told.includes("stopping")) child.kill("SIGINT");
  });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect({ code, told }).toEqual({
    code: 130,
    told: expect.stringMatching(
      /stopping \.\.\.\n[\s\S]*error: stopped; everything that was started has ended\n$/u,
    ) as string,
  });
  expect(leftOver(project.root)).toEqual([]);
});

/** Processes that know a directory from their environment. */
function leftOver(directory: string): string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(directory);
      } catch {
        return false;
      }
    });
}
