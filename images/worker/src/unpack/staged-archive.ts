import { join } from "node:path";
import type { StagedArchive } from "../../../../modules/contract";
import type { RangeSource } from "../archive/range-source";
import { fetchedFiles } from "../publish/fetched-files";
import { pathMatcher } from "../publish/patterns";
import { verifyChecksums } from "../publish/verify-checksums";
import { stagingPlace } from "../staging";
import type { StepContext } from "../step/context";
import { listSome, StepError } from "../step/step-error";
import { type SourceFile, withSource } from "../upload/source-file";

/** An archive in staging, open for as long as it is worked on. */
export interface OpenArchiveFile {
  readonly source: RangeSource;
  /** Path below staging. */
  readonly path: string;
}

/**
 * Finds the one archive that the partner's program left in staging, compares it with the partner's checksum files, and
 * opens it. That the file is the same before and after is looked at.
 *
 * @throws StepError `badDelivery` when there is none, several, or one that does not agree with its checksum
 */
export async function withStagedArchive<T>(
  { config, log, stop, record }: StepContext,
  { file, checksumFiles }: StagedArchive,
  use: (archive: OpenArchiveFile) => Promise<T>,
): Promise<T> {
  const place = stagingPlace(config);
  const files = (await fetchedFiles(place)).map((identity): SourceFile => ({
    path: identity.path,
    location: join(place.files, identity.path),
    identity,
  }));
  const matches = pathMatcher(file);
  const [archive, ...others] = files.filter(({ path }) => matches(path));
  if (archive === undefined || others.length > 0) throw notOne(file, archive, others, files);
  if (checksumFiles.length > 0)
    record.counts["checksumsCompared"] = await verifyChecksums({
      files,
      patterns: checksumFiles,
      manifests: [],
      log,
      stop,
    });
  return withSource(archive, ({ read }) =>
    use({
      path: archive.path,
      source: { size: archive.identity.size, read: (offset, into) => read(into, offset) },
    }),
  );
}

function notOne(
  pattern: string,
  first: SourceFile | undefined,
  others: readonly SourceFile[],
  all: readonly SourceFile[],
): StepError {
  const found = first === undefined ? [] : [first, ...others];
  const names = (found.length === 0 ? all : found).map(({ path }) => JSON.stringify(path));
  return new StepError(
    "badDelivery",
    `the program left ${String(found.length)} files that match ${JSON.stringify(pattern)}, expected the one archive to unpack; ` +
      `${found.length === 0 ? "it left" : "they are"} ${names.length === 0 ? "nothing" : listSome(names)}`,
  );
}
