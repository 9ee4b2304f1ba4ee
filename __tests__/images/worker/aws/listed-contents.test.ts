import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import {
  takeContents,
  type ListedContent,
} from "../../../../images/worker/src/aws/listed-contents";
import { CREDENTIALS, REGION } from "../../support/test-s3";

interface Said {
  readonly status?: number;
  readonly body: string;
}

interface Heard {
  readonly taken: readonly ListedContent[];
  /** Keys that were left to the SDK. */
  readonly left: readonly (string | undefined)[];
  readonly token: string | undefined;
}

let server: Server;
let say: Said[] = [];
let client: S3Client;

beforeAll(async () => {
  server = createServer((_request, response) => {
    const { status = 200, body = "" } = say.shift() ?? {};
    response.writeHead(status, { "content-type": "application/xml" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new S3Client({
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
});

afterAll(() => {
  client.destroy();
  server.close();
});

function page(...contents: readonly string[]): Said {
  const inner = contents.map((content) => `<Contents>${content}</Contents>`).join("\n");
  return {
    body:
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>` +
      `<IsTruncated>true</IsTruncated>${inner}<NextContinuationToken>t/1=</NextContinuationToken></ListBucketResult>`,
  };
}

async function list(...answers: readonly Said[]): Promise<Heard> {
  say = [...answers];
  const command = new ListObjectsV2Command({ Bucket: "b", EncodingType: "url" });
  const taken = takeContents(command);
  const { Contents = [], NextContinuationToken } = await client.send(command);
  return { taken: taken(), left: Contents.map(({ Key }) => Key), token: NextContinuationToken };
}

const PLAIN = "<Key>in/a%26+b</Key><ETag>&quot;e1&quot;</ETag><Size>5</Size>";

test("objects are taken in any order of their elements, quoted in any way; the SDK reads the rest", async () => {
  const other =
    '<LastModified>x</LastModified><Size>0</Size><Owner><ID>o</ID></Owner><ETag>"e2-3"</ETag>\n<Key>z</Key>';
  expect(await list(page(PLAIN, other))).toEqual({
    taken: [
      { key: "in/a%26+b", size: 5, etag: "e1" },
      { key: "z", size: 0, etag: "e2-3" },
    ],
    left: [],
    token: "t/1=",
  });
});

test("an object that is written in another way is left to the SDK, and no other", async () => {
  const escaped = "<Key>in/a&amp;b</Key><ETag>e</ETag><Size>1</Size>";
  const withoutSize = "<Key>in/c</Key><ETag>e</ETag>";
  expect(await list(page(escaped, PLAIN, withoutSize))).toEqual({
    taken: [{ key: "in/a%26+b", size: 5, etag: "e1" }],
    left: ["in/a&b", "in/c"],
    token: "t/1=",
  });
});

test("a page without objects has none", async () => {
  expect(await list(page())).toEqual({ taken: [], left: [], token: "t/1=" });
});

test("of a listing that was tried again the objects count once", async () => {
  const slow = { status: 503, body: "<Error><Code>SlowDown</Code><Message>m</Message></Error>" };
  expect((await list(slow, page(PLAIN))).taken).toHaveLength(1);
});

test("an error is the SDK's to tell", async () => {
  const denied = {
    status: 403,
    body: "<Error><Code>AccessDenied</Code><Message>not you</Message></Error>",
  };
  await expect(list(denied)).rejects.toThrow("not you");
});

test("an answer that is cut off is an error, not a shorter listing", async () => {
  const { body } = page(PLAIN, PLAIN);
  for (const length of [
    body.length - 1,
    body.indexOf("</Contents>") + 3,
    body.lastIndexOf("<Key>"),
  ])
    await expect(list({ body: body.slice(0, length) })).rejects.toThrow();
});
