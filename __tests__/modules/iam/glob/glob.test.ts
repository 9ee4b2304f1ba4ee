import fc from "fast-check";
import { arnIncludes, arnIntersects, arnMatches } from "../../../../modules/iam/glob/arn";
import { includes, intersects, matches } from "../../../../modules/iam/glob/glob";

/** Characters of the texts: two that patterns name, and one that none does, which stands for all others. */
const TEXT = ["a", "b", "-"];
const PATTERN = ["a", "b", "?", "*"];

/** All texts of these characters up to a length. */
function upTo(length: number, characters: readonly string[]): readonly string[] {
  const shorter = length === 0 ? [] : upTo(length - 1, characters);
  const longest =
    shorter.length === 0 ? [""] : shorter.filter((text) => text.length === length - 1);
  return length === 0
    ? [""]
    : [...shorter, ...longest.flatMap((text) => characters.map((one) => text + one))];
}

/** The same question, answered by a machine that walks through all sets of states: slow and plain. */
function relation(outer: string, inner: string): { includes: boolean; intersects: boolean } {
  const seen = new Set<string>();
  const open = [[start(outer), start(inner)] as const];
  const found = { includes: true, intersects: false };
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [a, b] = next;
    const key = `${[...a].sort().join()}|${[...b].sort().join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (b.has(inner.length) && !a.has(outer.length)) found.includes = false;
    if (b.has(inner.length) && a.has(outer.length)) found.intersects = true;
    for (const one of TEXT) open.push([step(outer, a, one), step(inner, b, one)]);
  }
  return found;
}

const start = (pattern: string): Set<number> => withRuns(pattern, [0]);

function step(pattern: string, states: ReadonlySet<number>, one: string): Set<number> {
  const next = [...states].flatMap((at) => {
    if (pattern[at] === "*") return [at];
    return pattern[at] === "?" || pattern[at] === one ? [at + 1] : [];
  });
  return withRuns(pattern, next);
}

function withRuns(pattern: string, states: readonly number[]): Set<number> {
  const all = new Set(states);
  for (const at of all) if (pattern[at] === "*") all.add(at + 1);
  return all;
}

test("a pattern matches what the regular expression of the same meaning does", () => {
  const texts = upTo(4, TEXT);
  for (const pattern of upTo(4, PATTERN)) {
    const expression = new RegExp(`^${pattern.replaceAll("?", ".").replaceAll("*", ".*")}$`, "u");
    const wrong = texts.filter((text) => matches(pattern, text) !== expression.test(text));
    expect({ pattern, wrong }).toEqual({ pattern, wrong: [] });
  }
});

test("inclusion and intersection are exact for every pair of short patterns", () => {
  const patterns = upTo(3, PATTERN);
  const wrong = patterns.flatMap((a) =>
    patterns
      .filter((b) => {
        const truth = relation(a, b);
        return includes(a, b) !== truth.includes || intersects(a, b) !== truth.intersects;
      })
      .map((b) => [a, b]),
  );
  expect(wrong).toEqual([]);
});

const pattern = fc
  .array(fc.constantFrom(...PATTERN), { maxLength: 9 })
  .map((characters) => characters.join(""));

test("inclusion and intersection are exact for long patterns", () => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      const truth = relation(a, b);
      expect([includes(a, b), intersects(a, b)]).toEqual([truth.includes, truth.intersects]);
    }),
    { numRuns: 3000 },
  );
});

test("what is included can be put in the place of what includes it", () => {
  fc.assert(
    fc.property(pattern, pattern, fc.string({ unit: fc.constantFrom(...TEXT) }), (a, b, text) => {
      fc.pre(includes(a, b));
      expect(matches(b, text) && !matches(a, text)).toBe(false);
    }),
  );
});

test("what one partner's names begin with, another's must not", () => {
  expect(intersects("acme*", "acme-eu--landing")).toBe(true);
  expect(intersects("pi--prod--acme--*", "pi--prod--acme-eu--*")).toBe(false);
  expect(includes("arn:aws:s3:::b/*", "arn:aws:s3:::b/runs/*/x.json")).toBe(true);
  expect(includes("arn:aws:s3:::b/runs/*", "arn:aws:s3:::b/*")).toBe(false);
});

test("characters outside the basic plane are one character", () => {
  expect(matches("a?c", "a\u{1f3b5}c")).toBe(true);
  expect(intersects("?", "\u{1f3b5}")).toBe(true);
});

test("matching takes no time on patterns that make others slow", () => {
  expect(matches(`${"a*".repeat(40)}b`, "a".repeat(4000))).toBe(false);
});

describe("ARNs part by part", () => {
  test.each([
    ["arn:aws:s3:::b/*", "arn:aws:s3:::b/c:d", true],
    ["arn:aws:ecs:*:111122223333:*", "arn:aws:ecs:eu-west-1:111122223333:task/x", true],
    ["arn:aws:ecs:*:task/x", "arn:aws:ecs:eu-west-1:111122223333:task/x", false],
    ["arn:aws:*", "arn:aws:s3:::b", false],
    ["*", "arn:aws:s3:::b", false],
    ["arn:aws:s3:::b", "no arn", false],
  ])("%s and %s", (left, right, expected) => {
    expect(arnMatches(left, right)).toBe(expected);
  });

  test("patterns against patterns", () => {
    expect(arnIntersects("arn:aws:ecs:*:1:task/*", "arn:aws:ecs:eu:*:*/x")).toBe(true);
    expect(arnIntersects("arn:aws:ecs:*:1:task/*", "arn:aws:ecs:eu:2:task/x")).toBe(false);
    expect(arnIncludes("arn:aws:ecs:*:1:task/*", "arn:aws:ecs:eu:1:task/x*")).toBe(true);
    expect(arnIncludes("arn:aws:ecs:eu:1:task/*", "arn:aws:ecs:*:1:task/x")).toBe(false);
  });
});
