import type { S3Client } from "@aws-sdk/client-s3";
import type { ManifestFile, UnpackSettings } from "../../../../modules/contract";
import type { Archive } from "../archive/archive";
import type { ArchiveEntry } from "../archive/archive-entry";
import { archiveFault } from "../archive/archive-fault";
import { openArchive } from "../archive/open-archive";
import type { RangeSource } from "../archive/range-source";
import type { Log } from "../log";
import type { ListedObject } from "../publish/listing";
import { contentTypeOf } from "../upload/content-type";
import { crc32Text } from "../upload/crc32";
import { BodyPool } from "./body-pool";
import { entrySink, verifyingSink } from "./entry-sink";
import { EntryWriter, type WrittenEntry } from "./entry-writer";

/** Up to this size an archive is read twice: once to see that every entry is good, before anything is written. */
export const VERIFY_FIRST_BYTES = 64 * 1024 * 1024;

/** What is unpacked, and where to. */
export interface UnpackWork {
  readonly client: S3Client;
  readonly source: RangeSource;
  readonly settings: Omit<UnpackSettings, "kind" | "prefix" | "files">;
  /** Name for the one file of a gz that holds no tar. */
  readonly singleName?: string | undefined;
  /** Key of a file by its path in the archive. */
  readonly keyOf: (path: string) => string;
  /** What the target holds below the keys of the files. */
  readonly listTarget: () => Promise<ReadonlyMap<string, ListedObject>>;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly onProgress: (bytes: number, files: number) => void;
}

/** What was unpacked. */
export interface Unpacked {
  readonly files: readonly ManifestFile[];
  /** Files that an earlier attempt had written. */
  readonly foundThere: number;
  readonly kind: string;
}

/**
 * Unpacks an archive from bucket to bucket: checks everything that its lists tell before the first write, then writes
 * each file with the checksum from the archive, which S3 compares.
 *
 * Files that an earlier attempt wrote are shown to be the same by size and checksum, and not read again.
 */
export async function unpackArchive(work: UnpackWork): Promise<Unpacked> {
  const { source, settings, keyOf, log } = work;
  const archive = await openArchive(source, {
    limits: settings,
    keyOf,
    caseInsensitive: settings.caseInsensitive,
    nameEncoding: settings.nameEncoding,
    singleName: work.singleName,
  });
  if (archive.entries.length < settings.minFiles)
    throw archiveFault([
      `it holds ${String(archive.entries.length)} files, expected at least ${String(settings.minFiles)}`,
    ]);
  if (!archive.verified && (settings.verifyFirst || source.size <= VERIFY_FIRST_BYTES))
    await archive.unpack(() => true, verifyingSink());
  log.info(`the ${archive.kind} is good as far as can be told before it is unpacked`, {
    files: archive.entries.length,
  });
  const written = await write(work, archive);
  return {
    kind: archive.kind,
    foundThere: [...written.values()].filter(({ how }) => how === "there").length,
    files: archive.entries
      .map((entry) => manifestFile(entry, keyOf(entry.path), written))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

async function write(
  work: UnpackWork,
  archive: Archive,
): Promise<ReadonlyMap<string, WrittenEntry>> {
  const failure = new AbortController();
  const writer = new EntryWriter({
    target: {
      client: work.client,
      bucket: work.settings.bucket,
      signal: AbortSignal.any([work.stop, failure.signal]),
    },
    ifTaken: work.settings.ifTaken,
    keyOf: work.keyOf,
    log: work.log,
    onProgress: work.onProgress,
  });
  await writer.findWritten(archive.entries, await work.listTarget());
  const bodies = new BodyPool();
  await archive.unpack(
    (entry) => !writer.written.has(entry.path),
    entrySink({
      whole: (entry, content) => bodies.lend(content, (body) => writer.whole(entry, body)),
      stream: (entry, pieces) => writer.stream(entry, pieces),
      abort: (error) => {
        failure.abort(error);
      },
    }),
  );
  return writer.written;
}

function manifestFile(
  entry: ArchiveEntry,
  key: string,
  written: ReadonlyMap<string, WrittenEntry>,
): ManifestFile {
  const object = written.get(entry.path);
  if (object === undefined)
    throw new Error(`unpacking ${JSON.stringify(entry.path)} left no result`);
  return {
    path: entry.path,
    key,
    size: object.kept?.size ?? entry.size,
    crc32: object.kept?.crc32 ?? crc32Text(entry.crc),
    etag: object.etag,
    ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
    contentType: contentTypeOf(entry.path),
    ...(object.kept === undefined ? {} : { kept: true }),
  };
}
