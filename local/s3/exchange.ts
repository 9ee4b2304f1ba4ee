import type { IncomingMessage, ServerResponse } from "node:http";
import { type CallListener } from "../http/seen-call";
import type { Call } from "./call";
import { pauseFor, strike, uploadFault } from "./faults/connection";
import type { FaultInjector, InjectedFault } from "./faults/injector";
import type { HardFault } from "./faults/plan";
import type { Answer } from "./http/answer";
import { type BodySource, ConnectionLost } from "./http/body";
import { header, readRequest, type S3Request } from "./http/request";
import { type OperationName, routeRequest } from "./http/router";
import { S3Error } from "./http/s3-error";
import { newRequestId } from "./ids";
import { OPERATION_HANDLERS } from "./operations";
import type { RequestLog } from "./request-log";
import { seenCall } from "./seen-call";
import { sendAnswer } from "./send";
import type { Service } from "./service";
import { ChunkSignatures } from "./sigv4/chunk-signatures";
import { type Credentials, type Verified, verifySignature } from "./sigv4/verify";

/** What the exchanges of a server share. */
export interface ExchangeContext {
  readonly service: Service;
  readonly log: RequestLog;
  readonly credentials: Credentials | undefined;
  readonly onCall: CallListener | undefined;
  readonly withoutPayloadHashCheck: boolean;
  readonly hostId: string;
  /** Replaced while the server runs. */
  injector: FaultInjector;
}

/** One request and its answer. */
export class Exchange {
  readonly #requestId = newRequestId();
  readonly #started = Date.now();
  #request: S3Request | undefined;
  #operation: OperationName | undefined;
  #injected: InjectedFault | undefined;
  #bytesReceived = 0;
  #bytesSent = 0;
  #errorCode: string | undefined;

  constructor(
    private readonly context: ExchangeContext,
    private readonly message: IncomingMessage,
    private readonly response: ServerResponse,
    /** Whether the client waits to be told to send its body. */
    private readonly asksFirst: boolean,
  ) {}

  /** Does the request and answers it. Never fails. */
  async run(): Promise<void> {
    // Writing to a client that has gone is told to the writer; as an event without a listener it would end the process.
    this.response.on("error", () => undefined);
    let status = 0;
    try {
      const answer = await this.#answer();
      status = await this.#send(answer);
    } catch (fault) {
      // A fault of the store while content is sent can not be answered any more; the client sees a broken connection.
      this.response.destroy();
      if (!(fault instanceof ConnectionLost)) process.emitWarning(asError(fault));
    }
    this.#log(status);
  }

  async #answer(): Promise<Answer> {
    try {
      const answer = await this.#perform();
      await strike(this.response, this.#fault, "answer").catch((lost: unknown) => {
        releaseBody(answer);
        throw lost;
      });
      return answer;
    } catch (fault) {
      if (fault instanceof ConnectionLost) throw fault;
      if (!(fault instanceof S3Error)) process.emitWarning(asError(fault));
      return this.#refuse(fault instanceof S3Error ? fault : new S3Error("InternalError"));
    }
  }

  async #perform(): Promise<Answer> {
    const request = readRequest(this.message);
    this.#request = request;
    this.#operation = routeRequest(request);
    this.context.onCall?.(seenCall(this.#operation, request));
    const verified = this.#verify(request);
    await this.#prepareFault(request, this.#operation);
    const call: Call = {
      operation: this.#operation,
      request,
      requestId: this.#requestId,
      service: this.context.service,
      body: this.#body(verified),
    };
    return OPERATION_HANDLERS[this.#operation](call);
  }

  get #fault(): HardFault | undefined {
    return this.#injected?.fault;
  }

  #verify({ method, path, query, headers }: S3Request): Verified | undefined {
    const { credentials, service } = this.context;
    if (credentials === undefined) return undefined;
    return verifySignature(
      { method, path, query: [...query], headers },
      { credentials, region: service.region, now: Date.now() },
    );
  }

  async #prepareFault(request: S3Request, operation: OperationName): Promise<void> {
    const { bucket, key, query } = request;
    const partNumber = numberOf(query.get("partNumber"));
    this.#injected = this.context.injector.decide({ operation, bucket, key, partNumber });
    if (this.#injected === undefined) return;
    if (this.#injected.milliseconds > 0) await pauseFor(this.response, this.#injected.milliseconds);
    await strike(this.response, this.#fault, "start");
    const fault = this.#fault;
    if (fault?.kind === "error" || fault?.kind === "error-in-200") throw new S3Error(fault.code);
  }

  #body(verified: Verified | undefined): BodySource {
    const { message, response } = this;
    const length = Number(message.headers["content-length"] ?? 0);
    const hurt = uploadFault(response, this.#fault, length);
    return {
      stream: message,
      begin: () => {
        if (this.asksFirst) response.writeContinue();
      },
      verifier: verified === undefined ? undefined : new ChunkSignatures(verified),
      withoutPayloadHashCheck: this.context.withoutPayloadHashCheck,
      onBytes: hurt,
      onContent: (bytes) => {
        this.#bytesReceived += bytes;
      },
    };
  }

  #refuse(fault: S3Error): Answer {
    this.#errorCode = fault.code;
    const hidden = this.#fault?.kind === "error-in-200";
    return {
      status: hidden ? 200 : fault.status,
      headers: { "content-type": "application/xml", ...fault.headers },
      body: fault.toXml(this.#requestId, this.context.hostId),
    };
  }

  async #send(answer: Answer): Promise<number> {
    const headers: Record<string, string> = {
      "x-amz-request-id": this.#requestId,
      "x-amz-id-2": this.context.hostId,
      server: "partner-ingest-local-s3",
      ...answer.headers,
    };
    // A client that waited to be told may or may not send its body now; only a new connection is unambiguous.
    if (this.asksFirst && !this.message.readableDidRead) headers.connection = "close";
    try {
      this.#bytesSent = await sendAnswer(this.context.service.store, this.response, {
        ...answer,
        headers,
        withoutBody: this.message.method === "HEAD",
        fault: this.#fault,
      });
    } finally {
      releaseBody(answer);
    }
    return answer.status;
  }

  #log(status: number): void {
    const { query, bucket, key, headers } = this.#request ?? {};
    this.context.log.add({
      operation: this.#operation ?? "Unknown",
      method: this.message.method ?? "",
      bucket,
      key,
      partNumber: numberOf(query?.get("partNumber")),
      uploadId: query?.get("uploadId"),
      status,
      errorCode: this.#errorCode,
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#bytesSent,
      range: headers === undefined ? undefined : header(headers, "range"),
      fault: this.#injected?.name,
      started: this.#started,
      milliseconds: Date.now() - this.#started,
    });
  }
}

function releaseBody({ body }: Answer): void {
  if (typeof body === "object") body.release();
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
}

function asError(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error(String(fault));
}
