import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { answerOf } from "./aws-answer";
import { PermanentError, RetryableError, reasonOf } from "./errors";
import { shown } from "./json";
import { CALL_TIMEOUT_MS, type Ledger, type Stored, type Written } from "./ports";

/** Codes of S3 that are no refusal although their status is 400 or 404: the same call can succeed. */
const REPEATABLE = new Set(["RequestTimeout", "ExpiredToken", "RequestTimeTooSkewed", "SlowDown"]);

/** Creates the ledger on a bucket of S3. */
export function s3Ledger(s3: S3Client, bucket: string, timeoutMs = CALL_TIMEOUT_MS): Ledger {
  const options = (): { abortSignal: AbortSignal } => ({
    abortSignal: AbortSignal.timeout(timeoutMs),
  });

  const put = async (
    key: string,
    body: string,
    condition: Pick<PutObjectCommandInput, "IfNoneMatch" | "IfMatch">,
  ): Promise<Written> => {
    try {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: "application/json",
          ...condition,
        }),
        options(),
      );
      return "written";
    } catch (error) {
      if (answerOf(error).status === 412) return "conflict";
      throw explained("write", key, error);
    }
  };

  const read = async (key: string): Promise<Stored> => {
    try {
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), options());
      const body = await got.Body?.transformToString("utf-8");
      if (body === undefined || got.ETag === undefined)
        throw new RetryableError(`S3 answered without a body or an etag for ${shown(key)}`);
      return { body, etag: got.ETag };
    } catch (error) {
      throw explained("read", key, error);
    }
  };

  return {
    create: (key, body) => put(key, body, { IfNoneMatch: "*" }),
    replace: (key, body, etag) => put(key, body, { IfMatch: etag }),
    read,
    list: async (prefix, after) => {
      try {
        const { Contents = [], IsTruncated } = await s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after }),
          options(),
        );
        const keys = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
        return IsTruncated === true ? { keys, next: keys.at(-1) } : { keys };
      } catch (error) {
        throw explained("list", prefix, error);
      }
    },
    // A GET of a missing key is answered with 403 instead of 404 unless the role may list the whole bucket; the role may
    // list its own prefix only. A listing tells missing from forbidden, and leaves no denied calls in the audit log.
    find: async (key) => {
      try {
        const listed = await s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }),
          options(),
        );
        // The exact key sorts before all that it is a prefix of.
        if (listed.Contents?.[0]?.Key !== key) return undefined;
      } catch (error) {
        throw explained("list", key, error);
      }
      return read(key);
    },
  };

  function explained(verb: string, key: string, error: unknown): Error {
    if (error instanceof RetryableError) return error;
    const { status, code } = answerOf(error);
    const what = `could not ${verb} ${shown(key, 2000)} in the ledger bucket ${shown(bucket)}: ${reasonOf(error, timeoutMs)}`;
    // 409 is S3's word for two conditional writes at the same time: neither is told to have won.
    const repeatable =
      status === undefined ||
      status < 400 ||
      status >= 500 ||
      status === 408 ||
      status === 409 ||
      status === 429 ||
      REPEATABLE.has(code);
    if (repeatable)
      return new RetryableError(`${what}; the event must come again`, { cause: error });
    const remedy =
      status === 403
        ? "grant the trigger's role this call"
        : "look whether the bucket and the object exist";
    return new PermanentError(`${what}; ${remedy}`, { cause: error });
  }
}
