import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Call } from "../call";
import { algorithmNamed, combinable, type ChecksumAlgorithm } from "../checksums/algorithms";
import { type Answer, xmlAnswer } from "../http/answer";
import { encryptionHeaders, readObjectHeaders } from "../http/object-headers";
import { header } from "../http/request";
import { invalidRequest } from "../http/s3-error";
import type { UploadRecord } from "../store/records";
import { element } from "../xml/write";
import { unsupportedAlgorithm } from "./copy-object";
import { bucketOf, keyOf } from "./lookup";

/** CreateMultipartUpload. */
export function createMultipartUpload(call: Call): Answer {
  const { headers: asked } = call.request;
  const bucket = bucketOf(call);
  const checksum = uploadChecksum(asked);
  const headers = readObjectHeaders(asked);
  const record: UploadRecord = {
    // In the order of creation, which is the order of listings.
    uploadId: `${call.service.sequencer.next()}.${randomBytes(24).toString("base64url")}`,
    key: keyOf(call),
    initiated: Date.now(),
    headers,
    checksum,
  };
  const { name } = bucket.record;
  call.service.store.commit({ type: "upload", bucket: name, record });
  return xmlAnswer(
    element("InitiateMultipartUploadResult", [
      element("Bucket", name),
      element("Key", record.key),
      element("UploadId", record.uploadId),
    ]),
    {
      ...encryptionHeaders(headers),
      ...(checksum === undefined
        ? {}
        : {
            "x-amz-checksum-algorithm": checksum.algorithm,
            "x-amz-checksum-type": checksum.type,
          }),
    },
  );
}

/** Which checksums an upload may have. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
function uploadChecksum(headers: IncomingHttpHeaders): UploadRecord["checksum"] {
  const name = header(headers, "x-amz-checksum-algorithm");
  const type = header(headers, "x-amz-checksum-type");
  if (name === undefined) {
    if (type !== undefined)
      throw invalidRequest(
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
      );
    return undefined;
  }
  const algorithm = algorithmNamed(name);
  if (algorithm === undefined) throw unsupportedAlgorithm();
  const usual = algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  switch (type) {
    case undefined:
      return { algorithm, type: usual };
    case "FULL_OBJECT":
      if (!combinable(algorithm)) throw unfit(type, algorithm);
      return { algorithm, type };
    case "COMPOSITE":
      if (algorithm === "CRC64NVME") throw unfit(type, algorithm);
      return { algorithm, type };
    default:
      throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  }
}

function unfit(type: string, algorithm: ChecksumAlgorithm): Error {
  return invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}
