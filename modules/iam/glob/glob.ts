/**
 * The algebra of AWS's patterns: `*` is any run of characters, the empty one too, `?` is any one character, and nothing
 * else is special. Every answer is exact, for all texts there are.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */

/** A part of a pattern: one literal character, one character of any kind, or any run of characters. */
export type GlobToken = { readonly literal: string } | AnyToken;

/** `?` or `*`; characters that it does not stand for may be taken out. */
export interface AnyToken {
  readonly run: boolean;
  readonly except: string;
}

const ONE: AnyToken = { run: false, except: "" };
const RUN: AnyToken = { run: true, except: "" };

/** The parts of a pattern. */
export function globTokens(pattern: string): GlobToken[] {
  return Array.from(pattern, (literal) =>
    literal === "*" ? RUN : literal === "?" ? ONE : { literal },
  );
}

/** Tells whether a pattern matches a text. */
export function matches(pattern: string, text: string): boolean {
  if (!/[*?]/u.test(pattern)) return pattern === text;
  const tokens = Array.from(pattern);
  const characters = Array.from(text);
  let at = 0;
  let token = 0;
  // Where to go on after a dead end: the last run takes one character more.
  let lastRun = -1;
  let runEnd = 0;
  while (at < characters.length) {
    const current = tokens[token];
    if (current === "*") {
      lastRun = token;
      runEnd = at;
      token += 1;
    } else if (current !== undefined && (current === "?" || current === characters[at])) {
      token += 1;
      at += 1;
    } else if (lastRun >= 0) {
      runEnd += 1;
      at = runEnd;
      token = lastRun + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "*");
}

/** Tells whether some text is matched by both patterns. */
export const intersects = (a: string, b: string): boolean =>
  tokensIntersect(globTokens(a), globTokens(b));

/** Tells whether some text is matched by both. */
export function tokensIntersect(a: readonly GlobToken[], b: readonly GlobToken[]): boolean {
  // before[j]: the parts of `a` so far and the first j of `b` can have stood for the same text.
  let before = [true];
  b.forEach((other, j) => before.push(before[j] === true && isRun(other)));
  for (const token of a) {
    const now = [before[0] === true && isRun(token)];
    b.forEach((other, j) => {
      const met = meet(token, other);
      now.push(
        // A run stands for nothing,
        (isRun(token) && before[j + 1] === true) ||
          (isRun(other) && now[j] === true) ||
          // or for one character more of what the other stands for,
          (isRun(token) && met && now[j] === true) ||
          (isRun(other) && met && before[j + 1] === true) ||
          // or both stand for one character.
          (met && before[j] === true),
      );
    });
    before = now;
  }
  return before[b.length] === true;
}

/** Tells whether `outer` matches every text that `inner` matches. */
export function includes(outer: string, inner: string): boolean {
  const states = normalized(outer);
  let reached = new Set(skipRuns(states, [0]));
  for (const token of Array.from(inner)) {
    const next: number[] = [];
    for (const at of reached) {
      const state = states[at];
      if (state === undefined) continue;
      // What stands for any number of characters can only be taken by what stands for any number.
      if (token === "*") {
        if (state.inRun) next.push(at);
        continue;
      }
      if (state.kind === "*") next.push(at);
      else if (state.kind === "?" || state.literal === token) next.push(at + 1);
    }
    reached = new Set(skipRuns(states, next));
    if (reached.size === 0) return false;
  }
  return reached.has(states.length);
}

interface Part {
  readonly kind: "*" | "?" | "literal";
  readonly literal?: string;
  /** Belongs to wildcards of which one is a run: together they stand for "at least so many characters". */
  readonly inRun: boolean;
}

/** With the `?` of each group of wildcards before its single `*`: `*?` and `?*` mean the same. */
function normalized(pattern: string): Part[] {
  return (pattern.match(/[*?]+|[^*?]/gu) ?? []).flatMap((part): Part[] => {
    if (!/^[*?]/u.test(part)) return [{ kind: "literal", literal: part, inRun: false }];
    const inRun = part.includes("*");
    const single = Array.from(part.replaceAll("*", ""), (): Part => ({ kind: "?", inRun }));
    return inRun ? [...single, { kind: "*", inRun }] : single;
  });
}

function skipRuns(states: readonly Part[], reached: readonly number[]): number[] {
  return reached.flatMap((at) => (states[at]?.kind === "*" ? [at, at + 1] : [at]));
}

function isRun(token: GlobToken): boolean {
  return "run" in token && token.run;
}

/** Whether one character can be what both stand for. There is always a character that nobody excluded. */
function meet(a: GlobToken, b: GlobToken): boolean {
  if ("literal" in a)
    return "literal" in b ? a.literal === b.literal : !b.except.includes(a.literal);
  return !("literal" in b) || !a.except.includes(b.literal);
}
