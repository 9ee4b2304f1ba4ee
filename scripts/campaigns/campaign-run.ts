import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { bundleWorker } from "../../images/worker/bundle";
import type { LocalS3 } from "../../local/s3";
import {
  exitCodeName,
  orderKey,
  type ExitCodeName,
  type OrderSource,
  type RunRef,
} from "../../modules/contract";
import { PROGRAM, zipOf, type OrderFile } from "./order";
import { lastMessage, settingsOf, wrongFile, type Work } from "./work";

/** Where the processes of a campaign are run. */
export class Campaign {
  readonly directory = mkdtempSync(join(tmpdir(), "campaign-"));
  readonly bundle = join(this.directory, "worker.js");

  constructor() {
    bundleWorker(this.bundle);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Who works for a campaign; the local S3 asks nobody for more. */
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" };

/** One run of an order, executed as Batch would: attempt after attempt. */
export class CampaignRun {
  readonly orderId: string;
  readonly ref: RunRef;
  private readonly root: string;
  private readonly source: OrderSource;
  private attempts = 0;

  constructor(
    private readonly campaign: Campaign,
    readonly s3: LocalS3,
    readonly number: number,
    readonly files: readonly OrderFile[],
    readonly work: Work,
  ) {
    this.orderId = `RUN-${String(number)}`;
    this.source =
      work === "unpack"
        ? { kind: "s3", bucket: "drops", key: `${this.orderId}/result.zip` }
        : { kind: "manual", orderId: this.orderId };
    this.ref = { partner: "acme", orderKey: orderKey(this.orderId, this.source), attempt: 1 };
    this.root = join(campaign.directory, `root-${String(number)}`);
    const program = join(this.root, "opt/partner/program");
    mkdirSync(dirname(program), { recursive: true });
    mkdirSync(this.staging, { recursive: true });
    const wrong = work === "quarantine" ? wrongFile(files) : undefined;
    writeFileSync(`${program}.json`, JSON.stringify({ files, wrong }));
    writeFileSync(`${program}.cjs`, PROGRAM);
    writeFileSync(
      program,
      `#!/bin/sh\nexec '${process.execPath}' '${program}.cjs' '${program}.json'\n`,
    );
    chmodSync(program, 0o755);
  }

  /** Does what comes before the step: an archive that is unpacked lies in a bucket. */
  async prepare(): Promise<void> {
    if (this.source.kind !== "s3") return;
    const { bucket: Bucket, key: Key } = this.source;
    const client = new S3Client({
      endpoint: this.s3.endpoint,
      region: "eu-west-1",
      credentials: CREDENTIALS,
      forcePathStyle: true,
    });
    try {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: await zipOf(this.files) }));
    } finally {
      client.destroy();
    }
  }

  get staging(): string {
    return join(this.root, "mnt/staging");
  }

  /** The next attempt of the step. */
  start(): { readonly child: ChildProcess; readonly ended: Promise<AttemptEnd> } {
    this.attempts += 1;
    const settings = settingsOf(this.work);
    const child = spawn(process.execPath, [this.campaign.bundle, settings.kind], {
      env: {
        PATH: process.env["PATH"],
        NODE_NO_WARNINGS: "1",
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_S3: this.s3.endpoint,
        AWS_BATCH_JOB_ID: "job-1",
        AWS_BATCH_JOB_ATTEMPT: String(this.attempts),
        PARTNER_INGEST_PARTNER: "acme",
        PARTNER_INGEST_ORDER_ID: this.orderId,
        PARTNER_INGEST_ORDER_KEY: this.ref.orderKey,
        PARTNER_INGEST_ATTEMPT: "1",
        PARTNER_INGEST_STEP: settings.kind,
        PARTNER_INGEST_GENERATION: "1",
        PARTNER_INGEST_CLAIMED_DAY: "2026-03-01",
        PARTNER_INGEST_LEDGER_BUCKET: "ledger",
        PARTNER_INGEST_SOURCE: JSON.stringify(this.source),
        PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(settings),
        PARTNER_INGEST_LOCAL_ROOT: this.root,
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text = (text + piece).slice(-20_000);
    });
    const ended = new Promise<AttemptEnd>((resolve) => {
      child.once("close", (code, signal) => {
        resolve({
          outcome: code === null ? undefined : exitCodeName(code),
          signal,
          lastLine: lastMessage(text),
        });
      });
    });
    return { child, ended };
  }

  /** What an instance takes with it: all of staging. */
  loseStaging(): void {
    rmSync(this.staging, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    mkdirSync(this.staging, { recursive: true });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly outcome: ExitCodeName | undefined;
  readonly signal: string | null;
  readonly lastLine: string;
}
