import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A call as the endpoint received it. */
export interface AwsCall {
  /** For example `Publish`, `GetSecretValue`, or for S3 `PutObject`. */
  readonly operation: string;
  readonly body: string;
  /** How many calls of the operation with this body there were, this one among them. */
  readonly turn: number;
}

/** How a call is refused; `silence`: it is never answered. */
export type Refusal = { readonly status: number; readonly code: string } | "silence";

/**
 * The calls of AWS that notify and escalate make, on a port of this machine, so that the real SDK clients are tested down to
 * the socket. What is refused is said by operation and content, not by order: calls come at the same time.
 */
export class AwsEndpoint {
  readonly objects = new Map<string, string>();
  readonly calls: AwsCall[] = [];
  /** What is refused. @default nothing */
  refuse: (call: AwsCall) => Refusal | undefined = () => undefined;
  url = "";

  private readonly server = createServer((request, response) => {
    void text(request).then((body) => {
      this.answer(request, response, body);
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Bodies of the calls of an operation. */
  bodies(operation: string): string[] {
    return this.calls.filter((call) => call.operation === operation).map(({ body }) => body);
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const url = new URL(request.url ?? "/", this.url);
    const operation = operationOf(request, url, body);
    const before = this.calls.filter((call) => call.operation === operation && call.body === body);
    const call = { operation, body, turn: before.length + 1 };
    this.calls.push(call);
    const refusal = this.refuse(call);
    if (refusal === "silence") return;
    if (refusal !== undefined) {
      refused(response, operation, refusal);
      return;
    }
    const key = decodeURIComponent(url.pathname).split("/").slice(2).join("/");
    switch (operation) {
      case "GetParameters": {
        const [name] = (JSON.parse(body) as { Names: [string] }).Names;
        json(response, 200, { Parameters: [{ ARN: name, Value: "of ssm" }] });
        break;
      }
      case "GetSecretValue":
        json(response, 200, { SecretString: "of secrets manager" });
        break;
      case "SendMessage": {
        const { MessageBody } = JSON.parse(body) as { MessageBody: string };
        const digest = createHash("md5").update(MessageBody).digest("hex");
        json(response, 200, { MessageId: "1", MD5OfMessageBody: digest });
        break;
      }
      case "Publish":
        xml(response, 200, "<PublishResponse><PublishResult/></PublishResponse>");
        break;
      case "Invoke":
        response.writeHead(202).end();
        break;
      case "ListObjectsV2": {
        const prefix = url.searchParams.get("prefix") ?? "";
        const keys = [...this.objects.keys()].filter((one) => one.startsWith(prefix)).sort();
        const contents = keys.map((one) => `<Contents><Key>${one}</Key></Contents>`).join("");
        xml(response, 200, `<ListBucketResult>${contents}</ListBucketResult>`);
        break;
      }
      case "GetObject":
        response.writeHead(200, { etag: '"1"' }).end(this.objects.get(key));
        break;
      case "PutObject":
        if (this.objects.has(key))
          refused(response, operation, { status: 412, code: "PreconditionFailed" });
        else {
          this.objects.set(key, body);
          response.writeHead(200, { etag: '"1"' }).end();
        }
        break;
      default:
        json(response, 200, {});
    }
  }
}

function operationOf({ headers, method }: IncomingMessage, url: URL, body: string): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? "";
  if (body.startsWith("Action=")) return new URLSearchParams(body).get("Action") ?? "";
  if (url.pathname.endsWith("/invocations")) return "Invoke";
  if (method === "PUT") return "PutObject";
  return url.searchParams.has("list-type") ? "ListObjectsV2" : "GetObject";
}

function refused(
  response: ServerResponse,
  operation: string,
  { status, code }: Exclude<Refusal, string>,
): void {
  const error = `<Code>${code}</Code><Message>said the endpoint</Message>`;
  if (operation === "Publish")
    xml(response, status, `<ErrorResponse><Error>${error}</Error></ErrorResponse>`);
  else if (operation.includes("Object")) xml(response, status, `<Error>${error}</Error>`);
  else {
    response.setHeader("x-amzn-errortype", code);
    json(response, status, { __type: code, message: "said the endpoint" });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/xml" }).end(body);
}

/** Environment of a function that calls the endpoint. */
export const endpointEnvironment = (url: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
});
