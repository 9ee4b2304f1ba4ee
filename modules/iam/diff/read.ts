import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../core/errors";
import { at, listOf, record, textOf } from "../proof/deployment/terraform";
import type { DiffResource } from "./subject";

/**
 * Reads what is compared: a directory that was synthesized to, a `cdk.tf.json`, or what `terraform show -json` printed
 * of a plan or a state.
 */
export function readDiffInput(file: string): readonly DiffResource[] {
  if (!existsSync(file)) throw fault(file, "it does not exist");
  if (!statSync(file).isDirectory()) return readJson(file);
  const directories = [path.join(file, "stacks"), file].filter((one) => existsSync(one));
  const files = directories
    .flatMap((directory) => [
      path.join(directory, "cdk.tf.json"),
      ...readdirSync(directory)
        .sort()
        .map((name) => path.join(directory, name, "cdk.tf.json")),
    ])
    .filter((one) => existsSync(one));
  if (files.length === 0) throw fault(file, "there is no cdk.tf.json in it or below it");
  return files.flatMap(readJson);
}

function readJson(file: string): readonly DiffResource[] {
  const stack = path.basename(file) === "cdk.tf.json" ? path.basename(path.dirname(file)) : "";
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw fault(file, `it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const root = record(parsed);
  if (root["planned_values"] !== undefined || root["values"] !== undefined) return ofPlan(parsed);
  if (root["terraform"] !== undefined || root["resource"] !== undefined)
    return ofConfiguration(stack, parsed);
  throw fault(file, "it is neither Terraform's JSON configuration nor a plan or state");
}

function ofConfiguration(stack: string, parsed: unknown): readonly DiffResource[] {
  return Object.entries(record(at(parsed, "resource"))).flatMap(([type, all]) =>
    Object.entries(record(all)).map(([id, attributes]) => ({
      stack,
      type,
      address: `${type}.${id}`,
      attributes: record(attributes),
      unknown: [],
    })),
  );
}

function ofPlan(parsed: unknown): readonly DiffResource[] {
  const unknown = new Map(
    listOf(at(parsed, "resource_changes")).map((change) => [
      textOf(at(change, "address")),
      Object.entries(record(at(change, "change", "after_unknown"))).flatMap(([name, is]) =>
        is === true ? [name] : [],
      ),
    ]),
  );
  const module = at(parsed, "planned_values", "root_module") ?? at(parsed, "values", "root_module");
  return ofModule(module, unknown);
}

function ofModule(
  module: unknown,
  unknown: ReadonlyMap<string | undefined, readonly string[]>,
): readonly DiffResource[] {
  const own = listOf(at(module, "resources"))
    .filter((one) => at(one, "mode") !== "data")
    .map((one) => {
      const address = textOf(at(one, "address")) ?? "";
      return {
        stack: "",
        address,
        type: textOf(at(one, "type")) ?? "",
        attributes: record(at(one, "values")),
        unknown: unknown.get(address) ?? [],
      };
    });
  return [
    ...own,
    ...listOf(at(module, "child_modules")).flatMap((child) => ofModule(child, unknown)),
  ];
}

const fault = (file: string, why: string): ConfigError =>
  new ConfigError(
    `${JSON.stringify(file)} can not be compared: ${why}; give a directory of synth (cdktf.out), a cdk.tf.json, or what terraform show -json printed of a plan`,
  );
