import type { IncomingMessage } from "node:http";
import { ChunkedDecoder, type ChunkVerifier } from "./aws-chunked";
import { BodyChecks, type Received } from "./body-checks";
import type { BodyPlan } from "./body-plan";
import { S3Error } from "./s3-error";

/** The body of a request, not yet read. */
export interface BodySource {
  readonly stream: IncomingMessage;
  /** Called before the first byte is read: a client that asked first is told to go on. */
  readonly begin: () => void;
  readonly verifier: ChunkVerifier | undefined;
  readonly withoutPayloadHashCheck: boolean;
  /** Counts bytes of content. */
  readonly onContent: (bytes: number) => void;
  /** Sees how many bytes came off the wire; the body waits while it does. */
  readonly onBytes: ((received: number) => Promise<void> | undefined) | undefined;
}

/** Where the content of a body goes. */
export interface BodySink {
  /** Returns false to be waited for. */
  write(piece: Buffer): boolean;
  whenReady(): Promise<void>;
}

/** The client went away before its body was complete. There is nobody to answer. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor() {
    super("the connection ended before the request did");
  }
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

/** Reads a body into a sink: takes its framing off and checks all that the request says of it. */
export function receiveBody(source: BodySource, plan: BodyPlan, sink: BodySink): Promise<Received> {
  return new Promise<Received>((resolve, reject) => {
    const { stream } = source;
    if (stream.destroyed) {
      reject(new ConnectionLost());
      return;
    }
    const checks = new BodyChecks(plan, source.withoutPayloadHashCheck);
    const flow = { ready: true, wire: 0 };
    const accept = (piece: Buffer): void => {
      checks.update(piece);
      source.onContent(piece.length);
      flow.ready = sink.write(piece) && flow.ready;
    };
    const decoder =
      plan.framing === "plain"
        ? undefined
        : new ChunkedDecoder({
            signed: plan.framing === "signed-chunks",
            onData: accept,
            verifier: plan.framing === "signed-chunks" ? source.verifier : undefined,
          });

    const stop = (): void => {
      stream.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    };
    const fail = (fault: unknown): void => {
      stop();
      // The rest is read and thrown away: a client that is still sending could not read the answer otherwise.
      stream.on("error", () => undefined).resume();
      reject(fault instanceof Error ? fault : new Error(String(fault)));
    };
    const wait = (until: Promise<void>): void => {
      stream.pause();
      until.then(() => stream.resume(), fail);
    };
    /** Returns whether the sink wants more. */
    const feed = (bytes: Buffer): boolean => {
      flow.ready = true;
      flow.wire += bytes.length;
      if (decoder === undefined) accept(bytes);
      else decoder.push(bytes);
      return flow.ready;
    };
    const onData = (bytes: Buffer): void => {
      try {
        const ready = feed(bytes);
        const held = source.onBytes?.(flow.wire);
        if (held !== undefined) wait(held.then(() => sink.whenReady()));
        else if (!ready) wait(sink.whenReady());
      } catch (fault) {
        fail(fault);
      }
    };
    const onEnd = (): void => {
      try {
        stop();
        decoder?.end();
        resolve(checks.finish(decoder?.trailers ?? NO_TRAILERS));
      } catch (fault) {
        fail(fault);
      }
    };
    const onClose = (): void => {
      fail(new ConnectionLost());
    };
    stream.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
    source.begin();
  });
}

/** Reads a body of text, such as XML, into memory. */
export async function receiveText(
  source: BodySource,
  plan: BodyPlan,
  maxBytes: number,
): Promise<{ text: string; received: Received }> {
  if (plan.size > maxBytes) throw new S3Error("MaxMessageLengthExceeded");
  const pieces: Buffer[] = [];
  const received = await receiveBody(source, plan, {
    write: (piece) => pieces.push(piece) > 0,
    whenReady: () => Promise.resolve(),
  });
  return { text: Buffer.concat(pieces).toString("utf8"), received };
}
