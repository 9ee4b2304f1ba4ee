import { AssumptionError } from "../../modules/core";

/** Finds the value of an attribute, e.g. of `aws_s3_bucket.processed.id`; `undefined` for one that it does not know. */
export type AttributeLookup = (
  type: string,
  id: string,
  attribute: string,
) => string | number | undefined;

/** An escaped `${` or `%{`; a flat object as JSON; or any other expression. */
const TEMPLATE = /[$%]{2}\{|\$\{jsonencode\(\{([^{}]*)\}\)\}|[$%]\{([^{}]*)\}/gu;

/** `"name" = type.id.attribute`, as cdktf writes the entries of an object. */
const ENTRY = /^\s*"([^"\\]*)"\s*=\s*(.*?)\s*$/u;

/**
 * Renders a text of Terraform JSON as Terraform would: attributes in the place of `${type.id.attribute}`, JSON in the
 * place of `${jsonencode({"name" = type.id.attribute})}`, `${` for `$${`.
 *
 * @param where - address and argument, for errors
 * @throws AssumptionError for an expression of another form, or an attribute that is not known
 */
export function renderText(text: string, where: string, lookup: AttributeLookup): string {
  return text.replace(
    TEMPLATE,
    (match, object: string | undefined, expression: string | undefined) => {
      if (object !== undefined) return JSON.stringify(objectValue(object, where, lookup));
      if (expression === undefined) return match.slice(1);
      return String(attributeValue(expression, match, where, lookup));
    },
  );
}

function objectValue(
  entries: string,
  where: string,
  lookup: AttributeLookup,
): Record<string, string | number> {
  return Object.fromEntries(
    entries
      .split(",")
      .filter((entry) => entry.trim() !== "")
      .map((entry) => {
        const [, name, expression] = ENTRY.exec(entry) ?? [];
        if (name === undefined || expression === undefined) return unknown(entry, where);
        return [name, attributeValue(expression, entry, where, lookup)];
      }),
  );
}

function attributeValue(
  expression: string,
  shown: string,
  where: string,
  lookup: AttributeLookup,
): string | number {
  const [, type, id, attribute] =
    /^([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z0-9_]+)$/u.exec(expression.trim()) ?? [];
  if (type === undefined || id === undefined || attribute === undefined || shown.startsWith("%"))
    return unknown(shown, where);
  return lookup(type, id, attribute) ?? unknown(shown, where);
}

function unknown(expression: string, where: string): never {
  throw new AssumptionError(
    `${where} holds ${JSON.stringify(expression)}, which a run on one machine can not know; it knows attributes of resources of the same stack`,
  );
}
