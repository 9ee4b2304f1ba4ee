import { policyDocument } from "../../../modules/iam";
import {
  type BucketRef,
  listPrefix,
  putObjects,
  readObjects,
  writeObjects,
} from "../../../modules/s3";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/k";
const withoutKey: BucketRef = {
  arn: "arn:aws:s3:::b",
  account: "111122223333",
  region: "eu-central-1",
};
const bucket: BucketRef = { ...withoutKey, kmsKeyArn: KEY };
const reason = { id: "Landing", why: "read what was dropped", from: "triggers.drop" };

const inAccount = { "aws:ResourceAccount": "111122223333" };

function useOfKey(sid: string, action: string | string[]): object {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: action,
    Resource: KEY,
    Condition: {
      StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      StringLike: { "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"] },
    },
  };
}

test("reading: objects below the prefix, and decryption of this bucket's objects alone", () => {
  expect(policyDocument(readObjects(bucket, ["acme/*"], reason)).Statement).toEqual([
    useOfKey("LandingDecrypt", "kms:Decrypt"),
    {
      Sid: "LandingRead",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::b/acme/*",
      Condition: { StringEquals: inAccount },
    },
  ]);
});

test("writing: parts too, which S3 has to read again; nothing is deleted", () => {
  expect(policyDocument(writeObjects(bucket, ["a/*", "b/*"], reason)).Statement).toEqual([
    useOfKey("LandingEncrypt", ["kms:Decrypt", "kms:GenerateDataKey"]),
    {
      Sid: "LandingWrite",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
      Resource: ["arn:aws:s3:::b/a/*", "arn:aws:s3:::b/b/*"],
      Condition: { StringEquals: inAccount },
    },
  ]);
});

test("putting in one request needs no decryption", () => {
  expect(policyDocument(putObjects(bucket, ["acme/*"], reason)).Statement).toEqual([
    useOfKey("LandingEncrypt", "kms:GenerateDataKey"),
    {
      Sid: "LandingPut",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::b/acme/*",
      Condition: { StringEquals: inAccount },
    },
  ]);
});

test("listing: on the bucket, below the prefixes only", () => {
  expect(policyDocument([listPrefix(bucket, ["acme/", "in/"], reason)]).Statement).toEqual([
    {
      Sid: "LandingList",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::b",
      Condition: { StringEquals: inAccount, StringLike: { "s3:prefix": ["acme/*", "in/*"] } },
    },
  ]);
});

test("a bucket without a key of its own needs none", () => {
  for (const grants of [readObjects, writeObjects, putObjects])
    expect(grants(withoutKey, ["acme/*"], reason)).toHaveLength(1);
});

test("every grant says why, and which setting needs it", () => {
  for (const grants of [readObjects, writeObjects, putObjects])
    for (const { from, why } of grants(bucket, ["acme/*"], reason))
      expect({ from, why }).toEqual({ from: "triggers.drop", why: "read what was dropped" });
});
