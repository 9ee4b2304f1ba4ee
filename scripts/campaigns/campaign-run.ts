import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleWorker } from "../../images/worker/bundle";
import type { LocalS3 } from "../../local/s3";
import {
  exitCodeName,
  orderKey,
  stagingPath,
  type ExitCodeName,
  type StepSettings,
} from "../../modules/contract";

/** Numbers that look random and are the same for the same seed. */
export type Random = () => number;

/** Starts them. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A file of the order: its content follows from path and size alone. */
export interface OrderFile {
  readonly path: string;
  readonly size: number;
}

const MIB = 1024 * 1024;

/** An order of a few small files and one or two that are sent in parts. */
export function makeOrder(random: Random): readonly OrderFile[] {
  const small = Array.from({ length: 3 + Math.floor(random() * 20) }, (_, index) => ({
    path: `texts/${String(index)}.txt`,
    size: Math.floor(random() * 40_000),
  }));
  const large = Array.from({ length: 1 + Math.floor(random() * 2) }, (_, index) => ({
    path: `masters/${String(index)}.wav`,
    size: Math.floor((8.5 + random() * 24) * MIB),
  }));
  return [...small, ...large, { path: "empty", size: 0 }];
}

/**
 * The partner's program of a campaign: writes the order's files, keeps those that are whole, and so goes on where it
 * was killed. Plain Node, for the container's own program is none of the worker's TypeScript.
 */
const PROGRAM = `
const fs = require("node:fs"), path = require("node:path"), crypto = require("node:crypto");
const content = (file) => {
  const block = crypto.createHash("sha512").update(file.path).digest();
  return Buffer.alloc(file.size, block);
};
const sums = [];
for (const file of JSON.parse(fs.readFileSync(process.argv[2], "utf8"))) {
  const body = content(file);
  sums.push(crypto.createHash("md5").update(body).digest("hex") + "  " + file.path);
  fs.mkdirSync(path.dirname(file.path), { recursive: true });
  if (fs.existsSync(file.path) && fs.statSync(file.path).size === file.size) continue;
  fs.writeFileSync(file.path, body);
}
fs.writeFileSync("checksums.md5", sums.join("\\n") + "\\n");
`;

/** The content that the program writes. */
export function contentOf(file: OrderFile): Buffer {
  return Buffer.alloc(file.size, createHash("sha512").update(file.path).digest());
}

/** Where the processes of a campaign are run. */
export class Campaign {
  readonly directory = mkdtempSync(join(tmpdir(), "campaign-"));
  readonly bundle = join(this.directory, "worker.js");

  constructor() {
    bundleWorker(this.bundle);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** One run of an order, executed as Batch would: attempt after attempt. */
export class CampaignRun {
  readonly orderId: string;
  readonly orderKey: string;
  private readonly root: string;
  private attempts = 0;

  constructor(
    private readonly campaign: Campaign,
    private readonly s3: LocalS3,
    readonly number: number,
    readonly files: readonly OrderFile[],
  ) {
    this.orderId = `RUN-${String(number)}`;
    this.orderKey = orderKey(this.orderId, { kind: "manual", orderId: this.orderId });
    this.root = join(campaign.directory, `root-${String(number)}`);
    const program = join(this.root, "opt/partner/program");
    mkdirSync(dirname(program), { recursive: true });
    mkdirSync(this.staging, { recursive: true });
    writeFileSync(`${program}.json`, JSON.stringify(files));
    writeFileSync(`${program}.cjs`, PROGRAM);
    writeFileSync(
      program,
      `#!/bin/sh\nexec '${process.execPath}' '${program}.cjs' '${program}.json'\n`,
    );
    chmodSync(program, 0o755);
  }

  get prefix(): string {
    return `in/${this.orderKey}/1/`;
  }

  /** The next attempt of the step that fetches and publishes. */
  start(): { readonly child: ChildProcess; readonly ended: Promise<AttemptEnd> } {
    this.attempts += 1;
    const settings: StepSettings = {
      kind: "deliver",
      program: ["/opt/partner/program"],
      noProgressSeconds: 30,
      tryLaterCodes: [],
      bucket: "landing",
      prefix: "in/",
      checksumFiles: ["*.md5"],
      minFiles: 1,
    };
    const child = spawn(process.execPath, [this.campaign.bundle, "deliver"], {
      env: {
        PATH: process.env["PATH"],
        NODE_NO_WARNINGS: "1",
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "not-a-secret",
        AWS_ENDPOINT_URL_S3: this.s3.endpoint,
        AWS_BATCH_JOB_ID: "job-1",
        AWS_BATCH_JOB_ATTEMPT: String(this.attempts),
        PARTNER_INGEST_PARTNER: "acme",
        PARTNER_INGEST_ORDER_ID: this.orderId,
        PARTNER_INGEST_ORDER_KEY: this.orderKey,
        PARTNER_INGEST_ATTEMPT: "1",
        PARTNER_INGEST_STEP: "deliver",
        PARTNER_INGEST_GENERATION: "1",
        PARTNER_INGEST_CLAIMED_DAY: "2026-03-01",
        PARTNER_INGEST_LEDGER_BUCKET: "ledger",
        PARTNER_INGEST_SOURCE: JSON.stringify({ kind: "manual", orderId: this.orderId }),
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
    rmSync(this.staging, { recursive: true, force: true });
    mkdirSync(this.staging, { recursive: true });
  }

  /** Looks at what was published, as a reader would. Returns all that is wrong. */
  async faults(): Promise<readonly string[]> {
    const { s3, prefix, files } = this;
    const faults: string[] = [];
    const expected = new Set([
      ...files.map(({ path }) => `${prefix}files/${path}`),
      `${prefix}files/checksums.md5`,
      `${prefix}manifest.json`,
    ]);
    for (const key of s3.keys("landing", prefix))
      if (!expected.delete(key)) faults.push(`${key} does not belong to the order`);
    for (const key of expected) faults.push(`${key} is missing`);
    for (const file of files) {
      const key = `${prefix}files/${file.path}`;
      if (s3.versions("landing", key).length > 1) faults.push(`${key} was written twice`);
      if (s3.object("landing", key) === undefined) continue;
      if (!(await s3.read("landing", key)).equals(contentOf(file)))
        faults.push(`${key} holds other bytes`);
    }
    const manifests = s3.versions("landing", `${prefix}manifest.json`).length;
    if (manifests !== 1) faults.push(`${String(manifests)} manifests were written`);
    const open = s3.uploads("landing").filter(({ key }) => key.startsWith(prefix)).length;
    if (open > 0) faults.push(`${String(open)} uploads were left open`);
    if (
      existsSync(
        join(this.staging, stagingPath({ partner: "acme", orderKey: this.orderKey, attempt: 1 })),
      )
    )
      faults.push("staging was not emptied");
    return faults;
  }

  /** Nothing that could be seen may hold a wrong byte, whether or not the order was delivered. */
  async wrongBytes(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const file of this.files) {
      const key = `${this.prefix}files/${file.path}`;
      if (this.s3.object("landing", key) === undefined) continue;
      if (!(await this.s3.read("landing", key)).equals(contentOf(file)))
        faults.push(`${key} holds other bytes`);
    }
    return faults;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private get staging(): string {
    return join(this.root, "mnt/staging");
  }
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly outcome: ExitCodeName | undefined;
  readonly signal: string | null;
  readonly lastLine: string;
}

function lastMessage(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  try {
    return (JSON.parse(line) as { message?: string }).message ?? line;
  } catch {
    return line;
  }
}
