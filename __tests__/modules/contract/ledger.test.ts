import {
  claimKey,
  dayKey,
  intentKey,
  jobName,
  jobStatusKey,
  partnerPrefix,
  specKey,
  stagingPath,
  stepReportKey,
  submittedKey,
} from "../../../modules/contract";
import { ID_LIMITS } from "../../../modules/core";

const run = { partner: "acme", orderKey: "um-1-0123456789ab", attempt: 2 };
const step = { ...run, step: "fetch", generation: 3 };

test("keys of the ledger do not change between releases", () => {
  expect({
    prefix: partnerPrefix("acme"),
    claim: claimKey(run),
    intent: intentKey(step),
    submitted: submittedKey(step),
    status: jobStatusKey(step, "job-1", "FAILED"),
    report: stepReportKey(step, "job-1", 1),
    childReport: stepReportKey(step, "job-1", 1, 7),
    day: dayKey("2026-03-01", run, "claimed"),
    spec: specKey("acme", "abc"),
  }).toEqual({
    prefix: "acme/",
    claim: "acme/runs/um-1-0123456789ab/2/claim.json",
    intent: "acme/runs/um-1-0123456789ab/2/steps/fetch/3/intent.json",
    submitted: "acme/runs/um-1-0123456789ab/2/steps/fetch/3/submitted.json",
    status: "acme/runs/um-1-0123456789ab/2/steps/fetch/3/job-1.FAILED.json",
    report: "acme/runs/um-1-0123456789ab/2/steps/fetch/3/job-1.1.report.json",
    childReport: "acme/runs/um-1-0123456789ab/2/steps/fetch/3/job-1.7.1.report.json",
    day: "acme/days/2026-03-01/um-1-0123456789ab.2.claimed.json",
    spec: "acme/spec/abc.json",
  });
});

test("job names and staging paths are functions of the step and the run", () => {
  expect(jobName(step)).toBe("acme--um-1-0123456789ab--2--fetch--g3");
  expect(stagingPath(run)).toBe("um-1-0123456789ab/2");
});

test("the longest job name is one that Batch takes", () => {
  const longest = jobName({
    partner: "p".repeat(ID_LIMITS.partner),
    orderKey: `${"o".repeat(40)}-0123456789ab`,
    attempt: 9_999,
    step: "s".repeat(ID_LIMITS.step),
    generation: 9_999,
  });
  expect(longest.length).toBeLessThanOrEqual(128);
  expect(longest).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]*$/u);
});
