import path from "node:path";
import { type LabelFault } from "../../../images/teleport/stand-in/label-server";
import { LocalQueue } from "../../../local/sqs";
import { deadLetterFile, tryPaths } from "../../../local/try";
import { playLabel, toldCommand } from "../label-project";
import {
  call,
  type Called,
  REPOSITORY,
  type ScratchProject,
  scratchProject,
} from "../scratch-project";

/*
 * The night guide: an order fails, an operator is told, types what the alert says and nothing else, and the order is
 * delivered. The texts are those that the deployed functions make, on this machine.
 */

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

/** Types the command that a text tells after a label. */
const type = (text: string, label: string): Promise<Called> =>
  call(toldCommand(text, label), project.root);

/** Calls until there is an order to look at: the run that starts it has just begun. */
async function once(act: () => Promise<Called>): Promise<Called> {
  for (;;) {
    const called = await act();
    if (!/has no runs on|is under way on|is no order of|could not/u.test(called.stderr))
      return called;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const orders = (...args: string[]): Promise<Called> =>
  call(["orders", ...args, "--env", "local"], project.root);

const label = (faults: readonly LabelFault[]): void => {
  playLabel(project, { faults });
};

test("a failed order is delivered with only what the alert says to type", async () => {
  label([]);
  const failed = await call(["try", "universal-music", "--fail", "publish"], project.root);
  expect(failed).toMatchObject({ code: 4 });
  expect(failed.stdout).toContain("an operator is told:");
  expect((await orders("list", "--failed")).stdout).toContain("1 failed order since ");

  const rerun = await type(failed.stdout, "Next:");
  expect(rerun).toMatchObject({ code: 0 });
  expect(rerun.stdout).toMatch(/^"ORDER-1" {2}delivered {2}order-1-[0-9a-f]{12}\/2\n/u);
  expect((await orders("list", "--failed")).stdout).toMatch(/^no failed orders since /u);
  const shown = await orders("show", "universal-music", "ORDER-1");
  expect(shown.stdout).toContain("rerun by ");
  expect(shown.stdout).toContain(": the cause is removed\n");

  const logs = await orders("logs", "universal-music", "ORDER-1", "--attempt", "1", "--json");
  const { sections } = JSON.parse(logs.stdout) as {
    sections: { step: string; lines: string[] }[];
  };
  expect(sections.map(({ step }) => step)).toEqual(["fetch", "publish"]);
  expect(sections[0]?.lines.join("\n")).toContain("order has 3 files, 305001 bytes");
});

test("a delivery that does not hold is released with only what the alert says to type", async () => {
  label([{ kind: "corrupt", path: "release.xml" }]);
  // A program that does not look at checksums itself; the worker does.
  const whole = JSON.stringify(path.join(REPOSITORY, "partners/universal-music"));
  project.write(
    "partners/universal-music.ts",
    `import whole from ${whole};
     const { fetch } = whole.steps;
     export default { ...whole, steps: { ...whole.steps, fetch: { ...fetch, program: [...fetch.program, "--no-verify"] } } };`,
  );
  const failed = await call(["try", "universal-music"], project.root);
  expect(failed.code).toBe(4);
  const listed = await type(failed.stdout, "Next:");
  expect(listed).toMatchObject({ code: 0 });
  expect(listed.stdout).toContain(`: "release.xml" has sha256 `);
  const released = await type(listed.stdout, "next:");
  expect(released).toMatchObject({ code: 0, stderr: "" });
  expect(released.stdout).toMatch(/^released 5 files, /u);
  expect((await orders("list")).stdout).toMatch(/ delivered\n/u);
  expect((await orders("list", "--failed")).stdout).toMatch(/^no failed orders since /u);
  const again = await orders("show", "universal-music", "ORDER-1", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ runs: [{ status: "delivered" }] });
});

test("an order is followed while it runs, to its end, and its exit code tells how it ended", async () => {
  label([]);
  const stop = new AbortController();
  const tried = call(["try", "universal-music", "--fail", "publish"], project.root);
  const follow = ["logs", "universal-music", "ORDER-1", "--follow"];
  const followed = await once(() => orders(...follow, "--json"));
  expect(followed.code).toBe(4);
  const lines = followed.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; step?: string; status?: string });
  expect(lines[0]).toMatchObject({ kind: "attempt", attempt: 1, orderId: "ORDER-1" });
  expect(lines.at(-1)).toMatchObject({ kind: "ended", status: "failed" });
  const words = lines.flatMap(({ kind, step, status }) =>
    kind === "step" ? [`${step ?? ""} ${status ?? ""}`] : [],
  );
  expect(words).toContain("fetch succeeded");
  expect(words.at(-1)).toBe("publish failed");
  expect((await tried).code).toBe(4);
  // Over is over: for people the worker's lines are read out, and the next command stands last.
  const again = await orders(...follow);
  expect(again.code).toBe(4);
  expect(again.stdout).toMatch(/\nfetch \| \d\d:\d\d:\d\d order has 3 files, 305001 bytes\n/u);
  expect(again.stdout).toMatch(/\nnext: partner-ingest orders rerun universal-music ORDER-1 /u);
  stop.abort();
  const stopped = await call(["orders", ...follow], project.root, {}, stop.signal);
  expect(stopped).toEqual({ code: 130, stdout: "", stderr: "" });
});

test("an order under way is shown, and cancelled from another terminal", async () => {
  label([{ kind: "slow", bytesPerSecond: 20_000 }]);
  const tried = call(["try", "universal-music"], project.root);
  await once(() => orders("show", "universal-music", "ORDER-1"));
  expect((await orders("list")).stdout).toMatch(/ under way\n/u);
  const cancelled = await orders(
    ...["cancel", "universal-music", "ORDER-1", "--reason", "the wrong order", "--yes"],
  );
  expect(cancelled).toMatchObject({ code: 0, stderr: "" });
  expect((await tried).code).toBe(4);
  expect((await orders("show", "universal-music", "ORDER-1")).stdout).toContain(
    ": the wrong order\n",
  );
  expect((await orders("list")).stdout).toMatch(/ cancelled\n/u);
});

test("a dead letter is taken up again, and a backfill does its order anew", async () => {
  label([]);
  const { root } = tryPaths(project.root, "local", "universal-music");
  const file = deadLetterFile(root, "universal-music");
  expect((await call(["try", "universal-music"], project.root)).code).toBe(0);
  const event = JSON.stringify({ kind: "manual", orderId: "ORDER-2/b" });
  new LocalQueue({ name: "kept", file }).send(event, { ErrorMessage: "it timed out" });
  expect((await orders("dlq", "list")).stdout).toMatch(/"ORDER-2\/b" by hand {2}it timed out\n/u);
  const why = ["--reason", "practice", "--yes"];
  expect((await orders("dlq", "redrive", "universal-music", ...why)).stdout).toBe(
    'taken  order "ORDER-2/b" by hand\n\n1 dead letter taken up again, 0 kept\n',
  );
  expect((await orders("dlq", "list")).stdout).toBe("no dead letters\n");
  const period = ["--from", "2h", "--mode", "all", "--max", "1"];
  const filled = await orders("backfill", "universal-music", ...period, ...why);
  expect(filled).toMatchObject({ code: 0 });
  expect(filled.stdout).toMatch(/"ORDER-1" {2}order-1-[0-9a-f]{12} {2}again {2}delivered\n/u);
  expect(filled.stdout).toMatch(/\n1 order handed over; 1 more are left for another call/u);
});

test("an order that comes while its partner is paused is recorded, and delivered when it goes on", async () => {
  label([]);
  const pause = ["pause", "universal-music", "--reason", "their server moves"];
  // There is nothing of the partner before its first run on this machine.
  expect((await orders(...pause)).stderr).toContain("universal-music has no runs on this machine");
  expect((await call(["try", "universal-music"], project.root)).code).toBe(0);
  const paused = await orders(...pause);
  expect(paused).toMatchObject({ code: 0 });
  expect(paused.stdout).toMatch(/^universal-music is paused since .*: their server moves\n/u);
  const tried = await call(["try", "universal-music", "--order", "ORDER-2/b"], project.root);
  expect(tried).toMatchObject({ code: 0 });
  expect(tried.stdout).toContain('"ORDER-2/b"  recorded; its partner is paused');
  expect(tried.stdout).toContain("paused: 1 order of universal-music recorded, to start it:");
  expect((await orders("list")).stdout).toContain("universal-music is paused since ");
  const resumed = await type(paused.stdout, "next:");
  expect(resumed).toMatchObject({ code: 0 });
  expect(resumed.stdout).toMatch(/^universal-music goes on since /u);
  expect(resumed.stdout).toContain('"ORDER-2/b"  delivered');
});
