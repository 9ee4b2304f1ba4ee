import type { Call } from "../call";
import { type Answer, plain } from "../http/answer";
import { planBody } from "../http/body-plan";
import { judgeWrite, writeCondition } from "../http/conditions";
import { encryptionHeaders, readObjectHeaders } from "../http/object-headers";
import { checksumHeaders, versionHeader } from "../http/read-headers";
import { bucketOf, isVersioned, keyOf } from "./lookup";
import { commitObject, receivedChecksum, storeBody } from "./write-object";

/** PutObject. */
export async function putObject(call: Call): Promise<Answer> {
  const { headers: requestHeaders } = call.request;
  const key = keyOf(call);
  const condition = writeCondition(requestHeaders);
  const headers = readObjectHeaders(requestHeaders);
  const plan = planBody(requestHeaders);
  const before = bucketOf(call);
  // Saves the client the body where the answer is known already.
  judgeWrite(condition, before, key, undefined);
  const watch = condition === undefined ? undefined : before.watch(key);
  try {
    const body = await storeBody(call, plan);
    try {
      // Looked up anew: it may have been deleted while the body came.
      const bucket = bucketOf(call);
      judgeWrite(condition, bucket, key, watch);
      const checksum = receivedChecksum(body.received);
      const { pieces, etag, received } = body;
      const object = { size: received.size, etag, pieces, headers, checksum };
      const record = commitObject(call, bucket, key, object, "PutObject");
      return plain(200, {
        etag: `"${etag}"`,
        ...encryptionHeaders(headers),
        ...checksumHeaders(checksum),
        ...versionHeader(record, isVersioned(bucket)),
      });
    } catch (fault) {
      body.discard();
      throw fault;
    }
  } finally {
    watch?.end();
  }
}
