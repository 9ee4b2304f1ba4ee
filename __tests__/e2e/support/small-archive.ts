import path from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { standIn } from "../../../images/ai-results/stand-in";
import { stepPrefix } from "../../../modules/contract";
import { namingOf } from "../../../modules/stack";
import type { Deployment } from "./deployment";
import { EmulatedPartner } from "./emulated-partner";

/** Where the stacks were applied. */
export interface AppliedStacks {
  readonly deployment: Deployment;
  readonly directory: string;
  readonly closing: (() => Promise<void>)[];
}

/** A small archive, from the event of its object to its files, by the functions that were deployed. */
export function smallArchive(partnerId: string, applied: () => AppliedStacks): void {
  test("a small archive is unpacked by the function that was deployed, without a job", async () => {
    const { deployment, directory, closing } = applied();
    const { emulator, environment } = deployment;
    const naming = namingOf(environment);
    const partner = await EmulatedPartner.start({
      emulator,
      region: environment.region,
      runner: deployment.runner(`local--${partnerId}`),
      functionName: naming.name("function", partnerId, "trigger"),
      directory: path.join(directory, partnerId),
    });
    closing.push(() => partner.close());
    await partner.deployFunction(naming.name("function", partnerId, "unpack"), "unpack.zip");
    const vendor = await standIn.start();
    const user = "user-4711";
    const Body = (await vendor.object?.(user)) ?? Buffer.alloc(0);
    const bucket = naming.bucket(partnerId, "landing");
    const key = `${user}/result.zip`;
    const put = await partner.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
    const answer = await partner.invoke({
      source: "aws.s3",
      "detail-type": "Object Created",
      detail: {
        bucket: { name: bucket },
        object: {
          key,
          size: Body.length,
          etag: put.ETag?.replaceAll('"', ""),
          "version-id": put.VersionId,
          sequencer: "0062E99A88DC407460",
        },
      },
    });
    await partner.idle();
    const [order] = answer.orders;
    expect(order).toMatchObject({
      orderId: user,
      outcome: "started",
      jobs: { unpack: "function" },
    });
    const written = await partner.objects(naming.bucket(partnerId, "processed"), `${user}/`);
    expect([...written.keys()].sort()).toEqual([
      `${user}/result/images/overview.png`,
      `${user}/result/report.txt`,
      `${user}/result/scores/scores.json`,
      `${user}/result/결과.csv`,
    ]);
    const ref = { partner: partnerId, orderKey: order?.orderKey ?? "", attempt: 1 };
    const prefix = stepPrefix({ ...ref, step: "unpack", generation: 1 });
    const facts = await partner.objects(naming.bucket("platform", "ledger"), prefix);
    expect([...facts.keys()].map((name) => name.slice(prefix.length)).sort()).toEqual([
      "function.1.report.json",
      "function.RUNNING.json",
      "function.SUCCEEDED.json",
      "submitted.json",
    ]);
    await vendor.close();
  });
}
