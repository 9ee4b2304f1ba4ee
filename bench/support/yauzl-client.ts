import { PassThrough, type Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { fromRandomAccessReader, RandomAccessReader } from "yauzl";
import { s3Client } from "../../images/worker/src/aws/clients";

const client = s3Client({ region: "eu-west-1", pathStyle: true });

/** An object in S3 as yauzl reads it: one request for each of its reads. */
class ObjectReader extends RandomAccessReader {
  requests = 0;

  constructor(private readonly key: string) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    this.requests += 1;
    const through = new PassThrough();
    client
      .send(
        new GetObjectCommand({
          Bucket: "bench",
          Key: this.key,
          Range: `bytes=${String(start)}-${String(end - 1)}`,
        }),
      )
      .then(
        ({ Body }) => (Body as Readable).pipe(through),
        (error: unknown) => through.destroy(error as Error),
      );
    return through;
  }
}

/** Reads the directory of a zip with yauzl: `node yauzl-client.js <key>`. */
async function main([key = ""]: readonly string[]): Promise<void> {
  const { ContentLength = 0 } = await client.send(
    new HeadObjectCommand({ Bucket: "bench", Key: key }),
  );
  const reader = new ObjectReader(key);
  const entries = await new Promise<number>((resolve, reject) => {
    fromRandomAccessReader(reader, ContentLength, { lazyEntries: true }, (error, zip) => {
      if (error !== null) {
        reject(error);
        return;
      }
      let count = 0;
      zip.on("entry", () => {
        count += 1;
        zip.readEntry();
      });
      zip.on("error", reject);
      zip.on("end", () => {
        resolve(count);
      });
      zip.readEntry();
    });
  });
  console.log(JSON.stringify({ entries, requests: reader.requests }));
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
