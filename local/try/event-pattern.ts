import { AssumptionError } from "../../modules/core";

/**
 * Says whether an event matches a pattern of EventBridge: each list names the values that a field may have. Knows exact
 * values and the conditions `prefix`, `suffix`, `wildcard` and `equals-ignore-case`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((condition) => holds(condition, event));
  if (typeof pattern !== "object" || pattern === null)
    throw new AssumptionError(
      `an event pattern must hold objects and lists, got ${JSON.stringify(pattern)}`,
    );
  return Object.entries(pattern).every(([field, inner]) =>
    matchesPattern(inner, (event as Readonly<Record<string, unknown>> | undefined)?.[field]),
  );
}

const OPERATORS = new Set(["equals-ignore-case", "prefix", "suffix", "wildcard"]);

function holds(condition: unknown, value: unknown): boolean {
  if (typeof condition !== "object" || condition === null) return condition === value;
  const [[operator, operand] = [], ...more] = Object.entries(condition) as [string, unknown][];
  if (more.length === 0 && typeof operand === "string" && typeof value === "string")
    switch (operator) {
      case "prefix":
        return value.startsWith(operand);
      case "suffix":
        return value.endsWith(operand);
      case "wildcard":
        return wildcard(operand).test(value);
      case "equals-ignore-case":
        return value.toLowerCase() === operand.toLowerCase();
    }
  if (OPERATORS.has(String(operator))) return false;
  throw new AssumptionError(
    `the condition ${JSON.stringify(condition)} of an event pattern is not known to a run on one machine`,
  );
}

/** `*` stands for any text, a backslash makes the next character literal. */
function wildcard(text: string): RegExp {
  const source = text.replace(/\\?[\s\S]/gu, (part) => {
    if (part === "*") return "[\\s\\S]*";
    const literal = part.length > 1 && part.startsWith("\\") ? part.slice(1) : part;
    return literal.replace(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&");
  });
  return new RegExp(`^${source}$`, "u");
}
