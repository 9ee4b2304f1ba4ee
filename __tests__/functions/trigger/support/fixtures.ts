import type { TriggerConfig } from "../../../../functions/trigger/config";
import { specDigest, type PartnerSpec, type StepSpec } from "../../../../modules/contract";

const REGION = "eu-central-1";
const ACCOUNT = "111122223333";
const arn = (rest: string): string => `arn:aws:batch:${REGION}:${ACCOUNT}:${rest}`;

export const STANDARD_QUEUE = arn("job-queue/pi--test--standard");
export const ON_DEMAND_QUEUE = arn("job-queue/pi--test--on-demand");

export const step = (name: string, after: readonly string[] = []): StepSpec => ({
  name,
  after,
  jobDefinition: arn(`job-definition/pi--test--universal-music--${name}`),
  queues: { standard: STANDARD_QUEUE, onDemand: ON_DEMAND_QUEUE },
  schedulingPriority: 100,
});

export const SPEC: PartnerSpec = {
  schemaVersion: 1,
  partner: "universal-music",
  environment: "test",
  account: ACCOUNT,
  region: REGION,
  ledgerBucket: "pi--test--ledger--0a1b2c3d",
  shareIdentifier: "p0123456789abcdef",
  jobTags: { owner: "catalogue team" },
  triggers: [
    { name: "by-hand", kind: "manual", starts: "order" },
    { name: "nightly", kind: "schedule", starts: "discovery", timezone: "Asia/Seoul" },
    { name: "feed", kind: "schedule", starts: "order", timezone: "Europe/Berlin" },
    {
      name: "drops",
      kind: "s3",
      starts: "order",
      bucket: "landing",
      prefix: "orders/",
      suffix: ".xml",
    },
  ],
  chains: {
    order: [step("fetch"), step("publish", ["fetch"])],
    discovery: [step("list")],
  },
};

export const configOf = (
  spec: PartnerSpec = SPEC,
  revisions: Readonly<Record<string, number>> = { fetch: 3, publish: 7, list: 1 },
): TriggerConfig => ({ spec, digest: specDigest(spec), revisions, region: spec.region });
