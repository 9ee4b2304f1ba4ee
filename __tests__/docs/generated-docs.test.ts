import { execFileSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

test("the documents that follow from code are up to date", () => {
  // A process of its own: the formatter is an ES module, which the test runner's loader does not take.
  expect(() =>
    execFileSync(
      process.execPath,
      ["--import", "tsx", path.join(root, "scripts/generate-docs.ts"), "--check"],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" },
    ),
  ).not.toThrow();
});
