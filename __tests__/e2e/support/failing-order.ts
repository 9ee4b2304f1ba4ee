import { writeFileSync } from "node:fs";
import path from "node:path";
import { lines } from "../../../functions/notify/message";
import { type FunctionSettings } from "../../../local/lambda";
import { ENV, EXIT_CODES } from "../../../modules/contract";
import { packFunction } from "../../../modules/lambda";
import { toldCommand } from "../../cli/label-project";
import { call, type Called, REPOSITORY } from "../../cli/scratch-project";
import { label } from "../../local/try/setup";
import { hostEnvironment } from "./deployed-function";
import { EmulatedPartner } from "./emulated-partner";
import { type MotoOrders, why } from "./moto-orders";

/** From the alert of an order that failed to its delivery, with the real function that tells and the real worker. */
export function failingOrder(world: () => MotoOrders): void {
  describe("an order that fails", () => {
    const ORDER = "ORDER-1";
    let worker: EmulatedPartner;

    beforeAll(async () => {
      await world().lambda.lambda.addFunction(await escalate(world()));
      worker = await EmulatedPartner.start({
        emulator: world().emulator,
        region: world().naming.scope.region,
        functionName: "unused",
        directory: path.join(world().directory, "worker"),
        standIn: label(),
      });
    });

    afterAll(async () => {
      await worker.close();
    });

    test("is delivered by typing what its alert tells, and followed to its end", async () => {
      await world().put(
        world().naming.bucket(world().partner, "landing"),
        `orders/${ORDER}.order`,
        "x",
      );
      await world().ok("backfill", world().partner, "--from", "1h", ...why, "--yes");
      const before = await jobs(1);
      await tell(before.fetch, "FAILED", { exitCode: EXIT_CODES.programFailed.code });
      await tell(before.publish, "FAILED", { statusReason: "Dependent Job failed" });

      expect(
        await world().ok("list", "--failed", "--since", "1d", "--partner", world().partner),
      ).toContain("\n1 failed order since ");
      const failed = ["--from", "1h", "--mode", "failed", "--dry-run"];
      expect(await world().ok("backfill", world().partner, ...failed)).toContain(
        "\n1 order would be started",
      );

      const alert = (await world().announced()).map((announcement) =>
        lines(announcement).join("\n"),
      );
      expect(alert).toHaveLength(1);
      expect(alert[0]).toContain(`order "${ORDER}" failed at step fetch`);
      expect(alert[0]).toContain("(partner, program-failed)");
      expect(alert[0]).toContain("https://ap-northeast-2.console.aws.amazon.com/batch/home");
      expect(await type(alert[0] ?? "", "Logs:")).toMatchObject({ code: 0, stderr: "" });
      const rerun = await type(alert[0] ?? "", "Next:");
      expect(rerun.stdout).toMatch(/^attempt 2 of order-1-[0-9a-f]{12} is started: /u);

      const again = await jobs(2);
      const following = world().orders("logs", world().partner, ORDER, "--follow", "--json");
      const ended = await worker.run([again.fetch, again.publish]);
      expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      for (const job of [again.fetch, again.publish]) await tell(job, "SUCCEEDED", { exitCode: 0 });
      const followed = await following;
      expect({ code: followed.code, stderr: followed.stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(followed.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
        kind: "ended",
        attempt: 2,
        status: "delivered",
      });
      expect(await world().ok("list")).toMatch(/ order-1-[0-9a-f]{12} +attempt 2 +delivered\n/u);
      expect(await world().announced()).toMatchObject([
        { kind: "delivered", orderId: ORDER, attempt: 2 },
      ]);
      expect(await world().ok("list", "--failed")).not.toContain("order-1-");
      const delivered = await worker.objects(
        world().naming.bucket(world().partner, "processed"),
        "deliveries/",
      );
      expect([...delivered.keys()].filter((key) => key.endsWith("/2/manifest.json"))).toHaveLength(
        1,
      );
    });

    test("a delivered order is done anew where that is asked for", async () => {
      const all = ["backfill", world().partner, "--from", "1h", "--mode", "all"];
      expect(await world().ok(...all, "--dry-run")).toMatch(
        /"ORDER-1" {2}order-1-[0-9a-f]{12} {2}again\n/u,
      );
    });

    /** The jobs of an attempt, by their steps, as `show` tells them. */
    async function jobs(attempt: number): Promise<{ fetch: string; publish: string }> {
      const { runs } = JSON.parse(await world().ok("show", world().partner, ORDER, "--json")) as {
        runs: {
          run: { attempt: number };
          steps: { step: string; generations: { submitted: { jobId: string } }[] }[];
        }[];
      };
      const idOf = (step: string): string =>
        runs
          .find(({ run }) => run.attempt === attempt)
          ?.steps.find((each) => each.step === step)
          ?.generations.at(-1)?.submitted.jobId ?? "";
      return { fetch: idOf("fetch"), publish: idOf("publish") };
    }

    /** Tells the platform of a job what Batch tells, as its rule does: the emulator runs no jobs and knows no end of them. */
    async function tell(
      jobId: string,
      status: string,
      { exitCode, statusReason = "Essential container in task exited" }: JobEnd,
    ): Promise<void> {
      const [job] = await worker.describe([jobId]);
      const event = {
        version: "0",
        source: "aws.batch",
        "detail-type": "Batch Job State Change",
        time: new Date().toISOString(),
        detail: {
          jobId,
          jobName: job?.jobName,
          jobQueue: job?.jobQueue,
          status,
          statusReason,
          attempts: exitCode === undefined ? [] : [{ container: { exitCode }, statusReason }],
        },
      };
      const name = world().naming.name("function", "platform", "escalate");
      const result = await world().lambda.lambda.invoke(name, JSON.stringify(event));
      expect({ payload: result.payload, error: result.functionError }).toEqual({
        payload: result.payload,
        error: undefined,
      });
    }
  });
}

interface JobEnd {
  readonly exitCode?: number;
  readonly statusReason?: string;
}

/** Types the command that a text tells after a label. */
const type = (text: string, label: string): Promise<Called> =>
  call(toldCommand(text, label), REPOSITORY);

/** The platform's function that takes the changes of jobs, from its real zip. */
async function escalate({
  directory,
  emulator,
  naming,
  queueUrls,
  spec,
}: MotoOrders): Promise<FunctionSettings> {
  const zipFile = path.join(directory, "escalate.zip");
  writeFileSync(zipFile, (await packFunction("escalate")).zip);
  return {
    name: naming.name("function", "platform", "escalate"),
    arn: naming.functionArn("platform", "escalate"),
    zipFile,
    handler: "index.handler",
    environment: {
      [ENV.ledgerBucket]: spec.ledgerBucket,
      [ENV.environment]: spec.environment,
      [ENV.announcementsQueueUrl]: queueUrls.get("platform announcements") ?? "",
      [ENV.alertsTopicArn]: naming.topicArn("platform", "alerts"),
    },
    hostEnvironment: hostEnvironment(emulator, naming.scope.region),
    timeoutSeconds: 60,
    memoryMib: 512,
  };
}
