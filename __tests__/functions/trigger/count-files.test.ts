import { S3Client } from "@aws-sdk/client-s3";
import { arraySizes, s3CountFiles, type ListSource } from "../../../functions/trigger/count-files";
import { startS3, type LocalS3 } from "../../../local/s3";
import type { StepSpec } from "../../../modules/contract";

let s3: LocalS3;
let client: S3Client;
beforeAll(async () => {
  s3 = await startS3({ buckets: [{ name: "landing" }] });
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const { endpoint } = s3;
  client = new S3Client({ endpoint, region: "eu-west-1", credentials, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await s3.close();
});

const STEP: StepSpec = {
  name: "develop",
  after: [],
  jobDefinition: "arn",
  queues: { standard: "q", onDemand: "q" },
  schedulingPriority: 100,
  arrayFiles: { perChild: 2, max: 3 },
};

async function drop(list: string): Promise<ListSource> {
  const answer = await fetch(`${s3.endpoint}/landing/1.list`, { method: "PUT", body: list });
  return { kind: "s3", bucket: "landing", key: "1.list", etag: answer.headers.get("etag") ?? "" };
}

test.each([
  ["", 1],
  ["a\nb\n", 1],
  ["a\n\nb\nc", 2],
  ["1\n2\n3\n4\n5\n6\n7", 3],
])("the list %j asks for %d children", async (list, size) => {
  expect(await arraySizes(s3CountFiles(client), [STEP], await drop(list))).toEqual({
    develop: size,
  });
});

test("a chain without such a step reads no list", async () => {
  const fixed = { ...STEP, arrayFiles: undefined };
  const none = (): Promise<number> => Promise.reject(new Error("was read"));
  expect(await arraySizes(none, [fixed], await drop(""))).toBeUndefined();
});

test("a list that was replaced after it had started the order is not counted", async () => {
  const first = await drop("a");
  await drop("b");
  await expect(s3CountFiles(client)(first)).rejects.toThrow(
    'the list "1.list" in bucket "landing" is gone or was replaced after it had started the order; the new object starts an order of its own',
  );
});

test("an order that comes from no object has no list", async () => {
  const source = { kind: "manual", orderId: "1" } as const;
  await expect(arraySizes(s3CountFiles(client), [STEP], source)).rejects.toThrow(
    'the order came from a trigger of kind "manual", but step "develop" works on the files that an object lists; drop the list into the bucket',
  );
});
