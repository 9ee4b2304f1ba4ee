import { spawn } from "node:child_process";
import { once } from "node:events";
import { REPOSITORY } from "./scratch-project";

test("a reader that has seen enough is no error", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "cli/index.ts", "--help"], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
  expect(told).not.toContain("EPIPE");
});
