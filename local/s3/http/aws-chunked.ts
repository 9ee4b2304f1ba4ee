import { invalidRequest, S3Error } from "./s3-error";

/*
 * S3's own framing of a body, so that a checksum or signature can follow the data:
 *
 *   <size in hex>[;chunk-signature=<hex>]\r\n <data> \r\n ... 0[;chunk-signature=<hex>]\r\n
 *   [<name>:<value>\r\n ...] \r\n
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */

/** Checks the signatures of a signed body. */
export interface ChunkVerifier {
  /** Takes data of the current chunk. */
  data(piece: Buffer): void;
  /** Ends a chunk; throws `SignatureDoesNotMatch`. */
  endChunk(signature: string): void;
  /** Checks the trailers, given as S3 signs them: `name:value\n` each. */
  trailer(canonical: string, signature: string): void;
}

/** What a decoder is told at the start. */
export interface ChunkedOptions {
  readonly signed: boolean;
  /** Takes the content, in slices of what was pushed: nothing is copied. */
  readonly onData: (piece: Buffer) => void;
  readonly verifier?: ChunkVerifier | undefined;
}

/** All chunks but the last hold at least so much; S3 refuses others. */
const MIN_CHUNK = 8192;
const MAX_LINE = 16 * 1024;
const HEADER = /^([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?$/u;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/** Takes the framing off a body. */
export class ChunkedDecoder {
  readonly trailers = new Map<string, string>();
  #state: "header" | "data" | "data-end" | "trailers" | "done" = "header";
  #line: Buffer = Buffer.alloc(0);
  #left = 0;
  #lastSize = MIN_CHUNK;
  #signature = "";

  constructor(private readonly options: ChunkedOptions) {}

  /** Takes bytes of the body as they came. */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === "done") throw bad("bytes follow its end");
      if (this.#state === "data") {
        const piece = bytes.subarray(at, at + this.#left);
        at += piece.length;
        this.#data(piece);
        continue;
      }
      const end = bytes.indexOf(0x0a, at);
      const stop = end === -1 ? bytes.length : end;
      this.#gather(bytes.subarray(at, stop));
      at = stop + 1;
      if (end !== -1) this.#endLine();
    }
  }

  /** Says that the body is over; throws `IncompleteBody` when its framing is not. */
  end(): void {
    if (this.#state !== "done") throw new S3Error("IncompleteBody");
  }

  #data(piece: Buffer): void {
    this.#left -= piece.length;
    this.options.onData(piece);
    this.options.verifier?.data(piece);
    if (this.#left > 0) return;
    this.options.verifier?.endChunk(this.#signature);
    this.#state = "data-end";
  }

  #gather(piece: Buffer): void {
    this.#line = this.#line.length === 0 ? piece : Buffer.concat([this.#line, piece]);
    if (this.#line.length > MAX_LINE) throw bad("a line of it is too long");
  }

  #endLine(): void {
    let line = this.#line.toString("latin1");
    this.#line = Buffer.alloc(0);
    if (line.endsWith("\r")) line = line.slice(0, -1);
    else if (this.#state !== "trailers") throw bad("a line does not end with CR LF");
    if (this.#state === "header") this.#header(line);
    else if (this.#state === "data-end") this.#endData(line);
    else this.#trailer(line);
  }

  #endData(line: string): void {
    if (line !== "") throw bad("a chunk holds more than it says");
    this.#state = "header";
  }

  #header(line: string): void {
    const [, hex, signature] = HEADER.exec(line) ?? [];
    if (hex === undefined) throw bad("a chunk has no readable size");
    if (this.options.signed !== (signature !== undefined))
      throw bad(this.options.signed ? "a chunk has no signature" : "a chunk has a signature");
    this.#signature = signature ?? "";
    this.#left = Number.parseInt(hex, 16);
    if (this.#left === 0) {
      this.options.verifier?.endChunk(this.#signature);
      this.#state = "trailers";
      return;
    }
    if (this.#lastSize < MIN_CHUNK) throw new S3Error("InvalidChunkSizeError");
    this.#lastSize = this.#left;
    this.#state = "data";
  }

  #trailer(line: string): void {
    if (line === "") {
      this.#verifyTrailers();
      this.#state = "done";
      return;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name === "" || this.trailers.has(name)) throw new S3Error("MalformedTrailerError");
    this.trailers.set(name, line.slice(colon + 1).trim());
  }

  #verifyTrailers(): void {
    const { verifier } = this.options;
    const signature = this.trailers.get(TRAILER_SIGNATURE);
    this.trailers.delete(TRAILER_SIGNATURE);
    if (verifier === undefined || this.trailers.size === 0) return;
    const canonical = [...this.trailers].map(([name, value]) => `${name}:${value}\n`).join("");
    verifier.trailer(canonical, signature ?? "");
  }
}

function bad(what: string): S3Error {
  return invalidRequest(`The aws-chunked body is malformed: ${what}`);
}
