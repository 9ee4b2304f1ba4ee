import { arnOf, nameOf } from "./arns";
import { at, type ParsedStack, record, type TerraformResource } from "./terraform";

/** `${aws_x.y.arn}` in a text. */
const REFERENCE = /\$\{(aws_[a-z0-9_]+\.[a-z0-9_]+\.[a-z_]+)\}/gu;

/** Values of the references between the resources of a stack, by what stands in them. */
export type References = ReadonlyMap<string, string>;

/**
 * What the references of a stack stand for: names and ARNs that follow from the configuration. Ids that AWS makes up are
 * those of the facts where the stack's output tells them, else made-up ones that tell the resource.
 */
export function referencesOf(stack: ParsedStack, facts: unknown): References {
  const values = new Map(factValues(stack.facts, facts));
  for (const resource of stack.resources) {
    const { address } = resource;
    const knownArn = values.get(`${address}.arn`);
    const name =
      values.get(`${address}.id`) ??
      (knownArn === undefined ? nameOf(resource) : knownArn.slice(knownArn.lastIndexOf("/") + 1));
    if (name === undefined) continue;
    for (const attribute of ["bucket", "function_name", "id", "name", "url"])
      if (!values.has(`${address}.${attribute}`)) values.set(`${address}.${attribute}`, name);
    const arn = knownArn ?? arnOf(resource, stack, name);
    if (arn !== undefined) values.set(`${address}.arn`, arn);
  }
  return values;
}

/**
 * A resource with values for its references, as deep as they stand. What is not known stays: most references are of no
 * concern for permissions, and a policy that still holds one is refused by whoever reads it.
 */
export function resolved(resource: TerraformResource, references: References): TerraformResource {
  return { ...resource, attributes: record(resolveDeep(resource.attributes, references)) };
}

function resolveDeep(value: unknown, references: References): unknown {
  if (typeof value === "string")
    return value.replace(REFERENCE, (whole, name: string) => references.get(name) ?? whole);
  if (Array.isArray(value)) return value.map((item) => resolveDeep(item, references));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveDeep(item, references)]),
  );
}

/** Pairs the references in the stack's own output with the values that were exported from it. */
function factValues(output: unknown, facts: unknown): (readonly [string, string])[] {
  if (typeof output === "string") {
    const [, reference] = new RegExp(`^${REFERENCE.source}$`, "u").exec(output) ?? [];
    return reference !== undefined && typeof facts === "string" ? [[reference, facts]] : [];
  }
  const keys = Array.isArray(output) ? [...output.keys()] : Object.keys(record(output));
  return keys.flatMap((key) => factValues(at(output, key), at(facts, key)));
}
