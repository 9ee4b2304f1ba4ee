import fc from "fast-check";
import { LineSplitter } from "../../../../images/worker/src/program/lines";

function split(chunks: readonly Buffer[], maxBytes = 1e6, carriageReturns = false): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    ({ bytes, cut }) => lines.push(bytes.toString("utf8") + (cut > 0 ? `[${String(cut)}]` : "")),
    { maxBytes, carriageReturns },
  );
  chunks.forEach((chunk) => {
    splitter.push(chunk);
  });
  splitter.end();
  return lines;
}

test("gives the same lines however the output arrives", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom("a", "é", "👍", "\n", "\r") }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      (texts, size, carriageReturns) => {
        const text = texts.join("");
        const whole = Buffer.from(text);
        const chunks = [];
        for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
        const expected = text.split(carriageReturns ? /[\r\n]/u : "\n");
        if (expected.at(-1) === "") expected.pop();
        expect(split(chunks, 1e6, carriageReturns)).toEqual(expected);
      },
    ),
  );
});

test("cuts long lines and says by how much", () => {
  expect(split([Buffer.from("abc"), Buffer.from("def\nxy"), Buffer.from("z\n")], 2)).toEqual([
    "ab[4]",
    "xy[1]",
  ]);
});
