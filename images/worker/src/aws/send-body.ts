import { createHash } from "node:crypto";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { bodyRequest, type BodyCommand, type BodyRequest } from "./body-request";
import { countDirect } from "./count-requests";
import { DirectRefusal, sendDirect } from "./direct-request";
import { encodeKey, learnPlaces, type LearnedPlaces, type Place } from "./learned-place";
import { signedHeaders } from "./signature";
import { type SlicingHandler } from "./slicing-handler";
import { bodyMayBeUnsigned } from "./unsigned-body";

/** Commands whose bodies are the content of objects: their bytes are covered by a CRC-32 of our own. */
export const BODY_COMMANDS: ReadonlySet<string> = new Set([
  "PutObjectCommand",
  "UploadPartCommand",
]);

/** How long all goes through the SDK after S3 was in trouble: it learns from the answers how fast it may send. */
const REST_MS = 10_000;

/** What S3 answered to a body. */
export interface SentBody {
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
}

/** How a client sends bodies past the SDK. */
class Shortcut {
  readonly places: LearnedPlaces;
  readonly learning = new Map<string, Promise<unknown>>();
  restUntil = 0;

  constructor(
    readonly client: S3Client,
    readonly handler: SlicingHandler,
  ) {
    this.places = learnPlaces(client, BODY_COMMANDS);
  }
}

const shortcuts = new WeakMap<S3Client, Shortcut>();

/** Lets {@link sendBody} send what a client is given past the SDK. */
export function allowShortcut(client: S3Client, handler: SlicingHandler): void {
  shortcuts.set(client, new Shortcut(client, handler));
}

/**
 * Sends the content of an object or of a part of one, until the signal says stop.
 *
 * The SDK takes four times as long for a small object as Node's HTTP client. So it sends the first one; from that it is
 * learned where the bucket is and how requests are signed, and the others are sent without it, once. Whatever does not
 * end in success then is left to the SDK, which tries again, waits, and tells what is wrong.
 *
 * @param inFlight - ends a body that is on its way without the SDK; nothing is begun or tried again once `signal` says stop
 */
export async function sendBody(
  client: S3Client,
  command: BodyCommand,
  signal: AbortSignal,
  inFlight = signal,
): Promise<SentBody> {
  const shortcut = shortcuts.get(client);
  const request = bodyRequest(command);
  if (shortcut === undefined || request === undefined) return bySdk(client, command, signal);
  const { places, learning } = shortcut;
  if (places.of(request.bucket) === undefined) {
    const first = learning.get(request.bucket);
    if (first === undefined) {
      const sending = bySdk(client, command, signal);
      learning.set(
        request.bucket,
        sending.catch(() => undefined),
      );
      return sending;
    }
    await first;
  }
  const place = places.of(request.bucket);
  if (place === undefined || performance.now() < shortcut.restUntil)
    return bySdk(client, command, signal);
  signal.throwIfAborted();
  try {
    const sent = await direct(shortcut, place, request, inFlight);
    countDirect(client, true);
    return sent;
  } catch (error) {
    if (error instanceof DirectRefusal && (error.status >= 500 || error.status === 429))
      shortcut.restUntil = performance.now() + REST_MS;
    countDirect(client, false);
    return bySdk(client, command, signal);
  }
}

function bySdk(
  client: S3Client,
  command: BodyCommand,
  abortSignal: AbortSignal,
): Promise<SentBody> {
  return command instanceof PutObjectCommand
    ? client.send(command, { abortSignal })
    : client.send(command, { abortSignal });
}

async function direct(
  { client, handler }: Shortcut,
  place: Place,
  request: BodyRequest,
  signal: AbortSignal,
): Promise<SentBody> {
  const { secure, hostname, port } = place;
  const { query, body } = request;
  const path = `${place.before}${encodeKey(request.key)}`;
  const host = port === undefined ? hostname : `${hostname}:${String(port)}`;
  const bodyHash = bodyMayBeUnsigned(secure, hostname)
    ? "UNSIGNED-PAYLOAD"
    : createHash("sha256").update(body).digest("hex");
  const signer = await client.config.credentials();
  const now = Date.now() + client.config.systemClockOffset;
  const headers = signedHeaders(
    { method: "PUT", path, query, headers: { ...request.headers, host }, bodyHash },
    signer,
    place,
    now,
  );
  if (place.userAgent !== undefined) headers["user-agent"] = place.userAgent;
  const wire = query === "" ? path : `${path}?${query}`;
  const answer = await sendDirect(
    { secure, hostname, port, method: "PUT", path: wire, headers, body },
    { agent: handler.agentFor(secure), idleMs: handler.idleMs, signal },
  );
  return { ETag: answer.etag, VersionId: versionOf(answer["x-amz-version-id"]) };
}

function versionOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
