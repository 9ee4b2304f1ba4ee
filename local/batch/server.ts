import { AwsError } from "../http/aws-error";
import { type CallHooks } from "../http/call-hooks";
import { json, listenOnLoopback, type LoopbackReply, type LoopbackRequest } from "../http/loopback";
import { type CallListener, callerOf } from "../http/seen-call";
import { LocalBatch, type LocalBatchOptions } from "./local-batch";

/** Settings of {@link startBatch}. */
export interface BatchServerOptions extends LocalBatchOptions {
  /** @default none */
  readonly hooks?: CallHooks;
  /** Is told of each call. @default nobody is told */
  readonly onCall?: CallListener;
}

/** A Batch that listens. */
export interface BatchServer {
  /** For `AWS_ENDPOINT_URL_BATCH`. */
  readonly url: string;
  readonly batch: LocalBatch;
  /** Kills every container and closes the port. */
  close(): Promise<void>;
}

type Call = (batch: LocalBatch, input: never) => unknown;

/** The calls that are known, by their path. @see https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html */
const CALLS: Readonly<Record<string, readonly [action: string, call: Call]>> = {
  "/v1/createjobqueue": ["CreateJobQueue", (b, input) => b.createJobQueue(input)],
  "/v1/describejobqueues": ["DescribeJobQueues", (b, input) => b.describeJobQueues(input)],
  "/v1/registerjobdefinition": ["RegisterJobDefinition", (b, i) => b.registerJobDefinition(i)],
  "/v1/describejobdefinitions": ["DescribeJobDefinitions", (b, i) => b.describeJobDefinitions(i)],
  "/v1/submitjob": ["SubmitJob", (b, input) => b.submitJob(input)],
  "/v1/describejobs": ["DescribeJobs", (b, input) => b.describeJobs(input)],
  "/v1/listjobs": ["ListJobs", (b, input) => b.listJobs(input)],
  "/v1/canceljob": [
    "CancelJob",
    (b, input) => {
      b.cancelJob(input);
    },
  ],
  "/v1/terminatejob": [
    "TerminateJob",
    (b, input) => {
      b.terminateJob(input);
    },
  ],
};

/** Starts a Batch that speaks the AWS API on loopback. */
export async function startBatch(options: BatchServerOptions): Promise<BatchServer> {
  const batch = new LocalBatch(options);
  const loopback = await listenOnLoopback((request) => answer(batch, options, request));
  return {
    url: loopback.url,
    batch,
    close: async () => {
      // The port first: nothing may be submitted to a Batch that stops.
      await loopback.close();
      await batch.close();
    },
  };
}

async function answer(
  batch: LocalBatch,
  { hooks, onCall }: Pick<BatchServerOptions, "hooks" | "onCall">,
  request: LoopbackRequest,
): Promise<LoopbackReply> {
  const { action, input, run } = callOf(batch, request);
  const call = { action, input };
  onCall?.({
    caller: callerOf(request.headers),
    service: "Batch",
    command: action,
    input: input as Readonly<Record<string, unknown>>,
  });
  await hooks?.before?.(call);
  const output = run() ?? {};
  return (await hooks?.after?.(call)) === "drop" ? "drop" : json(output);
}

interface BoundCall {
  readonly action: string;
  readonly input: unknown;
  readonly run: () => unknown;
}

function callOf(batch: LocalBatch, { method, path, body }: LoopbackRequest): BoundCall {
  const input = parsed(body);
  const known = method === "POST" ? CALLS[path] : undefined;
  if (known !== undefined) {
    const [action, call] = known;
    return { action, input, run: () => call(batch, input as never) };
  }
  const arn = /^\/v1\/tags\/(.+)$/u.exec(path)?.[1];
  if (arn !== undefined && (method === "POST" || method === "GET")) {
    const resource = decodeURIComponent(arn);
    const { tags = {} } = input as { tags?: Record<string, string> };
    return method === "POST"
      ? {
          action: "TagResource",
          input,
          run: () => {
            batch.tagResource(resource, tags);
          },
        }
      : { action: "ListTagsForResource", input, run: () => batch.listTagsForResource(resource) };
  }
  throw new AwsError(
    "UnknownOperationException",
    `${method} ${path} is not known to the Batch of this machine; it knows ${Object.values(CALLS)
      .map(([action]) => action)
      .join(", ")}, TagResource, ListTagsForResource`,
    404,
  );
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, together with a body that is no object.
  }
  throw new AwsError("SerializationException", "the request's body is no JSON object");
}
