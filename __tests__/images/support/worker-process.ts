import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleWorker } from "../../../images/worker/bundle";
import {
  exitCodeName,
  orderKey,
  stagingPath,
  stepReportKey,
  type ExitCodeName,
  type StepReport,
  type StepSettings,
} from "../../../modules/contract";
import { CREDENTIALS, LANDING, LEDGER, REGION, type TestS3 } from "./test-s3";

export const DAY = "2026-03-01";

/** A place for runs on this machine: the bundle, a root, and removal of both. */
export class WorkerBench {
  readonly directory = mkdtempSync(join(tmpdir(), "worker-test-"));
  readonly bundle = join(this.directory, "worker.js");
  private roots = 0;

  constructor() {
    bundleWorker(this.bundle);
  }

  newRoot(): string {
    this.roots += 1;
    const root = join(this.directory, `root-${String(this.roots)}`);
    mkdirSync(root);
    return root;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** One run of one order, whose steps are executed as Batch would. */
export class TestRun {
  readonly orderKey: string;
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly bench: WorkerBench,
    readonly s3: TestS3,
    readonly orderId = "ORDER-1",
    readonly root = bench.newRoot(),
    readonly environment: Readonly<Record<string, string>> = {},
  ) {
    this.orderKey = orderKey(orderId, { kind: "manual", orderId });
  }

  get files(): string {
    return join(this.root, "mnt/staging", stagingPath(this.ref), "files");
  }

  get prefix(): string {
    return `in/${this.orderKey}/1/`;
  }

  get ref(): { partner: string; orderKey: string; attempt: number } {
    return { partner: "acme", orderKey: this.orderKey, attempt: 1 };
  }

  /** Puts an executable file below the root; its text is a Node program. */
  program(source: string, path = "/opt/acme/bin/export"): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    const script = `${file}.cjs`;
    writeFileSync(script, source);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** Starts the next Batch attempt of a step; the options follow the verb. */
  start(
    settings: StepSettings,
    environment: Readonly<Record<string, string>> = {},
    options: readonly string[] = [],
  ): StartedStep {
    const attempt = (this.attempts.get(settings.kind) ?? 0) + 1;
    this.attempts.set(settings.kind, attempt);
    const child = spawn(process.execPath, [this.bench.bundle, settings.kind, ...options], {
      env: {
        PATH: process.env["PATH"],
        // The SDK warns of Node 20, which the image does not have.
        NODE_NO_WARNINGS: "1",
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_S3: this.s3.endpoint,
        AWS_BATCH_JOB_ID: `job-${settings.kind}`,
        AWS_BATCH_JOB_ATTEMPT: String(attempt),
        PARTNER_INGEST_PARTNER: "acme",
        PARTNER_INGEST_ORDER_ID: this.orderId,
        PARTNER_INGEST_ORDER_KEY: this.orderKey,
        PARTNER_INGEST_ATTEMPT: "1",
        PARTNER_INGEST_STEP: settings.kind,
        PARTNER_INGEST_GENERATION: "1",
        PARTNER_INGEST_CLAIMED_DAY: DAY,
        PARTNER_INGEST_LEDGER_BUCKET: LEDGER,
        PARTNER_INGEST_SOURCE: JSON.stringify({ kind: "manual", orderId: this.orderId }),
        PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(settings),
        PARTNER_INGEST_LOCAL_ROOT: this.root,
        ...this.environment,
        ...environment,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    return new StartedStep(child, this, settings.kind, attempt);
  }

  async run(settings: StepSettings): Promise<EndedStep> {
    return this.start(settings).ended;
  }
}

export interface EndedStep {
  readonly code: number | null;
  readonly signal: string | null;
  readonly outcome: ExitCodeName | undefined;
  readonly logs: readonly LogLine[];
  readonly report: StepReport | undefined;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** A step that runs as a process. */
export class StartedStep {
  readonly ended: Promise<EndedStep>;
  private text = "";
  private readonly watchers: (() => void)[] = [];

  constructor(
    readonly child: ChildProcess,
    run: TestRun,
    step: string,
    attempt: number,
  ) {
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
      this.watchers.forEach((watch) => {
        watch();
      });
    });
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        const key = stepReportKey({ ...run.ref, step, generation: 1 }, `job-${step}`, attempt);
        void reportAt(run.s3, key).then((report) => {
          resolve({
            code,
            signal,
            outcome: code === null ? undefined : exitCodeName(code),
            logs: this.logs(),
            report,
          });
        });
      });
    });
  }

  logs(): readonly LogLine[] {
    return this.text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for a line of the log. */
  async logged(pattern: RegExp): Promise<void> {
    await Promise.race([
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (pattern.test(this.text)) resolve();
        };
        this.watchers.push(look);
        look();
      }),
      this.ended.then(() => {
        if (!pattern.test(this.text))
          throw new Error(`never logged ${String(pattern)}: ${this.text}`);
      }),
    ]);
  }
}

async function reportAt(s3: TestS3, key: string): Promise<StepReport | undefined> {
  return s3.has(LEDGER, key) ? (JSON.parse(await s3.text(LEDGER, key)) as StepReport) : undefined;
}

export const FETCH = {
  kind: "fetch",
  program: ["/opt/acme/bin/export", "--order", "{orderId}", "--into", "{staging}"],
  noProgressSeconds: 30,
  tryLaterCodes: [3],
} as const satisfies StepSettings;

export const PUBLISH = {
  kind: "publish",
  bucket: LANDING,
  prefix: "in/",
  checksumFiles: [],
  minFiles: 1,
} as const satisfies StepSettings;
