import { InputError } from "../runs-core/errors";
import { isRecord, shown } from "../runs-core/json";

/** An object that was created, as either form of event tells it. */
export interface CreatedObject {
  readonly bucket: string;
  /** As it is in S3, not encoded. */
  readonly key: string;
  /** Bytes, where the event tells it. */
  readonly size: number | undefined;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
  readonly sequencer: string | undefined;
}

/** What an S3 event holds. */
export interface S3Event {
  readonly created: readonly CreatedObject[];
  readonly ignored: readonly string[];
  readonly faults: readonly InputError[];
}

/**
 * Reads an S3 event in the form of EventBridge, or in the form of S3's own notifications.
 *
 * @returns `undefined` when the event is neither
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function readS3Event(event: Readonly<Record<string, unknown>>): S3Event | undefined {
  if (event["source"] === "aws.s3" && typeof event["detail-type"] === "string")
    return fromEventBridge(event, event["detail-type"]);
  if (event["Event"] === "s3:TestEvent")
    return {
      created: [],
      ignored: [
        "s3:TestEvent: S3 sends it once when a notification is set up; there is no object behind it",
      ],
      faults: [],
    };
  if (Array.isArray(event["Records"]) && event["Records"].length > 0)
    return merge(event["Records"].map(fromRecord));
  return undefined;
}

function fromEventBridge(event: Readonly<Record<string, unknown>>, detailType: string): S3Event {
  if (detailType !== "Object Created")
    return ignored(
      `${JSON.stringify(detailType)} of S3 starts no order; only "Object Created" does`,
    );
  const detail = recordOf(event["detail"]);
  const object = recordOf(detail["object"]);
  // EventBridge gives the key as it is: decoding it would break every key that holds "+" or "%".
  return objectOf("detail", recordOf(detail["bucket"])["name"], object["key"], {
    size: object["size"],
    versionId: object["version-id"],
    etag: object["etag"],
    sequencer: object["sequencer"],
  });
}

function fromRecord(record: unknown, index: number): S3Event {
  const path = `Records[${String(index)}]`;
  const fields = recordOf(record);
  if (fields["eventSource"] !== "aws:s3")
    return fault(
      `${path}.eventSource must be "aws:s3", got ${shown(fields["eventSource"])}; send S3 events to the function directly or through EventBridge`,
    );
  const name = fields["eventName"];
  if (typeof name !== "string" || !/^(?:s3:)?ObjectCreated:/u.test(name))
    return ignored(`${shown(name)} of S3 starts no order; only "ObjectCreated:*" does`);
  const s3 = recordOf(fields["s3"]);
  const object = recordOf(s3["object"]);
  const encoded = object["key"];
  let key = encoded;
  if (typeof encoded === "string") {
    try {
      // S3's notifications encode keys as HTML forms do: a space is "+", a plus is "%2B".
      key = decodeURIComponent(encoded.replaceAll("+", " "));
    } catch {
      return fault(
        `${path}.s3.object.key must be form-url-encoded UTF-8, got ${shown(encoded)}; keys of S3 notifications are always encoded`,
      );
    }
  }
  return objectOf(`${path}.s3`, recordOf(s3["bucket"])["name"], key, {
    size: object["size"],
    versionId: object["versionId"],
    etag: object["eTag"],
    sequencer: object["sequencer"],
  });
}

function objectOf(
  path: string,
  bucket: unknown,
  key: unknown,
  rest: Readonly<Record<"size" | "versionId" | "etag" | "sequencer", unknown>>,
): S3Event {
  if (typeof bucket !== "string" || bucket === "")
    return fault(`${path}.bucket.name must be the name of a bucket, got ${shown(bucket)}`);
  if (typeof key !== "string" || key === "")
    return fault(`${path}.object.key must be the key of an object, got ${shown(key)}`);
  const { size } = rest;
  const versionId = textOrNothing(rest.versionId);
  // Both forms give it without quotes; HTTP has it with. One spelling, so that one object is one order.
  const etag = textOrNothing(rest.etag)?.replaceAll('"', "");
  const sequencer = textOrNothing(rest.sequencer);
  if (versionId === undefined && etag === undefined && sequencer === undefined)
    return fault(
      `${path}.object must tell a version id, an etag or a sequencer, got none for the key ${shown(key)}; without one, two objects dropped under the same key can not be told apart`,
    );
  return {
    created: [
      {
        bucket,
        key,
        size: typeof size === "number" ? size : undefined,
        versionId,
        etag,
        sequencer,
      },
    ],
    ignored: [],
    faults: [],
  };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isRecord(value) ? value : {};

const textOrNothing = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const ignored = (reason: string): S3Event => ({ created: [], ignored: [reason], faults: [] });

const fault = (message: string): S3Event => ({
  created: [],
  ignored: [],
  faults: [new InputError(message)],
});

const merge = (events: readonly S3Event[]): S3Event => ({
  created: events.flatMap((event) => event.created),
  ignored: events.flatMap((event) => event.ignored),
  faults: events.flatMap((event) => event.faults),
});
