import {
  partKey,
  type DeliveryPart,
  type ManifestFile,
  type PartFile,
} from "../../../../modules/contract";
import { readObject } from "../aws/read-object";
import type { WorkerConfig } from "../config";
import { listSome, StepError } from "../step/step-error";
import { httpStatus, type Target } from "../upload/target";
import { attemptsOf } from "./find-work";

/** Reads of parts, at once. */
const READS_AT_ONCE = 32;

/** Reads all parts of a delivery: of this attempt, or of the one whose work it goes on from. */
export async function readParts(
  target: Target,
  prefix: string,
  config: WorkerConfig,
): Promise<readonly DeliveryPart[]> {
  for (const attempt of attemptsOf(config)) {
    const run = { ...config, attempt };
    const first = await readPart(target, partKey(prefix, run, 0));
    if (first === undefined) continue;
    const parts: (DeliveryPart | undefined)[] = [first];
    const queue = Array.from({ length: first.of - 1 }, (_, index) => index + 1);
    const read = async (): Promise<void> => {
      for (let index = queue.pop(); index !== undefined; index = queue.pop())
        parts[index] = await readPart(target, partKey(prefix, run, index));
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, read));
    return requireAll(parts, first);
  }
  throw new StepError(
    "badDelivery",
    `there is no part ${JSON.stringify(partKey(prefix, config, 0))} in the bucket ${JSON.stringify(target.bucket)}: ` +
      "the step whose parts are merged has not come to its end; run it again first",
  );
}

function requireAll(
  parts: readonly (DeliveryPart | undefined)[],
  { of, list, listed }: DeliveryPart,
): DeliveryPart[] {
  const faults: string[] = [];
  const all = Array.from({ length: of }, (_, index) => parts[index]);
  const kept = all.flatMap((part, index) => {
    const name = `part ${String(index)}`;
    if (part === undefined) faults.push(`${name} is missing`);
    else if (part.index !== index) faults.push(`${name} says that it is ${String(part.index)}`);
    else if (part.of !== of || part.list !== list || part.listed !== listed)
      faults.push(`${name} was cut from another list, or into another number of parts`);
    else return [part];
    return [];
  });
  const inputs = kept.reduce((sum, part) => sum + part.inputs, 0);
  if (faults.length === 0 && inputs !== listed)
    faults.push(`together they did ${String(inputs)} files, the list has ${String(listed)}`);
  if (faults.length === 0) return kept;
  throw new StepError(
    "badDelivery",
    `the ${String(of)} parts make no whole: ${listSome(faults)}; run the step that makes them again`,
  );
}

/**
 * Puts the results of all parts together, by key.
 *
 * @throws StepError `conflict` when two files of the list gave results of one name
 */
export function joinParts(parts: readonly DeliveryPart[]): ManifestFile[] {
  const taken = new Map<string, PartFile>();
  const faults: string[] = [];
  for (const { files } of parts)
    for (const file of files) {
      const other = taken.get(file.key);
      if (other === undefined) taken.set(file.key, file);
      else
        faults.push(
          `${JSON.stringify(file.path)} was made of ${JSON.stringify(other.input)} and of ${JSON.stringify(file.input)}`,
        );
    }
  if (faults.length > 0)
    throw new StepError(
      "conflict",
      `several files gave results of one name: ${listSome(faults)}; ` +
        "let the program put the file's name into the names of its results, and the list name each file once",
    );
  return [...taken.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(withoutInput);
}

async function readPart(target: Target, key: string): Promise<DeliveryPart | undefined> {
  try {
    const { text } = await readObject(target.client, target.bucket, key, target.signal);
    return JSON.parse(text) as DeliveryPart;
  } catch (error) {
    if (httpStatus(error) === 404) return undefined;
    throw error;
  }
}

function withoutInput(file: PartFile): ManifestFile {
  const { path, key, size, crc32, etag, versionId, contentType } = file;
  return {
    path,
    key,
    size,
    crc32,
    etag,
    ...(versionId === undefined ? {} : { versionId }),
    contentType,
  };
}
