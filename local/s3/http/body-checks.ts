import { createHash, type Hash } from "node:crypto";
import {
  type ChecksumAlgorithm,
  type RunningChecksum,
  startChecksum,
} from "../checksums/algorithms";
import type { BodyPlan } from "./body-plan";
import { badChecksum, trailerChecksum } from "./declared-checksum";
import { S3Error } from "./s3-error";

/** What is known of a body that came whole and unharmed. */
export interface Received {
  readonly size: number;
  /** Where it was worked out: for small bodies and where the client sent it. */
  readonly md5: Buffer | undefined;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly digest: Buffer } | undefined;
}

/** MD5 costs more than all else that is done with a body; up to this size nobody notices. */
const MD5_MAX_BYTES = 16 * 1024;

/** Works out, while a body passes, all that its request asks to be checked. */
export class BodyChecks {
  #size = 0;
  readonly #md5: Hash | undefined;
  readonly #sha256: Hash | undefined;
  readonly #checksum: RunningChecksum | undefined;

  constructor(
    private readonly plan: BodyPlan,
    withoutPayloadHashCheck: boolean,
  ) {
    if (plan.md5 !== undefined || plan.size <= MD5_MAX_BYTES) this.#md5 = createHash("md5");
    if (plan.sha256 !== undefined && !withoutPayloadHashCheck) this.#sha256 = createHash("sha256");
    if (plan.checksum !== undefined) this.#checksum = startChecksum(plan.checksum.algorithm);
  }

  update(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > this.plan.size) throw wrongLength(this.plan.framing !== "plain");
    this.#md5?.update(piece);
    this.#sha256?.update(piece);
    this.#checksum?.update(piece);
  }

  /** Compares; throws what S3 answers when something does not match. */
  finish(trailers: ReadonlyMap<string, string>): Received {
    const { plan } = this;
    if (this.#size !== plan.size) throw wrongLength(plan.framing !== "plain");
    const md5 = this.#md5?.digest();
    if (md5 !== undefined && plan.md5 !== undefined && !md5.equals(plan.md5))
      throw new S3Error("BadDigest", {
        details: {
          ExpectedDigest: plan.md5.toString("base64"),
          CalculatedDigest: md5.toString("base64"),
        },
      });
    const sha256 = this.#sha256?.digest("hex");
    if (sha256 !== undefined && sha256 !== plan.sha256)
      throw new S3Error("XAmzContentSHA256Mismatch", {
        details: {
          ClientComputedContentSHA256: plan.sha256 ?? "",
          S3ComputedContentSHA256: sha256,
        },
      });
    return { size: this.#size, md5, checksum: this.#compareChecksum(trailers) };
  }

  #compareChecksum(trailers: ReadonlyMap<string, string>): Received["checksum"] {
    const declared = this.plan.checksum;
    const known = declared?.expected === "in-trailer" ? 1 : 0;
    if (trailers.size !== known) throw new S3Error("MalformedTrailerError");
    if (declared === undefined || this.#checksum === undefined) return undefined;
    const { algorithm } = declared;
    const expected =
      declared.expected === "in-trailer" ? trailerChecksum(algorithm, trailers) : declared.expected;
    const digest = this.#checksum.digest();
    if (!digest.equals(expected)) throw badChecksum(algorithm);
    return { algorithm, digest };
  }
}

function wrongLength(framed: boolean): S3Error {
  const name = framed ? "x-amz-decoded-content-length" : "Content-Length";
  return new S3Error("IncompleteBody", {
    message: `You did not provide the number of bytes specified by the ${name} HTTP header`,
  });
}
