import { crc32 } from "node:zlib";
import fc from "fast-check";
import { crc32Combine, crc32Of, crc32Text } from "../../../../images/worker/src/upload/crc32";

const bytes = fc.uint8Array({ maxLength: 5000 }).map((array) => Buffer.from(array));

test("the sum of two pieces is the sum of the whole", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(crc32Combine(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
    }),
  );
});

test("also beyond 4 GiB", () => {
  // 5 GiB of zeros behind "a": combined from halves in two ways.
  const gib = 1024 ** 3;
  const zeros = (length: number): number => {
    const mib = crc32(Buffer.alloc(1024 * 1024));
    let sum = 0;
    for (let at = 0; at < length; at += 1024 * 1024) sum = crc32Combine(sum, mib, 1024 * 1024);
    return sum;
  };
  const one = zeros(gib);
  const five = [1, 2, 3, 4].reduce((sum) => crc32Combine(sum, one, gib), one);
  const a = crc32(Buffer.from("a"));
  const stepwise = [1, 2, 3, 4, 5].reduce((sum) => crc32Combine(sum, one, gib), a);
  expect(crc32Combine(a, five, 5 * gib)).toBe(stepwise);
});

test("goes on from the sum of what was before", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(crc32Of(b, crc32Of(a))).toBe(crc32(Buffer.concat([a, b])));
    }),
  );
});

test("is written as S3 writes it", () => {
  // The check value of CRC-32: 0xCBF43926.
  expect(crc32Text(crc32(Buffer.from("123456789")))).toBe("y/Q5Jg==");
  expect(crc32Text(0)).toBe("AAAAAA==");
});
