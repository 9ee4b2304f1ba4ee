import { awsPorts } from "./aws";
import { loadConfig } from "./config";
import { type BatchAnswer, handle, type QueueEvent } from "./handler";
import type { NotifyPorts } from "./ports";
import { poster } from "./post";

let ready: { ports: NotifyPorts; alertsTopicArn: string } | undefined;

/** Tells what the other functions announce to the channels of each partner. */
export const handler = (event: QueueEvent): Promise<BatchAnswer> => {
  ready ??= start();
  return handle(ready.ports, ready.alertsTopicArn, event);
};

function start(): { ports: NotifyPorts; alertsTopicArn: string } {
  const config = loadConfig();
  return {
    alertsTopicArn: config.alertsTopicArn,
    ports: {
      ...awsPorts(config),
      now: Date.now,
      post: poster(),
      log: (level, event, fields) => {
        const line = { time: new Date().toISOString(), level, event, ...fields };
        process.stdout.write(`${JSON.stringify(line)}\n`);
      },
    },
  };
}
