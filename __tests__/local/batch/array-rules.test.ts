import { CancelJobCommand, ListJobsCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import { API, array, detail, GUIDE, reaches, type Rule, settled, show, started } from "./rules";
import { testBatch } from "./setup";

const RULES: readonly Rule[] = [
  {
    rule: "children of an array job have the parent's id with their index, and know both index and size",
    url: `${GUIDE}array_jobs.html`,
    shows: async (batch) => {
      const id = await batch.submit("ok", array(3));
      await batch.server.batch.idle();
      expect(batch.runtime.started.map(({ jobId }) => jobId)).toEqual([
        `${id}:0`,
        `${id}:1`,
        `${id}:2`,
      ]);
      expect(batch.runtime.started[2]?.environment).toMatchObject({
        AWS_BATCH_JOB_ID: `${id}:2`,
        AWS_BATCH_JOB_ARRAY_INDEX: "2",
        AWS_BATCH_JOB_ARRAY_SIZE: "3",
      });
      expect(await detail(batch, `${id}:1`)).toMatchObject({
        status: "SUCCEEDED",
        arrayProperties: { index: 1 },
      });
    },
  },
  {
    rule: "the parent stays PENDING while children run, and counts them by status",
    url: `${GUIDE}job_states.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("hold", array(3));
      await reaches(batch, `${id}:1`, "RUNNING");
      expect(await detail(batch, id)).toMatchObject({
        status: "PENDING",
        arrayProperties: { size: 3, statusSummary: { RUNNING: 2, RUNNABLE: 1 } },
      });
      expect(batch.statuses(id)).toEqual(["SUBMITTED", "PENDING"]);
    },
  },
  {
    rule: "a failed child fails the parent, but only when all children have ended",
    url: `${GUIDE}array_jobs.html`,
    scripts: { some: [{ exit: { exitCode: 1 } }] },
    shows: async (batch) => {
      const id = await batch.submit("some", array(4));
      await batch.server.batch.idle();
      expect(await detail(batch, id)).toMatchObject({
        status: "FAILED",
        arrayProperties: { size: 4, statusSummary: { FAILED: 4 } },
      });
      expect(batch.events.at(-1)?.detail.jobId).toBe(id);
      expect(started(batch)).toHaveLength(4);
    },
  },
  {
    rule: "each child is retried on its own",
    url: `${GUIDE}array_jobs.html`,
    scripts: { again: [{ exit: { exitCode: 75 } }] },
    shows: async (batch) => {
      const id = await batch.submit("again", array(2));
      await batch.server.batch.idle();
      expect((await detail(batch, id)).status).toBe("SUCCEEDED");
      expect((await detail(batch, `${id}:0`)).attempts).toHaveLength(2);
      expect((await detail(batch, `${id}:1`)).attempts).toHaveLength(2);
    },
  },
  {
    rule: "an array takes 2 to 10,000 children",
    url: `${GUIDE}array_jobs.html`,
    shows: async (batch) => {
      for (const size of [1, 10_001])
        await expect(batch.submit("ok", array(size))).rejects.toThrow(
          `arrayProperties.size must be between 2 and 10000, got ${String(size)}`,
        );
    },
  },
  {
    rule: "ListJobs with arrayJobId lists children; a queue lists parents alone",
    url: `${API}API_ListJobs.html`,
    shows: async (batch) => {
      const id = await batch.submit("ok", array(2));
      await batch.server.batch.idle();
      const children = await batch.client.send(
        new ListJobsCommand({ arrayJobId: id, jobStatus: "SUCCEEDED" }),
      );
      expect(children.jobSummaryList?.map(({ jobId }) => jobId)).toEqual([`${id}:1`, `${id}:0`]);
      const all = await batch.client.send(
        new ListJobsCommand({ jobQueue: "q", jobStatus: "SUCCEEDED" }),
      );
      expect(all.jobSummaryList?.map(({ jobId }) => jobId)).toEqual([id]);
    },
  },
  {
    rule: "SEQUENTIAL: a child waits for the one before it",
    url: `${GUIDE}job_dependencies.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("hold", { ...array(3), dependsOn: [{ type: "SEQUENTIAL" }] });
      await reaches(batch, `${id}:0`, "RUNNING");
      await settled();
      expect(started(batch)).toEqual(["hold:0"]);
      batch.runtime.finish("hold");
      await reaches(batch, `${id}:1`, "RUNNING");
      expect(started(batch)).toEqual(["hold:0", "hold:1"]);
    },
  },
  {
    rule: "N_TO_N: a child waits for the child of the same index, and fails with it alone",
    url: `${GUIDE}job_dependencies.html`,
    shows: async (batch) => {
      const first = await batch.submit("ok", array(2));
      const second = await batch.submit("then", {
        ...array(2),
        dependsOn: [{ jobId: first, type: "N_TO_N" }],
      });
      await batch.server.batch.idle();
      expect((await detail(batch, second)).status).toBe("SUCCEEDED");
      expect(started(batch).indexOf("ok:1")).toBeLessThan(started(batch).indexOf("then:1"));
      await expect(
        batch.submit("then", { ...array(3), dependsOn: [{ jobId: first, type: "N_TO_N" }] }),
      ).rejects.toThrow(
        `the job "${first}" in dependsOn of type N_TO_N must be an array job of the same size`,
      );
    },
  },
  {
    rule: "a job that depends on an array job waits for all children, and fails when one failed",
    url: `${GUIDE}job_dependencies.html`,
    scripts: { bad: [{ exit: { exitCode: 1 } }] },
    shows: async (batch) => {
      const parent = await batch.submit("bad", array(2));
      const next = await batch.submit("next", { dependsOn: [{ jobId: parent }] });
      await batch.server.batch.idle();
      expect(await detail(batch, next)).toMatchObject({
        status: "FAILED",
        statusReason: "Dependent Job failed",
      });
    },
  },
  {
    rule: "terminating an array job ends its children, whatever they do",
    url: `${API}API_TerminateJob.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("hold", array(3));
      await reaches(batch, `${id}:0`, "RUNNING");
      await batch.client.send(new TerminateJobCommand({ jobId: id, reason: "enough" }));
      await settled();
      batch.runtime.finish("hold");
      await reaches(batch, `${id}:2`, "FAILED");
      expect((await detail(batch, `${id}:2`)).statusReason).toBe("enough");
    },
  },
  {
    rule: "cancelling an array job spares the children that run",
    url: `${API}API_CancelJob.html`,
    scripts: { hold: ["runs"] },
    concurrency: 1,
    shows: async (batch) => {
      const id = await batch.submit("hold", array(2));
      await reaches(batch, `${id}:0`, "RUNNING");
      await batch.client.send(new CancelJobCommand({ jobId: id, reason: "not today" }));
      await reaches(batch, `${id}:1`, "FAILED");
      batch.runtime.finish("hold");
      await batch.server.batch.idle();
      expect((await detail(batch, `${id}:0`)).status).toBe("SUCCEEDED");
      expect(await detail(batch, `${id}:1`)).toMatchObject({ statusReason: "not today" });
      expect((await detail(batch, id)).status).toBe("FAILED");
    },
  },
];

test.each(RULES)("$rule ($url)", show);

test("an array of 10,000 children ends with all of them", async () => {
  const batch = await testBatch({}, { concurrency: 64 });
  const id = await batch.submit("ok", array(10_000));
  await batch.server.batch.idle();
  expect(await detail(batch, id)).toMatchObject({
    status: "SUCCEEDED",
    arrayProperties: { size: 10_000, statusSummary: { SUCCEEDED: 10_000 } },
  });
  await batch.close();
});
