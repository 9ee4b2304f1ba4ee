import fc from "fast-check";
import { cronFault } from "../../../modules/config";

describe("schedule expressions that EventBridge Scheduler takes", () => {
  it.each([
    "cron(0 6 * * ? *)",
    "cron(0/10 * * * ? *)",
    "cron(0,30 8-18/2 ? * MON-FRI *)",
    "cron(15 10 ? * 6L 2026-2030)",
    "cron(0 18 L * ? *)",
    "cron(0 18 15W * ? *)",
    "cron(0 18 LW * ? *)",
    "cron(0 9 ? * 2#1 *)",
    "cron(0 9 ? * TUE#3 *)",
    "cron(0 9 1 JAN,JUL ? *)",
    "cron(0 22 ? * FRI-MON *)",
    "rate(1 hour)",
    "rate(15 minutes)",
  ])("%s", (expression) => {
    expect(cronFault(expression)).toBeUndefined();
  });
});

describe("schedule expressions that are refused", () => {
  it.each([
    ["", "must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit)"],
    [
      "0 6 * * *",
      "must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit)",
    ],
    [
      "at(2026-01-01T00:00:00)",
      "must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit)",
    ],
    ["rate(0 hours)", "must have a rate above 0"],
    [
      "cron(0 6 * * *)",
      "must have six fields in cron(...): minutes hours day-of-month month day-of-week year; it has 5",
    ],
    ["cron(60 6 * * ? *)", `must have minutes from 0-59, not "60"`],
    ["cron(0 25 * * ? *)", `must have hours from 0-23, not "25"`],
    ["cron(0 6 32 * ? *)", `must have day-of-month from 1-31, not "32"`],
    ["cron(0 6 * 13 ? *)", `must have month from 1-12 or JAN-DEC, not "13"`],
    ["cron(0 6 ? * 0 *)", `must have day-of-week from 1-7 or SUN-SAT, not "0"`],
    ["cron(0 6 ? * MON-FUN *)", `must have day-of-week from 1-7 or SUN-SAT, not "MON-FUN"`],
    ["cron(0 6 ? * 2#6 *)", `must have day-of-week from 1-7 or SUN-SAT, not "2#6"`],
    ["cron(0 6 * * ? 1969)", `must have year from 1970-2199, not "1969"`],
    ["cron(0/0 6 * * ? *)", `must have minutes from 0-59, not "0/0"`],
    ["cron(1-2-3 6 * * ? *)", `must have minutes from 0-59, not "1-2-3"`],
    ["cron(0 6 * * * *)", `must have "?" in exactly one of day-of-month and day-of-week`],
    ["cron(0 6 ? * ? *)", `must have "?" in exactly one of day-of-month and day-of-week`],
  ])("%j", (expression, fault) => {
    expect(cronFault(expression)).toBe(fault);
  });

  it("never by an exception", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        for (const text of [a, `cron(${a})`, `rate(${a})`, `cron(${a} ${b} * * ? *)`])
          expect(["string", "undefined"]).toContain(typeof cronFault(text));
      }),
    );
  });
});
