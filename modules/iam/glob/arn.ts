import { type GlobToken, globTokens, includes, intersects, matches, tokensIntersect } from "./glob";

/** The six parts of an ARN: `arn`, partition, service, region, account, resource. The last may hold colons. */
export type ArnSegments = readonly [string, string, string, string, string, string];

/** The parts of an ARN or of a pattern of ARNs, or `undefined` for a text that has fewer. */
export function arnSegments(arn: string): ArnSegments | undefined {
  const [a, b, c, d, e, ...rest] = arn.split(":");
  if (b === undefined || c === undefined || d === undefined || e === undefined) return undefined;
  if (a !== "arn" || rest.length === 0) return undefined;
  return [a, b, c, d, e, rest.join(":")];
}

/**
 * Tells whether a pattern, written as people mean it, can be an ARN of a format: part by part, so that a `*` in one part
 * does not swallow the next. AWS itself lets `*` run over colons; proofs compare whole texts, this is for advice.
 */
export function arnCanBe(pattern: string, format: readonly (readonly GlobToken[])[]): boolean {
  if (pattern === "*") return true;
  return (
    arnSegments(pattern)?.every((segment, index) =>
      tokensIntersect(globTokens(segment), format[index] ?? []),
    ) ?? false
  );
}

/** `ArnLike`: each part of the ARN is compared with its own pattern. */
export function arnMatches(pattern: string, arn: string): boolean {
  return compareSegments(pattern, arn, matches);
}

/** Whether some ARN is matched by both patterns, by the rule of `ArnLike`. */
export function arnIntersects(a: string, b: string): boolean {
  return compareSegments(a, b, intersects);
}

/** Whether `ArnLike` matches with `outer` whatever it matches with `inner`. */
export function arnIncludes(outer: string, inner: string): boolean {
  return compareSegments(outer, inner, includes);
}

function compareSegments(
  a: string,
  b: string,
  compare: (a: string, b: string) => boolean,
): boolean {
  const right = arnSegments(b);
  if (right === undefined) return false;
  return (
    arnSegments(a)?.every((segment, index) => {
      const other = right[index];
      return other !== undefined && compare(segment, other);
    }) ?? false
  );
}
