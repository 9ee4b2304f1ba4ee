import { join } from "node:path";
import { s3Client } from "../../images/worker/src/aws/clients";
import { Log } from "../../images/worker/src/log";
import { scanDelivery } from "../../images/worker/src/publish/scan";
import { contentTypeOf } from "../../images/worker/src/upload/content-type";
import { uploadFiles } from "../../images/worker/src/upload/uploader";

/** Uploads a directory with the worker's own uploader: `node upload-client.js <directory> <prefix>`. */
async function main([directory = "", prefix = ""]: readonly string[]): Promise<void> {
  const client = s3Client({ region: "eu-west-1", pathStyle: true });
  const files = (await scanDelivery(directory)).map((identity) => ({
    path: identity.path,
    location: join(directory, identity.path),
    identity,
    key: `${prefix}${identity.path}`,
    contentType: contentTypeOf(identity.path),
  }));
  await uploadFiles(
    {
      client,
      bucket: "bench",
      log: new Log({}, () => undefined),
      stop: new AbortController().signal,
      known: new Set(),
      onProgress: () => undefined,
    },
    files,
  );
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
