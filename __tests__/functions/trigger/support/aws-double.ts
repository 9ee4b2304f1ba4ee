import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the double received it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The client's side of the connection that it came over. */
  readonly port: number | undefined;
}

/** Answers one request instead of the double. */
export type Interceptor = (response: ServerResponse, request: Received) => void;

/**
 * The calls of S3, Batch and Lambda that the trigger makes, on a port of this machine, so that the real SDK clients are tested
 * down to the socket. Just enough of each service; what a test wants otherwise it puts into `next`.
 */
export class AwsDouble {
  readonly objects = new Map<string, { body: string; etag: string }>();
  readonly jobs: Record<string, unknown>[] = [];
  readonly received: Received[] = [];
  /** Answers of the next requests, first in, first out. */
  readonly next: Interceptor[] = [];
  connections = 0;
  endpoint = "";

  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://double");
      const received: Received = {
        method: request.method ?? "",
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        port: request.socket.remotePort,
      };
      this.received.push(received);
      const interceptor = this.next.shift();
      if (interceptor !== undefined) interceptor(response, received);
      else if (received.path.startsWith("/v1/")) this.batch(response, received);
      else if (received.path.startsWith("/2015-03-31/functions/")) response.writeHead(202).end();
      else this.s3(response, received);
    });
  }).on("connection", () => this.connections++);

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private batch(response: ServerResponse, { path, body }: Received): void {
    const input = JSON.parse(body) as Record<string, unknown>;
    if (path === "/v1/submitjob") {
      const jobId = `job-${String(this.jobs.length + 1)}`;
      const job = { jobId, jobArn: `arn:${jobId}`, jobName: input["jobName"] };
      this.jobs.push({ ...job, createdAt: 1_000 + this.jobs.length, input });
      json(response, 200, job);
      return;
    }
    const [filter] = input["filters"] as [{ values: [string] }];
    json(response, 200, {
      jobSummaryList: this.jobs.filter(
        (job) =>
          job["jobName"] === filter.values[0] &&
          (job["input"] as Record<string, unknown>)["jobQueue"] === input["jobQueue"],
      ),
    });
  }

  private s3(response: ServerResponse, { method, path, query, headers, body }: Received): void {
    const [, bucket = "", ...rest] = path.split("/");
    const key = rest.join("/");
    const there = this.objects.get(key);
    if (method === "PUT") {
      const ifMatch = headers["if-match"];
      if (headers["if-none-match"] === "*" && there !== undefined)
        xml(response, 412, "PreconditionFailed");
      else if (ifMatch !== undefined && there?.etag !== ifMatch)
        xml(response, 412, "PreconditionFailed");
      else {
        const etag = `"${createHash("md5").update(body).digest("hex")}"`;
        this.objects.set(key, { body, etag });
        response.writeHead(200, { etag }).end();
      }
    } else if (query.get("list-type") === "2") {
      const keys = [...this.objects.keys()].sort();
      const prefix = query.get("prefix") ?? "";
      const contents = keys
        .filter((candidate) => candidate.startsWith(prefix))
        .slice(0, Number(query.get("max-keys") ?? 1000))
        .map((candidate) => `<Contents><Key>${candidate}</Key></Contents>`)
        .join("");
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(
        `<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
      );
    } else if (there === undefined) xml(response, 404, "NoSuchKey");
    else response.writeHead(200, { etag: there.etag }).end(there.body);
  }
}

/** Answers with an error of S3. */
export const s3Error =
  (status: number, code: string): Interceptor =>
  (response) => {
    xml(response, status, code);
  };

/** Answers with an error of Batch. */
export const batchError =
  (status: number, code: string, message: string): Interceptor =>
  (response) => {
    response.setHeader("x-amzn-errortype", code);
    json(response, status, { message });
  };

/** Answers as Batch. */
export const batchAnswer =
  (body: unknown): Interceptor =>
  (response) => {
    json(response, 200, body);
  };

/** Breaks the connection off without an answer. */
export const reset: Interceptor = (response) => {
  response.socket?.resetAndDestroy();
};

/** Never answers. */
export const silence: Interceptor = () => undefined;

/** Begins an answer and never ends it. */
export const half: Interceptor = (response) => {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": "100",
    etag: '"1"',
  });
  response.write("{");
};

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function xml(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<Error><Code>${code}</Code><Message>said the double</Message></Error>`);
}
