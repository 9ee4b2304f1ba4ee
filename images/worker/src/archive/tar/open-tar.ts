import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { messageOf, StepError } from "../../step/step-error";
import { crc32Of } from "../../upload/crc32";
import type { Archive, EntrySink } from "../archive";
import type { ArchiveEntry } from "../archive-entry";
import { archiveFault } from "../archive-fault";
import { entryFaults, tooMany, type EntryRules } from "../check-entries";
import { checkedPieces, requireContent } from "../content";
import { entryPath } from "../entry-path";
import { RANGE_BYTES, type RangeSource } from "../range-source";
import { wholeSource } from "../whole-source";

/** What lies around the entries. */
export type TarPacking = "plain" | "gzip";

const MAX_FAULTS = 50;

/**
 * Reads a tar once from begin to end, checks every header and adds up each entry's checksum: a tar has no directory, and
 * nothing is written before all of it is known to be good. Unpacking reads it a second time.
 */
export async function openTar(
  source: RangeSource,
  rules: EntryRules,
  packing: TarPacking,
): Promise<Archive> {
  const entries: ArchiveEntry[] = [];
  const faults: string[] = [];
  let total = 0;
  await readTar(source, packing, async (header, content) => {
    const checked = checkHeader(header);
    if (checked === undefined) return drain(content);
    const size = header.size;
    total += size;
    if ("fault" in checked) faults.push(checked.fault);
    if (entries.length >= rules.limits.maxEntries)
      throw archiveFault([tooMany(entries.length + 1, rules.limits.maxEntries)]);
    // Told by the headers, before a bomb is inflated to its end.
    if (
      size > rules.limits.maxEntryBytes ||
      total > rules.limits.maxTotalBytes ||
      faults.length > MAX_FAULTS
    )
      throw archiveFault([
        ...faults,
        `it unpacks to at least ${String(total)} bytes with ${JSON.stringify(header.name.slice(0, 120))}, more than the limits allow; raise limits.entryGib or limits.totalGib if that is right`,
      ]);
    let crc = 0;
    for await (const piece of content) crc = crc32Of(piece as Buffer, crc);
    if ("path" in checked)
      entries.push({ path: checked.path, size, crc, packedSize: packing === "plain" ? size : 0 });
  });
  const all = [
    ...faults,
    ...entryFaults(shared(entries, source.size, packing), source.size, rules),
  ];
  if (all.length > 0) throw archiveFault(all);
  return {
    kind: packing === "plain" ? "tar" : "tar.gz",
    entries,
    verified: true,
    unpack: (wanted, sink) => unpackTar(source, packing, entries, wanted, sink),
  };
}

/** Entries of a packed tar have no packed size of their own: only all together can be a bomb. */
function shared(
  entries: readonly ArchiveEntry[],
  bytes: number,
  packing: TarPacking,
): readonly ArchiveEntry[] {
  return packing === "plain" ? entries : entries.map((entry) => ({ ...entry, packedSize: bytes }));
}

async function unpackTar(
  source: RangeSource,
  packing: TarPacking,
  entries: readonly ArchiveEntry[],
  wanted: (entry: ArchiveEntry) => boolean,
  sink: EntrySink,
): Promise<void> {
  let index = 0;
  await readTar(source, packing, async (header, content) => {
    const checked = checkHeader(header);
    if (checked === undefined) return drain(content);
    const entry = entries[index];
    index += 1;
    if (entry === undefined) throw archiveFault(["it was read differently the second time"]);
    if (!wanted(entry)) return drain(content);
    const pieces = content as AsyncIterable<Buffer>;
    if (entry.size > sink.wholeBytes) return sink.stream(entry, checkedPieces(entry, pieces));
    const release = await sink.admit(entry.size);
    const bytes: Buffer[] = [];
    try {
      for await (const piece of pieces) bytes.push(Buffer.from(piece));
      sink.whole(entry, Promise.resolve(requireContent(entry, Buffer.concat(bytes))), release);
    } catch (error) {
      release();
      throw error;
    }
  });
  await sink.finish();
}

type TakeEntry = (header: Header, content: Readable) => Promise<void>;

async function readTar(source: RangeSource, packing: TarPacking, take: TakeEntry): Promise<void> {
  const tar = extract();
  const bytes = Readable.from(wholeSource(source), {
    objectMode: false,
    highWaterMark: RANGE_BYTES,
  });
  const sent = packing === "gzip" ? pipeline(bytes, createGunzip(), tar) : pipeline(bytes, tar);
  let sentError: unknown;
  sent.catch((error: unknown) => {
    sentError = error;
  });
  try {
    for await (const entry of tar) await take(entry.header, entry as unknown as Readable);
    await sent;
  } catch (error) {
    tar.destroy();
    bytes.destroy();
    await sent.catch(() => undefined);
    throw tarFault(sentError ?? error, error);
  }
}

/** Errors of the formats become faults of the delivery; what went wrong elsewhere stays what it is. */
function tarFault(error: unknown, thrown: unknown): unknown {
  if (thrown instanceof StepError) return thrown;
  if (error instanceof StepError) return error;
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  const ofFormat = code.startsWith("Z_") || /tar|header|Unexpected end|premature/iu.test(message);
  return ofFormat ? archiveFault([`it is damaged (${messageOf(error)})`]) : error;
}

type Checked = { readonly path: string } | { readonly fault: string };

/** The path of a file; nothing for a directory and for what is no entry. */
function checkHeader(header: Header): Checked | undefined {
  const name = header.name.replace(/^(?:\.\/)+/u, "");
  const shown = JSON.stringify(header.name.slice(0, 120));
  switch (header.type) {
    case "file":
    case "contiguous-file":
      return entryPath(name);
    case "directory": {
      const path = name.replace(/\/+$/u, "");
      if (path === "" || path === ".") return undefined;
      const checked = entryPath(path);
      return "fault" in checked ? checked : undefined;
    }
    case "symlink":
      return { fault: `${shown} is a symbolic link` };
    case "link":
      return { fault: `${shown} is a hard link` };
    default:
      return { fault: `${shown} is a device, a pipe or of an unknown kind` };
  }
}

async function drain(content: Readable): Promise<void> {
  content.resume();
  await finished(content);
}
