import { HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import {
  actionKey,
  type ActionRecord,
  dayKey,
  decideCommand,
  fileKey,
  type Manifest,
  manifestKey,
  QUARANTINE_ROOT,
  type QuarantineDecision,
  quarantineDecisionKey,
  quarantinedFileKey,
  type QuarantineReason,
  quarantineReasonKey,
  type RunRef,
} from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { dayOf } from "../../modules/ledger";
import { type CommandResult } from "../command";
import { safeText } from "../output/safe-text";
import { bytes, count } from "../output/words";
import { type Decided } from "./announce-decision";
import { type PartnerCloud } from "./cloud";
import { asked } from "./cloud-error";
import { copyObject } from "./copy-object";
import { findOrder } from "./find-order";
import { listedTextOf } from "./listed-text";
import { textOf } from "./s3-ledger-reader";
import { readAttempt } from "./show-order";
import { writeOnce } from "./write-fact";

/** A delivery in quarantine. */
export interface Quarantined {
  readonly run: RunRef;
  readonly bucket: string;
  readonly reason: QuarantineReason;
  readonly decision?: QuarantineDecision | undefined;
}

/** Who decides, and why. */
export interface Decider {
  readonly by: string;
  readonly reason: string;
  /** Tells the partner's channels; answers what is said of that to who decides. @default nobody is told */
  readonly announce?: ((decided: Decided) => Promise<string>) | undefined;
}

/** Lists what is in quarantine in the buckets that a partner's deliveries are published to. */
export async function listQuarantine(
  cloud: PartnerCloud,
  buckets: readonly string[],
  where = "",
): Promise<CommandResult> {
  const found: Quarantined[] = [];
  for (const bucket of buckets)
    for (const key of await reasonKeys(cloud, bucket)) {
      const body = await textOf(cloud.s3, bucket, key);
      if (body === undefined) continue;
      const reason = JSON.parse(body) as QuarantineReason;
      found.push(await withDecision(cloud, bucket, reason));
    }
  return {
    data: found,
    text:
      found.length === 0
        ? `nothing of ${cloud.partner} is in quarantine`
        : found.map((delivery) => quarantinedText(delivery, where)).join("\n\n"),
  };
}

/** Faults that are shown of one delivery; all are in the reason, and in what --json prints. */
const FAULTS_SHOWN = 10;

function quarantinedText({ run, reason, decision }: Quarantined, where: string): string {
  const { faults, files, orderId, quarantinedAt } = reason;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const more = faults.length - FAULTS_SHOWN;
  const order = { ...run, orderId };
  return [
    `${JSON.stringify(orderId)}  ${run.orderKey}/${String(run.attempt)}  ${quarantinedAt}  ${count(files.length, "file")}, ${bytes(total)}  ${decision?.decision ?? "undecided"}`,
    ...faults.slice(0, FAULTS_SHOWN).map((fault) => `  fault: ${safeText(fault)}`),
    ...(more > 0 ? [`  and ${count(more, "fault")} more`] : []),
    ...(decision === undefined
      ? [
          `  next: ${decideCommand("release", order, where)}`,
          `  or:   ${decideCommand("reject", order, where)}`,
        ]
      : [`  ${decision.decision} by ${decision.by} at ${decision.decidedAt}: ${decision.reason}`]),
  ].join("\n");
}

/**
 * Publishes a quarantined delivery as it is: every file is copied within S3 and compared, the manifest is written last and
 * only where there is none.
 */
export async function releaseOrder(
  cloud: PartnerCloud,
  buckets: readonly string[],
  order: string,
  { by, reason, announce }: Decider,
): Promise<CommandResult> {
  const { run, bucket, reason: why, decision } = await findQuarantined(cloud, buckets, order);
  const { claim } = await readAttempt(cloud, { orderKey: run.orderKey, attempts: [run.attempt] });
  if (claim === undefined)
    throw new ConfigError(`the ledger holds no claim of ${run.orderKey}; it can not be released`);
  // A release that was broken off is done again; a rejected delivery stays where it is.
  if (decision?.decision === "rejected") throw alreadyDecided(run, decision);
  const files: Manifest["files"][number][] = [];
  for (const file of why.files) {
    const key = fileKey(why.prefix, run, file.path);
    const source = quarantinedFileKey(run, file.path);
    await copyObject(cloud.s3, { bucket, source, target: why.bucket, key, ...file });
    const head = await asked(
      `look at ${JSON.stringify(key)}`,
      cloud.s3.send(
        new HeadObjectCommand({ Bucket: why.bucket, Key: key, ChecksumMode: "ENABLED" }),
      ),
    );
    if (head.ContentLength !== file.size || head.ChecksumCRC32 !== file.crc32)
      throw new ConfigError(
        `${JSON.stringify(key)} is not what was quarantined: ${String(head.ContentLength)} bytes with CRC-32 ${head.ChecksumCRC32 ?? "(none)"}, the quarantine says ${String(file.size)} with ${file.crc32}; nothing is published`,
      );
    // As the worker writes it: without the quotes, which readers of a manifest put around it themselves.
    const etag = (head.ETag ?? "").replace(/^"|"$/gu, "");
    files.push({ ...file, key, etag, versionId: head.VersionId });
  }
  const manifest: Manifest = {
    schemaVersion: 1,
    ...run,
    orderId: why.orderId,
    source: claim.source,
    bucket: why.bucket,
    files,
    totals: { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) },
    publishedAt: new Date().toISOString(),
  };
  const decided = await decide(cloud, bucket, run, "released", { by, reason });
  const key = manifestKey(why.prefix, run);
  const written = await writeOnce(cloud, why.bucket, key, manifest);
  // Told when it is so: the ledger calls the order delivered by it. The index of days tells it too, for lists.
  await recordDecision(cloud, run, decided);
  await writeOnce(cloud, cloud.ledgerBucket, dayKey(dayOf(claim.claimedAt), run, "delivered"), {
    ...run,
    by,
    reason,
  });
  const told = await announce?.({ claim, decision: decided, counts: manifest.totals });
  return {
    data: { ...run, decision: "released", manifestKey: key, written },
    text: withTold(
      `released ${count(files.length, "file")}, ${bytes(manifest.totals.bytes)}, to ${why.bucket}/${key}`,
      told,
    ),
  };
}

/** Decides that a quarantined delivery is not published. Its files stay until the bucket's rules end them. */
export async function rejectOrder(
  cloud: PartnerCloud,
  buckets: readonly string[],
  order: string,
  decider: Decider,
): Promise<CommandResult> {
  const { run, bucket, decision } = await findQuarantined(cloud, buckets, order);
  // A rejection that was broken off is done again, so that it is told.
  if (decision?.decision === "released") throw alreadyDecided(run, decision);
  const decided = await decide(cloud, bucket, run, "rejected", decider);
  await recordDecision(cloud, run, decided);
  const { claim } = await readAttempt(cloud, { orderKey: run.orderKey, attempts: [run.attempt] });
  const told =
    claim === undefined ? undefined : await decider.announce?.({ claim, decision: decided });
  return {
    data: { ...run, decision: "rejected" },
    text: withTold(`rejected attempt ${String(run.attempt)} of ${run.orderKey}`, told),
  };
}

const withTold = (text: string, told: string | undefined): string =>
  told === undefined ? text : `${text}\n${told}`;

/** Writes a decision once, or finds the same one of before: a release that was broken off is gone on with. */
async function decide(
  cloud: PartnerCloud,
  bucket: string,
  run: RunRef,
  decision: QuarantineDecision["decision"],
  { by, reason }: Decider,
): Promise<QuarantineDecision> {
  const { partner, orderKey, attempt } = run;
  const decidedAt = new Date().toISOString();
  const body: QuarantineDecision = {
    schemaVersion: 1,
    partner,
    orderKey,
    attempt,
    decision,
    by,
    reason,
    decidedAt,
  };
  const key = quarantineDecisionKey(run);
  if (await writeOnce(cloud, bucket, key, body)) return body;
  // Whoever decided first has decided.
  const before = JSON.parse((await textOf(cloud.s3, bucket, key)) ?? "{}") as QuarantineDecision;
  if (before.decision !== decision) throw alreadyDecided(run, before);
  return before;
}

/** Adds the decision to the run's actions; its key follows from the decision, so that it is there once. */
async function recordDecision(
  cloud: PartnerCloud,
  run: RunRef,
  { decision, by, reason, decidedAt }: QuarantineDecision,
): Promise<void> {
  const { partner, orderKey, attempt } = run;
  const action = decision === "released" ? "release" : "reject";
  const record: ActionRecord = {
    schemaVersion: 1,
    partner,
    orderKey,
    attempt,
    action,
    by,
    reason,
    details: {},
    at: decidedAt,
  };
  await writeOnce(cloud, cloud.ledgerBucket, actionKey(run, decidedAt, action), record);
}

const alreadyDecided = (
  run: RunRef,
  { decision, by, decidedAt }: QuarantineDecision,
): ConfigError =>
  new ConfigError(
    `attempt ${String(run.attempt)} of ${run.orderKey} was ${decision} by ${by} at ${decidedAt}; a decision is final, do the order again for another delivery`,
  );

async function findQuarantined(
  cloud: PartnerCloud,
  buckets: readonly string[],
  order: string,
): Promise<Quarantined> {
  const { orderKey, attempts } = await findOrder(cloud, order);
  for (const attempt of [...attempts].reverse())
    for (const bucket of buckets) {
      const key = quarantineReasonKey({ partner: cloud.partner, orderKey, attempt });
      const body = await listedTextOf(cloud.s3, bucket, key);
      if (body === undefined) continue;
      const reason = JSON.parse(body) as QuarantineReason;
      requireOwn(reason, { bucket, orderKey, attempt }, key);
      return withDecision(cloud, bucket, reason);
    }
  throw new ConfigError(
    `${JSON.stringify(order)} of ${cloud.partner} is not in quarantine; orders quarantine list ${cloud.partner} tells what is`,
  );
}

/** A step writes the reason, a person copies what it tells: it may name no place but the one where it lies. */
function requireOwn(
  reason: QuarantineReason,
  own: Pick<QuarantineReason, "bucket" | "orderKey" | "attempt">,
  key: string,
): void {
  for (const name of ["bucket", "orderKey", "attempt"] as const)
    if (reason[name] !== own[name])
      throw new ConfigError(
        `${JSON.stringify(key)} tells ${name} ${JSON.stringify(reason[name])}, and lies where ${name} is ${JSON.stringify(own[name])}; no step of the worker wrote it so: nothing is decided, find out who did`,
      );
}

async function withDecision(
  cloud: PartnerCloud,
  bucket: string,
  reason: QuarantineReason,
): Promise<Quarantined> {
  const { orderKey, attempt } = reason;
  const run: RunRef = { partner: cloud.partner, orderKey, attempt };
  const body = await listedTextOf(cloud.s3, bucket, quarantineDecisionKey(run));
  const decision = body === undefined ? undefined : (JSON.parse(body) as QuarantineDecision);
  return { run, bucket, reason, decision };
}

async function reasonKeys({ s3, partner }: PartnerCloud, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const page = await asked(
      `list ${JSON.stringify(bucket)}`,
      s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: `${QUARANTINE_ROOT}${partner}/`,
          StartAfter: after,
        }),
      ),
    );
    const found = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
    keys.push(...found.filter((key) => /^[^/]+\/[^/]+\/[^/]+\/\d+\/reason\.json$/u.test(key)));
    after = page.IsTruncated === true ? found.at(-1) : undefined;
  } while (after !== undefined);
  return keys;
}
