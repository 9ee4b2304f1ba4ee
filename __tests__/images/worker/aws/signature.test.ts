import { signedHeaders } from "../../../../images/worker/src/aws/signature";
import { verifySignature } from "../../../../local/s3/sigv4/verify";

// The example of AWS's own documentation: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const SIGNER = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const SCOPE = { region: "us-east-1", service: "s3" };
const NOW = Date.parse("2013-05-24T00:00:00Z");

test("signs the example of the documentation as the documentation does", () => {
  const headers = signedHeaders(
    {
      method: "PUT",
      path: "/test%24file.text",
      query: "",
      headers: {
        date: "Fri, 24 May 2013 00:00:00 GMT",
        host: "examplebucket.s3.amazonaws.com",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
      bodyHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    },
    SIGNER,
    SCOPE,
    NOW,
  );
  expect(headers["x-amz-date"]).toBe("20130524T000000Z");
  expect(headers["authorization"]).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
      "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, " +
      "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  );
});

test("signs the token of a role, and with the key of the day", () => {
  const request = {
    method: "PUT",
    path: "/bucket/a%20%2B%C3%A9/%28b%29",
    query: "partNumber=1&uploadId=x%2By",
    headers: { host: "127.0.0.1:9", "content-type": "text/plain;  charset=utf-8" },
    bodyHash: "UNSIGNED-PAYLOAD",
  };
  const signer = { ...SIGNER, sessionToken: "token" };
  const days = [NOW, NOW + 86_400_000].map((now) => {
    const headers = signedHeaders(request, signer, SCOPE, now);
    expect(headers["x-amz-security-token"]).toBe("token");
    const query: readonly (readonly [string, string])[] = [
      ["partNumber", "1"],
      ["uploadId", "x+y"],
    ];
    verifySignature(
      { method: "PUT", path: decodeURIComponent(request.path), query, headers },
      { credentials: SIGNER, region: "us-east-1", now },
    );
    return headers["authorization"];
  });
  expect(days[0]).not.toBe(days[1]);
});
