import type { Deployment, RoleUse } from "../deployment";
import { readerCalls } from "../readers/reader-calls";
import type { AwsCall } from "./call";
import { extraCalls } from "./extra-calls";
import { functionCalls, scheduleCalls } from "./function-calls";
import { jobCalls } from "./job-calls";
import { hostCalls, startCalls } from "./start-calls";

export { type AwsCall, callName, type Known, type PlainCall, type SdkCall } from "./call";
export { requestsOf } from "./requests";

/** Everything that the roles of a deployment are used for, as calls. */
export function declaredCalls(deployment: Deployment): AwsCall[] {
  // Jobs run in private subnets, where S3 is reached through its endpoint.
  const endpoint = Object.keys(deployment.world.endpointPolicies ?? {}).find((name) =>
    name.endsWith(".s3"),
  );
  return [
    ...deployment.uses.flatMap((use) => callsOf(use, deployment, endpoint)),
    // Readers are outside, and come through whatever they have.
    ...deployment.readers.flatMap(readerCalls),
  ];
}

function callsOf(use: RoleUse, deployment: Deployment, endpoint: string | undefined): AwsCall[] {
  switch (use.kind) {
    case "job":
      return [...jobCalls(use, deployment, endpoint), ...extraCalls(use.role, deployment.world)];
    case "start":
      return startCalls(use, deployment);
    case "function":
      return functionCalls(use, deployment);
    case "schedule":
      return scheduleCalls(use);
    case "host":
      return hostCalls(use, deployment);
  }
}
