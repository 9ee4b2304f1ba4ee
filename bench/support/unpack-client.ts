import { openS3Source } from "../../images/worker/src/archive/s3-source";
import { s3Client } from "../../images/worker/src/aws/clients";
import { Log } from "../../images/worker/src/log";
import { unpackArchive } from "../../images/worker/src/unpack/unpack-archive";

const GIB = 1024 ** 3;

/** Unpacks an object with the worker's own unpacker: `node unpack-client.js <key> <prefix>`. Prints its requests. */
async function main([key = "", prefix = ""]: readonly string[]): Promise<void> {
  const client = s3Client({ region: "eu-west-1", pathStyle: true });
  const stop = new AbortController().signal;
  const source = await openS3Source(client, { kind: "s3", bucket: "bench", key }, stop);
  await unpackArchive({
    client,
    source,
    settings: {
      bucket: "bench",
      ifTaken: "fail",
      nameEncoding: "auto",
      caseInsensitive: false,
      minFiles: 1,
      verifyFirst: false,
      maxEntries: 1_000_000,
      maxEntryBytes: 64 * GIB,
      maxTotalBytes: 64 * GIB,
      maxRatio: 1100,
    },
    keyOf: (path) => `${prefix}${path}`,
    listTarget: () => Promise.resolve(new Map()),
    log: new Log({}, () => undefined),
    stop,
    onProgress: () => undefined,
  });
  console.log(JSON.stringify({ requests: source.requests(), bytes: source.size }));
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
