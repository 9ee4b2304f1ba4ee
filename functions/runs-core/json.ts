/** Tells whether a value that was parsed from JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Shows any value in a message: as JSON, cut where it is long. */
export function shown(value: unknown, max = 200): string {
  // JSON.stringify answers undefined for undefined, whatever its type says.
  const json = (JSON.stringify(value) as string | undefined) ?? "nothing";
  return json.length <= max ? json : `${json.slice(0, max)} ...`;
}
