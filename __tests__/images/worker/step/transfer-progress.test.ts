import { Log } from "../../../../images/worker/src/log";
import { transferProgress } from "../../../../images/worker/src/step/transfer-progress";

const MIB = 1024 * 1024;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

interface Line {
  readonly message: string;
  readonly bytesPerSecond: number;
  readonly secondsLeft?: number;
}

function watched(plan: { readonly files?: number; readonly bytes?: number }) {
  const lines: Line[] = [];
  const log = new Log({}, (line) => lines.push(JSON.parse(line) as Line));
  const progress = transferProgress({ doing: "publishing", now: () => Date.now(), ...plan }, log);
  return { lines, progress };
}

test("tells how much, how fast and how long it still takes", () => {
  const { lines, progress } = watched({ files: 4, bytes: 40 * MIB });
  progress.add(10 * MIB, 1);
  jest.advanceTimersByTime(2000);
  progress.stop();
  expect(lines[0]).toMatchObject({
    message: `publishing: 1 of 4 files, ${String(10 * MIB)} of ${String(40 * MIB)} bytes, about 6 s left`,
    bytesPerSecond: 5 * MIB,
    secondsLeft: 6,
  });
});

test("the rate is that of the last half minute, not of the whole", () => {
  const { lines, progress } = watched({ files: 1, bytes: 1000 * MIB });
  for (let tick = 0; tick < 30; tick += 1) {
    progress.add(20 * MIB, 0);
    jest.advanceTimersByTime(2000);
  }
  for (let tick = 0; tick < 30; tick += 1) {
    progress.add(2 * MIB, 0);
    jest.advanceTimersByTime(2000);
  }
  progress.stop();
  expect(lines.at(-2)?.bytesPerSecond).toBe(MIB);
  expect(lines.at(-2)?.message).toMatch(/, about 6 min left$/u);
});

test("tells no time where the end is not known or nothing moves", () => {
  const unknown = watched({});
  unknown.progress.add(5, 1);
  jest.advanceTimersByTime(2000);
  unknown.progress.stop();
  expect(unknown.lines[0]?.message).toBe("publishing: 1 files, 5 bytes");
  expect(unknown.lines[0]).not.toHaveProperty("secondsLeft");
  const stuck = watched({ files: 1, bytes: 5 });
  jest.advanceTimersByTime(2000);
  stuck.progress.stop();
  expect(stuck.lines[0]?.message).toBe("publishing: 0 of 1 files, 0 of 5 bytes");
  expect(stuck.lines[0]).not.toHaveProperty("secondsLeft");
});

test("the last line says that nothing is left", () => {
  const { lines, progress } = watched({ files: 1, bytes: 5 });
  progress.add(5, 1);
  progress.stop();
  jest.advanceTimersByTime(10_000);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    message: "publishing: 1 of 1 files, 5 of 5 bytes",
    secondsLeft: 0,
  });
});
