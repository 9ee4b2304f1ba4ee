import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { DeliveryPart, PartFile, ProcessSettings } from "../../../../modules/contract";
import { findDone, writeDone, writePart, type DoneFile } from "../process/done-files";
import { findWork, type Work } from "../process/find-work";
import { freeBytes, requireRoom } from "../process/room";
import { withSizes } from "../process/sizes";
import { workOnAll, workOnEach, type Workshop } from "../process/work-files";
import { makeScratch, scratchVolume } from "../program/scratch";
import type { StepContext } from "../step/context";
import { messageOf } from "../step/step-error";
import type { Target } from "../upload/target";

/** What was done is told after so many files, or so long: a killed job loses no more. */
const TELL_FILES = 100;
const TELL_MS = 30_000;

/**
 * Does a part of the work: loads its files to scratch, runs the program, delivers what it wrote, and tells it in a part
 * of its own, which a merge reads. What an earlier try did is not done again.
 */
export async function processPart(
  context: StepContext,
  client: S3Client,
  settings: ProcessSettings,
): Promise<void> {
  const { config, log, stop, record } = context;
  const { prefix } = settings;
  const target: Target = { client, bucket: settings.bucket, signal: stop };
  const work = await findWork(client, config, settings.input, stop);
  const before = await findDone(target, prefix, config, work);
  Object.assign(record.counts, { files: work.files.length, foundDone: before.files.length });
  const part = (inputs: number, files: readonly PartFile[]): DeliveryPart => ({
    schemaVersion: 1,
    partner: config.partner,
    orderKey: config.orderKey,
    attempt: config.attempt,
    ...config.part,
    list: work.list,
    listed: work.listed,
    inputs,
    // Two tries that did the same tell the same.
    files: [...files].sort((a, b) => (a.key < b.key ? -1 : 1)),
  });
  if (before.part !== undefined) {
    log.info("an earlier try has done this part");
    record.counts["foundDone"] = work.files.length;
    if (before.part.attempt !== config.attempt)
      await writePart(target, prefix, part(before.part.inputs, before.part.files));
    return;
  }
  const results = await workOnRest(context, client, settings, target, work, before.files);
  await context.requireHeld("now");
  await writePart(target, prefix, part(work.files.length, results));
  record.counts["results"] = results.length;
  log.info("the part is done", { ...config.part, files: work.files.length });
}

async function workOnRest(
  context: StepContext,
  client: S3Client,
  settings: ProcessSettings,
  target: Target,
  work: Work,
  before: readonly DoneFile[],
): Promise<readonly PartFile[]> {
  const { config, stop } = context;
  const done = new Set(before.map(({ input }) => input));
  const { bucket } = settings.input;
  const rest = work.files.filter(({ key }) => settings.per === "slice" || !done.has(key));
  if (rest.length === 0) return before.flatMap(({ files }) => files);
  const files = await withSizes(client, bucket, rest, stop);
  const volume = await scratchVolume(config.root);
  requireRoom(files, settings, await freeBytes(volume), volume);
  const directory = await mkdtemp(join(volume, "part-"));
  const scratch = await makeScratch(config.root);
  const teller = new Teller(context, target, settings.prefix, work);
  const shop: Workshop = {
    context,
    settings,
    from: { client, bucket, signal: stop },
    target,
    scratch,
    directory,
    onDone: (one) => teller.add(one),
  };
  try {
    if (settings.per === "slice") return await workOnAll(shop, files);
    await workOnEach(shop, files).finally(() => teller.tell());
    return [...before, ...teller.all].flatMap((one) => one.files);
  } finally {
    await scratch.remove();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Tells what was done while the work goes on. */
class Teller {
  readonly all: DoneFile[] = [];
  private waiting: DoneFile[] = [];
  private sequence = 0;
  private toldAt = performance.now();

  constructor(
    private readonly context: StepContext,
    private readonly target: Target,
    private readonly prefix: string,
    private readonly work: Work,
  ) {}

  async add(done: DoneFile): Promise<void> {
    this.all.push(done);
    this.waiting.push(done);
    if (this.waiting.length >= TELL_FILES || performance.now() - this.toldAt > TELL_MS)
      await this.tell();
  }

  /** To fail here is no loss but of time: what was not told is done again. */
  async tell(): Promise<void> {
    const done = this.waiting;
    this.waiting = [];
    this.toldAt = performance.now();
    if (done.length === 0) return;
    this.sequence += 1;
    const { config, log } = this.context;
    const { length } = this.all;
    log.info(`worked on ${String(length)} of ${String(this.work.files.length)} files`);
    try {
      await writeDone(this.target, this.prefix, config, this.work, done, this.sequence);
    } catch (error) {
      log.warn(`what was done so far could not be told: ${messageOf(error)}`);
    }
  }
}
