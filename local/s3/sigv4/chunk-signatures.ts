import { createHash } from "node:crypto";
import type { ChunkVerifier } from "../http/aws-chunked";
import { S3Error } from "../http/s3-error";
import { EMPTY_SHA256, hmac, scopeText, sha256Hex } from "./canonical";
import { sameHex, type Verified } from "./verify";

/**
 * Checks the chain of signatures of a signed aws-chunked body: each covers its chunk and the signature before.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export class ChunkSignatures implements ChunkVerifier {
  #previous: string;
  #hash = createHash("sha256");

  constructor(private readonly verified: Verified) {
    this.#previous = verified.signature;
  }

  data(piece: Buffer): void {
    this.#hash.update(piece);
  }

  endChunk(signature: string): void {
    const hash = this.#hash.digest("hex");
    this.#hash = createHash("sha256");
    this.#check("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, hash], signature);
  }

  trailer(canonical: string, signature: string): void {
    this.#check("AWS4-HMAC-SHA256-TRAILER", [sha256Hex(canonical)], signature);
  }

  #check(kind: string, hashes: readonly string[], signature: string): void {
    const { key, scope, timestamp } = this.verified;
    const toSign = [kind, timestamp, scopeText(scope), this.#previous, ...hashes].join("\n");
    if (!sameHex(hmac(key, toSign), signature)) throw new S3Error("SignatureDoesNotMatch");
    this.#previous = signature;
  }
}
