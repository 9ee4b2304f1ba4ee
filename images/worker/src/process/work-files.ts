import { mkdir, rm } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { PartFile, ProcessSettings } from "../../../../modules/contract";
import type { Scratch } from "../program/scratch";
import type { StepContext } from "../step/context";
import { listSome, StepError } from "../step/step-error";
import type { Target } from "../upload/target";
import type { DoneFile } from "./done-files";
import { loadFile, type LoadFrom } from "./load-file";
import { layoutFault, localName } from "./local-name";
import { runFor } from "./run-for";
import { sendResults } from "./send-results";
import type { SizedFile } from "./sizes";

/** After so many files that failed, the others are not tried: the program or its image is broken. */
const FAILURES_MAX = 20;
/** Files that are loaded at a time for a program that is run once for all. */
const LOADS_AT_ONCE = 8;

/** What the work on files needs. */
export interface Workshop {
  readonly context: StepContext;
  readonly settings: ProcessSettings;
  readonly from: LoadFrom;
  readonly target: Target;
  readonly scratch: Scratch;
  /** Own directory of this try. */
  readonly directory: string;
  readonly onDone: (done: DoneFile) => Promise<void>;
}

/**
 * Works on files one by one, some at a time: loads a file, runs the program, sends what it wrote, removes both. A file
 * that the program fails for does not keep the others from being done.
 *
 * @throws StepError that names the files for which the program failed, at the end
 */
export async function workOnEach(shop: Workshop, files: readonly SizedFile[]): Promise<void> {
  const failed: string[] = [];
  const stopped: unknown[] = [];
  const queue = [...files.entries()].reverse();
  const line = async (): Promise<void> => {
    while (stopped.length === 0 && failed.length < FAILURES_MAX) {
      const next = queue.pop();
      if (next === undefined) return;
      try {
        const fault = await workOn(shop, next[1], String(next[0]));
        if (fault !== undefined) failed.push(fault);
      } catch (error) {
        stopped.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: shop.settings.parallel }, line));
  if (stopped.length > 0) throw stopped[0];
  if (failed.length === 0) return;
  shop.context.record.counts["failedFiles"] = failed.length;
  const gaveUp =
    queue.length === 0 ? "" : `; after so many the other ${String(queue.length)} were not tried`;
  throw new StepError(
    "programFailed",
    `the program failed for ${String(failed.length)} of ${String(files.length)} files: ${listSome(failed.sort(), 5)}${gaveUp}. ` +
      "What was done is not done again when the order is run again from this step",
  );
}

/** @returns why the program failed for the file, where it did */
async function workOn(shop: Workshop, file: SizedFile, name: string): Promise<string | undefined> {
  const { context, settings, from, target, scratch } = shop;
  const place = join(shop.directory, name);
  const input = join(place, "in", localName(file.path));
  const output = join(place, "out");
  try {
    await mkdir(dirname(input), { recursive: true });
    await mkdir(output);
    await loadFile(from, file, input);
    count(context, file);
    const fault = await runFor(context, settings, { input, output, scratch });
    if (fault !== undefined) {
      const { error, lastWords } = fault;
      const text = `${JSON.stringify(file.path)}: ${error.message}${lastWords === "" ? "" : ` (${lastWords})`}`;
      if (error.outcome === "programFailed") return text;
      throw named(error, file);
    }
    const directory = posix.dirname(file.path);
    const below = directory === "." ? "" : directory;
    const results = { directory: output, below, input: file };
    const files = await sendResults(context, target, settings.prefix, results);
    await shop.onDone({ input: file.key, files });
    return undefined;
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What stops the whole part says at which file. */
function named(error: StepError, { key, size }: SizedFile): StepError {
  if (error.outcome === "interrupted") return error;
  return new StepError(
    error.outcome,
    `at ${JSON.stringify(key)}, ${String(size)} bytes: ${error.message}`,
    { cause: error },
  );
}

/** Loads all files of the part, runs the program once, sends what it wrote. */
export async function workOnAll(
  shop: Workshop,
  files: readonly SizedFile[],
): Promise<readonly PartFile[]> {
  const { context, settings, from, target, scratch } = shop;
  const fault = layoutFault(files.map(({ path }) => path));
  if (fault !== undefined)
    throw new StepError(
      "badDelivery",
      `the files of this part can not lie in one directory: ${fault}; have the list mended, or run the program for each file`,
    );
  const input = join(shop.directory, "in");
  const output = join(shop.directory, "out");
  await mkdir(input);
  await mkdir(output);
  const queue = [...files].reverse();
  const load = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const location = join(input, file.path);
      await mkdir(dirname(location), { recursive: true });
      await loadFile(from, file, location);
      count(context, file);
    }
  };
  await Promise.all(Array.from({ length: LOADS_AT_ONCE }, load));
  const failure = await runFor(context, settings, { input, output, scratch });
  if (failure !== undefined) throw failure.error;
  const [first] = files;
  if (first === undefined) return [];
  const results = { directory: output, below: "", input: first };
  return sendResults(context, target, settings.prefix, results);
}

function count({ record }: StepContext, { size }: SizedFile): void {
  record.counts["loaded"] = (record.counts["loaded"] ?? 0) + 1;
  record.counts["bytesIn"] = (record.counts["bytesIn"] ?? 0) + size;
}
