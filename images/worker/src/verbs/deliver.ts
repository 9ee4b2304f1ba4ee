import type { S3Client } from "@aws-sdk/client-s3";
import type { DeliverSettings } from "../../../../modules/contract";
import { findDelivery } from "../publish/find-delivery";
import type { StepContext } from "../step/context";
import { fetchOrder } from "./fetch";
import { publishOrder } from "./publish";

/** Fetches and publishes in one job, for staging that dies with it. */
export async function deliverOrder(
  context: StepContext,
  client: S3Client,
  settings: DeliverSettings,
): Promise<void> {
  const target = { client, bucket: settings.bucket, signal: context.stop };
  // An attempt that ended after the manifest has emptied staging: nothing needs to be fetched again.
  const { manifest } = await findDelivery(target, settings, context.config);
  if (manifest === undefined) await fetchOrder(context, settings);
  await publishOrder(context, client, settings);
}
