import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { call, REPOSITORY, type ScratchProject, scratchProject } from "../scratch-project";

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

test("a lock that lacks a permission, in words", async () => {
  cpSync(path.join(REPOSITORY, "iam.lock.json"), path.join(project.root, "iam.lock.json"));
  const lock = readFileSync(path.join(project.root, "iam.lock.json"), "utf8");
  const row = `        {"on":"*","may":["ecs:DiscoverPollEndpoint"]},\n`;
  expect(lock).toContain(row);
  project.write("iam.lock.json", lock.replace(row, ""));
  const { code, stdout } = await call(["iam", "prove"], project.root);
  expect(code).toBe(7);
  expect(stdout).toContain(
    "local/closed-world/lock: added in local: pi--local--platform--host may ecs:DiscoverPollEndpoint on *\n",
  );
  // Partners that the lock has and this project has not are told of the same claim.
  expect(stdout).toMatch(/^1 claim of \d+ failed/mu);
});
