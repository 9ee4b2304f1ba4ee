import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Readable } from "node:stream";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { FileSlice } from "../upload/file-slice";
import { SLICE_BYTES } from "./direct-request";

/** S3 answers a request within this time after the last byte moved, completed uploads included. */
const IDLE_MS = 60_000;

type Handle = NodeHttpHandler["handle"];

/**
 * Sends requests over connections that are kept.
 *
 * The SDK sees bodies as buffers, so that it can send them again after a failure; only here, just before the socket,
 * they become streams: a TLS socket encrypts all that it is given at once, which would hold every part twice.
 */
export class SlicingHandler extends NodeHttpHandler {
  /** How long nothing may move on a connection. */
  readonly idleMs = IDLE_MS;
  private readonly plain: HttpAgent;
  private readonly secure: HttpsAgent;

  constructor() {
    const settings = { keepAlive: true, maxSockets: 128, scheduling: "lifo" } as const;
    const plain = new HttpAgent(settings);
    const secure = new HttpsAgent(settings);
    super({
      // Instances of our own: with the SDK's default, large bodies get a new connection each.
      httpAgent: plain,
      httpsAgent: secure,
      connectionTimeout: 10_000,
      socketTimeout: IDLE_MS,
    });
    this.plain = plain;
    this.secure = secure;
  }

  /** The connections that requests go over. */
  agentFor(secure: boolean): HttpAgent {
    return secure ? this.secure : this.plain;
  }

  override handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const body = sliced(request.body, request.protocol === "https:");
    if (body === undefined) return super.handle(request, options);
    return super.handle(withBody(request, body), options);
  }
}

/** Copies a request: the SDK keeps the original, to send it again. */
function withBody<T extends object>(request: T, body: Readable): T {
  return Object.assign(Object.create(Object.getPrototypeOf(request) as object) as T, request, {
    body,
  });
}

function sliced(body: unknown, secure: boolean): Readable | undefined {
  if (body instanceof FileSlice) return body.stream();
  if (!secure || !Buffer.isBuffer(body) || body.length <= SLICE_BYTES) return undefined;
  return Readable.from(slices(body), { objectMode: false, highWaterMark: SLICE_BYTES });
}

function* slices(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += SLICE_BYTES) yield body.subarray(at, at + SLICE_BYTES);
}
