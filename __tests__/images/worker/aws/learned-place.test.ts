import { encodeKey, placeOf } from "../../../../images/worker/src/aws/learned-place";

const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0";
const REQUEST = {
  protocol: "https:",
  hostname: "bucket.s3.eu-west-1.amazonaws.com",
  path: "/a%2Bb/c",
  headers: { authorization: AUTHORIZATION, "user-agent": "agent" },
};

test("tells where a bucket is that stands in the name of the host", () => {
  expect(placeOf("a+b/c", REQUEST)).toEqual({
    secure: true,
    hostname: REQUEST.hostname,
    port: undefined,
    before: "/",
    region: "eu-west-1",
    service: "s3",
    userAgent: "agent",
  });
});

test("tells where a bucket is that stands in the path", () => {
  const request = { ...REQUEST, protocol: "http:", port: 9000, path: "/bucket/a%2Bb/c" };
  expect(placeOf("a+b/c", request)).toMatchObject({
    secure: false,
    port: 9000,
    before: "/bucket/",
  });
});

test.each([
  ["another key", { ...REQUEST, path: "/d" }],
  ["an address of IPv6", { ...REQUEST, hostname: "[::1]" }],
  ["no signature", { ...REQUEST, headers: {} }],
  [
    "a signature for several regions",
    {
      ...REQUEST,
      headers: {
        authorization: AUTHORIZATION.replace("AWS4-HMAC", "AWS4-ECDSA-P256"),
      },
    },
  ],
  [
    "a directory bucket",
    { ...REQUEST, headers: { authorization: AUTHORIZATION.replace("/s3/", "/s3express/") } },
  ],
])("learns nothing from a request with %s", (_, request) => {
  expect(placeOf("a+b/c", request)).toBeUndefined();
});

test("encodes all of a key but what needs no encoding", () => {
  expect(encodeKey("a/b c+d=e!'()*~_-.é")).toBe("a/b%20c%2Bd%3De%21%27%28%29%2A~_-.%C3%A9");
});
