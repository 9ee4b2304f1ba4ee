import { arnMatches, matches } from "../glob";

/** A comparison of one value of a request with one value of a policy. */
interface Comparison {
  readonly compare: (policy: string, request: string) => boolean;
  /** All values of the policy must differ, and a key that is not there differs. */
  readonly negated?: true;
  /** Says why a value can not stand in a policy. */
  readonly fault?: (policy: string) => string | undefined;
}

const arn = {
  compare: arnMatches,
  fault: (value: string) => (value.split(":").length >= 6 ? undefined : "is no ARN"),
};

const numeric = (compare: (request: number, policy: number) => boolean): Comparison => ({
  compare: (policy, request) => isNumber(request) && compare(Number(request), Number(policy)),
  fault: (value) => (isNumber(value) ? undefined : "is no number"),
});

/** `ArnEquals` and `ArnLike` are the same. Without their suffixes and prefixes. */
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map(
  Object.entries<Comparison>({
    StringEquals: { compare: (policy, request) => policy === request },
    StringNotEquals: { compare: (policy, request) => policy === request, negated: true },
    StringLike: { compare: matches },
    StringNotLike: { compare: matches, negated: true },
    ArnEquals: arn,
    ArnLike: arn,
    ArnNotEquals: { ...arn, negated: true },
    ArnNotLike: { ...arn, negated: true },
    Bool: {
      compare: (policy, request) => policy.toLowerCase() === request.toLowerCase(),
      fault: (value) => (/^(true|false)$/iu.test(value) ? undefined : "is neither true nor false"),
    },
    NumericEquals: numeric((request, policy) => request === policy),
    NumericLessThan: numeric((request, policy) => request < policy),
    NumericLessThanEquals: numeric((request, policy) => request <= policy),
    NumericGreaterThan: numeric((request, policy) => request > policy),
    NumericGreaterThanEquals: numeric((request, policy) => request >= policy),
  }),
);

/** An operator as it is written, taken apart. */
export interface Operator {
  /** As it stands in the policy. */
  readonly text: string;
  readonly base: string;
  readonly ifExists: boolean;
  readonly quantifier?: "ForAllValues" | "ForAnyValue";
}

/**
 * A condition operator, or `undefined` for one that is not evaluated.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseOperator(text: string): Operator | undefined {
  const [, quantifier, base = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/u.exec(text) ?? [];
  const alone = base === "Null" && quantifier === undefined && ifExists === undefined;
  if (!COMPARISONS.has(base) && !alone) return undefined;
  return {
    text,
    base,
    ifExists: ifExists !== undefined,
    ...(quantifier === "ForAllValues" || quantifier === "ForAnyValue" ? { quantifier } : {}),
  };
}

/** Says why a value can not stand beside an operator, or `undefined`. */
export function valueFault({ base }: Operator, value: string): string | undefined {
  if (base === "Null")
    return /^(true|false)$/iu.test(value) ? undefined : "is neither true nor false";
  return COMPARISONS.get(base)?.fault?.(value);
}

/** Whether an operator holds where a value of the policy does not match. */
export const isNegated = ({ base }: Operator): boolean => COMPARISONS.get(base)?.negated === true;

/**
 * Whether a condition holds.
 * @param found - values of the key in the request, none where the request does not have it
 * @returns `undefined` where a key has several values and the operator does not say how to take them: AWS does not
 * document what happens
 */
export function holds(
  operator: Operator,
  values: readonly string[],
  found: readonly string[] | undefined,
): boolean | undefined {
  if (operator.base === "Null") {
    const absent = found === undefined || found.length === 0;
    return values.some((value) => (value.toLowerCase() === "true") === absent);
  }
  const { compare, negated = false } = comparisonOf(operator);
  const passes = (request: string): boolean =>
    values.some((policy) => compare(policy, request)) !== negated;
  if (operator.quantifier === "ForAllValues") return (found ?? []).every(passes);
  if (operator.quantifier === "ForAnyValue")
    return found === undefined ? operator.ifExists : found.some(passes);
  const [only, ...more] = found ?? [];
  if (only === undefined) return operator.ifExists || negated;
  return more.length > 0 ? undefined : passes(only);
}

function comparisonOf({ base, text }: Operator): Comparison {
  const comparison = COMPARISONS.get(base);
  if (comparison === undefined) throw new Error(`${text} is no operator`);
  return comparison;
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
