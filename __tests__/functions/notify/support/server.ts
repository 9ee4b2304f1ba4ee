import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SELF_SIGNED } from "./self-signed";

/** A request as a server of the test saw it. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** How a server of the test answers; `undefined`: never; `reset`: the connection breaks. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | "reset"
  | undefined;

/** A server on loopback that answers as it is told. */
export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
  answer: (seen: Seen) => Answer;
  close(): Promise<void>;
}

/** Starts a server on loopback. */
export async function startServer(
  secure: boolean,
  certificate: { readonly key: string; readonly cert: string } = SELF_SIGNED,
): Promise<TestServer> {
  const seen: Seen[] = [];
  const state: { answer: TestServer["answer"] } = { answer: () => ({ status: 200 }) };
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => {
      const one = { path: request.url ?? "", headers: request.headers, body };
      seen.push(one);
      const answer = state.answer(one);
      if (answer === "reset") request.socket.destroy();
      else if (answer !== undefined) response.writeHead(answer.status, { ...answer.headers }).end();
    });
  };
  const server: Server = secure
    ? createSecureServer({ ...certificate }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure ? "https" : "http"}://127.0.0.1:${String(port)}`,
    seen,
    get answer() {
      return state.answer;
    },
    set answer(answer) {
      state.answer = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
