import { readRerun } from "../../../functions/trigger/rerun";
import { verifyOf } from "../../../functions/trigger/verify-run";
import { orderKey, type ClaimRecord, type StepSpec } from "../../../modules/contract";
import { SPEC, step } from "./support/fixtures";

const source = { kind: "manual", orderId: "1" } as const;
const claimOf = (changes: Partial<ClaimRecord> = {}): ClaimRecord => ({
  schemaVersion: 1,
  partner: SPEC.partner,
  orderKey: orderKey("1", source),
  attempt: 1,
  orderId: "1",
  chain: "order",
  source,
  trigger: "by-hand",
  specDigest: "d",
  jobDefinitionRevisions: {},
  nonce: "n",
  claimedAt: "2026-03-01T00:00:00.000Z",
  ...changes,
});
const stateOf = (claim: ClaimRecord, status: "delivered" | "failed" = "delivered") => ({
  run: { partner: claim.partner, orderKey: claim.orderKey, attempt: claim.attempt },
  status,
});
const delivering = (name: string, after: readonly string[] = []): StepSpec => ({
  ...step(name, after),
  delivers: true,
});
const CHAIN = [
  delivering("collect"),
  step("generate", ["collect"]),
  delivering("feed", ["generate"]),
];

test("the steps that deliver look at the earlier attempt, the others are skipped", () => {
  const claim = claimOf();
  expect(verifyOf(stateOf(claim), claim, CHAIN)).toEqual({
    verifies: 1,
    resumesFrom: { attempt: 1, step: "collect", skips: ["generate"], stagingAttempt: 1 },
  });
});

test("what went on from an earlier attempt is looked for in that one, too", () => {
  const resumesFrom = {
    attempt: 2,
    step: "feed",
    skips: ["collect", "generate"],
    stagingAttempt: 1,
  };
  const claim = claimOf({ attempt: 3, resumesFrom });
  expect(verifyOf(stateOf(claim), claim, CHAIN)).toMatchObject({
    verifies: 3,
    resumesFrom: { attempt: 3, stagingAttempt: 1 },
  });
});

test("what a verifying attempt compared is compared again", () => {
  const claim = claimOf({ attempt: 2, ...verifyOf(stateOf(claimOf()), claimOf(), CHAIN) });
  expect(verifyOf(stateOf(claim), claim, CHAIN)).toMatchObject({
    verifies: 1,
    resumesFrom: { attempt: 2, stagingAttempt: 1 },
  });
});

test("an attempt that did not deliver is refused", () => {
  const claim = claimOf();
  expect(() => verifyOf(stateOf(claim, "failed"), claim, CHAIN)).toThrow(
    'order "1" can not be verified: attempt 1 is failed, and delivered nothing that is whole; run it again without verify',
  );
});

test("a chain that delivers nothing is refused", () => {
  const claim = claimOf();
  expect(() => verifyOf(stateOf(claim), claim, [step("list")])).toThrow(
    'order "1" can not be verified: no step of its chain delivers anything',
  );
});

test.each<[unknown, string]>([
  [{ verify: "yes" }, 'verify must be true or false, got "yes"'],
  [
    { verify: true, from: "publish" },
    'verify compares all that was delivered and begins at no step, got from "publish"; leave one of them out',
  ],
])("an event is refused: %p", (changes, fault) => {
  const event = { kind: "rerun", orderKey: orderKey("1", source), reason: "r", by: "ann" };
  expect(() => readRerun({ ...event, ...(changes as object) })).toThrow(fault);
});
