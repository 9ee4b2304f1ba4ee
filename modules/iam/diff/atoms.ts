import { allActions, findAction } from "../catalog";
import { parseOperator } from "../evaluate/conditions";
import type { CompiledCondition } from "../evaluate/parse";
import { matches } from "../glob";

/**
 * One permission of the normal form: one action, one pattern of resources, one value for each condition that names
 * alternatives. Statements that are split, joined, reordered or written with lists come out as the same atoms.
 */
export interface Atom {
  readonly effect: "Allow" | "Deny";
  /** With AWS's capitals where the catalog knows it; a pattern where it goes beyond the catalog. */
  readonly action: string;
  /** A pattern; `not a, b` for NotResource; empty in a trust policy. */
  readonly resource: string;
  /** `AWS <arn>`, `Service <name>` and so on; missing in policies of roles. */
  readonly who?: string;
  readonly conditions: readonly CompiledCondition[];
}

/** Alternatives of one statement that are taken apart; beyond it they stay together, which is only less fine. */
const MAX_ALTERNATIVES = 256;

/** The atoms of a policy document of any origin. */
export function atomsOf(document: unknown): readonly Atom[] {
  const statements = list(record(document)["Statement"]);
  return statements.flatMap((statement) => statementAtoms(record(statement)));
}

function statementAtoms(statement: Readonly<Record<string, unknown>>): Atom[] {
  const effect = statement["Effect"] === "Deny" ? "Deny" : "Allow";
  const actions =
    statement["NotAction"] === undefined
      ? texts(statement["Action"]).flatMap(expandAction)
      : [notText(statement["NotAction"])];
  const resources =
    statement["NotResource"] !== undefined
      ? [notText(statement["NotResource"])]
      : statement["Resource"] === undefined
        ? [""]
        : texts(statement["Resource"]);
  const who = principals(statement);
  const ways = alternatives(conditionsOf(statement["Condition"]));
  return actions.flatMap((action) =>
    resources.flatMap((resource) =>
      who.flatMap((one) =>
        ways.map((conditions) => ({
          effect,
          action,
          resource,
          ...(one === undefined ? {} : { who: one }),
          conditions,
        })),
      ),
    ),
  );
}

const expanded = new Map<string, readonly string[]>();

/** The actions that a pattern stands for, and the pattern itself where it stands for more than the catalog holds. */
export function expandAction(pattern: string): readonly string[] {
  const known = expanded.get(pattern) ?? expand(pattern);
  expanded.set(pattern, known);
  return known;
}

function expand(pattern: string): readonly string[] {
  if (!/[*?]/u.test(pattern)) return [findAction(pattern)?.name ?? pattern];
  const wanted = pattern.toLowerCase();
  const found = allActions()
    .filter(({ name }) => matches(wanted, name.toLowerCase()))
    .map(({ name }) => name);
  const service = wanted.split(":")[0] ?? "";
  return found.length === 0 || /[*?]/u.test(service) ? [pattern, ...found] : found;
}

function principals(statement: Readonly<Record<string, unknown>>): readonly (string | undefined)[] {
  const not = statement["NotPrincipal"];
  if (not !== undefined) return [`everybody but ${JSON.stringify(not)}`];
  const given = statement["Principal"];
  if (given === undefined) return [undefined];
  if (typeof given === "string") return [anyone(given)];
  return Object.entries(record(given)).flatMap(([kind, names]) =>
    texts(names).map((name) => (kind === "AWS" ? anyone(name) : `${kind} ${name}`)),
  );
}

/** An account is written in two ways, everybody too. */
function anyone(name: string): string {
  if (name === "*") return "anyone";
  const account = /^(\d{12})$/u.exec(name)?.[1];
  return account === undefined ? `AWS ${name}` : `AWS arn:aws:iam::${account}:root`;
}

function conditionsOf(block: unknown): CompiledCondition[] {
  return Object.entries(record(block)).flatMap(([text, keys]) =>
    Object.entries(record(keys)).map(([key, values]) => ({
      // One that is not known is compared with itself alone.
      operator: parseOperator(text) ?? { text, base: `unknown ${text}`, ifExists: false },
      key: key.toLowerCase(),
      keyText: key,
      values: texts(values).sort(),
    })),
  );
}

/** A condition with several values to choose from is as good as several statements with one each. */
function alternatives(conditions: readonly CompiledCondition[]): readonly CompiledCondition[][] {
  return conditions.reduce<CompiledCondition[][]>(
    (ways, condition) => {
      const each =
        isChoice(condition) && ways.length * condition.values.length <= MAX_ALTERNATIVES
          ? condition.values.map((value) => ({ ...condition, values: [value] }))
          : [condition];
      return ways.flatMap((way) => each.map((one) => [...way, one]));
    },
    [[]],
  );
}

const CHOICES = new Set(["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"]);

const isChoice = ({ operator }: CompiledCondition): boolean =>
  operator.quantifier === undefined && CHOICES.has(operator.base);

const notText = (value: unknown): string => `not ${texts(value).sort().join(", ")}`;

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const texts = (value: unknown): string[] => [...new Set(list(value).map(String))];

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
