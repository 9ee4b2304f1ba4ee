import { type Operator, parseOperator, valueFault } from "./conditions";
import { parsePrincipals, type PrincipalPattern } from "./principals";
import { UnsupportedConstruct } from "./unsupported";
import type { Layer, StatementRef } from "./world";

/** A statement, checked and ready to be compared. */
export interface CompiledStatement {
  readonly ref: StatementRef;
  readonly effect: "Allow" | "Deny";
  /** Patterns in small letters. With `notActions`, everything else is meant. */
  readonly actions: readonly string[];
  readonly notActions: boolean;
  /** Patterns. Empty in a trust policy: the role. */
  readonly resources: readonly string[];
  readonly notResources: boolean;
  /** Only in policies of resources, trust and endpoint policies. */
  readonly principals?: readonly PrincipalPattern[];
  readonly conditions: readonly CompiledCondition[];
}

/** A condition. */
export interface CompiledCondition {
  readonly operator: Operator;
  /** In small letters. */
  readonly key: string;
  /** As it is written. */
  readonly keyText: string;
  readonly values: readonly string[];
}

/** Where a policy stands: decides what its statements must and must not have. */
export interface PolicyPlace {
  readonly layer: Layer;
  /** Its name, for people. */
  readonly policy: string;
}

const DOCUMENT_KEYS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_KEYS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/**
 * Reads a policy document of any origin.
 *
 * @throws UnsupportedConstruct for everything that is not evaluated: policy variables, `NotPrincipal`, what an Allow
 * does not name (`NotAction`, `NotResource`), unknown operators, unknown keys
 */
export function parsePolicy(document: unknown, place: PolicyPlace): CompiledStatement[] {
  const whole = { ...place, statement: "document" };
  if (!isRecord(document)) return refuse(whole, "is no object", "give a policy document");
  const { Version, Statement } = document;
  // Without it, or with the older one, policy variables are plain text.
  if (Version !== "2012-10-17")
    return refuse(whole, `has the version ${show(Version)}`, 'write "2012-10-17"');
  const unknown = Object.keys(document).filter((key) => !DOCUMENT_KEYS.has(key));
  if (unknown.length > 0)
    return refuse(whole, `has ${unknown.map(show).join(", ")}`, "take it out");
  return list(Statement).map((statement, index) => parseStatement(statement, index, place));
}

function parseStatement(statement: unknown, index: number, place: PolicyPlace): CompiledStatement {
  const numbered = { ...place, statement: `#${String(index + 1)}` };
  if (!isRecord(statement)) return refuse(numbered, "is no object", "give a statement");
  const ref: StatementRef =
    typeof statement["Sid"] === "string" ? { ...place, statement: statement["Sid"] } : numbered;
  const unknown = Object.keys(statement).filter((key) => !STATEMENT_KEYS.has(key));
  if (unknown.length > 0)
    return refuse(ref, `has ${unknown.map(show).join(", ")}`, "name what is meant instead");
  const effect = statement["Effect"];
  if (effect !== "Allow" && effect !== "Deny")
    return refuse(ref, `has the effect ${show(effect)}`, "write Allow or Deny");
  const [actions, notActions] = oneOf(statement, "Action", ref);
  return {
    ref,
    effect,
    actions: actions.map((action) => action.toLowerCase()),
    notActions,
    ...parseTargets(statement, ref),
    conditions: parseConditions(statement["Condition"], ref),
  };
}

/** Resources and principals: which of them a statement has follows from where it stands. */
function parseTargets(
  statement: Readonly<Record<string, unknown>>,
  ref: StatementRef,
): Pick<CompiledStatement, "resources" | "notResources" | "principals"> {
  const hasPrincipal = statement["Principal"] !== undefined;
  const wantsPrincipal =
    ref.layer === "resource" || ref.layer === "trust" || ref.layer === "endpoint";
  if (hasPrincipal !== wantsPrincipal)
    return refuse(
      ref,
      hasPrincipal ? "has a Principal" : "has no Principal",
      wantsPrincipal
        ? "say whom it is about"
        : "take it out: the policy is attached to whom it is about",
    );
  const principals = hasPrincipal
    ? { principals: parsePrincipals(statement["Principal"], ref) }
    : {};
  if (ref.layer === "trust") {
    if (statement["Resource"] !== undefined || statement["NotResource"] !== undefined)
      return refuse(ref, "has a Resource", "take it out: a trust policy is about its role");
    return { resources: [], notResources: false, ...principals };
  }
  const [resources, notResources] = oneOf(statement, "Resource", ref);
  return { resources, notResources, ...principals };
}

function oneOf(
  statement: Readonly<Record<string, unknown>>,
  name: "Action" | "Resource",
  ref: StatementRef,
): readonly [patterns: readonly string[], not: boolean] {
  const plain = statement[name];
  const not = statement[`Not${name}`];
  if ((plain === undefined) === (not === undefined))
    return refuse(ref, `has ${plain === undefined ? "no" : "two kinds of"} ${name}`, "give one");
  if (not !== undefined && statement["Effect"] === "Allow")
    return refuse(ref, `allows by Not${name}`, `name each ${name} that is allowed`);
  const patterns = list(plain ?? not);
  for (const pattern of patterns) {
    if (typeof pattern !== "string")
      return refuse(ref, `has the ${name} ${show(pattern)}`, "write text");
    refuseVariables(pattern, ref);
  }
  if (patterns.length === 0) return refuse(ref, `has an empty ${name}`, "name what is meant");
  return [patterns as readonly string[], not !== undefined];
}

function parseConditions(block: unknown, ref: StatementRef): CompiledCondition[] {
  if (block === undefined) return [];
  if (!isRecord(block)) return refuse(ref, "has a Condition that is no object", "write operators");
  return Object.entries(block).flatMap(([text, keys]) => {
    const operator = parseOperator(text);
    if (operator === undefined)
      return refuse(ref, `has the operator ${show(text)}`, "use one that is evaluated here");
    if (!isRecord(keys)) return refuse(ref, `has no keys below ${show(text)}`, "write keys");
    return Object.entries(keys).map(([key, given]) => {
      const values = list(given).map((value) => {
        // AWS takes true and 5 for "true" and "5".
        const word =
          typeof value === "boolean" || typeof value === "number" ? String(value) : value;
        if (typeof word !== "string")
          return refuse(ref, `has the value ${show(value)} for ${show(key)}`, "write text");
        refuseVariables(word, ref);
        const fault = valueFault(operator, word);
        if (fault === undefined) return word;
        return refuse(
          ref,
          `has the value ${show(word)} for ${show(key)}, which ${fault}`,
          "mend it",
        );
      });
      if (values.length === 0) return refuse(ref, `has no value for ${show(key)}`, "give one");
      return { operator, key: key.toLowerCase(), keyText: key, values };
    });
  });
}

/** `${aws:username}` and the like; also a Terraform reference, which nobody has put the value in for. */
function refuseVariables(text: string, ref: StatementRef): void {
  if (text.includes("${")) refuse(ref, `holds the variable ${show(text)}`, "write the text itself");
}

/** How a statement is told to people: `the identity policy "grants", statement "ReadThings"`. */
export function describeRef({ layer, policy, statement }: StatementRef): string {
  return `the ${layer} policy ${show(policy)}, statement ${show(statement)}`;
}

function refuse(ref: StatementRef, what: string, todo: string): never {
  throw new UnsupportedConstruct(`${describeRef(ref)}, ${what}; ${todo}`);
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
