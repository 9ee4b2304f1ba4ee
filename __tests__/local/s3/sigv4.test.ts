import type { S3Error } from "../../../local/s3/http/s3-error";
import type { Signable } from "../../../local/s3/sigv4/canonical";
import { ChunkSignatures } from "../../../local/s3/sigv4/chunk-signatures";
import { verifySignature } from "../../../local/s3/sigv4/verify";

/*
 * The examples that AWS publishes, with their signatures:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const now = Date.UTC(2013, 4, 24);
const options = { credentials, region: "us-east-1", now };
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

const authorization = (signedHeaders: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${signedHeaders},Signature=${signature}`;

const getObject: Signable = {
  method: "GET",
  path: "/test.txt",
  query: [],
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    range: "bytes=0-9",
    "x-amz-content-sha256": EMPTY,
    "x-amz-date": "20130524T000000Z",
    authorization: authorization(
      "host;range;x-amz-content-sha256;x-amz-date",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
  },
};

const listObjects: Signable = {
  method: "GET",
  path: "/",
  query: [
    ["prefix", "J"],
    ["max-keys", "2"],
  ],
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-content-sha256": EMPTY,
    "x-amz-date": "20130524T000000Z",
    authorization: authorization(
      "host;x-amz-content-sha256;x-amz-date",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
  },
};

const putObject: Signable = {
  method: "PUT",
  path: "/test$file.text",
  query: [],
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    date: "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    "x-amz-date": "20130524T000000Z",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    authorization: authorization(
      "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
  },
};

const presigned = (now: number): [Signable, typeof options] => [
  {
    method: "GET",
    path: "/test.txt",
    query: [
      ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
      ["X-Amz-Credential", CREDENTIAL],
      ["X-Amz-Date", "20130524T000000Z"],
      ["X-Amz-Expires", "86400"],
      ["X-Amz-SignedHeaders", "host"],
      ["X-Amz-Signature", "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"],
    ],
    headers: { host: "examplebucket.s3.amazonaws.com" },
  },
  { ...options, now },
];

const streaming: Signable = {
  method: "PUT",
  path: "/examplebucket/chunkObject.txt",
  query: [],
  headers: {
    host: "s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": "66560",
    "content-length": "66824",
    authorization: authorization(
      "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
      "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    ),
  },
};

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "accepted";
  } catch (fault) {
    return (fault as S3Error).code;
  }
};

test.each([
  ["a read", getObject],
  ["a listing", listObjects],
  ["a write with a key that must be encoded", putObject],
  ["a streamed write", streaming],
])("AWS's example of %s is accepted", (_, request) => {
  expect(codeOf(() => verifySignature(request, options))).toBe("accepted");
});

test("AWS's example of a chain of chunks is accepted, and not when a chunk is another", () => {
  const verified = verifySignature(streaming, options);
  const chain = new ChunkSignatures(verified);
  chain.data(Buffer.alloc(65_536, "a"));
  chain.endChunk("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  chain.data(Buffer.alloc(1024, "a"));
  chain.endChunk("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  chain.endChunk("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
  const other = new ChunkSignatures(verified);
  other.data(Buffer.alloc(65_536, "b"));
  expect(
    codeOf(() => {
      other.endChunk("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
    }),
  ).toBe("SignatureDoesNotMatch");
});

test("AWS's example of a presigned address is accepted until it expires", () => {
  expect(codeOf(() => verifySignature(...presigned(now + 86_400_000)))).toBe("accepted");
  expect(codeOf(() => verifySignature(...presigned(now + 86_401_000)))).toBe("AccessDenied");
});

const withHeaders = (headers: Record<string, string | undefined>): Signable => ({
  ...getObject,
  headers: { ...getObject.headers, ...headers },
});

test.each<[string, Signable, Partial<typeof options>, string]>([
  ["another method", { ...getObject, method: "PUT" }, {}, "SignatureDoesNotMatch"],
  ["another path", { ...getObject, path: "/other.txt" }, {}, "SignatureDoesNotMatch"],
  ["another parameter", { ...getObject, query: [["a", ""]] }, {}, "SignatureDoesNotMatch"],
  ["another range", withHeaders({ range: "bytes=0-8" }), {}, "SignatureDoesNotMatch"],
  ["a header that is not signed", withHeaders({ "x-amz-acl": "private" }), {}, "AccessDenied"],
  ["no signature", withHeaders({ authorization: undefined }), {}, "AccessDenied"],
  [
    "Signature Version 2",
    withHeaders({ authorization: "AWS AKIAIOSFODNN7EXAMPLE:abc=" }),
    {},
    "InvalidRequest",
  ],
  [
    "Signature Version 2 in the address",
    { ...getObject, query: [["AWSAccessKeyId", "a"]] },
    {},
    "InvalidRequest",
  ],
  [
    "half a signature",
    withHeaders({ authorization: "AWS4-HMAC-SHA256 Credential=a" }),
    {},
    "AuthorizationHeaderMalformed",
  ],
  ["another region", getObject, { region: "eu-west-1" }, "AuthorizationHeaderMalformed"],
  [
    "another access key",
    getObject,
    { credentials: { ...credentials, accessKeyId: "B" } },
    "InvalidAccessKeyId",
  ],
  [
    "another secret key",
    getObject,
    { credentials: { ...credentials, secretAccessKey: "B" } },
    "SignatureDoesNotMatch",
  ],
  ["a clock that is 16 minutes off", getObject, { now: now + 16 * 60_000 }, "RequestTimeTooSkewed"],
])("fails when there is %s", (_, request, other, code) => {
  expect(codeOf(() => verifySignature(request, { ...options, ...other }))).toBe(code);
});
