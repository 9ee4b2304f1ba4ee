import { type ManualEvent, orderIdFault, type TriggerSpec } from "../../modules/contract";
import { AssumptionError, ConfigError } from "../../modules/core";
import { type LocalCloud } from "./local-cloud";
import { type StandIns } from "./stand-ins";

/** Placeholder that EventBridge Scheduler fills. */
const SCHEDULED_TIME = "<aws.scheduler.scheduled-time>";

/**
 * Sends the event that starts an order, in the form in which AWS would: a direct call, what Scheduler sends, or an
 * object that appears in a bucket.
 *
 * @param order - the order's id; ignored by schedules
 * @param now - the scheduled time of schedules
 * @returns what was done, for people
 */
export async function fire(
  cloud: LocalCloud,
  trigger: TriggerSpec,
  order: string | undefined,
  { object, objects }: Pick<StandIns, "object" | "objects">,
  now = new Date(),
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
      const event = scheduleEvent(cloud, trigger.name, now);
      lambda.lambda.invokeLater(declared.trigger.name, event);
      return `sent what EventBridge Scheduler sends for ${JSON.stringify(trigger.name)}`;
    }
    case "s3": {
      for (const [name, body] of Object.entries(await objects(requireOrder(order))))
        await drop(cloud, trigger.bucket, name, body);
      const key = `${trigger.prefix}${requireOrder(order)}${trigger.suffix}`;
      await drop(cloud, trigger.bucket, key, await object(requireOrder(order)));
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
  if (fault !== undefined)
    throw new ConfigError(
      `--order ${fault}, got ${JSON.stringify(order)}; an order's id is one line of text of at most 1,024 bytes`,
    );
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

/** Without the SDK: the S3 of this machine takes requests that are not signed. */
async function drop({ s3 }: LocalCloud, bucket: string, key: string, body: Buffer): Promise<void> {
  const path = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
  const answer = await fetch(`${s3.endpoint}/${path}`, {
    method: "PUT",
    body: new Uint8Array(body),
  });
  if (!answer.ok)
    throw new ConfigError(
      `S3 refused the object ${JSON.stringify(key)}: ${await answer.text()}; take another order id`,
    );
}
