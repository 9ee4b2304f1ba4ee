import { slots } from "../../../../modules/contract";

const HOUR = 3600_000;
const DAY = 24 * HOUR;

const iso = (cron: string, timezone: string, from: string, to: string): string[] =>
  slots(cron, timezone, Date.parse(from), Date.parse(to)).map((at) => new Date(at).toISOString());

test("slots are told in their own time zone", () => {
  expect(
    iso("cron(0 9 ? * MON-FRI *)", "Asia/Seoul", "2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z"),
  ).toEqual(["2026-03-09T00:00:00.000Z", "2026-03-10T00:00:00.000Z"]);
});

test("a slot keeps its local time when the clocks change", () => {
  expect(
    iso("cron(30 8 * * ? *)", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z"),
  ).toEqual(["2026-03-28T07:30:00.000Z", "2026-03-29T06:30:00.000Z", "2026-03-30T06:30:00.000Z"]);
});

test("a slot that the clocks skip is just after the change, one that they show twice is told once", () => {
  expect(
    iso("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"),
  ).toEqual(["2026-03-29T01:30:00.000Z"]);
  expect(
    iso("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
  ).toEqual(["2026-10-25T00:30:00.000Z"]);
});

test.each([
  ["cron(0/20 6 * * ? *)", ["06:00", "06:20", "06:40"]],
  ["cron(0 6-8 * * ? *)", ["06:00", "07:00", "08:00"]],
  ["cron(5,10 6 1 MAR ? 2026)", ["06:05", "06:10"]],
  ["cron(0 6 ? * SUN *)", ["06:00"]],
  ["cron(0 6 ? * 2 *)", []],
  ["cron(0 6 * * ? 2027)", []],
])("%s on Sunday, 1 March 2026", (cron, expected) => {
  expect(
    iso(cron, "UTC", "2026-02-28T23:59:00Z", "2026-03-01T23:59:00Z").map((at) => at.slice(11, 16)),
  ).toEqual(expected);
});

test("the first instant is not among the slots, the last is", () => {
  expect(iso("cron(0 * * * ? *)", "UTC", "2026-03-01T00:00:00Z", "2026-03-01T02:00:00Z")).toEqual([
    "2026-03-01T01:00:00.000Z",
    "2026-03-01T02:00:00.000Z",
  ]);
});

test.each([
  ["Europe/Berlin", "2026-03-29", "2026-03-29T06:30"],
  ["Europe/Berlin", "2026-10-25", "2026-10-25T07:30"],
  ["America/New_York", "2026-03-08", "2026-03-08T12:30"],
  ["America/New_York", "2026-11-01", "2026-11-01T13:30"],
  ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T22:00"],
])("no day of %s is left out or told twice around %s, whenever one asks", (timezone, day, utc) => {
  for (let hour = 0; hour < 24; hour++) {
    const from = Date.parse(`${day}T00:00:00Z`) - 3 * DAY + hour * HOUR;
    const found = slots("cron(30 8 * * ? *)", timezone, from, from + 6 * DAY);
    expect(found.map((at) => new Date(at).toISOString())).toContain(`${utc}:00.000Z`);
    const gaps = [from, ...found].map((at, index) => (found[index] ?? from + 6 * DAY) - at);
    // From slot to slot is a day, give or take the hour of the change.
    expect(gaps.slice(1, -1).filter((gap) => Math.abs(gap - DAY) > HOUR)).toEqual([]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(DAY + HOUR);
  }
});
