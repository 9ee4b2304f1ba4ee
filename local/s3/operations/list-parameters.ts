import { invalidArgument } from "../http/s3-error";

/** Largest page of a listing. */
export const MAX_PAGE = 1000;

/** Reads a page size; more than the largest is the largest. */
export function limitOf(
  query: ReadonlyMap<string, string>,
  name: string,
  largest = MAX_PAGE,
): number {
  const text = query.get(name);
  if (text === undefined || text === "") return largest;
  if (!/^\d{1,10}$/u.test(text) || Number(text) > 0x7fffffff)
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  return Math.min(Number(text), largest);
}

/** How a listing writes keys. */
export type KeyWriter = (key: string) => string;

/** Reads `encoding-type`. */
export function keyWriter(query: ReadonlyMap<string, string>): KeyWriter {
  const encoding = query.get("encoding-type");
  if (encoding === undefined || encoding === "") return (key) => key;
  if (encoding !== "url")
    throw invalidArgument(
      "Invalid Encoding Method specified in Request",
      "encoding-type",
      encoding,
    );
  return urlEncode;
}

/** Encodes a key as S3 does for `encoding-type=url`: like a form, but `/` and `*` stay. */
function urlEncode(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");
}
