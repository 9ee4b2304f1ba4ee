import { faultCampaign } from "../../scripts/campaigns/faults";
import { killCampaign } from "../../scripts/campaigns/kill";
import { MISBEHAVIOURS, type Misbehaviour } from "../../scripts/campaigns/misbehaviours";
import { programCampaign } from "../../scripts/campaigns/programs";
import { faultText, killText } from "../../scripts/campaigns/report";

test("a sample of the kill campaign finds nothing wrong", async () => {
  const result = await killCampaign(6, 11, () => undefined);
  expect(result.faults).toEqual([]);
  expect(Object.keys(result.kills).length).toBeGreaterThan(0);
});

test("a sample of the fault campaign delivers, or fails naming the file, and never publishes a wrong byte", async () => {
  const rows = await faultCampaign(2, 5, () => undefined, ["503 SlowDown", "403 on one file"]);
  expect(rows.map(({ fault, wrong, nameless }) => [fault, wrong, nameless])).toEqual([
    ["503 SlowDown", [], []],
    ["403 on one file", [], []],
  ]);
  expect(rows[0]?.delivered).toBe(2);
  // One that is published, and one that is unpacked.
  expect(rows[1]?.failed).toHaveLength(2);
  for (const reason of rows[1]?.failed ?? [])
    expect(reason).toMatch(/^configuration: "texts\/1\.txt" could not be published: AccessDenied/u);
});

test("programs that misbehave are ended or told of, and what they leave is looked after", async () => {
  // A disk of its own needs root's rights, and the stubborn one 20 s: both are left to the full campaign.
  const quick = ({ disk, name }: Misbehaviour): boolean =>
    disk === undefined && !name.includes("SIGTERM");
  const rows = await programCampaign(20_000_000, () => undefined, quick);
  expect(rows.map(({ name, faults }) => [name, faults])).toEqual(
    MISBEHAVIOURS.filter(quick).map(({ name }) => [name, []]),
  );
});

test("results are told as they are", () => {
  const at = new Date("2026-03-01T10:00:00Z");
  const none = { runs: 0, signals: 0, stagingLost: 0, resumed: 0 };
  const counts = { deliver: { ...none, runs: 2 }, quarantine: none, unpack: none };
  const faults = ["run 1: x is missing"];
  expect(killText({ counts, kills: { "SIGKILL at any": 1 }, faults }, "c", at)).toContain(
    "| SIGKILL at any | 1 |\n\nFaults found: 1.\n\n- run 1: x is missing",
  );
  const found = { wrong: [], nameless: [] };
  const row = { fault: "f", delivered: 0, failed: ["a|b"], attempts: 1, hit: 2, ...found };
  expect(faultText([row], "c", at)).toContain("| f | 0 | 1 | 1 | 2 | 0 | 0 | a\\|b |");
});
