import type { Environment, EnvironmentFacts, ImagesLock, Partner } from "../config";
import { ConfigError } from "../core";
import { namingOf } from "../stack";
import { factsFaults } from "./facts-faults";
import { imageFaults, lockedImage } from "./image-faults";
import { notificationFaults } from "./notification-faults";
import { poolFaults } from "./pool-faults";
import { readerFaults } from "./reader-faults";
import { resolveBuckets } from "./resolve-buckets";
import type { PartnerContext, ResolvedPartner, ResolvedStep } from "./resolved-partner";
import { computeOf } from "./step-entries";
import { stepGrantFaults } from "./step-extra-grants";
import { submissionOrder } from "./submission-order";
import { tagFaults } from "./tag-faults";

/** What a partner in an environment is made of. */
export interface PartnerInputs {
  readonly partner: Partner;
  readonly environment: Environment;
  /** Ids that AWS gave the platform; missing before it is applied. */
  readonly facts: EnvironmentFacts | undefined;
  readonly imagesLock: ImagesLock;
}

/**
 * Looks everything up that a partner names in its environment: pools, queues, images, buckets.
 *
 * @throws ConfigError with every fault, each with the path of the setting and what to do
 */
export function resolvePartner({
  partner,
  environment,
  facts,
  imagesLock,
}: PartnerInputs): ResolvedPartner {
  const faults = [
    ...factsFaults(environment, facts),
    ...tagFaults(environment),
    ...poolFaults(partner, environment),
    ...imageFaults(partner, environment, imagesLock),
    ...notificationFaults(partner, environment),
    ...readerFaults(partner, environment),
    ...(facts === undefined ? [] : stepGrantFaults(partner, environment, facts)),
  ];
  if (faults.length > 0 || facts === undefined) throw new ConfigError([...new Set(faults)]);
  const context: PartnerContext = { environment, facts, naming: namingOf(environment) };
  const resolve = (chain: "steps" | "discovery"): ResolvedStep[] =>
    submissionOrder<ResolvedStep["settings"]>(partner[chain]).map(([name, settings]) =>
      resolveStep(context, partner, imagesLock, `${chain}.${name}`, name, settings),
    );
  return {
    ...context,
    partner,
    order: resolve("steps"),
    discovery: resolve("discovery"),
    buckets: resolveBuckets(partner, context),
  };
}

function resolveStep(
  { environment, facts, naming }: PartnerContext,
  partner: Partner,
  imagesLock: ImagesLock,
  from: string,
  name: string,
  settings: ResolvedStep["settings"],
): ResolvedStep {
  const compute = computeOf(partner, settings);
  const pool = environment.pools[compute.pool];
  const queues = facts.queues[compute.pool];
  const image = lockedImage(environment, imagesLock, settings.image);
  // The checks have told each of these as a fault.
  if (pool === undefined || queues === undefined || image === undefined)
    throw new ConfigError(`${from} of partner ${partner.id} could not be resolved`);
  return {
    name,
    from,
    settings,
    compute,
    pool,
    queues,
    image: `${naming.imageUri(settings.image)}@${image.digest}`,
  };
}
