import { announcementOf } from "../../../functions/runs-core/announcements";
import { EXIT_CAUSES } from "../../../modules/batch-reasons";
import type { ClaimRecord, StepReport } from "../../../modules/contract";

const run = { partner: "acme", orderKey: "a-0123456789ab", attempt: 1 };
const claim: ClaimRecord = {
  schemaVersion: 1,
  ...run,
  orderId: "A 1",
  chain: "order",
  source: { kind: "manual", orderId: "A 1" },
  trigger: "byHand",
  specDigest: "0".repeat(64),
  jobDefinitionRevisions: { publish: 1 },
  nonce: "n",
  claimedAt: "2026-03-01T00:00:00.000Z",
};
const report = (counts: StepReport["counts"]): StepReport => ({
  schemaVersion: 1,
  ...run,
  step: "publish",
  generation: 1,
  jobId: "j",
  batchAttempt: 1,
  outcome: "badDelivery",
  interruptedByHost: false,
  counts,
  startedAt: "2026-03-01T00:00:00.000Z",
  endedAt: "2026-03-01T00:00:01.000Z",
});
const inv = {
  clock: { now: () => 0, sleep: () => Promise.resolve(), random: () => 0 },
  environment: "prod",
  region: "eu-central-1",
};

test.each([
  ["is in quarantine", [report({ quarantined: 3 })], "partner-ingest orders quarantine list acme"],
  ["is there with no report", [], "partner-ingest orders quarantine list acme"],
  ["no step put into quarantine", [report({})], "partner-ingest orders rerun acme 'A 1'"],
])("of a delivery that does not hold and %s the alert tells what helps", (_, reports, command) => {
  const generation = { generation: 1, status: "failed", statuses: [], failedChildren: [], reports };
  const { nextCommand = "" } = announcementOf(inv, "failed", claim, {
    cause: EXIT_CAUSES.badDelivery,
    step: "publish",
    generation: { ...generation, status: "failed" },
  });
  expect(nextCommand.slice(0, command.length)).toBe(command);
  expect(nextCommand).not.toContain("--from");
});
