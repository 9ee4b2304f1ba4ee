import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  type ManualEvent,
  orderIdFault,
  type PartnerSpec,
  type TriggerSpec,
} from "../../modules/contract";
import { AssumptionError, ConfigError } from "../../modules/core";
import { type LocalCloud } from "./local-cloud";

/** Placeholder that EventBridge Scheduler fills. */
const SCHEDULED_TIME = "<aws.scheduler.scheduled-time>";

/**
 * Sends the event that starts an order, in the form in which AWS would: a direct call, what Scheduler sends, or an
 * object that appears in a bucket.
 *
 * @param order - the order's id; ignored by schedules
 * @returns what was done, for people
 */
export async function fire(
  cloud: LocalCloud,
  trigger: TriggerSpec,
  order: string | undefined,
): Promise<string> {
  const { lambda, declared } = cloud;
  switch (trigger.kind) {
    case "manual": {
      const event: ManualEvent = {
        kind: "manual",
        orderId: requireOrder(order),
        trigger: trigger.name,
      };
      await lambda.lambda.invoke(declared.trigger.name, JSON.stringify(event));
      return `invoked the trigger for order ${JSON.stringify(event.orderId)}`;
    }
    case "schedule": {
      const event = scheduleEvent(cloud, trigger.name, new Date());
      lambda.lambda.invokeLater(declared.trigger.name, event);
      return `sent what EventBridge Scheduler sends for ${JSON.stringify(trigger.name)}`;
    }
    case "s3": {
      const key = `${trigger.prefix}${requireOrder(order)}${trigger.suffix}`;
      await drop(cloud, trigger.bucket, key);
      return `put ${JSON.stringify(key)} into ${trigger.bucket}`;
    }
  }
}

/** Order ids that can not be: before anything is started. */
export function requireOrder(order: string | undefined): string {
  if (order === undefined)
    throw new ConfigError(
      "--order is missing: no stand-in of the partner's images names an order; give the id of one",
    );
  const fault = orderIdFault(order);
  if (fault !== undefined) throw new ConfigError(`--order ${fault}, got ${JSON.stringify(order)}`);
  return order;
}

function scheduleEvent({ declared, spec }: LocalCloud, trigger: string, now: Date): string {
  const schedule = declared.schedules.find(
    ({ input }) => (JSON.parse(input) as { trigger?: unknown }).trigger === trigger,
  );
  if (schedule === undefined)
    throw new AssumptionError(
      `the stack of ${spec.partner} holds no schedule that sends ${JSON.stringify(trigger)}`,
    );
  return schedule.input.replaceAll(SCHEDULED_TIME, `${now.toISOString().slice(0, 19)}Z`);
}

async function drop({ s3, spec }: LocalCloud, bucket: string, key: string): Promise<void> {
  const client = localS3Client(s3.endpoint, spec);
  try {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "" }));
  } finally {
    client.destroy();
  }
}

/** A client of the S3 of this machine. */
export function localS3Client(endpoint: string, { region }: PartnerSpec): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}
