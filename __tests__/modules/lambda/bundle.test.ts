import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { compileFunction } from "node:vm";
import { bundleFunction, packFunction } from "../../../modules/lambda";
import { readZip } from "../../support/read-zip";

const root = path.resolve(__dirname, "../../..");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "partner-ingest-bundle-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Copies what a function is made of to another place, with other times. */
function copyElsewhere(name: string): string {
  const elsewhere = path.join(directory, name);
  for (const part of ["functions", "modules/contract", "modules/ledger", "modules/batch-reasons"])
    cpSync(path.join(root, part), path.join(elsewhere, part), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(elsewhere, "node_modules"));
  for (const file of readdirSync(elsewhere, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".ts")) utimesSync(path.join(elsewhere, file), 1, 1);
  return path.join(elsewhere, "functions");
}

test("the trigger's bundle is the same wherever its sources lie, however old they are", () => {
  const here = bundleFunction("trigger");
  expect(bundleFunction("trigger", copyElsewhere("a")).equals(here)).toBe(true);
  expect(
    bundleFunction("trigger", copyElsewhere("a much longer name with blanks")).equals(here),
  ).toBe(true);
});

test("the trigger's bundle holds no path of this machine, and is a handler", () => {
  const bundle = bundleFunction("trigger").toString();
  expect(bundle).not.toContain(root);
  expect(bundle).not.toContain("node_modules");
  const module: { exports: { handler?: unknown } } = { exports: {} };
  const run = compileFunction(bundle, ["module", "exports", "require", "__dirname"]) as (
    ...args: unknown[]
  ) => void;
  run(module, module.exports, createRequire(__filename), directory);
  expect(typeof module.exports.handler).toBe("function");
});

test("a function is packed with its files beside it", async () => {
  const { name, zip, hash } = await packFunction("trigger", { "spec.json": '{"a":1}' });
  expect(name).toBe("trigger");
  expect(hash).toMatch(/^[A-Za-z0-9+/]{43}=$/u);
  const entries = readZip(zip);
  expect(entries.map((entry) => entry.name)).toEqual(["index.js", "spec.json"]);
  expect(entries[1]?.content.toString()).toBe('{"a":1}');
  expect((await packFunction("trigger", { "spec.json": '{"a":1}' })).hash).toBe(hash);
  expect((await packFunction("trigger", { "spec.json": '{"a":2}' })).hash).not.toBe(hash);
});

test("a function that is not there is told with where it was looked for", () => {
  mkdirSync(path.join(directory, "functions"));
  const at = (name: string): string => path.join(directory, "functions/none", name);
  expect(() => bundleFunction("none", path.join(directory, "functions"))).toThrow(
    `functions/none has no entry point, looked for ${at("index.ts")} and ${at("index.js")}`,
  );
});
