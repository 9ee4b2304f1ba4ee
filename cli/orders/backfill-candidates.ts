import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import { type Partner, type PartnerTrigger } from "../../modules/config";
import {
  localTime,
  orderKey,
  type OrderSource,
  type ScheduleEvent,
  slots,
} from "../../modules/contract";
import { attemptsOf } from "../../modules/ledger";
import { type OrdersPlace, type PartnerCloud } from "./cloud";
import { asked } from "./cloud-error";

/** Milliseconds since 1970, both included. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** An order that should have been, and the event that starts it. */
export interface MissingOrder {
  readonly orderId: string;
  readonly orderKey: string;
  /** ISO 8601 instant: when it was due, or its object was put. */
  readonly at: string;
  readonly event: unknown;
}

/** What a partner's triggers tell about a period. */
export interface Missing {
  /** Oldest first. */
  readonly orders: readonly MissingOrder[];
  /** What can not be told, for people. */
  readonly notes: readonly string[];
}

type Of<K extends string> = Extract<PartnerTrigger, { kind: K }>;

/** Finds the orders of a period that the triggers of a partner's file ask for and the ledger does not know. */
export async function missingOrders(
  place: OrdersPlace,
  cloud: PartnerCloud,
  partner: Partner,
  period: Period,
): Promise<Missing> {
  const due: MissingOrder[] = [];
  const notes: string[] = [];
  for (const [name, trigger] of Object.entries(partner.triggers))
    switch (trigger.kind) {
      case "manual":
        notes.push(`${name}: nobody knows which orders by hand are missing`);
        break;
      case "schedule":
        if (trigger.starts === "discovery")
          notes.push(`${name}: looks for new orders by itself, the next time it is due`);
        else if (!trigger.cron.startsWith("cron("))
          notes.push(`${name}: of ${trigger.cron} nobody knows when it was due`);
        else due.push(...scheduled(name, trigger, period));
        break;
      case "s3Object": {
        const bucket = bucketOf(place, partner, trigger.bucket);
        const { orders, unversioned } = await dropped(cloud, bucket, trigger, period);
        due.push(...orders);
        if (unversioned > 0)
          notes.push(
            `${name}: ${String(unversioned)} objects of ${bucket} have no version, so that nobody knows whether they were orders; hand them in by copying them onto themselves`,
          );
      }
    }
  const missing: MissingOrder[] = [];
  for (const order of due)
    if ((await attemptsOf(cloud.ledger, cloud.partner, order.orderKey)).length === 0)
      missing.push(order);
  return { orders: missing.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)), notes };
}

function scheduled(
  trigger: string,
  { cron, timezone }: Of<"schedule">,
  { from, to }: Period,
): MissingOrder[] {
  return slots(cron, timezone, from - 1, to).map((instant) => {
    const at = new Date(instant).toISOString();
    const event: ScheduleEvent = { kind: "schedule", trigger, scheduledTime: at };
    const { year, month, day } = localTime(instant, timezone);
    const two = (part: number): string => String(part).padStart(2, "0");
    const orderId = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
    const source: OrderSource = { kind: "schedule", trigger, scheduledTime: at };
    return { orderId, orderKey: orderKey(orderId, source), at, event };
  });
}

/** The versions of objects that were put in the period where the trigger looks. */
async function dropped(
  { s3 }: PartnerCloud,
  bucket: string,
  { prefix, suffix }: Of<"s3Object">,
  { from, to }: Period,
): Promise<{ orders: MissingOrder[]; unversioned: number }> {
  const orders: MissingOrder[] = [];
  let unversioned = 0;
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined =
    {};
  while (marker !== undefined) {
    const page: ListObjectVersionsCommandOutput = await asked(
      `list the versions of ${JSON.stringify(bucket)}`,
      s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker })),
    );
    for (const { Key: key = "", VersionId: versionId = "null", ...version } of page.Versions ??
      []) {
      const put = version.LastModified?.getTime() ?? 0;
      if (!key.endsWith(suffix) || key.endsWith("/") || put < from || put > to) continue;
      if (versionId === "null") {
        unversioned += 1;
        continue;
      }
      const between = key.slice(prefix.length, Math.max(prefix.length, key.length - suffix.length));
      const orderId = between === "" ? key : between;
      const source: OrderSource = { kind: "s3", bucket, key, versionId };
      const object = { key, size: version.Size, "version-id": versionId };
      orders.push({
        orderId,
        orderKey: orderKey(orderId, source),
        at: new Date(put).toISOString(),
        event: {
          source: "aws.s3",
          "detail-type": "Object Created",
          detail: { bucket: { name: bucket }, object },
        },
      });
    }
    marker =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
  }
  return { orders, unversioned };
}

function bucketOf(
  { naming }: OrdersPlace,
  { id, buckets }: Partner,
  role: Of<"s3Object">["bucket"],
): string {
  const bucket = buckets[role];
  return bucket?.kind === "existing" ? bucket.name : naming.bucket(id, role);
}
