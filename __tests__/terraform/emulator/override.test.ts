import fc from "fast-check";
import {
  applyOverrides,
  differences,
  type Override,
  REMOVE,
  unusedOverrides,
} from "../../../terraform/emulator/override";

const configuration = {
  provider: { aws: [{ region: "r", allowed_account_ids: ["1"] }, { region: "s" }] },
  resource: { aws_a: { one: { keep: 1 }, two: { name: "x", keep: 2 } }, aws_b: {} },
};
const override = (path: string, value: unknown): Override => ({ path, value, reason: "because" });
const at = (path: string, value: unknown): string[] =>
  applyOverrides(configuration, [override(path, value)]).applied.map((entry) => entry.at);

test("an override is set on everything that its path names", () => {
  expect(at("resource/aws_a/*/name", "y")).toEqual([
    "resource/aws_a/one/name",
    "resource/aws_a/two/name",
  ]);
  expect(at("provider/aws/*/retries", 1)).toEqual([
    "provider/aws/0/retries",
    "provider/aws/1/retries",
  ]);
});

test("an override that changes nothing does not count as applied", () => {
  expect(at("resource/aws_a/*/name", "x")).toEqual(["resource/aws_a/one/name"]);
  expect(at("provider/aws/*/allowed_account_ids", REMOVE)).toEqual([
    "provider/aws/0/allowed_account_ids",
  ]);
  expect(at("resource/aws_c/*/name", "x")).toEqual([]);
  expect(at("resource/aws_b/*/name", "x")).toEqual([]);
});

test("the configuration that is given stays as it is", () => {
  const before = JSON.stringify(configuration);
  applyOverrides(configuration, [override("resource/aws_a/*/keep", REMOVE)]);
  expect(JSON.stringify(configuration)).toBe(before);
});

test("what takes effect nowhere is told as unused", () => {
  const used = override("resource/aws_a/one/keep", 3);
  const unused = override("resource/aws_a/three/keep", 3);
  const { applied } = applyOverrides(configuration, [used, unused]);
  expect(unusedOverrides([used, unused], applied)).toEqual([unused]);
});

test("names of the prototype are no settings", () => {
  expect(at("resource/constructor/name", "x")).toEqual([]);
  expect(at("resource/__proto__/polluted", "x")).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("whatever is overridden, nothing else differs", () => {
  const name = fc.constantFrom("resource", "aws_a", "one", "two", "provider", "aws", "0", "*", "k");
  const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
  const value = fc.oneof(fc.constant(REMOVE), fc.integer(), fc.constant({ deep: [1] }));
  fc.assert(
    fc.property(path, value, (where, what) => {
      const { configuration: after, applied } = applyOverrides(configuration, [
        override(where, what),
      ]);
      for (const difference of differences(configuration, after))
        expect(applied.some((entry) => `${difference}/`.startsWith(`${entry.at}/`))).toBe(true);
      for (const entry of applied)
        expect(
          differences(configuration, after).some((d) => `${d}/`.startsWith(`${entry.at}/`)),
        ).toBe(true);
    }),
  );
});
