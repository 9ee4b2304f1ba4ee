import { ConfigError } from "../../core";
import file from "./operations.json";
import type { RecordedStack, RecordedStep, Recording } from "./recording";

/** What the provider calls for resources of a type, by what it does with them. Operations are `<service>.<operation>`. */
export interface TypeOperations {
  readonly read: readonly string[];
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly delete: readonly string[];
}

/** The operations of all types that were recorded. */
export interface OperationTable {
  /** Version of the AWS provider that was recorded. */
  readonly provider: string;
  readonly types: Readonly<Record<string, TypeOperations>>;
  /** Types of resources that stacks of a kind held, those without a call of their own too. */
  readonly kinds: Readonly<Record<RecordedStack["kind"], readonly string[]>>;
}

/** The table that is shipped. */
export const OPERATIONS: OperationTable = file;

/** Steps that operations are listed by. */
export const STEPS = ["read", "create", "update", "delete"] as const;

/** The operations of a type. */
export function operationsOf(type: string, table: OperationTable = OPERATIONS): TypeOperations {
  const found = table.types[type];
  if (found !== undefined) return found;
  throw new ConfigError(
    `nothing was recorded of the resource type ${JSON.stringify(type)}, so that the permissions to deploy it are not known; run: npm run iam:record`,
  );
}

/**
 * Types that stacks of a kind hold since they were recorded, and whose operations were recorded of stacks of another kind: the
 * provider calls the same for a type wherever it stands. A new recording makes an entry needless.
 */
const HELD_SINCE: Readonly<Partial<Record<RecordedStack["kind"], readonly string[]>>> = {
  platform: ["aws_s3_bucket_notification"],
};

/** Makes the table from recordings. What belongs to no resource is of no type and left out. */
export function tableOf(recordings: readonly Recording[]): OperationTable {
  const calls = recordings.flatMap(({ stacks }) => stacks.flatMap((stack) => stack.calls));
  const types = [...new Set(calls.map(({ type }) => type))].filter((type) => type !== "provider");
  const of = (type: string, step: RecordedStep): string[] =>
    [
      ...new Set(
        calls
          .filter((call) => call.type === type && call.step === step)
          .map(({ service, operation }) => `${service}.${operation}`),
      ),
    ].sort();
  const kind = (name: RecordedStack["kind"]): string[] =>
    [
      ...new Set([
        ...recordings.flatMap(({ stacks }) =>
          stacks.filter((stack) => stack.kind === name).flatMap((stack) => stack.types),
        ),
        ...(HELD_SINCE[name] ?? []).filter((type) => types.includes(type)),
      ]),
    ].sort();
  return {
    provider: [...new Set(recordings.map(({ provider }) => provider))].join(", "),
    types: Object.fromEntries(
      types.sort().map((type) => [
        type,
        {
          read: of(type, "read"),
          create: of(type, "create"),
          update: of(type, "update"),
          delete: of(type, "delete"),
        },
      ]),
    ),
    kinds: { bootstrap: kind("bootstrap"), platform: kind("platform"), partner: kind("partner") },
  };
}
