import { S3Client } from "@aws-sdk/client-s3";
import { type LocalS3, type S3Options, startS3 } from "../../../../local/s3";
import { type RawAnswer, type RawRequest, sendRaw } from "./raw-client";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

/** A server with one bucket, `landing`, and clients for it. */
export interface Running {
  readonly s3: LocalS3;
  /** Does not retry. */
  readonly client: S3Client;
  readonly raw: (request: RawRequest) => Promise<RawAnswer>;
  readonly put: (
    key: string,
    body: string | Buffer,
    headers?: Record<string, string>,
  ) => Promise<RawAnswer>;
  readonly get: (key: string, headers?: Record<string, string>) => Promise<RawAnswer>;
  readonly close: () => Promise<void>;
}

export async function running(options: S3Options = {}): Promise<Running> {
  const s3 = await startS3({ buckets: [{ name: "landing" }], ...options });
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
  const raw = (request: RawRequest): Promise<RawAnswer> =>
    sendRaw(s3.endpoint, credentials, request);
  return {
    s3,
    client,
    raw,
    put: (key, body, headers = {}) =>
      raw({ method: "PUT", path: `/landing/${key}`, body, headers }),
    get: (key, headers = {}) => raw({ method: "GET", path: `/landing/${key}`, headers }),
    close: async () => {
      client.destroy();
      await s3.close();
    },
  };
}

/** Error code with which a request ended without an answer, or its status. */
export async function outcome(answer: Promise<RawAnswer>): Promise<string> {
  return answer.then(
    ({ status, code }) => (code === undefined ? String(status) : `${String(status)} ${code}`),
    (fault: unknown) => (fault as NodeJS.ErrnoException).code ?? String(fault),
  );
}
