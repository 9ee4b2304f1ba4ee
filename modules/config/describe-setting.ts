import { type core, z, type ZodType } from "zod";

/** Part of a schema, as JSON Schema tells it. */
export type SettingSchema = core.JSONSchema.BaseSchema;

/** The schema that a user's file follows, as JSON Schema: for editors, and to tell what is allowed. */
export function settingsSchema(schema: ZodType): SettingSchema {
  return z.toJSONSchema(schema, { io: "input" });
}

/** The schemas that a setting may follow; several where forms differ, and what was given does not tell which is meant. */
export function schemasAt(
  schema: SettingSchema,
  path: readonly PropertyKey[],
  value: unknown,
): SettingSchema[] {
  const [key, ...rest] = path;
  const forms = formsOf(schema, value);
  if (key === undefined) return forms;
  const inner = isObject(value) ? value[key] : undefined;
  return forms.flatMap((form) => {
    const next =
      typeof key === "number" ? form.items : (form.properties?.[String(key)] ?? extra(form));
    return typeof next === "object" && !Array.isArray(next) ? schemasAt(next, rest, inner) : [];
  });
}

/** The names of the settings of an object. */
export function knownSettings(schemas: readonly SettingSchema[]): string[] {
  return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))].sort();
}

/** What a setting may be, in words: `a whole number from 1 to 10`. */
export function describeSetting(schemas: readonly SettingSchema[]): string {
  const texts = [...new Set(schemas.flatMap(describe))];
  return texts.length < 2
    ? (texts[0] ?? "something else")
    : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1) ?? ""}`;
}

function describe(schema: SettingSchema): string[] {
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value));
  switch (schema.type) {
    case "string":
      return [describeText(schema)];
    case "integer":
      return [`a whole number${range(schema)}`];
    case "number":
      return [`a number${range(schema)}`];
    case "boolean":
      return ["true", "false"];
    case "array":
      return [
        schema.minItems === undefined ? "a list" : `a list of at least ${String(schema.minItems)}`,
      ];
    default:
      return [describeObject(schema)];
  }
}

function describeText({ minLength, format }: SettingSchema): string {
  if (format === "email") return "an e-mail address";
  if (minLength === undefined) return "a text";
  return minLength === 1
    ? "a text that is not empty"
    : `a text of at least ${String(minLength)} characters`;
}

function describeObject({ properties, required }: SettingSchema): string {
  const kind = properties?.["kind"];
  if (typeof kind === "object" && kind.const !== undefined)
    return `an object of kind ${JSON.stringify(kind.const)}`;
  return required === undefined || required.length === 0
    ? "an object"
    : `an object with ${required.join(", ")}`;
}

function range({ minimum, exclusiveMinimum, maximum }: SettingSchema): string {
  const from = minimum ?? Number.MIN_SAFE_INTEGER;
  // The bound of whole numbers as such says nothing.
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const above = typeof exclusiveMinimum === "number" ? ` above ${String(exclusiveMinimum)}` : "";
  if (above !== "") return to === undefined ? above : `${above}, at most ${String(to)}`;
  if (from === Number.MIN_SAFE_INTEGER) return to === undefined ? "" : ` of at most ${String(to)}`;
  return to === undefined
    ? ` of at least ${String(from)}`
    : ` from ${String(from)} to ${String(to)}`;
}

/** Of several forms, the one whose kind was given; all, where none was. */
function formsOf(schema: SettingSchema, value: unknown): SettingSchema[] {
  const forms = schema.oneOf ?? schema.anyOf;
  if (forms === undefined) return [schema];
  const all = forms.flatMap((form) => formsOf(form, value));
  const kind = isObject(value) ? value["kind"] : undefined;
  const meant = all.filter((form) => {
    const own = form.properties?.["kind"];
    return typeof own === "object" && own.const === kind && kind !== undefined;
  });
  return meant.length > 0 ? meant : all;
}

const extra = (schema: SettingSchema): SettingSchema | undefined =>
  typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;

const isObject = (value: unknown): value is Record<PropertyKey, unknown> =>
  value !== null && typeof value === "object";
