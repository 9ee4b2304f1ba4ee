import { type AcceptedDrift, checkDrifts, driftsOf } from "../../../terraform/emulator/drift";
import { UNKNOWN } from "../../../terraform/plan/masking";
import type { PlanChange, PlanJson } from "../../../terraform/plan/plan-json";

const plan = (address: string, change: Partial<PlanChange>): PlanJson => ({
  format_version: "1.2",
  resource_changes: [
    {
      address,
      mode: "managed",
      type: address.split(".")[0] ?? "",
      name: address.split(".")[1] ?? "",
      change: { actions: ["update"], before: {}, after: {}, ...change },
    },
  ],
});
const accepted = (entry: Partial<AcceptedDrift>): AcceptedDrift => ({
  address: "aws_a.*",
  attribute: "x",
  before: false,
  after: true,
  reason: "the emulator forgets it",
  ...entry,
});

test("a plan's changes are told attribute by attribute", () => {
  const changed = plan("aws_a.b", {
    before: { same: [1], deep: [{ tags: null, n: 1 }], list: [1], arn: "a", gone: "" },
    after: { same: [1], deep: [{ tags: { k: "v" }, n: 1 }], list: [1, 2], gone: null },
    after_unknown: { arn: true, version: true },
  });
  expect(driftsOf(changed)).toEqual([
    { address: "aws_a.b", attribute: "deep.0.tags", before: null, after: { k: "v" } },
    { address: "aws_a.b", attribute: "list.1", before: null, after: 2 },
    { address: "aws_a.b", attribute: "arn", before: "a", after: UNKNOWN },
    { address: "aws_a.b", attribute: "gone", before: "", after: null },
    { address: "aws_a.b", attribute: "version", before: null, after: UNKNOWN },
  ]);
});

test("an update that shows no difference does not go unseen", () => {
  expect(driftsOf(plan("aws_a.b", { before: { tags: {} }, after: { tags: {} } }))).toEqual([
    { address: "aws_a.b", attribute: "", before: ["update"], after: "" },
  ]);
});

test("a block that appears is told as a whole, with what is not known in it", () => {
  const changed = plan("aws_a.b", {
    before: { block: [] },
    after: { block: [{ name: "n" }] },
    after_unknown: { block: [{ id: true }] },
  });
  expect(driftsOf(changed)).toEqual([
    { address: "aws_a.b", attribute: "block.0", before: null, after: { name: "n", id: UNKNOWN } },
  ]);
});

test("unchanged and read resources are no drift", () => {
  expect(
    driftsOf(plan("aws_a.b", { actions: ["no-op"], before: { x: 1 }, after: { x: 1 } })),
  ).toEqual([]);
  expect(driftsOf(plan("data.aws_a.b", { actions: ["read"], after: { x: 1 } }))).toEqual([]);
});

test("a resource that is replaced is never covered by its attributes alone", () => {
  const replaced = plan("aws_a.b", {
    actions: ["delete", "create"],
    before: { x: false },
    after: { x: true },
  });
  expect(checkDrifts([replaced], [accepted({})]).unlisted).toEqual([
    { address: "aws_a.b", attribute: "", before: ["delete", "create"], after: "" },
  ]);
});

test("changed outputs are drifts", () => {
  const outputs: PlanJson = {
    format_version: "1.2",
    output_changes: { a: { actions: ["update"], before: { v: 1 }, after: { v: 2 } } },
  };
  expect(driftsOf(outputs)).toEqual([
    { address: "output.a", attribute: "value", before: { v: 1 }, after: { v: 2 } },
  ]);
});

describe("an accepted drift", () => {
  const change = plan("aws_a.b", { before: { x: false }, after: { x: true } });
  test("covers exactly its address, attribute and values", () => {
    expect(checkDrifts([change], [accepted({})])).toEqual({ unlisted: [], unused: [] });
  });

  test.each([
    { address: "aws_a.c" },
    { address: "aws_*.b.c" },
    { attribute: "x.y" },
    { before: null },
    { after: "true" },
  ])("that says %j covers nothing", (entry) => {
    const { unlisted, unused } = checkDrifts([change], [accepted(entry)]);
    expect(unlisted).toEqual([{ address: "aws_a.b", attribute: "x", before: false, after: true }]);
    expect(unused).toEqual([accepted(entry)]);
  });
});
