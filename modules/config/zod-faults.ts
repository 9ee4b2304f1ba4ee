import { type core, ZodError, type ZodType } from "zod";
import { ConfigError } from "../core";

/**
 * Parses a user's settings and, when they do not hold, tells every fault at once:
 * path of the setting as the user writes it, what is wrong, what was given.
 *
 * @param root - how the user knows the object, e.g. `partners/acme.ts`
 */
export function parseSettings<T>(schema: ZodType<T>, value: unknown, root: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError(faultTexts(result.error, value, root), { cause: result.error });
}

function faultTexts(error: ZodError, value: unknown, root: string): string[] {
  return [...new Set(error.issues.flatMap((issue) => issueTexts(issue, value, root)))];
}

function issueTexts(issue: core.$ZodIssue, value: unknown, root: string): string[] {
  const path = settingPath(root, issue.path);
  const got = show(valueAt(value, issue.path));
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const at = settingPath(root, [...issue.path, key]);
        return `${at} is not a setting; remove it or correct its name`;
      });
    case "invalid_type":
      return [
        got === "nothing"
          ? `${path} is missing, it must be ${article(issue.expected)}; add it`
          : `${path} must be ${article(issue.expected)}, got ${got}`,
      ];
    case "invalid_value":
      return [
        `${path} must be one of ${issue.values.map((v) => JSON.stringify(v)).join(", ")}, got ${got}`,
      ];
    case "invalid_union": {
      const nested = closestUnion(issue);
      if (nested)
        return nested.flatMap((inner) =>
          issueTexts(
            { ...inner, path: [...issue.path, ...inner.path] } as core.$ZodIssue,
            value,
            root,
          ),
        );
      return [`${path} has none of the allowed forms, got ${got}`];
    }
    case "custom":
      return [
        `${path} ${issue.message}${issue.params?.["hideValue"] === true ? "" : `, got ${got}`}`,
      ];
    default:
      return [
        `${path} is wrong: ${issue.message.replace(/^[A-Z]/u, (c) => c.toLowerCase())}, got ${got}`,
      ];
  }
}

/** Of a union's branches, the faults of the one that came closest: whose discriminator matched, or with fewest faults. */
function closestUnion(issue: core.$ZodIssue): readonly core.$ZodIssue[] | undefined {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return undefined;
  const wrongKind = (branch: readonly core.$ZodIssue[]): boolean =>
    branch.some(
      (inner) =>
        inner.code === "invalid_value" ||
        (inner.code === "invalid_type" && inner.path.length === 0),
    );
  const open = issue.errors.filter((branch) => !wrongKind(branch));
  return [...(open.length > 0 ? open : [])].sort((a, b) => a.length - b.length)[0];
}

function settingPath(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number"
        ? `${text}[${String(part)}]`
        : /^[A-Za-z_$][\w$]*$/u.test(String(part))
          ? `${text}.${String(part)}`
          : `${text}[${JSON.stringify(String(part))}]`,
    root,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      current !== null && typeof current === "object"
        ? (current as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function article(expected: string): string {
  const names: Record<string, string> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "an object",
    record: "an object",
    array: "a list",
    undefined: "left out",
  };
  return names[expected] ?? expected;
}
