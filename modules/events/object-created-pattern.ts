/** Which objects of a bucket a rule is for. */
export interface ObjectFilter {
  readonly bucket: string;
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * The event pattern for objects that appear in a bucket, with a prefix and a suffix.
 * Prefix and suffix in one pattern are a wildcard; as two patterns they would match either.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export function objectCreatedPattern({ bucket, prefix, suffix }: ObjectFilter): string {
  const key = `${escaped(prefix)}*${escaped(suffix)}`;
  return JSON.stringify({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: {
      bucket: { name: [bucket] },
      ...(key === "*" ? {} : { object: { key: [{ wildcard: key }] } }),
    },
  });
}

/** In a wildcard pattern, `*` and the backslash themselves are written with a backslash. */
function escaped(text: string): string {
  return text.replace(/[\\*]/gu, (character) => `\\${character}`);
}
