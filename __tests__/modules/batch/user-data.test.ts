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

test("the agent does not start before the metadata service is closed", () => {
  expect(bootScript()).toContain("Before=ecs.service");
  expect(bootScript()).toContain("RequiredBy=ecs.service");
  expect(bootScript()).toContain("--match owner ! --uid-owner 0 --jump REJECT");
});
