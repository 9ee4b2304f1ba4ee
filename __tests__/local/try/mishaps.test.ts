import { tryPartner, type TryOptions, type TryResult } from "../../../local/try";
import { label, projectIn, temporary } from "./setup";

const place = temporary();

afterAll(() => {
  place.remove();
});

const attempt = (options: Partial<TryOptions>): Promise<TryResult> =>
  tryPartner({
    project: projectIn(place.directory),
    environment: "local",
    partner: "universal-music",
    fresh: true,
    findStandIn: (image) => (image === "teleport" ? label() : undefined),
    ...options,
  });

test("a step that is ended fails the order, and an operator is told what to type", async () => {
  const { outcome, orders, alerts } = await attempt({ mishaps: { fail: "publish" } });
  expect(outcome).toBe("failed");
  expect(orders[0]?.jobs.map(({ step, status }) => `${step} ${status}`)).toEqual([
    "fetch SUCCEEDED",
    "publish FAILED",
  ]);
  expect(orders[0]?.ledgerKeys.filter((key) => key.endsWith(".FAILED.json"))).toHaveLength(1);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatch(
    /^universal-music \(local\): order "ORDER-1" failed at step publish\n/u,
  );
  expect(alerts[0]).toContain(
    "\nNext: partner-ingest orders rerun universal-music ORDER-1 --from publish --reason 'the cause is removed' --env local --local\n",
  );
  // The console of AWS knows nothing of this machine: the command for the logs is told in its place.
  expect(alerts[0]).toMatch(
    /\nLogs: partner-ingest orders logs universal-music ORDER-1 --step publish --env local --local$/u,
  );
  expect(alerts[0]).not.toContain("console.aws");
});

test("a Spot host that is taken away costs an attempt; the same event twelve times delivers once", async () => {
  const { outcome, orders, alerts } = await attempt({
    mishaps: { interrupt: true },
    duplicate: 12,
  });
  expect(outcome).toBe("delivered");
  expect(orders).toHaveLength(1);
  expect(orders[0]?.jobs.map(({ attempts }) => attempts.length)).toEqual([2, 1]);
  expect(alerts).toEqual([]);
});

test("fails when the step is none of the partner's", async () => {
  await expect(attempt({ mishaps: { fail: "publsh" } })).rejects.toThrow(
    /^--fail must be a step of universal-music, got "publsh"; known are /u,
  );
});
