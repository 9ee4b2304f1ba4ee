import { QUARANTINE_ROOT, type PublishSettings } from "../contract";
import { pullImage } from "../ecr";
import type { Grant } from "../iam";
import { invokeFunction } from "../lambda";
import { writeLogs } from "../logs";
import { listPrefix, listUploads, putObjects, readObjects, writeObjects } from "../s3";
import { bucketRef, ledgerRef } from "./bucket-refs";
import { mergeGrants, processGrants } from "./process-grants";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { secretGrants } from "./secret-grants";
import { stableGrants } from "./stable-keys";
import { stepExtraGrants } from "./step-extra-grants";
import { unpackGrants } from "./unpack-grants";

/**
 * What the container of a step may do in AWS: what its program could do too, which runs as the same user. The way to
 * staging is a grant of its own, its access point has an opaque id.
 */
export function jobGrants(resolved: ResolvedPartner, step: ResolvedStep): Grant[] {
  const { settings } = step;
  return [
    ...reportGrants(resolved, step),
    ...lockGrants(resolved, step),
    ...("to" in settings && settings.kind !== "process"
      ? publishGrants(resolved, step, settings)
      : []),
    ...(settings.kind === "process" ? processGrants(resolved, step, settings) : []),
    ...(settings.kind === "merge" ? mergeGrants(resolved, step, settings) : []),
    ...(settings.kind === "unpack" ? unpackGrants(resolved, step, settings) : []),
    ...(settings.kind === "list"
      ? [
          invokeFunction(
            resolved.naming.functionArn(resolved.partner.id, "trigger"),
            "hand each order that the partner lists to the trigger",
            step.from,
          ),
        ]
      : []),
    ...stepExtraGrants(resolved, step),
  ];
}

/** What ECS may do to start the container; the container itself never has these rights. */
export function executionGrants(
  resolved: ResolvedPartner,
  step: ResolvedStep,
  logGroupArn: string,
): Grant[] {
  return [
    ...pullImage(resolved.naming.repositoryArn(step.settings.image), step.from),
    writeLogs(logGroupArn, step.from),
    ...secretGrants(resolved, step),
  ];
}

/** Reports of this step of any run, and, where it publishes, that a run was delivered. */
function reportGrants(resolved: ResolvedPartner, { name, from, settings }: ResolvedStep): Grant[] {
  const own = resolved.partner.id;
  return putObjects(
    ledgerRef(resolved),
    [
      `${own}/runs/*/steps/${name}/*.report.json`,
      ...("to" in settings && settings.kind !== "process" ? [`${own}/days/*.delivered.json`] : []),
    ],
    { id: "Ledger", why: "tell the ledger how it ended", from },
  );
}

/** The locks of this step of any run: taken by a conditional write, read to see whether they are still held. */
function lockGrants(resolved: ResolvedPartner, { name, from }: ResolvedStep): Grant[] {
  const locks = `${resolved.partner.id}/runs/*/locks/${name}`;
  const reason = { id: "Lock", why: "work on a step one at a time", from };
  const keys = [`${locks}.*.json`, `${locks}.json`];
  const ledger = ledgerRef(resolved);
  return [...putObjects(ledger, keys, reason), ...readObjects(ledger, keys, reason)];
}

function publishGrants(
  resolved: ResolvedPartner,
  { from }: ResolvedStep,
  {
    to,
    prefix,
    quarantine = true,
    stable,
  }: Pick<PublishSettings, "prefix" | "quarantine"> & {
    readonly to: "landing" | "processed";
    readonly stable?: Readonly<Record<string, string>> | undefined;
  },
): Grant[] {
  const made = bucketOf(resolved, to);
  const bucket = bucketRef(resolved, made);
  // An empty prefix holds the quarantine, too.
  const prefixes =
    quarantine && prefix !== "" ? [prefix, `${QUARANTINE_ROOT}${resolved.partner.id}/`] : [prefix];
  const keys = prefixes.map((each) => `${each}*`);
  return [
    ...stableGrants(bucket, { stable }, from),
    ...writeObjects(bucket, keys, {
      id: "Delivery",
      why: `put the delivered files and their manifest into the ${to} bucket`,
      from,
    }),
    ...readObjects(bucket, keys, {
      id: "Delivery",
      why: "compare what is delivered already, to resume and never to overwrite",
      from,
    }),
    // Deliveries are found by listing, never by asking for an object that may not be there: S3 answers that with 403.
    listPrefix(bucket, prefixes, {
      id: "Delivery",
      why: "find what is delivered already, and check that all of a delivery is there",
      from,
    }),
    // The bucket of somebody else may hold uploads of others: there the journal in staging has to do.
    ...(made.kind === "create"
      ? [
          listUploads(bucket, {
            id: "Delivery",
            why: "go on with uploads that a stopped job has begun, also where staging is lost",
            from,
          }),
        ]
      : []),
  ];
}
