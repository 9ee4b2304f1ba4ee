import { TerminateJobCommand } from "@aws-sdk/client-batch";
import { dayKey, FUNCTION_JOB_ID } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { dayOf } from "../../modules/ledger";
import { type CommandResult } from "../command";
import { count } from "../output/words";
import { type PartnerCloud } from "./cloud";
import { asked } from "./cloud-error";
import { findOrder } from "./find-order";
import { readAttempt } from "./show-order";
import { recordAction, writeOnce } from "./write-fact";

/** Ends an order's newest attempt for good. What was delivered stays. */
export async function cancelOrder(
  cloud: PartnerCloud,
  order: string,
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<CommandResult> {
  const { run, status, steps, claim } = await readAttempt(cloud, await findOrder(cloud, order));
  if (status === "delivered" || status === "cancelled")
    throw new ConfigError(
      `attempt ${String(run.attempt)} of ${run.orderKey} is ${status}; there is nothing to cancel`,
    );
  const open = steps.flatMap(({ generations }) =>
    generations.flatMap(({ status: word, submitted }) =>
      submitted !== undefined && word !== "succeeded" && word !== "failed" ? submitted.jobId : [],
    ),
  );
  const jobs = open.filter((id) => id !== FUNCTION_JOB_ID);
  // First the fact: nobody may submit a further step while the jobs are ended.
  await recordAction(cloud, run, {
    action: "cancel",
    by,
    reason,
    details: { jobs: jobs.length },
  });
  if (cloud.batch !== undefined)
    // The last steps first: they wait for those before them and would only fail by their end.
    // A function can not be ended from outside; what comes after it is not submitted.
    for (const jobId of jobs.reverse())
      await asked(
        `terminate the job ${jobId}`,
        cloud.batch.send(new TerminateJobCommand({ jobId, reason: `cancelled: ${reason}` })),
      );
  if (claim !== undefined)
    await writeOnce(cloud, cloud.ledgerBucket, dayKey(dayOf(claim.claimedAt), run, "cancelled"), {
      ...run,
      by,
      reason,
    });
  return {
    data: { ...run, terminated: cloud.batch === undefined ? [] : jobs },
    text: `cancelled attempt ${String(run.attempt)} of ${run.orderKey}; ${count(jobs.length, "job")} under way${
      jobs.length === open.length
        ? ""
        : "; a function that is at work can not be ended: it is over within minutes, and what it delivers is told"
    }`,
  };
}
