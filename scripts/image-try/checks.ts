import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startS3, type LocalS3 } from "../../local/s3";
import { exitCodeName, orderKey, WORKER_UID, type StepSettings } from "../../modules/contract";
import type { Image } from "./build";
import { start, type Container } from "./container";

/** Something that must hold of an image. */
export type Check = readonly [name: string, check: () => Promise<void>];

const PROGRAM = "/opt/acme/export";

/** What must hold of the worker's image. A program of a partner is added to it, as a partner's own image does. */
export function workerChecks(image: Image): readonly Check[] {
  mkdirSync(join(image.root, "opt/acme"), { recursive: true });
  mkdirSync(join(image.root, "mnt/staging"), { recursive: true });
  writeFileSync(join(image.root, PROGRAM), SCRIPT, { mode: 0o755 });
  const shell = async (script: string): Promise<string> => {
    const { code, output } = await start(image, { entrypoint: ["sh", "-c", script] }).ended;
    return `${output.trim()} ${String(code)}`.trim();
  };
  return [
    [
      "the process is the worker's user, without a home and without root's group",
      async () => {
        equal(
          await shell("id --user; id --group; id --groups"),
          `${`${String(WORKER_UID)}\n`.repeat(3).trim()} 0`,
        );
      },
    ],
    [
      "no package manager of Node is left",
      async () => {
        equal(await shell("command -v npm npx yarn corepack; ls -d /opt/yarn* 2>/dev/null"), "2");
      },
    ],
    [
      "the bundle can be read and not changed; scratch and /tmp can be written to, the root can not",
      async () => {
        const worker = "/opt/partner-ingest/worker.js";
        equal(
          await shell(
            `test -r ${worker} && ! test -w ${worker} && touch /mnt/scratch/x /tmp/x && ! touch /x 2>/dev/null`,
          ),
          "0",
        );
      },
    ],
    [
      "the entry point is the worker, and says what it lacks",
      async () => {
        const { code, output } = await start(image, {}).ended;
        equal(exitCodeName(code ?? -1), "configuration");
        contains(output, "the worker's environment is not usable: variables are missing");
      },
    ],
    [
      "a step fetches and publishes an order",
      () =>
        withOrder(image, async (s3, run) => {
          const { code, output } = await run("write").ended;
          equal(exitCodeName(code ?? -1), "ok", output);
          const [key = ""] = s3.keys("landing", "").filter((name) => name.endsWith("a.txt"));
          equal((await s3.read("landing", key)).toString(), "content\n");
          equal(s3.keys("landing", "").filter((name) => name.endsWith("manifest.json")).length, 1);
        }),
    ],
    [
      "SIGTERM ends a step as interrupted",
      () =>
        withOrder(image, async (_s3, run, staging) => {
          const { child, ended } = run("wait");
          while (!staging().includes("waiting")) await delay(20);
          child.kill("SIGTERM");
          equal(exitCodeName((await ended).code ?? -1), "interrupted");
        }),
    ],
  ];
}

const SCRIPT = `#!/bin/sh
if [ "$1" = wait ]; then echo waiting; exec sleep 600; fi
echo content > a.txt
`;

type Run = (what: "write" | "wait") => Container;

async function withOrder(
  image: Image,
  use: (s3: LocalS3, run: Run, output: () => string) => Promise<void>,
): Promise<void> {
  const s3 = await startS3({
    buckets: [{ name: "landing" }, { name: "ledger" }],
    region: "eu-west-1",
  });
  const staging = mkdtempSync(join(tmpdir(), "image-try-staging-"));
  chownSync(staging, WORKER_UID, WORKER_UID);
  let seen = "";
  const run: Run = (what) => {
    const settings: StepSettings = {
      kind: "deliver",
      program: [PROGRAM, what],
      noProgressSeconds: 60,
      tryLaterCodes: [],
      bucket: "landing",
      prefix: "in/",
      checksumFiles: [],
      minFiles: 1,
    };
    const container = start(image, {
      command: ["deliver"],
      mounts: { "/mnt/staging": staging },
      environment: environmentOf(s3, settings),
    });
    container.child.stdout?.on("data", (piece: Buffer) => (seen += piece.toString("utf8")));
    return container;
  };
  try {
    await use(s3, run, () => seen);
  } finally {
    await s3.close();
    rmSync(staging, { recursive: true, force: true });
  }
}

function environmentOf(s3: LocalS3, settings: StepSettings): Record<string, string> {
  const source = { kind: "manual", orderId: "ORDER-1" } as const;
  return {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_BATCH_JOB_ID: "job-1",
    AWS_BATCH_JOB_ATTEMPT: "1",
    PARTNER_INGEST_PARTNER: "acme",
    PARTNER_INGEST_ORDER_ID: "ORDER-1",
    PARTNER_INGEST_ORDER_KEY: orderKey("ORDER-1", source),
    PARTNER_INGEST_ATTEMPT: "1",
    PARTNER_INGEST_STEP: "deliver",
    PARTNER_INGEST_GENERATION: "1",
    PARTNER_INGEST_CLAIMED_DAY: "2026-03-01",
    PARTNER_INGEST_LEDGER_BUCKET: "ledger",
    PARTNER_INGEST_SOURCE: JSON.stringify(source),
    PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(settings),
  };
}

/** What must hold of the image that develops photos. */
export function photoChecks(image: Image): readonly Check[] {
  return [
    [
      "it stays with the worker's user and entry point",
      () => {
        equal(image.user, `${String(WORKER_UID)}:${String(WORKER_UID)}`);
        equal(image.entrypoint.join(" "), "node /opt/partner-ingest/worker.js");
        return Promise.resolve();
      },
    ],
    [
      "its program makes both previews of a photo",
      async () => {
        const script =
          "cd /mnt/scratch && printf 'P6 4 4 255 %048d' 0 > photo.ppm && " +
          "/opt/photo/bin/develop photo.ppm /mnt/scratch && ls *.jpg";
        const { code, output } = await start(image, { entrypoint: ["sh", "-c", script] }).ended;
        equal(code, 0, output);
        contains(output, "photo.ppm.preview.jpg\nphoto.ppm.thumb.jpg");
      },
    ],
  ];
}

function equal<T>(got: T, wanted: T, why = ""): void {
  if (got !== wanted)
    throw new Error(`got ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)} ${why}`.trim());
}

function contains(text: string, part: string): void {
  if (!text.includes(part))
    throw new Error(`got ${JSON.stringify(text)}, expected ${JSON.stringify(part)} in it`);
}
