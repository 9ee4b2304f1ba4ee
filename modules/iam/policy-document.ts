import type { Condition, Grant } from "./grant";

/** A policy document as AWS takes it. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** A statement of a policy document. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/**
 * The policy document of grants: one statement each, in the order of their ids. Uses of the same key for the same thing are one
 * statement, with the last id: reading and writing a bucket each need its key, and a policy has only so many characters.
 */
export function policyDocument(grants: readonly Grant[]): PolicyDocument {
  const statements = new Map<string, Grant>();
  const ordered = [...grants].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const [index, grant] of ordered.entries()) {
    const place = placeOf(grant) ?? String(index);
    const before = statements.get(place)?.actions ?? [];
    // Where it stands follows from its id, as for all others.
    statements.delete(place);
    statements.set(place, { ...grant, actions: [...before, ...grant.actions] });
  }
  return { Version: "2012-10-17", Statement: [...statements.values()].map(statementOf) };
}

/** What makes two grants one statement; nothing where they are on no key: ids tell what they are for. */
function placeOf({ actions, resources, conditions = [], setting }: Grant): string | undefined {
  const ours = setting === undefined && actions.every((action) => action.startsWith("kms:"));
  return ours ? JSON.stringify([resources, conditions]) : undefined;
}

/** The statement of a grant. */
export function statementOf(grant: Grant): Statement {
  return {
    Sid: grant.id,
    Effect: "Allow",
    Action: oneOrMany(sorted(grant.actions)),
    Resource: "any" in grant.resources ? "*" : oneOrMany(sorted(grant.resources)),
    ...(grant.conditions && grant.conditions.length > 0
      ? { Condition: conditionBlock(grant.conditions) }
      : {}),
  };
}

/** The condition block of conditions. Two with the same operator and key would overwrite each other and are refused. */
export function conditionBlock(
  conditions: readonly Condition[],
): NonNullable<Statement["Condition"]> {
  const block: Record<string, Record<string, string | readonly string[]>> = {};
  for (const { op, key, values } of conditions) {
    const operator = (block[op] ??= {});
    if (key in operator) throw new Error(`condition ${op} ${key} is given twice`);
    operator[key] = oneOrMany(sorted(values));
  }
  return block;
}

/** Compact JSON of a policy document: whitespace counts for some readers, never for AWS. */
export function policyJson(document: PolicyDocument): string {
  return JSON.stringify(document);
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  return values.length === 1 && values[0] !== undefined ? values[0] : values;
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
