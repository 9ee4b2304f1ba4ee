import { execFileSync } from "node:child_process";
import { bootScript, hostUserData } from "../../../modules/batch/user-data";

const decoded = Buffer.from(hostUserData(), "base64").toString("utf8");

test("is MIME, which Batch demands, and runs before the ECS agent", () => {
  expect(decoded.split("\n").slice(0, 5)).toEqual([
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="==partner-ingest=="',
    "",
    "--==partner-ingest==",
    'Content-Type: text/cloud-boothook; charset="us-ascii"',
  ]);
  expect(decoded.endsWith("--==partner-ingest==--\n")).toBe(true);
});

test("fits into user data: 16 KiB", () => {
  expect(Buffer.byteLength(decoded)).toBeLessThan(16 * 1024);
});

test("is a script that a shell can read, and so is each file that it writes", () => {
  const parse = (script: string): string =>
    execFileSync("bash", ["-n"], { input: script, encoding: "utf8" });
  expect(parse(bootScript())).toBe("");
  const files = [
    ...bootScript().matchAll(
      /<<'PARTNER_INGEST_FILE'\n(#!\/bin\/bash[\s\S]*?)\nPARTNER_INGEST_FILE/gu,
    ),
  ];
  expect(files).toHaveLength(2);
  for (const [, script = ""] of files) expect(parse(`${script}\n`)).toBe("");
});

test("the agent does not start before the metadata service is closed", () => {
  expect(bootScript()).toContain("Before=ecs.service");
  expect(bootScript()).toContain("RequiredBy=ecs.service");
  expect(bootScript()).toContain("--match owner ! --uid-owner 0 --jump REJECT");
});
