import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type AddressInfo } from "node:net";
import { AwsError } from "./aws-error";

/** A request as a service of one machine sees it. */
export interface LoopbackRequest {
  readonly method: string;
  /** Raw path without the query, still percent-encoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is answered. `drop` closes the connection instead: the caller can not know whether the call took effect. */
export type LoopbackReply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Buffer | string;
    }
  | "drop";

/** A server that listens on loopback. */
export interface Loopback {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

/** More than any API here takes in one request. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Listens on a free port of 127.0.0.1, never on another address. */
export async function listenOnLoopback(
  answer: (request: LoopbackRequest) => Promise<LoopbackReply>,
): Promise<Loopback> {
  const server = createServer((request, response) => {
    void reply(answer, request).then((result) => {
      if (result === "drop") {
        request.socket.destroy();
        return;
      }
      response.writeHead(result.status, result.headers);
      response.end(result.body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** An answer of AWS's REST-JSON protocol. */
export function json(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): LoopbackReply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

async function reply(
  answer: (request: LoopbackRequest) => Promise<LoopbackReply>,
  request: IncomingMessage,
): Promise<LoopbackReply> {
  try {
    const body = await readBody(request);
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    return await answer({ method: request.method ?? "GET", path, headers: request.headers, body });
  } catch (error) {
    if (error instanceof AwsError)
      return json({ message: error.message }, error.status, { "x-amzn-errortype": error.code });
    const message = error instanceof Error ? error.message : String(error);
    return json({ message }, 500, { "x-amzn-errortype": "ServerException" });
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new AwsError("RequestEntityTooLargeException", "the request is too large", 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
