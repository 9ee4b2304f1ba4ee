import { s3Client } from "../../images/worker/src/aws/clients";
import { Log } from "../../images/worker/src/log";
import { unpackArchive } from "../../images/worker/src/unpack/unpack-archive";
import { syntheticZip } from "./synthetic-zip";

const GIB = 1024 ** 3;

/** Unpacks a zip that is made while it is read: `node memory-client.js <files> <MiB of each>`. */
async function main([files = "", mib = ""]: readonly string[]): Promise<void> {
  const { files: written } = await unpackArchive({
    client: s3Client({ region: "eu-west-1", pathStyle: true }),
    source: syntheticZip(Number(files), Number(mib)),
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
      maxRatio: 200,
    },
    keyOf: (path) => `out/${path}`,
    listTarget: () => Promise.resolve(new Map()),
    log: new Log({}, () => undefined),
    stop: new AbortController().signal,
    onProgress: () => undefined,
  });
  if (written.length !== Number(files)) throw new Error(`${String(written.length)} were written`);
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
