import type { PartnerSpec } from "../../../../modules/contract";
import { SPEC } from "./fixtures";
import type { World } from "./world";

/** What must hold at any time, whatever happened: one claim per order, and at most one job per step and generation. */
export function expectNothingDoubled(world: World): void {
  const doubled = Object.entries(world.jobsByName()).filter(([, jobs]) => jobs.length > 1);
  expect(doubled).toEqual([]);
  expect(world.log.filter(({ level, event }) => level === "error" && /job/u.test(event))).toEqual(
    [],
  );
  for (const key of world.keys(/\/submitted\.json$/u)) {
    const { jobId, jobName } = world.json(key);
    expect(world.jobsByName()[String(jobName)]).toEqual([jobId]);
  }
}

/** What must hold once an event was handled undisturbed: every step of every claimed run has its one recorded job. */
export function expectComplete(world: World, runs: number, spec: PartnerSpec = SPEC): void {
  expectNothingDoubled(world);
  const claims = world.keys(/\/claim\.json$/u);
  expect(claims).toHaveLength(runs);
  let steps = 0;
  for (const key of claims) {
    const claim = world.json(key);
    const run = key.slice(0, -"claim.json".length);
    const day = String(claim["claimedAt"]).slice(0, 10);
    expect(
      world.keys(/\/days\//u).filter((entry) => entry.includes(String(claim["orderKey"]))),
    ).toEqual([`${spec.partner}/days/${day}/${String(claim["orderKey"])}.1.claimed.json`]);
    expect(world.keys(/\/spec\//u)).toContain(
      `${spec.partner}/spec/${String(claim["specDigest"])}.json`,
    );
    for (const step of spec.chains[claim["chain"] === "discovery" ? "discovery" : "order"]) {
      steps++;
      const record = world.json(`${run}steps/${step.name}/1/submitted.json`);
      const job = world.jobs.find(({ jobId }) => jobId === record["jobId"]);
      expect(job?.request.dependsOn).toEqual(
        step.after.map((earlier) => ({
          jobId: world.json(`${run}steps/${earlier}/1/submitted.json`)["jobId"],
        })),
      );
    }
  }
  expect(world.jobs).toHaveLength(steps);
}
