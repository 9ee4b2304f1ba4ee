import type { PublishSettings } from "../contract";
import { pullImage } from "../ecr";
import type { Grant } from "../iam";
import { invokeFunction } from "../lambda";
import { writeLogs } from "../logs";
import { listPrefix, putObjects, readObjects, writeObjects } from "../s3";
import { bucketRef, ledgerRef } from "./bucket-refs";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { secretGrants } from "./secret-grants";

/**
 * What the container of a step may do in AWS: what its program could do too, which runs as the same user. The way to
 * staging is a grant of its own, its access point has an opaque id.
 */
export function jobGrants(resolved: ResolvedPartner, step: ResolvedStep): Grant[] {
  const { settings } = step;
  return [
    ...reportGrants(resolved, step),
    ...("to" in settings ? publishGrants(resolved, step, settings) : []),
    ...(settings.kind === "list"
      ? [
          invokeFunction(
            resolved.naming.functionArn(resolved.partner.id, "trigger"),
            "hand each order that the partner lists to the trigger",
            step.from,
          ),
        ]
      : []),
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
      ...("to" in settings ? [`${own}/days/*.delivered.json`] : []),
    ],
    { id: "Ledger", why: "tell the ledger how it ended", from },
  );
}

function publishGrants(
  resolved: ResolvedPartner,
  { from }: ResolvedStep,
  { to, prefix }: Pick<PublishSettings, "prefix"> & { readonly to: "landing" | "processed" },
): Grant[] {
  const bucket = bucketRef(resolved, bucketOf(resolved, to));
  const keys = [`${prefix}*`];
  return [
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
    listPrefix(bucket, [prefix], {
      id: "Delivery",
      why: "find what is delivered already, and check that all of a delivery is there",
      from,
    }),
  ];
}
