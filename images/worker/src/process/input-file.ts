import { entryPath } from "../archive/entry-path";
import { StepError } from "../step/step-error";

/** A file that a step works on. */
export interface InputFile {
  readonly key: string;
  /** Path below the prefix that all files are below, with `/`. */
  readonly path: string;
  /** Bytes, where they are known. */
  readonly size?: number | undefined;
  /** State of the file, where it is known. */
  readonly etag?: string | undefined;
  readonly versionId?: string | undefined;
  /** Base64 of the CRC-32 of its content, where it is known. */
  readonly crc32?: string | undefined;
}

/** Says whether the file at a place of the list, counted from 0, belongs to a part. Every place belongs to one. */
export const isOfPart = (place: number, part: { index: number; of: number }): boolean =>
  place % part.of === part.index;

/**
 * Reads a line of a list: a key as it is, or an object of JSON that tells more.
 *
 * @throws StepError `badDelivery` with the number of the line
 */
export function readLine(line: string, number: number, prefix: string): InputFile {
  const said = line.startsWith("{") ? readJson(line, number) : { key: line };
  const { key } = said;
  if (!key.startsWith(prefix))
    throw bad(
      number,
      `names ${JSON.stringify(key)}, which is not below ${JSON.stringify(prefix)}, the prefix of the step's input`,
    );
  const checked = entryPath(key.slice(prefix.length));
  if ("fault" in checked)
    throw bad(
      number,
      `names ${JSON.stringify(key)}, which gives no path of a file: ${checked.fault}`,
    );
  return { ...said, path: checked.path };
}

function readJson(line: string, number: number): Omit<InputFile, "path"> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw bad(number, "begins with { but is no JSON");
  }
  const { key, size, etag, versionId, crc32 } = value as Record<string, unknown>;
  if (typeof key !== "string" || key === "")
    throw bad(number, `has no "key", which must be a text, got ${JSON.stringify(value)}`);
  if (size !== undefined && !(Number.isSafeInteger(size) && Number(size) >= 0))
    throw bad(number, `has ${JSON.stringify(size)} as "size", which must be a count of bytes`);
  for (const [name, text] of Object.entries({ etag, versionId, crc32 }))
    if (text !== undefined && typeof text !== "string")
      throw bad(number, `has ${JSON.stringify(text)} as "${name}", which must be a text`);
  return {
    key,
    size: size as number | undefined,
    etag: typeof etag === "string" ? etag.replace(/^"|"$/gu, "") : undefined,
    versionId: versionId as string | undefined,
    crc32: crc32 as string | undefined,
  };
}

function bad(number: number, what: string): StepError {
  return new StepError(
    "badDelivery",
    `line ${String(number)} of the list ${what}; have a list dropped that holds one key, or one object of JSON, a line`,
  );
}
