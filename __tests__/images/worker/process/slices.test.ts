import fc from "fast-check";
import { lineCounter } from "../../../../functions/trigger/count-files";
import { isOfPart, readLine } from "../../../../images/worker/src/process/input-file";
import { listLines } from "../../../../images/worker/src/process/read-list";
import { arraySizeFor } from "../../../../modules/contract";

function sourceOf(bytes: Buffer): {
  size: number;
  read: (at: number, into: Buffer) => Promise<void>;
} {
  return {
    size: bytes.length,
    read: (at, into) => {
      bytes.copy(into, 0, at);
      return Promise.resolve();
    },
  };
}

async function textsOf(list: Buffer, piece: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of listLines(sourceOf(list), piece)) texts.push(text);
  return texts;
}

test("any number of children do each file exactly once, none more than one file more than another", () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.integer({ min: 1, max: 400 }), (files, of) => {
      const shares = Array.from({ length: of }, (_, index) =>
        Array.from({ length: files }, (__, place) => place).filter((place) =>
          isOfPart(place, { index, of }),
        ),
      );
      expect(shares.flat().sort((a, b) => a - b)).toEqual([...Array(files).keys()]);
      const counts = shares.map(({ length }) => length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});

test("the size of an array is one that Batch takes, and no child has more files than it should while there are fewer than the most children", () => {
  fc.assert(
    fc.property(
      fc.nat(50_000_000),
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 10_000 }),
      (files, perChild, max) => {
        const size = arraySizeFor(files, { perChild, max });
        expect(size).toBeGreaterThanOrEqual(1);
        expect(size).toBeLessThanOrEqual(max);
        if (size < max) expect(Math.ceil(files / size)).toBeLessThanOrEqual(perChild);
      },
    ),
  );
});

test.each([
  [0, 1],
  [1, 1],
  [50, 1],
  [51, 2],
  [500_000, 10_000],
  [500_001, 10_000],
])("%d files, 50 for each child, are an array of %d", (files, size) => {
  expect(arraySizeFor(files, { perChild: 50, max: 10_000 })).toBe(size);
});

test("the trigger counts the lines that the worker reads, wherever pieces end", async () => {
  const line = fc.oneof(
    fc.constantFrom("", " ", "\t\r", "\r"),
    fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replaceAll("\n", "x")),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 30 }),
      fc.integer({ min: 1, max: 64 }),
      async (lines, piece) => {
        const list = Buffer.from(lines.join("\n"));
        const counter = lineCounter();
        for (let at = 0; at < list.length; at += piece) counter.add(list.subarray(at, at + piece));
        const whole = await textsOf(list, 1 << 20);
        expect(counter.end()).toBe(whole.length);
        expect(await textsOf(list, piece)).toEqual(whole);
      },
    ),
  );
});

test("fails for a line that is longer than any key", async () => {
  await expect(textsOf(Buffer.alloc(20_000, "x"), 1024)).rejects.toThrow(
    "line 1 of the list is longer than 16384 bytes, which no line with a key is; have a list dropped that holds one key, or one object of JSON, a line",
  );
});

test("a line tells a key, or a key with what is known of the file", () => {
  expect(readLine("raw/a b.jpg", 1, "raw/")).toEqual({ key: "raw/a b.jpg", path: "a b.jpg" });
  expect(readLine('{"key":"raw/{1}.jpg","size":7,"etag":"\\"abc\\""}', 1, "raw/")).toEqual({
    key: "raw/{1}.jpg",
    path: "{1}.jpg",
    size: 7,
    etag: "abc",
  });
});

test("no key of a list leads out of the prefix or out of the directory that it is loaded to", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("..", ".", "", "a", "\\", "C:", "\u0000", "é"), { maxLength: 6 }),
      (parts) => {
        const key = `raw/${parts.join("/")}`;
        try {
          const { path } = readLine(key, 1, "raw/");
          expect(path.split("/").some((part) => ["..", ".", ""].includes(part))).toBe(false);
          expect(path).not.toMatch(/\\/u);
        } catch (error) {
          expect(String(error)).toMatch(/^StepError: line 1 of the list /u);
        }
      },
    ),
  );
});
