import { randomBytes } from "node:crypto";
import { type ContainerExit } from "./container-runtime";
import { type Job } from "./job";
import { demand, shown } from "./limits";

/** What EC2 gives before it takes a Spot instance. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const EC2_NOTICE_SECONDS = 120;

/** What Fargate gives by default. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
const FARGATE_NOTICE_SECONDS = 30;

/** 128 + SIGKILL: the container was still there when its host went. */
const KILLED = 137;

/**
 * Takes the host of a running job away, as Spot does: with a notice the container gets SIGTERM and the time that the
 * notice leaves, without one it is gone at once.
 */
export function reclaim(job: Job, notice: boolean): void {
  const { container, environment } = job;
  demand(
    container !== undefined,
    `the job ${shown(job.id)} can not be reclaimed: it is ${job.status}, not RUNNING`,
  );
  demand(
    environment?.kind === "ec2-spot" || environment?.kind === "fargate-spot",
    `the job ${shown(job.id)} can not be reclaimed: it runs on ${shown(environment?.name)}, which is not Spot`,
  );
  const fargate = environment.kind === "fargate-spot";
  job.reclaimed = fargate
    ? "Your Spot Task was interrupted."
    : `Host EC2 (instance i-${randomBytes(9).toString("hex").slice(1)}) terminated.`;
  container.stop(notice ? (fargate ? FARGATE_NOTICE_SECONDS : EC2_NOTICE_SECONDS) : 0);
}

/**
 * How an attempt ended whose host may have been reclaimed. A container that ends within the notice ends in its own way:
 * EC2 takes the host only afterwards. Fargate names the interruption in any case.
 */
export function reclaimedExit({ reclaimed, environment }: Job, exit: ContainerExit): ContainerExit {
  if (reclaimed === undefined) return exit;
  if (environment?.kind === "fargate-spot") return { ...exit, statusReason: reclaimed };
  const gone = exit.exitCode === undefined || exit.exitCode === KILLED;
  return gone ? { statusReason: reclaimed } : exit;
}
