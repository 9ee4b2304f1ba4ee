import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { call, REPOSITORY, type ScratchProject, scratchProject } from "../scratch-project";

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

test("with Node alone: says what it made, delivers an order, and writes the page", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", path.join(REPOSITORY, "cli/index.ts"), "start", "-C", project.root],
    { cwd: REPOSITORY, encoding: "utf8", env: { PATH: path.join(project.root, "nothing") } },
  );
  expect({ status, errors: stderr.split("\n").filter((line) => line.startsWith("error")) }).toEqual(
    {
      status: 0,
      errors: [],
    },
  );
  for (const text of [
    "Environment local: account 123456789012, ap-northeast-2 (made up: it exists on no account)\n",
    "4 queues\n  pi--local--platform--general-standard\n",
    "3 buckets\n",
    "  pi--local--universal-music--scheduler (scheduler.amazonaws.com)\n    can lambda:InvokeFunction on function:universal-music--trigger, because of triggers: to start the orders that are due\n",
    "  NAT gateway ",
    "terraform validate: not done, terraform is not on the PATH, 1.10.0 or newer is needed; install it",
    "bucket and manifest agree",
    "delivered 1 order of universal-music in ",
    "\nPage: file://",
  ])
    expect(stdout).toContain(text);
  expect(stderr).toContain("  3 stacks in cdktf.out\n");
  expect(stderr).toContain("its program on node\n");
  const page = readFileSync(path.join(project.root, ".partner-ingest/report.html"), "utf8");
  expect(page).toContain("TEST-ORDER-1");
  expect(page).toContain("Not validated: terraform is not on the PATH");
});

test("a partner that is not there is told before anything is made", async () => {
  const { code, stderr } = await call(["start", "--partner", "acme"], project.root);
  expect(code).toBe(2);
  expect(stderr).toContain(
    'error: "acme" is no partner of this project; known are "universal-music"\n',
  );
  expect(existsSync(path.join(project.root, "cdktf.out"))).toBe(false);
});
