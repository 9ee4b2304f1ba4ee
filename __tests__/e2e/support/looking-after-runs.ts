import { createHmac } from "node:crypto";
import path from "node:path";
import type { JobDetail } from "@aws-sdk/client-batch";
import { matchesPattern } from "../../../local/try/event-pattern";
import type { Announcement, PartnerSpec } from "../../../modules/contract";
import { namingOf } from "../../../modules/stack";
import type { SavedPlan } from "../../../terraform";
import { startServer, type TestServer } from "../../functions/notify/support/server";
import type { Deployment } from "./deployment";
import { EmulatedPlatform } from "./emulated-platform";

/** What the tests before left: the stacks are applied, the partner has had orders. */
export interface AppliedWorld {
  readonly deployment: Deployment;
  readonly plans: ReadonlyMap<string, SavedPlan>;
  readonly directory: string;
  readonly closing: (() => Promise<void>)[];
}

/** The platform's functions, each from its deployed zip with its deployed settings, on runs of the partner. */
export function lookingAfterRuns(partnerId: string, world: () => AppliedWorld): void {
  describe("looking after runs", () => {
    const WEBHOOK_KEY = "key of the receiver's signature";
    let platform: EmulatedPlatform;
    let receiver: TestServer;
    let spec: PartnerSpec;
    let queues: readonly string[];

    beforeAll(async () => {
      const naming = namingOf(world().deployment.environment);
      platform = await EmulatedPlatform.start({
        emulator: world().deployment.emulator,
        naming,
        runner: world().deployment.runner("local--platform"),
        directory: path.join(world().directory, "platform"),
      });
      world().closing.push(() => platform.close());
      receiver = await startServer(true);
      world().closing.push(() => receiver.close());
      const hmacSecretArn = await platform.secret(
        naming.pathName(partnerId, "notify/receiver"),
        WEBHOOK_KEY,
      );
      spec = {
        ...(await platform.currentSpec(partnerId)),
        notifications: { channels: { hook: { kind: "http", url: receiver.url, hmacSecretArn } } },
      };
      queues = [...new Set(spec.chains.order.flatMap((step) => Object.values(step.queues)))];
    });

    const names = (jobs: readonly JobDetail[]): readonly (readonly string[])[] =>
      jobs.map(({ jobName, jobQueue }) => [
        jobName?.split("--").slice(3).join("--") ?? "",
        jobQueue?.split("--").at(-1) ?? "",
      ]);

    test("an order whose trigger died with its claim is submitted by reconcile alone, once", async () => {
      const run = await platform.claimed(spec, "HALF-SUBMITTED");
      expect(await platform.jobsOf(run, queues)).toEqual([]);
      await platform.invoke("reconcile", {});
      const jobs = await platform.jobsOf(run, queues);
      expect(names(jobs)).toEqual([
        ["fetch--g1", "label-standard"],
        ["publish--g1", "general-standard"],
      ]);
      expect(jobs[1]?.dependsOn?.map(({ jobId }) => jobId)).toEqual([jobs[0]?.jobId]);
      await platform.invoke("reconcile", {});
      expect((await platform.jobsOf(run, queues)).map(({ jobId }) => jobId)).toEqual(
        jobs.map(({ jobId }) => jobId),
      );
    });

    test("what becomes of it is told to a receiver, signed, and told once", async () => {
      const run = await platform.claimed(spec, "TOLD-ONCE");
      await platform.invoke("reconcile", {});
      // The emulator says at once of every job that it has succeeded.
      await platform.invoke("reconcile", {});
      const told = (await platform.announcements()).filter(
        ({ body }) => (JSON.parse(body) as Announcement).orderKey === run.orderKey,
      );
      expect(told.map(({ body }) => (JSON.parse(body) as Announcement).kind)).toEqual([
        "delivered",
      ]);
      const [{ event, body } = { event: undefined, body: "" }] = told;
      expect(await platform.invoke("notify", event)).toEqual({ batchItemFailures: [] });
      expect(await platform.invoke("notify", event)).toEqual({ batchItemFailures: [] });
      expect(receiver.seen).toHaveLength(1);
      const [seen] = receiver.seen;
      const timestamp = String(seen?.headers["x-partner-ingest-timestamp"]);
      expect(JSON.parse(seen?.body ?? "")).toEqual(JSON.parse(body));
      expect(seen?.headers["x-partner-ingest-signature"]).toBe(
        `sha256=${createHmac("sha256", WEBHOOK_KEY)
          .update(`${timestamp}.${seen?.body ?? ""}`)
          .digest("hex")}`,
      );
    });

    test("a job that its host ended is submitted anew on demand, once for any number of events", async () => {
      const run = await platform.claimed(spec, "HOST-TERMINATED");
      await platform.invoke("reconcile", {});
      const [fetch] = await platform.jobsOf(run, queues);
      const event = {
        version: "0",
        source: "aws.batch",
        "detail-type": "Batch Job State Change",
        time: new Date().toISOString(),
        detail: {
          jobId: fetch?.jobId,
          jobName: fetch?.jobName,
          jobQueue: fetch?.jobQueue,
          status: "FAILED",
          statusReason: "Host EC2 (instance i-0a1b2c3d4e5f67890) terminated.",
          attempts: [
            {
              container: {},
              statusReason: "Host EC2 (instance i-0a1b2c3d4e5f67890) terminated.",
            },
          ],
        },
      };
      expect(matchesPattern(JSON.parse(jobsPattern(world())), event)).toBe(true);
      expect(await platform.invoke("escalate", event)).toEqual({ outcome: "submitted" });
      const expected = [
        ["fetch--g1", "label-standard"],
        ["fetch--g2", "label-on-demand"],
        ["publish--g1", "general-standard"],
      ];
      expect(names(await platform.jobsOf(run, queues))).toEqual(expected);
      await Promise.all([1, 2, 3].map(() => platform.invoke("escalate", event)));
      expect(names(await platform.jobsOf(run, queues))).toEqual(expected);
    });

    test("the receiver's key is in no plan, no state and no log: it is read when it is used", async () => {
      expect(receiver.seen.length).toBeGreaterThan(0);
      const planned = [...world().plans.values()].map(({ json }) => JSON.stringify(json));
      const states = await Promise.all(
        world().deployment.runners.map(async (runner) => JSON.stringify(await runner.statePull())),
      );
      expect(platform.log.join("")).toContain('"event":"told"');
      for (const text of [...planned, ...states, ...platform.log])
        expect(text.includes(WEBHOOK_KEY)).toBe(false);
      // Nor does Terraform look any secret up, whose value would be in the state then.
      for (const text of states)
        expect(text).not.toMatch(/"type":"aws_(secretsmanager_secret_version|ssm_parameter)"/u);
    });
  });
}

/** What the platform's rule lets through to escalate. */
function jobsPattern({ plans }: AppliedWorld): string {
  const change = plans
    .get("local--platform")
    ?.json.resource_changes?.find(({ address }) => address === "aws_cloudwatch_event_rule.jobs");
  return String(change?.change.after?.["event_pattern"]);
}
