import { holds } from "../evaluate/conditions";
import type { RequestContext } from "../evaluate/context";
import type { CompiledCondition } from "../evaluate/parse";
import { arnIncludes, arnIntersects, includes, intersects } from "../glob";

/** Conditions that must all hold. */
export type Conjunction = readonly CompiledCondition[];

/** How the values of an operator are compared with each other, for operators that need the key and one of the values. */
const PATTERNS: ReadonlyMap<
  string,
  { readonly includes: typeof includes; readonly intersects: typeof intersects }
> = new Map(
  Object.entries({
    StringEquals: { includes: equal, intersects: equal },
    Bool: { includes: equal, intersects: equal },
    StringLike: { includes, intersects },
    ArnEquals: { includes: arnIncludes, intersects: arnIntersects },
    ArnLike: { includes: arnIncludes, intersects: arnIntersects },
  }),
);

/**
 * Both conjunctions as one: without what follows from the rest, or `undefined` where no request can fulfil it. Where
 * that is not clear it is taken that one can.
 */
export function both(a: Conjunction, b: Conjunction): Conjunction | undefined {
  const all = [...a, ...b];
  if (all.some((one, index) => all.slice(index + 1).some((other) => contradict(one, other))))
    return undefined;
  return all.filter(
    (one, index) =>
      !all.some(
        (other, place) =>
          place !== index && implies(other, one) && (place < index || !implies(one, other)),
      ),
  );
}

/** What is left of a conjunction where some keys of the request are known; `undefined` where it does not hold. */
export function given(conditions: Conjunction, known: RequestContext): Conjunction | undefined {
  const fails = conditions.some(({ operator, key, values }) => {
    const found = known.get(key);
    return found !== undefined && holds(operator, values, found) === false;
  });
  return fails ? undefined : conditions;
}

/** Whether every request that fulfils `a` fulfils `b`; `false` where that is not clear. */
export function implies(a: CompiledCondition, b: CompiledCondition): boolean {
  if (a.key !== b.key) return false;
  if (a.operator.text === b.operator.text && same(a.values, b.values)) return true;
  const compare = patternsOf(a, b);
  return (
    compare !== undefined &&
    a.values.every((value) => b.values.some((other) => compare.includes(other, value)))
  );
}

/** Whether everything that fulfils all of `a` fulfils all of `b`. */
export const impliesAll = (a: Conjunction, b: Conjunction): boolean =>
  b.every((wanted) => a.some((one) => implies(one, wanted)));

function contradict(a: CompiledCondition, b: CompiledCondition): boolean {
  if (a.key !== b.key) return false;
  const compare = patternsOf(a, b);
  return (
    compare !== undefined &&
    !a.values.some((value) => b.values.some((other) => compare.intersects(value, other)))
  );
}

/** The wider of the two ways to compare, where both operators compare patterns of the same kind. */
function patternsOf(a: CompiledCondition, b: CompiledCondition) {
  if ([a, b].some(({ operator }) => operator.ifExists || operator.quantifier !== undefined))
    return undefined;
  const [left, right] = [a.operator.base, b.operator.base];
  if (left === right) return PATTERNS.get(left);
  // A plain text is a pattern that has no wildcards, unless it has some: then it is not clear.
  const bases = [left, right].sort().join();
  const plain = left === "StringEquals" ? a : b;
  if (bases !== "StringEquals,StringLike" || plain.values.some((value) => /[*?]/u.test(value)))
    return undefined;
  return PATTERNS.get("StringLike");
}

/** A condition for people and for comparison: `StringLike s3:prefix acme/*`. */
export const conditionText = ({ operator, keyText, values }: CompiledCondition): string =>
  `${operator.text} ${keyText} ${[...values].sort().join(" | ")}`;

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join("\n") === [...b].sort().join("\n");
}

function equal(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase() && (a === b || /^(true|false)$/iu.test(a));
}
