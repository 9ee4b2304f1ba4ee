import type { S3Client } from "@aws-sdk/client-s3";
import { manifestKey, type DeliverSettings } from "../../../../modules/contract";
import { readManifest } from "../publish/manifest-store";
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
  const published = await readManifest(target, manifestKey(settings.prefix, context.config));
  if (published === undefined) await fetchOrder(context, settings);
  await publishOrder(context, client, settings);
}
