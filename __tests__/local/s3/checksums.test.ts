import { randomBytes } from "node:crypto";
import fc from "fast-check";
import {
  CHECKSUM_ALGORITHMS,
  decodeChecksum,
  startChecksum,
} from "../../../local/s3/checksums/algorithms";
import { combineCrcs, CRC_POLYNOMIALS, type CrcName } from "../../../local/s3/checksums/combine";

function digest(
  algorithm: (typeof CHECKSUM_ALGORITHMS)[number],
  pieces: readonly Buffer[],
): string {
  const running = startChecksum(algorithm);
  for (const piece of pieces) running.update(piece);
  return running.digest().toString("hex");
}

test.each([
  ["CRC32", "cbf43926", "00000000"],
  ["CRC32C", "e3069283", "00000000"],
  ["CRC64NVME", "ae8b14860a799888", "0000000000000000"],
  ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
  [
    "SHA256",
    "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ],
] as const)("%s has the published check values", (algorithm, ofDigits, ofNothing) => {
  expect(digest(algorithm, [Buffer.from("123456789")])).toBe(ofDigits);
  expect(digest(algorithm, [])).toBe(ofNothing);
});

test("CRC32C has the check values of RFC 3720", () => {
  const ascending = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  expect(digest("CRC32C", [Buffer.alloc(32)])).toBe("8a9136aa");
  expect(digest("CRC32C", [Buffer.alloc(32, 0xff)])).toBe("62a8ab43");
  expect(digest("CRC32C", [ascending])).toBe("46dd794e");
});

test("CRC64NVME has the check values of the NVM Express specification", () => {
  expect(digest("CRC64NVME", [Buffer.alloc(4096)])).toBe("6482d367eb22b64e");
  expect(digest("CRC64NVME", [Buffer.alloc(4096, 0xff)])).toBe("c0ddba7302eca3ac");
});

test.each(CHECKSUM_ALGORITHMS)("%s does not depend on how the content is cut", (algorithm) => {
  const content = randomBytes(300);
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 8 }), (cuts) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), 300];
      const pieces = bounds.slice(1).map((end, index) => content.subarray(bounds[index], end));
      expect(digest(algorithm, pieces)).toBe(digest(algorithm, [content]));
    }),
  );
});

test.each(Object.keys(CRC_POLYNOMIALS) as CrcName[])(
  "%s of a whole follows from the parts' and their lengths",
  (name) => {
    const parts = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, (arrays) => {
        const contents = arrays.map((array) => Buffer.from(array));
        const combined = combineCrcs(
          name,
          contents.map((content) => ({
            digest: Buffer.from(digest(name, [content]), "hex"),
            length: content.length,
          })),
        );
        expect(combined.toString("hex")).toBe(digest(name, contents));
      }),
    );
  },
);

test("a checksum of another length or in another alphabet is none", () => {
  expect(decodeChecksum("CRC32", "y/Q5Jg==")?.toString("hex")).toBe("cbf43926");
  for (const value of ["", "y/Q5Jg", "y_Q5Jg==", "y/Q5JgA=", "y/Q5Jg== ", "AAAAAAAAAAA="])
    expect(decodeChecksum("CRC32", value)).toBeUndefined();
});
