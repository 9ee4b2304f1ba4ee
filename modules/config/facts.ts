import { z } from "zod";
import { parseSettings } from "./zod-faults";

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string(),
  account: z.string(),
  region: z.string(),
  /** Serial of the platform's state that the ids were read from; 0 for made-up ids. */
  stateSerial: z.number().int().min(0),
  vpcId: z.string(),
  subnetIds: z.array(z.string()).min(1),
  securityGroups: z.strictObject({ jobs: z.string(), fileSystem: z.string() }),
  fileSystemId: z.string(),
  /** ARN of the key of buckets, file system and ledger; and of the alerts topic. */
  keys: z.strictObject({ data: z.string(), alerts: z.string() }),
  /** ARN of the queues of each pool. */
  queues: z.record(z.string(), z.strictObject({ standard: z.string(), onDemand: z.string() })),
  ledgerBucket: z.string(),
  alertsTopicArn: z.string(),
  /** Where copies in another region are, when there are such. */
  replica: z.strictObject({ region: z.string(), keyArn: z.string() }).optional(),
});

/** Ids of a platform that can not be known from names. Written by `platform export`, committed, reviewed. */
export type EnvironmentFacts = z.output<typeof schema>;

/** Checks the content of an `environments/<id>.facts.json`. */
export function parseFacts(value: unknown, file: string): EnvironmentFacts {
  return parseSettings(schema, value, file);
}
