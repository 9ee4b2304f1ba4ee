import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../../../images/worker/bundle";
import { writeWorkerContext } from "../../../images/worker/context";

const directory = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("equal sources give equal bytes, from wherever they are bundled, without a path of this machine", () => {
  const before = process.cwd();
  bundleWorker(join(directory, "a.js"));
  process.chdir(directory);
  bundleWorker(join(directory, "b.js"));
  process.chdir(before);
  const text = readFileSync(join(directory, "a.js"), "utf8");
  expect(readFileSync(join(directory, "b.js"), "utf8") === text).toBe(true);
  expect(text).not.toContain("node_modules/");
  expect(text).not.toContain(before);
});

test("needs nothing beside it", () => {
  bundleWorker(join(directory, "alone.js"));
  expect(() =>
    execFileSync(process.execPath, [join(directory, "alone.js"), "fetch"], {
      cwd: "/",
      env: {},
      stdio: "pipe",
    }),
  ).toThrow(expect.objectContaining({ status: 64 }) as Error);
});

test("the build context is the Dockerfile and the bundle", () => {
  const context = join(directory, "context");
  writeWorkerContext(context);
  expect(readdirSync(context)).toEqual(["Dockerfile", "worker.js"]);
});
