import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ManualEvent, TriggerAnswer } from "../../../modules/contract";

export interface FakeTrigger {
  readonly endpoint: string;
  readonly events: readonly ManualEvent[];
  readonly invocations: readonly string[];
  /** What an invocation meets: an answer, a function error or an HTTP fault. */
  answer: (event: ManualEvent, call: number) => TriggerReply;
  readonly close: () => Promise<void>;
}

export type TriggerReply =
  | { readonly answer: unknown }
  | { readonly functionError: string }
  | { readonly status: number; readonly type: string };

export const triggered = (
  orderId: string,
  outcome: "started" | "known" = "started",
): TriggerAnswer => ({
  orders: [{ orderId, orderKey: "key", attempt: 1, chain: "order", outcome, jobs: {} }],
  ignored: [],
});

/** A Lambda endpoint with one function, as the listing step invokes it. */
export async function startFakeTrigger(): Promise<FakeTrigger> {
  const events: ManualEvent[] = [];
  const invocations: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const event = JSON.parse(Buffer.concat(chunks).toString("utf8")) as ManualEvent;
      events.push(event);
      invocations.push(`${String(request.headers["x-amz-invocation-type"])} ${request.url ?? ""}`);
      const reply = fake.answer(event, events.length);
      if ("status" in reply) {
        response.writeHead(reply.status, { "x-amzn-errortype": reply.type });
        response.end(JSON.stringify({ Type: "User", message: reply.type }));
      } else if ("functionError" in reply) {
        response.writeHead(200, { "x-amz-function-error": "Unhandled" });
        response.end(JSON.stringify({ errorMessage: reply.functionError, errorType: "Error" }));
      } else {
        response.writeHead(200);
        response.end(JSON.stringify(reply.answer));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const fake: FakeTrigger = {
    endpoint: `http://127.0.0.1:${String(port)}`,
    events,
    invocations,
    answer: (event) => ({ answer: triggered(event.orderId) }),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return fake;
}
