import { createHash, randomBytes, randomUUID } from "node:crypto";

/** Numbers that only grow, after a restart too: later writes have the greater. Hexadecimal, 18 digits, as S3 writes it. */
export class Sequencer {
  #last = 0n;

  next(): string {
    const now = BigInt(Date.now()) << 20n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last.toString(16).toUpperCase().padStart(18, "0");
  }
}

/** What a version id of this server looks like. */
export const VERSION_ID = /^[\w-]{32}$/u;

/** A new version id; opaque, not in order. */
export function newVersionId(): string {
  return randomBytes(24).toString("base64url");
}

/** A new request id, as S3 writes it. */
export function newRequestId(): string {
  return randomHex().slice(0, 16).toUpperCase();
}

/** The second id that S3 puts into every answer: here it names the server. */
export function newHostId(): string {
  return randomBytes(24).toString("base64");
}

/**
 * An ETag that says nothing of the content, for content whose MD5 is not known. In the form of a multipart upload: tools
 * that compare 32 digits with an MD5 leave this form alone.
 */
export function opaqueEtag(): string {
  return `${randomHex()}-1`;
}

/** The ETag of an object that was put together of parts. */
export function multipartEtag(partEtags: readonly string[]): string {
  const hash = createHash("md5");
  for (const etag of partEtags) hash.update(Buffer.from(etag.slice(0, 32), "hex"));
  return `${hash.digest("hex")}-${String(partEtags.length)}`;
}

/** The canonical user id of an account. */
export function canonicalUser(account: string): string {
  return createHash("sha256").update(account).digest("hex");
}

/** 32 random digits; from the store of random bits that Node keeps for UUIDs, which spares a system call each time. */
function randomHex(): string {
  return randomUUID().replaceAll("-", "");
}
