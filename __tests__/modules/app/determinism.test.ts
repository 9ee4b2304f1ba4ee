import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import path from "node:path";
import { testDirectory, type TestDirectory } from "../../support/project-directory";

const root = path.resolve(__dirname, "../../..");

/** What a project and the code that builds it are made of. */
const PARTS = [
  "environments",
  "functions",
  "images",
  "images.lock.json",
  "main.ts",
  "modules",
  "package.json",
  "partners",
  "tsconfig.json",
];

let directory: TestDirectory;

beforeEach(() => {
  directory = testDirectory();
});

afterEach(() => {
  directory.remove();
});

/** Copies the project to another place, lets its files be of another age, and synthesizes it in another time zone. */
function synthesizeCopy(name: string, age: number, zone: string): Record<string, Buffer> {
  const copy = path.join(directory.path, name);
  for (const part of PARTS)
    cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  for (const part of PARTS.filter((one) => !one.includes(".")))
    for (const file of readdirSync(path.join(copy, part), { recursive: true, encoding: "utf8" }))
      utimesSync(path.join(copy, part, file), age, age);
  const outdir = path.join(directory.path, `out of ${name}`);
  execFileSync(process.execPath, ["--import", "tsx", path.join(copy, "main.ts")], {
    // Not the project's own directory, which nothing may depend on.
    cwd: path.join(copy, "node_modules/tsx"),
    env: { ...process.env, TZ: zone, CDKTF_OUTDIR: outdir },
    stdio: "pipe",
  });
  return filesOf(outdir);
}

function filesOf(directory: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(directory, file), readFileSync(file)]),
  );
}

test("Terraform and zips are equal to the byte in other directories, time zones and file ages", () => {
  const tokyo = synthesizeCopy("a", 1_000_000_000, "Asia/Tokyo");
  const newYork = synthesizeCopy("a project with a longer name", 1_700_000_000, "America/New_York");
  expect(Object.keys(tokyo)).toEqual(
    expect.arrayContaining([
      "stacks/local--platform/cdk.tf.json",
      "stacks/local--universal-music/cdk.tf.json",
      "stacks/local--universal-music/trigger.zip",
    ]),
  );
  expect(Object.keys(newYork)).toEqual(Object.keys(tokyo));
  for (const [file, content] of Object.entries(tokyo))
    expect([file, newYork[file]?.equals(content)]).toEqual([file, true]);
  // Nothing of the machine is in it.
  for (const content of Object.values(tokyo)) {
    expect(content.includes(root)).toBe(false);
    expect(content.includes(directory.path)).toBe(false);
  }
});
