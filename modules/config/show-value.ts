const LONGEST = 120;

/** A value that a user gave, for an error: short, whatever it is. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "string":
      return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
    case "number":
    case "boolean":
      return String(value);
    case "bigint":
      return `${String(value)}n`;
    case "object":
      return showObject(value);
    default:
      return `a ${typeof value}`;
  }
}

/** Without its contents: they may be long, circular or secret. */
function showObject(value: object | null): string {
  if (value === null) return "null";
  if (Array.isArray(value))
    return value.length === 0 ? "an empty list" : `a list of ${String(value.length)}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `a ${value.constructor.name}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return "an empty object";
  const named = keys.slice(0, 5).map((key) => JSON.stringify(key));
  return `an object with ${[...named, ...(keys.length > 5 ? ["..."] : [])].join(", ")}`;
}
