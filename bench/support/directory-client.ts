import { openS3Source } from "../../images/worker/src/archive/s3-source";
import { openZip } from "../../images/worker/src/archive/zip/open-zip";
import { s3Client } from "../../images/worker/src/aws/clients";

const GIB = 1024 ** 3;

/** Reads and checks the directory of a zip with the worker's reader, as before unpacking: `node directory-client.js <key>`. */
async function main([key = ""]: readonly string[]): Promise<void> {
  const client = s3Client({ region: "eu-west-1", pathStyle: true });
  const stop = new AbortController().signal;
  const source = await openS3Source(client, { kind: "s3", bucket: "bench", key }, stop);
  const { entries } = await openZip(source, {
    limits: { maxEntries: 1_000_000, maxEntryBytes: GIB, maxTotalBytes: GIB, maxRatio: 200 },
    keyOf: (path) => path,
    caseInsensitive: false,
    nameEncoding: "auto",
  });
  console.log(JSON.stringify({ entries: entries.length, requests: source.requests() - 1 }));
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
