import {
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  ListJobsCommand,
  type ListJobsCommandInput,
  ListTagsForResourceCommand,
  TagResourceCommand,
} from "@aws-sdk/client-batch";
import { type TestBatch, testBatch } from "./setup";

let batch: TestBatch;

afterEach(async () => {
  await batch.close();
});

const names = async (input: ListJobsCommandInput): Promise<(string | undefined)[]> => {
  const { jobSummaryList } = await batch.client.send(new ListJobsCommand(input));
  return (jobSummaryList ?? []).map(({ jobName }) => jobName);
};
const named = (value: string): ListJobsCommandInput => ({
  jobQueue: "q",
  filters: [{ name: "JOB_NAME", values: [value] }],
});

describe("ListJobs (https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html)", () => {
  test("a name filter ignores case and status; an asterisk at the end matches what begins so", async () => {
    batch = await testBatch();
    await batch.submit("test1");
    await batch.submit("Test1");
    await batch.submit("test10");
    await batch.submit("other");
    await batch.server.batch.idle();
    expect(await names(named("test1"))).toEqual(["Test1", "test1"]);
    expect(await names(named("test1*"))).toEqual(["test10", "Test1", "test1"]);
    expect(await names({ ...named("test1"), jobStatus: "FAILED" })).toEqual(["Test1", "test1"]);
  });

  test("without a filter it lists one status, RUNNING unless told", async () => {
    batch = await testBatch({ a: ["runs"] });
    const a = await batch.submit("a");
    await batch.submit("b");
    while (!batch.statuses(a).includes("RUNNING")) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await names({ jobQueue: "q" })).toEqual(["a"]);
    expect(await names({ jobQueue: "q", jobStatus: "SUCCEEDED" })).toEqual(["b"]);
  });

  test("lists one queue only", async () => {
    batch = await testBatch();
    batch.server.batch.addQueue({ name: "q2" });
    await batch.submit("job");
    await batch.submit("job", { jobQueue: "q2" });
    expect(await names(named("job"))).toEqual(["job"]);
    expect(await names({ ...named("job"), jobQueue: "q2" })).toEqual(["job"]);
  });

  test("pages are not shifted by jobs that come meanwhile", async () => {
    batch = await testBatch();
    for (const name of ["j1", "j2", "j3"]) await batch.submit(name);
    const first = await batch.client.send(new ListJobsCommand({ ...named("j*"), maxResults: 2 }));
    await batch.submit("j4");
    expect(first.jobSummaryList?.map(({ jobName }) => jobName)).toEqual(["j3", "j2"]);
    const { nextToken } = first;
    expect(await names({ ...named("j*"), maxResults: 2, nextToken })).toEqual(["j1"]);
  });

  test.each<[string, ListJobsCommandInput, string]>([
    ["no queue", {}, "exactly one of jobQueue, arrayJobId, multiNodeJobId must be given"],
    [
      "two filters",
      {
        jobQueue: "q",
        filters: [
          { name: "JOB_NAME", values: ["a"] },
          { name: "JOB_NAME", values: ["b"] },
        ],
      },
      "only one filter can be used at a time, got 2",
    ],
    [
      "an unknown filter",
      { jobQueue: "q", filters: [{ name: "X", values: ["a"] }] },
      'the filter "X" is not known',
    ],
    ["a made-up token", { jobQueue: "q", nextToken: "x" }, 'nextToken "x" is not valid'],
    [
      "a page of 101",
      { jobQueue: "q", maxResults: 101 },
      "maxResults must be between 1 and 100, got 101",
    ],
  ])("refuses %s", async (_what, input, message) => {
    batch = await testBatch();
    const sent = batch.client.send(new ListJobsCommand(input));
    await expect(sent).rejects.toMatchObject({ name: "ClientException", message });
  });
});

test("tags are set at submission and added later", async () => {
  batch = await testBatch();
  const id = await batch.submit("job", { tags: { partner: "acme" } });
  const resourceArn = `arn:aws:batch:ap-northeast-2:111122223333:job/${id}`;
  await batch.client.send(new TagResourceCommand({ resourceArn, tags: { more: "1" } }));
  const { tags } = await batch.client.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(tags).toEqual({ partner: "acme", more: "1" });
});

test("queues and definitions are described", async () => {
  batch = await testBatch();
  const { jobQueues } = await batch.client.send(new DescribeJobQueuesCommand({ jobQueues: ["q"] }));
  expect(jobQueues).toMatchObject([{ jobQueueName: "q", state: "ENABLED", status: "VALID" }]);
  const { jobDefinitions } = await batch.client.send(
    new DescribeJobDefinitionsCommand({ jobDefinitionName: "d", status: "ACTIVE" }),
  );
  expect(jobDefinitions).toMatchObject([
    { revision: 1, containerProperties: { command: ["fetch"] } },
  ]);
});

test("a call that is not simulated is an error that says what is", async () => {
  batch = await testBatch();
  const answer = await fetch(`${batch.server.url}/v1/deletejobqueue`, {
    method: "POST",
    body: "{}",
  });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    message:
      "POST /v1/deletejobqueue is not known to the Batch of this machine; it knows CreateJobQueue, DescribeJobQueues, RegisterJobDefinition, DescribeJobDefinitions, SubmitJob, DescribeJobs, ListJobs, CancelJob, TerminateJob, TagResource, ListTagsForResource",
  });
});

describe("hooks", () => {
  test("an answer that is lost leaves the job behind", async () => {
    batch = await testBatch(
      {},
      { hooks: { after: ({ action }) => (action === "SubmitJob" ? "drop" : undefined) } },
    );
    await expect(batch.submit("job")).rejects.toThrow(/socket hang up|ECONNRESET/u);
    expect(await names(named("job"))).toEqual(["job"]);
  });
});
