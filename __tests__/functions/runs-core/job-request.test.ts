import fc from "fast-check";
import { JOB_TAGS_MAX_BYTES, jobTagFaults } from "../../../functions/runs-core/job-limits";
import { jobRequest } from "../../../functions/runs-core/job-request";
import {
  orderIdFault,
  orderKey,
  type ClaimRecord,
  type OrderSource,
  type PartnerSpec,
  type StepRef,
} from "../../../modules/contract";
import { SPEC, step } from "../trigger/support/fixtures";

const claimOf = (orderId: string, source: OrderSource): ClaimRecord => ({
  schemaVersion: 1,
  partner: SPEC.partner,
  orderKey: orderKey(orderId, source),
  attempt: 1,
  orderId,
  chain: "order",
  source,
  trigger: "by-hand",
  specDigest: "d",
  jobDefinitionRevisions: { fetch: 3, publish: 7 },
  nonce: "n",
  claimedAt: "2026-03-01T23:59:59.999Z",
});
const manual = (orderId: string): ClaimRecord => claimOf(orderId, { kind: "manual", orderId });
const refOf = (claim: ClaimRecord, name: string): StepRef => ({
  partner: claim.partner,
  orderKey: claim.orderKey,
  attempt: 1,
  step: name,
  generation: 1,
});

it("submits a step by the claim's job definition, with the order in variables alone", () => {
  const claim = manual("UMG 2026/42");
  const request = jobRequest(refOf(claim, "publish"), step("publish", ["fetch"]), claim, SPEC, {
    fetch: "job-1",
  });
  expect(request).toEqual({
    jobName: `universal-music--${claim.orderKey}--1--publish--g1`,
    jobQueue: "arn:aws:batch:eu-central-1:111122223333:job-queue/pi--test--standard",
    jobDefinition:
      "arn:aws:batch:eu-central-1:111122223333:job-definition/pi--test--universal-music--publish:7",
    shareIdentifier: "p0123456789abcdef",
    schedulingPriorityOverride: 100,
    dependsOn: [{ jobId: "job-1" }],
    containerOverrides: {
      environment: [
        { name: "PARTNER_INGEST_ENVIRONMENT", value: "test" },
        { name: "PARTNER_INGEST_ORDER_ID", value: "UMG 2026/42" },
        { name: "PARTNER_INGEST_ORDER_KEY", value: claim.orderKey },
        { name: "PARTNER_INGEST_ATTEMPT", value: "1" },
        { name: "PARTNER_INGEST_STEP", value: "publish" },
        { name: "PARTNER_INGEST_GENERATION", value: "1" },
        { name: "PARTNER_INGEST_CLAIMED_DAY", value: "2026-03-01" },
        { name: "PARTNER_INGEST_SOURCE", value: '{"kind":"manual","orderId":"UMG 2026/42"}' },
      ],
    },
    tags: {
      owner: "catalogue team",
      partner: "universal-music",
      orderKey: claim.orderKey,
      step: "publish",
    },
    propagateTags: true,
  });
});

it("keeps within Batch's limits for every order id, and keeps the id out of names and tags", () => {
  const orderId = fc
    .oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1024 }),
      fc.constantFrom('"'.repeat(1024), "\\".repeat(1024), "🎵".repeat(256)),
    )
    .filter((id) => orderIdFault(id) === undefined);
  const value = "v".repeat(207);
  const jobTags = Object.fromEntries(
    Array.from({ length: 47 }, (_, i) => [`tag-${String(i)}-${"k".repeat(40)}`, value]),
  );
  const spec: PartnerSpec = { ...SPEC, jobTags };
  expect(jobTagFaults(jobTags)).toEqual([]);
  expect(JSON.stringify(jobTags).length).toBeGreaterThan(JOB_TAGS_MAX_BYTES - 300);
  const before = Array.from({ length: 20 }, (_, i) => `step-${String(i)}`);
  const jobs = Object.fromEntries(before.map((name) => [name, "j".repeat(36)]));
  fc.assert(
    fc.property(orderId, (id) => {
      const claim = claimOf(id, {
        kind: "s3",
        bucket: "b".repeat(63),
        key: id,
        versionId: "v".repeat(1024),
        etag: "e".repeat(40),
        sequencer: "s".repeat(40),
      });
      const request = jobRequest(refOf(claim, "fetch"), step("fetch", before), claim, spec, jobs);
      expect(request.jobName).toMatch(/^[a-z0-9][a-z0-9-]{0,127}$/u);
      expect(Object.keys(request.tags ?? {})).toHaveLength(50);
      for (const tag of Object.values(request.tags ?? {})) expect(tag).toMatch(/^[\w-]{1,256}$/u);
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(30 * 1024);
      const variables = request.containerOverrides?.environment ?? [];
      expect(variables.find(({ name }) => name === "PARTNER_INGEST_ORDER_ID")?.value).toBe(id);
    }),
  );
});

it("refuses a request that Batch would refuse for its size", () => {
  const claim = manual("1");
  const jobTags = Object.fromEntries(
    Array.from({ length: 47 }, (_, i) => [`t${String(i)}`, "ü".repeat(400)]),
  );
  expect(() =>
    jobRequest(refOf(claim, "fetch"), step("fetch"), claim, { ...SPEC, jobTags }, {}),
  ).toThrow(
    /^the request for step "fetch" takes \d{5} bytes, Batch allows 30720; give the partner fewer or shorter tags$/u,
  );
});

it("refuses a job name that Batch does not take", () => {
  const claim = { ...manual("1"), partner: "p".repeat(100) };
  expect(() => jobRequest(refOf(claim, "fetch"), step("fetch"), claim, SPEC, {})).toThrow(
    `the job name "${"p".repeat(100)}--${claim.orderKey}--1--fetch--g1" is not allowed: at most 128 letters, digits, "-" and "_"; shorten the id of the partner or the name of the step`,
  );
});

it("refuses a claim that does not tell the job definition", () => {
  const claim = { ...manual("1"), jobDefinitionRevisions: {} };
  expect(() => jobRequest(refOf(claim, "fetch"), step("fetch"), claim, SPEC, {})).toThrow(
    'the claim of order "1" tells no job definition revision for step "fetch"; look at it by hand',
  );
});

it("tells the attempt whose delivery is compared", () => {
  const claim = { ...manual("1"), attempt: 2, verifies: 1 };
  const request = jobRequest(refOf(claim, "publish"), step("publish"), claim, SPEC, {});
  expect(request.containerOverrides?.environment).toContainEqual({
    name: "PARTNER_INGEST_VERIFIES_ATTEMPT",
    value: "1",
  });
});
