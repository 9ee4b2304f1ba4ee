import { colorsFor } from "../../../cli/output/colors";
import { Progress } from "../../../cli/output/progress";
import { table } from "../../../cli/output/table";
import { bytes, count, duration, listed } from "../../../cli/output/words";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [27_030_495, "27.0 MB"],
  [5_000_000_000_000, "5.0 TB"],
])("%d is %s", (number, text) => {
  expect(bytes(number)).toBe(text);
});

test.each([
  [0.04, "0.0 s"],
  [9.94, "9.9 s"],
  [42.4, "42 s"],
  [119.6, "2 min 0 s"],
  [725, "12 min 5 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test("counts and lists", () => {
  expect([count(1, "entry", "entries"), count(1200, "entry", "entries")]).toEqual([
    "1 entry",
    "1,200 entries",
  ]);
  expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual([
    "nothing",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

test("columns line up whatever the script, colours do not count", () => {
  const red = colorsFor({ isTTY: true }, {}).red("x");
  expect(
    table([
      ["봄날", "1"],
      ["e\u0301", "2"],
      [red, "3"],
    ]),
  ).toBe(`봄날  1\ne\u0301     2\n${red}     3`);
});

test("colours only on a terminal that wants them", () => {
  expect(colorsFor({ isTTY: true }, {}).red("x")).not.toBe("x");
  for (const [stream, environment] of [
    [{ isTTY: false }, {}],
    [{ isTTY: true }, { NO_COLOR: "1" }],
    [{ isTTY: true }, { TERM: "dumb" }],
  ] as const)
    expect(colorsFor(stream, environment).red("x")).toBe("x");
});

describe("progress", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const told = (isTTY: boolean, act: (progress: Progress) => void): string => {
    let text = "";
    const progress = new Progress({ isTTY, write: (part) => (text += part) }, colorsFor({}, {}));
    act(progress);
    progress.done();
    return text;
  };

  test("in a file: a line each, and a sign of life in a long silence", () => {
    expect(
      told(false, (progress) => {
        progress.phase("one");
        progress.note("n");
        progress.phase("two");
        jest.advanceTimersByTime(65_000);
      }),
    ).toBe("› one\n  n\n› two\n  two: 30 s so far\n  two: 60 s so far\n");
  });

  test("on a terminal: a clock below, which goes away", () => {
    const text = told(true, (progress) => {
      progress.phase("one");
      jest.advanceTimersByTime(3000);
      progress.note("n");
    });
    expect(text.replaceAll("\r\u001b[2K", "|")).toBe("|› one\n|  ... 2 s|  ... 3 s|  n\n|");
  });

  test("nothing at all where the result is JSON", () => {
    let text = "";
    const stream = { isTTY: true, write: (part: string) => (text += part) };
    const progress = new Progress(stream, colorsFor({}, {}), true);
    progress.phase("one");
    jest.advanceTimersByTime(60_000);
    progress.note("n");
    progress.done();
    expect(text).toBe("");
  });
});
