import { randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type ActionRecord, actionKey, type RunRef } from "../../modules/contract";
import { type PartnerCloud } from "./cloud";
import { asked } from "./cloud-error";

/** Adds an object that is never overwritten. Returns false when one was there. */
export async function writeOnce(
  { s3 }: Pick<PartnerCloud, "s3">,
  bucket: string,
  key: string,
  body: unknown,
): Promise<boolean> {
  return asked(
    `write ${JSON.stringify(key)} to ${JSON.stringify(bucket)}`,
    s3
      .send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: `${JSON.stringify(body)}\n`,
          ContentType: "application/json",
          IfNoneMatch: "*",
        }),
      )
      .then(
        () => true,
        (error: unknown) => {
          if ((error as Error).name === "PreconditionFailed") return false;
          throw error;
        },
      ),
  );
}

/** Records what a person did to a run, and why. */
export async function recordAction(
  cloud: PartnerCloud,
  run: RunRef,
  action: Pick<ActionRecord, "action" | "by" | "reason" | "details">,
): Promise<ActionRecord> {
  const { partner, orderKey, attempt } = run;
  const at = new Date().toISOString();
  const record: ActionRecord = {
    schemaVersion: 1,
    partner,
    orderKey,
    attempt,
    ...action,
    at,
  };
  const key = actionKey(run, at, randomBytes(8).toString("hex"));
  await writeOnce(cloud, cloud.ledgerBucket, key, record);
  return record;
}
