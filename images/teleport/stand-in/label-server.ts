import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { demoOrders, type LabelFile, type LabelOrder } from "./orders";

/** What goes wrong at the label's server. */
export type LabelFault =
  /** Breaks the connection in the middle of what is left of a file. */
  | FileFault<"truncate">
  /** Sends a file with one wrong byte. */
  | FileFault<"corrupt">
  /** Sends the first half of a file and then nothing, without closing. */
  | FileFault<"hang">
  /** Answers every request with HTTP 503. */
  | { readonly kind: "unavailable"; readonly times?: number }
  /** Sends files no faster than this. */
  | { readonly kind: "slow"; readonly bytesPerSecond: number };

interface FileFault<Kind> {
  readonly kind: Kind;
  readonly path: string;
  /**
   * How often.
   *
   * @default - each time
   */
  readonly times?: number;
}

/** A label's server that runs. */
export interface LabelServer {
  readonly url: string;
  /** The token that its clients must send. */
  readonly token: string;
  /** All requests so far, for tests. */
  readonly requests: readonly LabelRequest[];
  readonly close: () => Promise<void>;
}

/** A request as the server answered it. */
export interface LabelRequest {
  readonly path: string;
  readonly range?: string | undefined;
  readonly status: number;
}

/** A slow file is sent in so many pieces a second. */
const PIECES_PER_SECOND = 20;

/** Starts the label's server on loopback. */
export async function startLabelServer(
  options: {
    readonly orders?: readonly LabelOrder[];
    readonly faults?: readonly LabelFault[];
  } = {},
): Promise<LabelServer> {
  const token = randomBytes(12).toString("hex");
  const requests: LabelRequest[] = [];
  const site = new Label(options.orders ?? demoOrders(), options.faults ?? []);
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    void site
      .answer(request, response, token)
      .catch(() => response.destroy())
      .finally(() => {
        requests.push({
          path: request.url ?? "",
          range: request.headers.range,
          status: response.statusCode,
        });
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    token,
    requests,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

class Label {
  private readonly left: { fault: LabelFault; times: number }[];

  constructor(
    private readonly orders: readonly LabelOrder[],
    faults: readonly LabelFault[],
  ) {
    this.left = faults.map((fault) => ({
      fault,
      times: "times" in fault ? (fault.times ?? Infinity) : Infinity,
    }));
  }

  async answer(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    const url = new URL(request.url ?? "/", "http://label.invalid");
    if (this.happens("unavailable") !== undefined) {
      end(response, 503, "try later\n");
    } else if (request.headers.authorization !== `Bearer ${token}`) {
      end(response, 401, "wrong token\n");
    } else if (url.pathname === "/v1/orders") {
      end(response, 200, this.orderList(url.searchParams.get("since") ?? ""));
    } else {
      await this.answerOrder(url.pathname, request, response);
    }
  }

  private async answerOrder(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const match = /^\/v1\/orders\/([^/]+)(?:\/files\/(.+))?$/u.exec(path);
    const id = decodeURIComponent(match?.[1] ?? "");
    const order = this.orders.find((candidate) => candidate.id === id);
    if (order === undefined || match === null) {
      end(response, 404, "unknown order\n");
      return;
    }
    const wanted = match[2];
    if (wanted === undefined) {
      end(response, 200, order.files.map(entryLine).join(""));
      return;
    }
    const file = order.files.find((candidate) => candidate.path === decodeURIComponent(wanted));
    if (file === undefined) end(response, 404, "unknown file\n");
    else await this.sendFile(file, request.headers.range, response);
  }

  private orderList(since: string): string {
    return this.orders
      .filter(({ day }) => day >= since)
      .map(({ id }) => `${encodeURIComponent(id)}\n`)
      .join("");
  }

  private async sendFile(
    file: LabelFile,
    range: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const from = Number(/^bytes=(\d+)-$/u.exec(range ?? "")?.[1] ?? 0);
    let body = file.content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": body.length,
      ...(from > 0
        ? {
            "content-range": `bytes ${String(from)}-${String(file.content.length - 1)}/${String(file.content.length)}`,
          }
        : {}),
    });
    if (body.length > 0 && this.happens("corrupt", file.path) !== undefined) {
      body = Buffer.from(body);
      body.writeUInt8(body.readUInt8(0) ^ 1, 0);
    }
    const truncated = this.happens("truncate", file.path) !== undefined;
    const hanging = this.happens("hang", file.path) !== undefined;
    await this.send(
      response,
      truncated || hanging ? body.subarray(0, Math.floor(body.length / 2)) : body,
    );
    if (truncated) response.destroy();
    else if (!hanging) response.end();
  }

  private async send(response: ServerResponse, body: Buffer): Promise<void> {
    const slow = this.happens("slow");
    const step = slow?.kind === "slow" ? Math.ceil(slow.bytesPerSecond / PIECES_PER_SECOND) : 65536;
    for (let at = 0; at < body.length && !response.destroyed; at += step) {
      const more = response.write(body.subarray(at, at + step));
      if (slow !== undefined) await delay(1000 / PIECES_PER_SECOND);
      else if (!more) await drained(response);
    }
    // What was written must be on its way before the connection is broken.
    await new Promise<void>((resolve) =>
      response.write("", () => {
        resolve();
      }),
    );
  }

  private happens(kind: LabelFault["kind"], path?: string): LabelFault | undefined {
    const found = this.left.find(
      ({ fault, times }) =>
        fault.kind === kind && times > 0 && (!("path" in fault) || fault.path === path),
    );
    if (found !== undefined) found.times -= 1;
    return found?.fault;
  }
}

/** Waits until more can be written, or the client has gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}

function entryLine({ path, content }: LabelFile): string {
  const sum = (name: string): string => createHash(name).update(content).digest("hex");
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${sum("sha256")} ${sum("md5")} ${String(content.length)} ${encoded}\n`;
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(text);
}
