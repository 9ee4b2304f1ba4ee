import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  ANNOUNCEMENT_MAX_RECEIVES,
  ENV,
  type PartnerSpec,
  TRIGGER_TIMEOUT_SECONDS,
} from "../../modules/contract";
import { DELIMITER, Naming } from "../../modules/core";
import { packFunction } from "../../modules/lambda";
import { type JobStateChange } from "../batch";
import { type CallListener } from "../http/seen-call";
import { type DeadLetter, type InvocationResult, type LambdaServer } from "../lambda";
import { type ObjectCreatedEvent } from "../s3";
import { startSns } from "../sns";
import { LocalQueue, startSqs } from "../sqs";
import { Announcements } from "./announcements";
import { deadLetterFile } from "./dead-letters";
import { type TryPaths } from "./paths";

/** What the platform of an environment is made of on one machine. */
export interface LocalPlatformOptions {
  readonly spec: PartnerSpec;
  /** Name of the partner's trigger, which tells the prefix of all names. */
  readonly triggerName: string;
  readonly paths: TryPaths;
  readonly lambda: LambdaServer;
  /** What this machine adds to the environment of the functions, but for what {@link startLocalPlatform} starts. */
  readonly hostEnvironment: Readonly<Record<string, string>>;
  /** Further variables of single functions. @default none */
  readonly platformEnvironment?: PlatformEnvironment | undefined;
  readonly onCall?: CallListener | undefined;
}

/** The functions that watch over the runs of all partners, with the queue and the topic between them. */
export interface LocalPlatform {
  /** Hands a change of a job to the platform, as its rule does. */
  jobChanged(event: JobStateChange): void;
  /** Hands a word of a function that does a step to the platform, as its rule does. */
  stepTold(event: ObjectCreatedEvent): void;
  /** Hands a change of a job over and waits for the answer. */
  escalate(event: string): Promise<InvocationResult>;
  /** Puts an announcement into its queue. */
  announce(announcement: string): void;
  /** Keeps an event that was given up. */
  giveUp(letter: DeadLetter): void;
  /** Lets the reconciler make one pass. */
  reconcile(): Promise<void>;
  /** Waits until everything that is announced was told, or given up. */
  idle(): Promise<void>;
  /** What was told to people, oldest first. */
  told(): readonly string[];
  close(): Promise<void>;
}

/** Nothing of AWS is reached from here: calls of services that are not there end at a port that knows none of them. */
const credentials = (id: string): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: id,
  AWS_SECRET_ACCESS_KEY: "local",
});

const FUNCTIONS = ["reconcile", "escalate", "notify"] as const;
type FunctionName = (typeof FUNCTIONS)[number];

/** Variables of the platform's functions, by their names. */
export type PlatformEnvironment = Readonly<
  Partial<Record<FunctionName, Readonly<Record<string, string>>>>
>;

/** As the platform's stack has them. */
const TIMEOUT_SECONDS: Readonly<Record<FunctionName, number>> = {
  reconcile: TRIGGER_TIMEOUT_SECONDS,
  escalate: TRIGGER_TIMEOUT_SECONDS,
  notify: 60,
};

/** Starts queue and topic, and adds the platform's functions, each its real bundle, to Lambda. */
export async function startLocalPlatform(options: LocalPlatformOptions): Promise<LocalPlatform> {
  const { spec, paths, lambda, triggerName } = options;
  const { environment, account, region } = spec;
  const [prefix = ""] = triggerName.split(DELIMITER);
  const naming = new Naming({ prefix, environment, account, region });
  const queueNames = {
    announcements: naming.name("queue", "platform", "announcements"),
    platform: naming.name("queue", "platform", "dead-letters"),
    partner: naming.name("queue", spec.partner, "dead-letters"),
  };
  const deadLetters = {
    platform: new LocalQueue({
      name: queueNames.platform,
      file: deadLetterFile(paths.root, "platform"),
    }),
    partner: new LocalQueue({
      name: queueNames.partner,
      file: deadLetterFile(paths.root, spec.partner),
    }),
  };
  const queue = new LocalQueue({
    name: queueNames.announcements,
    redrive: { to: deadLetters.platform, maxReceives: ANNOUNCEMENT_MAX_RECEIVES },
  });
  const sns = await startSns(options.onCall);
  const sqs = await startSqs(
    [queue, deadLetters.platform, deadLetters.partner],
    spec.account,
    options.onCall,
  );
  const name = (thing: FunctionName): string => naming.name("function", "platform", thing);
  for (const thing of FUNCTIONS)
    await addFunction(options, thing, naming, {
      [ENV.announcementsQueueUrl]: sqs.queueUrl(queue.name),
      AWS_ENDPOINT_URL: sns.url,
      AWS_ENDPOINT_URL_SNS: sns.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
    });
  const announcements = new Announcements(queue, lambda.lambda, name("notify"));
  return {
    jobChanged: (event) => {
      lambda.lambda.invokeLater(name("escalate"), JSON.stringify(event));
    },
    stepTold: (event) => {
      lambda.lambda.invokeLater(name("escalate"), JSON.stringify(event));
    },
    escalate: (event) => lambda.lambda.invoke(name("escalate"), event),
    announce: (announcement) => void queue.send(announcement),
    giveUp: ({ functionName, event, error, requestId }) => {
      const { errorMessage = error } = JSON.parse(error) as { errorMessage?: string };
      deadLetters[functionName === triggerName ? "partner" : "platform"].send(event, {
        RequestID: requestId,
        ErrorMessage: errorMessage.slice(0, 1024),
      });
    },
    reconcile: async () => {
      await lambda.lambda.invoke(name("reconcile"), "{}");
    },
    idle: () => announcements.idle(),
    told: () => sns.published.map(({ message }) => message),
    close: async () => {
      announcements.close();
      await sqs.close();
      await sns.close();
    },
  };
}

async function addFunction(
  { spec, paths, lambda, hostEnvironment, platformEnvironment = {} }: LocalPlatformOptions,
  thing: FunctionName,
  naming: Naming,
  endpoints: Readonly<Record<string, string>>,
): Promise<void> {
  const { zip } = await packFunction(thing);
  const zipFile = path.join(paths.lambda, `${thing}.zip`);
  await mkdir(paths.lambda, { recursive: true });
  await writeFile(zipFile, zip);
  const name = naming.name("function", "platform", thing);
  await lambda.lambda.addFunction({
    name,
    arn: naming.functionArn("platform", thing),
    zipFile,
    handler: "index.handler",
    environment: {
      [ENV.ledgerBucket]: spec.ledgerBucket,
      [ENV.environment]: spec.environment,
      [ENV.alertsTopicArn]: naming.topicArn("platform", "alerts"),
      // What is typed next concerns this machine, whatever the environment's account.
      [ENV.commandOptions]: `--env ${spec.environment} --local`,
    },
    // The id of the key tells whose call it is.
    hostEnvironment: {
      ...hostEnvironment,
      ...credentials(name),
      ...endpoints,
      ...platformEnvironment[thing],
    },
    timeoutSeconds: TIMEOUT_SECONDS[thing],
    memoryMib: 512,
    warm: true,
  });
}
