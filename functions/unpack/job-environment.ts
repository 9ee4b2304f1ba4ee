import { ENV, FUNCTION_JOB_ID, type UnpackEvent } from "../../modules/contract";

/** What an event may tell; all else the function knows from its deployment, as a job does from its definition. */
const OF_THE_ORDER: readonly string[] = [
  ENV.environment,
  ENV.orderId,
  ENV.orderKey,
  ENV.attempt,
  ENV.step,
  ENV.generation,
  ENV.claimedDay,
  ENV.source,
];

/** The variables that the worker would find in a container of Batch: the order's from the event, the rest as deployed. */
export function jobEnvironment(
  { environment }: UnpackEvent,
  deployed: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  return {
    ...deployed,
    ...Object.fromEntries(OF_THE_ORDER.map((name) => [name, environment[name]])),
    AWS_BATCH_JOB_ID: FUNCTION_JOB_ID,
    AWS_BATCH_JOB_ATTEMPT: "1",
    AWS_BATCH_JOB_ARRAY_INDEX: undefined,
  };
}
