import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { ChunkedDecoder } from "../../../local/s3/http/aws-chunked";
import { ChunkSignatures } from "../../../local/s3/sigv4/chunk-signatures";
import { signedFraming, splitAt, unsignedFraming } from "./support/framing";

const CONTENT = randomBytes(60_000);

const scope = { accessKeyId: "AK", date: "20260101", region: "us-east-1", service: "s3" };
const seed = { key: randomBytes(32), timestamp: "20260101T000000Z", signature: "ab".repeat(32) };
const start = { ...seed, scope: "20260101/us-east-1/s3/aws4_request" };

/** Sizes of chunks that S3 takes, and sizes of the pieces in which they arrive. */
const chunkSizes = fc.array(fc.integer({ min: 8192, max: 20_000 }), { maxLength: 3 });
const arrivals = fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 40 });

function decode(
  body: Buffer,
  { cuts = [], signed = false }: { cuts?: readonly number[]; signed?: boolean } = {},
): { content: Buffer; trailers: ReadonlyMap<string, string> } {
  const pieces: Buffer[] = [];
  const decoder = new ChunkedDecoder({
    signed,
    onData: (piece) => pieces.push(Buffer.from(piece)),
    verifier: signed ? new ChunkSignatures({ ...seed, scope }) : undefined,
  });
  for (const piece of splitAt(body, cuts)) decoder.push(piece);
  decoder.end();
  return { content: Buffer.concat(pieces), trailers: decoder.trailers };
}

test("content and trailers come back, however the body is cut into chunks and arrivals", () => {
  fc.assert(
    fc.property(chunkSizes, arrivals, fc.boolean(), (sizes, cuts, signed) => {
      const pieces = splitAt(CONTENT, sizes);
      const trailers = { "x-amz-checksum-crc32": "AAAAAA==", "x-other": "1:2" };
      const body = signed
        ? signedFraming(start, pieces, trailers)
        : unsignedFraming(pieces, trailers);
      const decoded = decode(body, { cuts, signed });
      expect(decoded.content.equals(CONTENT)).toBe(true);
      expect(Object.fromEntries(decoded.trailers)).toEqual(trailers);
    }),
    { numRuns: 50 },
  );
});

test("a body that arrives byte by byte is the same body", () => {
  const content = CONTENT.subarray(0, 100);
  const body = unsignedFraming([content], { a: "b" });
  const { content: got } = decode(body, { cuts: Array.from({ length: body.length }, () => 1) });
  expect(got.equals(content)).toBe(true);
});

test("fails when any bit of a signed body is another", () => {
  const body = signedFraming(start, splitAt(CONTENT.subarray(0, 9000), [8192]), { a: "b" });
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(body);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
      let outcome: unknown;
      try {
        const { content, trailers } = decode(changed, { signed: true });
        // What is no part of the content, such as the case of a letter in a size, may differ.
        outcome = [content.equals(CONTENT.subarray(0, 9000)), trailers.get("a")];
      } catch {
        outcome = [true, "b"];
      }
      expect(outcome).toEqual([true, "b"]);
    }),
    { numRuns: 500 },
  );
});

test("fails when a body ends early, wherever it ends", () => {
  const body = unsignedFraming([CONTENT.subarray(0, 100)], { a: "b" });
  for (let length = 0; length < body.length; length++)
    expect(() => decode(body.subarray(0, length))).toThrow(
      "The request body terminated unexpectedly",
    );
});

test.each([
  ["xyz\r\n", "a chunk has no readable size"],
  ["5;chunk-signature=abc\r\n", "a chunk has no readable size"],
  [`5;chunk-signature=${"0".repeat(64)}\r\nhello\r\n`, "a chunk has a signature"],
  ["5\nhello\r\n", "a line does not end with CR LF"],
  ["5\r\nhelloX\r\n", "a chunk holds more than it says"],
  ["0\r\n\r\nmore", "bytes follow its end"],
  ["1".repeat(17_000), "a line of it is too long"],
])("fails when the framing is %j", (body, what) => {
  expect(() => decode(Buffer.from(body))).toThrow(`The aws-chunked body is malformed: ${what}`);
});

test("fails when a signed body has a chunk without a signature", () => {
  expect(() => decode(unsignedFraming([CONTENT.subarray(0, 5)]), { signed: true })).toThrow(
    "The aws-chunked body is malformed: a chunk has no signature",
  );
});

test("fails when a chunk but the last is smaller than 8 KiB", () => {
  expect(() => decode(unsignedFraming(splitAt(CONTENT, [8191])))).toThrow(
    "Only the last chunk is allowed to have a size less than 8192 bytes",
  );
});

test.each(["no colon", ": no name", "a:1\r\na:2"])("fails when a trailer is %j", (trailer) => {
  expect(() => decode(Buffer.from(`0\r\n${trailer}\r\n\r\n`))).toThrow(
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
  );
});
