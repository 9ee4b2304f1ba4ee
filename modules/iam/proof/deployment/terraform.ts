import { AssumptionError } from "../../../core";

/** The Terraform of one stack, as it was synthesized. */
export interface StackTerraform {
  /** Name of the stack, for messages. */
  readonly name: string;
  /** Content of its `cdk.tf.json`. */
  readonly terraform: unknown;
}

/** Attributes of a resource. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A resource of a stack. */
export interface TerraformResource {
  readonly stack: string;
  /** Whom the stack belongs to: a partner, `platform` or `bootstrap`. */
  readonly owner: string;
  readonly type: string;
  /** `<type>.<logical id>`. */
  readonly address: string;
  readonly attributes: Attributes;
}

/** A stack, taken apart. */
export interface ParsedStack {
  readonly name: string;
  readonly owner: string;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly TerraformResource[];
  /** Output `facts`, where the stack has one. */
  readonly facts: unknown;
}

/** Takes the Terraform of a stack apart. */
export function parseStack({ name, terraform }: StackTerraform): ParsedStack {
  const provider = at(terraform, "provider", "aws", 0);
  const owner = textAt(name, provider, "default_tags", 0, "tags", "partner-ingest:owner");
  return {
    name,
    owner,
    account: textAt(name, provider, "allowed_account_ids", 0),
    region: textAt(name, provider, "region"),
    resources: Object.entries(record(at(terraform, "resource"))).flatMap(([type, all]) =>
      Object.entries(record(all)).map(([id, attributes]) => ({
        stack: name,
        owner,
        type,
        address: `${type}.${id}`,
        attributes: record(attributes),
      })),
    ),
    facts: at(terraform, "output", "facts", "value"),
  };
}

/** A text attribute of a resource; one that must be there. */
export function attribute(resource: TerraformResource, name: string): string {
  const value = resource.attributes[name];
  if (typeof value === "string") return value;
  throw new AssumptionError(
    `${resource.address} of stack ${JSON.stringify(resource.stack)} has no ${name}`,
  );
}

/** What lies at a path in JSON, or `undefined`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
}

/** An object, or an empty one for anything else. */
export function record(value: unknown): Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Attributes)
    : {};
}

/** A list, or an empty one for anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text, or `undefined` for anything else. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

function textAt(stack: string, value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found === "string") return found;
  throw new AssumptionError(
    `the Terraform of stack ${JSON.stringify(stack)} has no provider.aws.${path.join(".")}`,
  );
}
