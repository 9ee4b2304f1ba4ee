import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { s3Client } from "../../../../images/worker/src/aws/clients";
import { loadFile } from "../../../../images/worker/src/process/load-file";
import { layoutFault, localName } from "../../../../images/worker/src/process/local-name";
import { neededBytes } from "../../../../images/worker/src/process/room";
import { startS3 } from "../../../../local/s3";

const directory = mkdtempSync(join(tmpdir(), "disk-test-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

test("a disk that fills up while a file is loaded is told with the file, its size and what is free", async () => {
  const s3 = await startS3({ buckets: [{ name: "landing" }] });
  await fetch(`${s3.endpoint}/landing/raw/1.bin`, { method: "PUT", body: "x".repeat(1000) });
  const credentials = {
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
  };
  Object.assign(process.env, credentials);
  const client = s3Client({ region: "eu-west-1", pathStyle: true });
  const handle = await open(join(directory, "any"), "w");
  const prototype = Object.getPrototypeOf(handle) as { write: () => Promise<unknown> };
  await handle.close();
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  const write = jest.spyOn(prototype, "write").mockRejectedValue(full);
  try {
    const file = { key: "raw/1.bin", path: "1.bin", size: 1000 };
    const signal = new AbortController().signal;
    await expect(
      loadFile({ client, bucket: "landing", signal }, file, join(directory, "1.bin")),
    ).rejects.toMatchObject({
      outcome: "outOfSpace",
      message: expect.stringMatching(
        /^the disk is full: "raw\/1\.bin" has 1000 bytes, and \d+ are free on the disk of ".+\/1\.bin"; raise the step's scratchFactor so that this is seen before, or give its pool more scratchGib$/u,
      ) as unknown,
    });
  } finally {
    write.mockRestore();
    for (const name of Object.keys(credentials)) Reflect.deleteProperty(process.env, name);
    client.destroy();
    await s3.close();
  }
});

test("what is needed at a time: the largest files, or all of a part", () => {
  const files = [10, 30, 20].map((size, index) => ({ key: "k", path: String(index), size }));
  expect(neededBytes(files, { per: "file", parallel: 2, scratchFactor: 3 })).toBe(150);
  expect(neededBytes(files, { per: "slice", parallel: 2, scratchFactor: 1.5 })).toBe(90);
});

test.each([
  ["a/b c.jpg", "b c.jpg"],
  ["-o.jpg", "file.jpg"],
  ["--", "file"],
  [`${"가".repeat(80)}.tiff`, "file.tiff"],
  [`${"n".repeat(240)}.${"e".repeat(20)}`, "file"],
])("%j is laid as %j for the program", (path, name) => {
  expect(localName(path)).toBe(name);
});

test.each([
  [["a", "b/c", "b/d"], undefined],
  [["a", "a"], '"a" is listed twice'],
  [["a/b", "a"], '"a" is a file, and the directory of "a/b"'],
  [
    ["x".repeat(256)],
    `"${"x".repeat(256)}" has a part of more than 255 bytes, which no directory holds`,
  ],
])("files %j lie in one directory, or it is told why not", (paths, fault) => {
  expect(layoutFault(paths)).toBe(fault);
});
