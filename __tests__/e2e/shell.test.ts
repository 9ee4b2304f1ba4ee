import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { identityOf } from "../../images/worker/src/publish/scan";
import { withSource } from "../../images/worker/src/upload/source-file";
import { bootScript } from "../../modules/batch/user-data";
import { parseDockerfile } from "../../scripts/image-try/dockerfile";

const ROOT = path.join(__dirname, "../..");

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

const text = (...parts: readonly string[]): string =>
  readFileSync(path.join(ROOT, ...parts), "utf8");

const SCRIPTS: readonly (readonly [string, string])[] = [
  ["a host's user data", bootScript()],
  ...["block-metadata.sh", "spot-notice.sh"].map(
    (name) => [name, text("modules/batch/host", name)] as const,
  ),
  ...["teleport/teleport", "photo/develop"].map((name) => [name, text("images", name)] as const),
  ...["worker", "teleport", "photo"].flatMap((name) =>
    parseDockerfile(text("images", name, "Dockerfile"))
      .filter((instruction) => instruction.name === "RUN")
      .map((run) => [`RUN of ${name}: ${run.text}`, `#!/bin/sh\n${run.text}\n`] as const),
  ),
];

test.each(SCRIPTS)("shellcheck finds nothing in %s", (_name, input) => {
  // Says on its output what it finds, and fails then.
  const { status, stdout } = spawnSync("shellcheck", ["-"], { input, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
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
