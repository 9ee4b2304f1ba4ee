import type { core, ZodType } from "zod";
import { ConfigError } from "../core";
import {
  describeSetting,
  knownSettings,
  schemasAt,
  type SettingSchema,
  settingsSchema,
} from "./describe-setting";
import { settingPath } from "./setting-path";
import { showValue } from "./show-value";

/**
 * Parses a user's settings and, when they do not hold, tells every fault at once:
 * path of the setting as the user writes it, what is wrong, what was given, what is allowed.
 *
 * @param root - how the user knows the object, e.g. `partners/acme`
 */
export function parseSettings<T>(schema: ZodType<T>, value: unknown, root: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const given = { root, value, schema: settingsSchema(schema) };
  const texts = result.error.issues.flatMap((issue) => issueTexts(issue, given));
  throw new ConfigError([...new Set(texts)], { cause: result.error });
}

/** Where a fault lies beyond the form of a value; see `Fault`. */
export interface FaultParams {
  readonly hideValue?: boolean | undefined;
  readonly hint?: string | undefined;
}

interface Given {
  readonly root: string;
  readonly value: unknown;
  readonly schema: SettingSchema;
}

function issueTexts(issue: core.$ZodIssue, given: Given): string[] {
  const path = settingPath(given.root, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownSettings(issue.keys, issue.path, given);
    case "custom":
      return [customText(path, issue, valueAt(given.value, issue.path))];
    case "invalid_format":
      // A text of our own, where the schema has one.
      if (!issue.message.startsWith("Invalid "))
        return [
          isSecret(issue.path)
            ? `${path} ${issue.message}`
            : customText(path, issue, valueAt(given.value, issue.path)),
        ];
      return [formText(path, issue.path, given)];
    case "invalid_union": {
      const nested = closestForm(issue);
      if (nested)
        return nested.flatMap((inner) =>
          issueTexts({ ...inner, path: [...issue.path, ...inner.path] }, given),
        );
      return [formText(path, issue.path, given)];
    }
    default:
      return [formText(path, issue.path, given)];
  }
}

function formText(path: string, at: readonly PropertyKey[], given: Given): string {
  const value = valueAt(given.value, at);
  const allowed = describeSetting(schemasAt(given.schema, at, given.value));
  if (value === undefined) return `${path} is missing, it must be ${allowed}; add it`;
  return `${path} must be ${allowed}, got ${isSecret(at) ? `a ${typeof value}` : showValue(value)}`;
}

function customText(path: string, issue: core.$ZodIssue, value: unknown): string {
  const { hideValue, hint } = ("params" in issue ? (issue.params ?? {}) : {}) as FaultParams;
  const got = hideValue === true ? "" : `, got ${showValue(value)}`;
  return `${path} ${issue.message}${got}${hint === undefined ? "" : `; ${hint}`}`;
}

function unknownSettings(
  keys: readonly string[],
  at: readonly PropertyKey[],
  { root, value, schema }: Given,
): string[] {
  const known = knownSettings(schemasAt(schema, at, value));
  return keys.map(
    (key) =>
      `${settingPath(root, [...at, key])} is not a setting; known are ${known.join(", ")}; remove it or correct its name`,
  );
}

/** Of the forms that a value may have, the faults of the one that was meant: an object whose kind matches. */
function closestForm(issue: core.$ZodIssue): readonly core.$ZodIssue[] | undefined {
  if (issue.code !== "invalid_union") return undefined;
  const otherForm = (branch: readonly core.$ZodIssue[]): boolean =>
    branch.some(
      (inner) =>
        inner.code === "invalid_value" ||
        (inner.code === "invalid_type" && inner.path.length === 0),
    );
  return issue.errors.filter((branch) => !otherForm(branch)).sort((a, b) => a.length - b.length)[0];
}

/** What should have been an ARN may be the secret itself. */
const isSecret = (path: readonly PropertyKey[]): boolean =>
  path.some((part) => part === "secrets" || /SecretArn$/u.test(String(part)));

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      current !== null && typeof current === "object"
        ? (current as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}
