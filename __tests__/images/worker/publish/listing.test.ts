import { S3Client } from "@aws-sdk/client-s3";
import { listObjects } from "../../../../images/worker/src/publish/listing";
import { CREDENTIALS, LANDING, REGION, startTestS3 } from "../../support/test-s3";

test("lists over pages, with keys as they are", async () => {
  const s3 = await startTestS3();
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  try {
    const names = ["a b+c%20é&<x>.txt", ...Array.from({ length: 1001 }, (_, n) => `n${String(n)}`)];
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(
        names.slice(at, at + 50).map((name) => s3.put(LANDING, `in/${name}`, name)),
      );
    await s3.put(LANDING, "other", "x");
    const target = { client, bucket: LANDING, signal: new AbortController().signal };
    const listed = await listObjects(target, "in/");
    expect([...listed.keys()].sort()).toEqual(names.map((name) => `in/${name}`).sort());
    expect(listed.get("in/a b+c%20é&<x>.txt")?.size).toBe(18);
    expect(s3.requests).toHaveLength(2);
  } finally {
    client.destroy();
    await s3.close();
  }
});
