import fc from "fast-check";
import { MAX_PARTS, partSize, planParts } from "../../../../images/worker/src/upload/part-plan";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

test.each([
  [9 * MIB, 8 * MIB],
  [64 * GIB, 8 * MIB],
  [64 * GIB + 1, 16 * MIB],
  [200 * GIB, 21 * MIB],
  // The largest object that S3 takes needs the largest part that it takes, nearly.
  [48.8 * TIB, 5118 * MIB],
])("an object of %d bytes has parts of %d", (object, part) => {
  expect(partSize(object)).toBe(part);
});

test("parts cover the object without gap or overlap, within the limits of S3", () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat().map((size) => 1 + (size % (2 * TIB))),
      (object) => {
        let end = 0;
        let count = 0;
        for (const { number, offset, size } of planParts(object)) {
          count += 1;
          expect(number).toBe(count);
          expect(offset).toBe(end);
          end += size;
          if (end < object) expect(size).toBe(partSize(object));
          if (count > 50) {
            // The rest follows the same rule; looking at 10,000 parts each time proves no more.
            count = Math.ceil(object / partSize(object));
            end = object;
            break;
          }
        }
        expect(end).toBe(object);
        expect(count).toBeLessThanOrEqual(MAX_PARTS);
        expect(partSize(object)).toBeGreaterThanOrEqual(5 * MIB);
        expect(partSize(object)).toBeLessThanOrEqual(5 * GIB);
      },
    ),
  );
});
