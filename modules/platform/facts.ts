import { createHash } from "node:crypto";
import { type Environment, type EnvironmentFacts, parseFacts } from "../config";
import { namingOf } from "../stack";

/** The value of the platform stack's output `facts`. */
export type PlatformFactsOutput = Omit<
  EnvironmentFacts,
  "schemaVersion" | "environment" | "account" | "region" | "stateSerial"
>;

/**
 * The facts of an environment from the output of its applied platform stack.
 *
 * @param stateSerial - serial of the state that the output was read from
 */
export function factsFromOutput(
  environment: Environment,
  output: unknown,
  stateSerial: number,
): EnvironmentFacts {
  return parseFacts(
    {
      schemaVersion: 1,
      environment: environment.id,
      account: environment.account,
      region: environment.region,
      stateSerial,
      ...(output as object),
    },
    `the output "facts" of ${environment.id}--platform`,
  );
}

/** Made-up ids of an offline environment: well-formed, the same each time. */
export function fixedFacts(environment: Environment): EnvironmentFacts {
  const naming = namingOf(environment);
  const id = (prefix: string, thing: string): string =>
    `${prefix}-0${digest(environment, thing).slice(0, 16)}`;
  const keyArn = (thing: string): string =>
    naming.arn("kms", `key/${uuid(digest(environment, thing))}`);
  const { network } = environment;
  const subnets =
    network.kind === "existing"
      ? network.subnetIds
      : network.availabilityZones.map((zone) => id("subnet", zone));
  return factsFromOutput(
    environment,
    {
      vpcId: network.kind === "existing" ? network.vpcId : id("vpc", "network"),
      subnetIds: subnets,
      securityGroups: { jobs: id("sg", "jobs"), fileSystem: id("sg", "file-system") },
      fileSystemId: id("fs", "staging"),
      keys: { data: keyArn("data"), alerts: keyArn("alerts") },
      queues: Object.fromEntries(
        Object.keys(environment.pools).map((pool) => [
          pool,
          {
            standard: naming.jobQueueArn("platform", `${pool}-standard`),
            onDemand: naming.jobQueueArn("platform", `${pool}-on-demand`),
          },
        ]),
      ),
      ledgerBucket: naming.bucket("platform", "ledger"),
      alertsTopicArn: naming.topicArn("platform", "alerts"),
    },
    0,
  );
}

function digest(environment: Environment, thing: string): string {
  return createHash("sha256").update(`${environment.id}/${thing}`).digest("hex");
}

function uuid(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}
