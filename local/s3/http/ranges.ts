import { S3Error } from "./s3-error";

/** A range of an object's bytes. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * Reads a `Range` header: `bytes=a-b`, `bytes=a-`, `bytes=-n`. Like S3, ignores what it does not understand, several
 * ranges included, and then the whole object is sent.
 */
export function readRange(text: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/u.exec((text ?? "").replaceAll(" ", "")) ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable(text, size);
    return { start: size - length, length };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(text, size);
  return { start, length: end - start + 1 };
}

function unsatisfiable(text: string | undefined, size: number): S3Error {
  return new S3Error("InvalidRange", {
    details: { RangeRequested: text ?? "", ActualObjectSize: size },
    headers: { "content-range": `bytes */${String(size)}` },
  });
}

/** The `Content-Range` of a range. */
export function contentRange({ start, length }: ByteRange, size: number): string {
  return `bytes ${String(start)}-${String(start + length - 1)}/${String(size)}`;
}
