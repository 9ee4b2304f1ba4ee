import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { identityOf } from "../../images/worker/src/publish/scan";
import { withSource } from "../../images/worker/src/upload/source-file";
import { bootScript } from "../../modules/batch/user-data";

// What needs a shell or its tools, which a machine with Node alone may not have.

test("a host's user data is a script that a shell can read, and so is each file that it writes", () => {
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

test("a pipe that took the place of a file is neither read nor waited for", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "pipe-"));
  try {
    const location = path.join(directory, "replaced");
    writeFileSync(location, "content");
    const identity = identityOf(lstatSync(location, { bigint: true }));
    rmSync(location);
    execFileSync("mkfifo", [location]);
    await expect(
      withSource({ path: "replaced", location, identity }, () => Promise.resolve()),
    ).rejects.toThrow('the file "replaced" changed while it was read');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
