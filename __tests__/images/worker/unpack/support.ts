import { PutObjectCommand } from "@aws-sdk/client-s3";
import { openS3Source } from "../../../../images/worker/src/archive/s3-source";
import { s3Client } from "../../../../images/worker/src/aws/clients";
import type { Log } from "../../../../images/worker/src/log";
import { listObjects } from "../../../../images/worker/src/publish/listing";
import { unpackArchive, type Unpacked } from "../../../../images/worker/src/unpack/unpack-archive";
import { startS3, type LocalS3, type S3Options } from "../../../../local/s3";
import type { UnpackSettings } from "../../../../modules/contract";

export const LIMITS = {
  maxEntries: 1000,
  maxEntryBytes: 1024 ** 3,
  maxTotalBytes: 2 * 1024 ** 3,
  maxRatio: 200,
};

export type UnpackOptions = Partial<Omit<UnpackSettings, "kind" | "prefix" | "files">> & {
  readonly singleName?: string;
};

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
} as unknown as Log;

export interface UnpackLab {
  readonly s3: LocalS3;
  readonly unpack: (
    archive: Buffer,
    options?: UnpackOptions,
    stop?: AbortSignal,
  ) => Promise<Unpacked>;
  /** Keys of the target bucket. */
  readonly keys: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** An embedded S3 with one bucket of archives and one for what is unpacked. */
export async function startLab(options: S3Options = {}): Promise<UnpackLab> {
  const s3 = await startS3({ ...options, buckets: [{ name: "landing" }, { name: "processed" }] });
  process.env["AWS_ENDPOINT_URL_S3"] = s3.endpoint;
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  const client = s3Client({ region: "us-east-1", pathStyle: true });
  const unpack: UnpackLab["unpack"] = async (
    archive,
    { singleName, ...settings } = {},
    stop = new AbortController().signal,
  ) => {
    await client.send(new PutObjectCommand({ Bucket: "landing", Key: "in.zip", Body: archive }));
    const source = await openS3Source(
      client,
      { kind: "s3", bucket: "landing", key: "in.zip" },
      stop,
    );
    return unpackArchive({
      client,
      source,
      singleName,
      settings: {
        bucket: "processed",
        ifTaken: "fail",
        nameEncoding: "auto",
        caseInsensitive: false,
        minFiles: 0,
        verifyFirst: false,
        ...LIMITS,
        ...settings,
      },
      keyOf: (path) => `out/${path}`,
      listTarget: () => listObjects({ client, bucket: "processed", signal: stop }, "out/"),
      log: silent,
      stop,
      onProgress: () => undefined,
    });
  };
  return {
    s3,
    unpack,
    keys: () => s3.keys("processed", ""),
    close: async () => {
      client.destroy();
      await s3.close();
    },
  };
}
