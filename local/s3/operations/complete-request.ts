import { algorithmNamed, CHECKSUM_ALGORITHMS, checksumElement } from "../checksums/algorithms";
import { bareEtag } from "../http/conditions";
import { invalidArgument, S3Error } from "../http/s3-error";
import { childText, malformed, type ParsedElement, readDocument } from "../xml/read";
import { MAX_PARTS } from "./lookup";

/** A part as the completing client names it. */
export interface NamedPart {
  readonly partNumber: number;
  readonly etag: string;
  /** Checksums by algorithm. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** Elements that a part may have. */
const ALLOWED = new Set(["PartNumber", "ETag", ...CHECKSUM_ALGORITHMS.map(checksumElement)]);

/** Reads the body of CompleteMultipartUpload: at least one part, in ascending order. */
export function readNamedParts(xml: string): NamedPart[] {
  const document = readDocument(xml, "CompleteMultipartUpload", ["Part"]);
  const parts = document.children.map(readPart);
  if (parts.length === 0 || parts.length > MAX_PARTS) throw malformed();
  let last = 0;
  for (const { partNumber } of parts) {
    if (partNumber <= last) throw new S3Error("InvalidPartOrder");
    last = partNumber;
  }
  return parts;
}

function readPart(part: ParsedElement): NamedPart {
  const number = childText(part, "PartNumber")?.trim() ?? "";
  const etag = childText(part, "ETag");
  if (etag === undefined || !/^\d{1,9}$/u.test(number)) throw malformed();
  const partNumber = Number(number);
  if (partNumber < 1 || partNumber > MAX_PARTS)
    throw invalidArgument(
      `PartNumber must be >= 1 and <= ${String(MAX_PARTS)}`,
      "partNumber",
      number,
    );
  const checksums = new Map<string, string>();
  for (const { name, text } of part.children) {
    if (!ALLOWED.has(name)) throw malformed();
    const algorithm = name.startsWith("Checksum")
      ? algorithmNamed(name.slice("Checksum".length))
      : undefined;
    if (algorithm !== undefined) checksums.set(algorithm, text.trim());
  }
  return { partNumber, etag: bareEtag(etag), checksums };
}
