import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalS3, type S3Options, startS3 } from "../../../local/s3";
import { CONFORMANCE_CASES, Probe } from "./conformance";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret/of+the=example" };
const directory = mkdtempSync(join(tmpdir(), "local-s3-"));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each<[string, S3Options]>([
  ["in memory, signatures checked", { credentials }],
  ["on disk", { directory }],
])("the local S3 %s", (_, options) => {
  let s3: LocalS3;
  let probe: Probe;

  beforeAll(async () => {
    s3 = await startS3(options);
    probe = new Probe(s3.endpoint, credentials);
  });

  afterAll(async () => {
    probe.close();
    await s3.close();
  });

  test.each(CONFORMANCE_CASES.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run(probe);
  });
});

test("no two conformance cases have one name", () => {
  expect(new Set(CONFORMANCE_CASES.map(({ name }) => name)).size).toBe(CONFORMANCE_CASES.length);
});
