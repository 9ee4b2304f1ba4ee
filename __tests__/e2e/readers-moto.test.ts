import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { policyJson } from "../../modules/iam";
import { type Emulator, startMoto } from "../../terraform";
import { partnerInput } from "../support/partner";
import { partnerTemplate } from "../support/partner-template";

/*
 * A reader takes its role on and reads, on an emulator that evaluates policies: the user is one that the partner's file names,
 * role and policy are those of the emitted Terraform. What the emulator does not evaluate, which is boundaries, conditions on
 * S3, a missing external id and the signatures of lists, `iam prove` asks about.
 */

const ACCOUNT = "111122223333";
const REGION = "eu-central-1";
const BUCKET = "acme--test--acme--processed--2dc9855a";
const user = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const ADMINISTRATOR = { accessKeyId: "emulator", secretAccessKey: "emulator" };

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface ReadersOutput {
  readonly output: {
    readonly readers: { readonly value: { readonly feed: Readonly<Record<string, unknown>> } };
  };
}

let emulator: Emulator;
let reader: Credentials;
let stranger: Credentials;
let roleArn: string;

beforeAll(async () => {
  emulator = await startMoto({ account: ACCOUNT, region: REGION });
  const { fetch: program } = partnerInput().steps;
  if (program === undefined) throw new Error("the smallest partner fetches");
  const template = partnerTemplate({
    steps: {
      fetch: program,
      publish: {
        kind: "publish",
        after: ["fetch"],
        prefix: "out/",
        stable: { "current/feed.tsv": "feed.tsv" },
      },
    },
    readers: {
      feed: { principals: [user("reader")], externalId: "feed-7", reason: "read the feed" },
    },
  });
  const { feed } = (template.json as unknown as ReadersOutput).output.readers.value;
  expect(feed["bucket"]).toBe(BUCKET);
  roleArn = String(feed["roleArn"]);
  await fill();
  const { name, path } = template.resource("aws_iam_role", "reader_feed");
  const RoleName = String(name);
  const trust = template.policy("aws_iam_role", "reader_feed", "assume_role_policy");
  await iam({
    Action: "CreateRole",
    RoleName,
    Path: String(path),
    AssumeRolePolicyDocument: policyJson(trust),
  });
  await iam({
    Action: "PutRolePolicy",
    RoleName,
    PolicyName: "grants",
    PolicyDocument: policyJson(template.policy("aws_iam_role_policy", "reader_feed")),
  });
  reader = await userOf("reader");
  stranger = await userOf("stranger");
  // From here on the emulator asks who calls, and what they may.
  await fetch(`${emulator.endpoint}/moto-api/reset-auth`, {
    method: "POST",
    headers: { "Content-Type": "text/plain" },
    body: "0",
  });
});

afterAll(() => emulator.stop());

/** A call of IAM's query interface; the emulator looks at no signature yet. */
async function iam(parameters: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(emulator.endpoint, {
    method: "POST",
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=emulator/20260301/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Version: "2010-05-08", ...parameters }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${parameters["Action"] ?? ""}: ${text}`);
  return text;
}

/** A user who may take any role on, as far as it is up to the user's own policies. */
async function userOf(UserName: string): Promise<Credentials> {
  await iam({ Action: "CreateUser", UserName });
  await iam({
    Action: "PutUserPolicy",
    UserName,
    PolicyName: "readers",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }],
    }),
  });
  const text = await iam({ Action: "CreateAccessKey", UserName });
  const tag = (name: string): string => new RegExp(`<${name}>([^<]+)<`, "u").exec(text)?.[1] ?? "";
  return { accessKeyId: tag("AccessKeyId"), secretAccessKey: tag("SecretAccessKey") };
}

const s3Of = (credentials: Credentials): S3Client =>
  new S3Client({
    region: REGION,
    endpoint: emulator.endpoint,
    forcePathStyle: true,
    credentials,
  });

async function fill(): Promise<void> {
  const s3 = s3Of(ADMINISTRATOR);
  await s3.send(
    new CreateBucketCommand({
      Bucket: BUCKET,
      CreateBucketConfiguration: { LocationConstraint: REGION },
    }),
  );
  for (const Key of ["current/feed.tsv", "out/a/1/files/x", "quarantine/acme/a/1/files/x", "other"])
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: `content of ${Key}` }));
  s3.destroy();
}

async function assume(credentials: Credentials, ExternalId: string): Promise<Credentials> {
  const sts = new STSClient({ region: REGION, endpoint: emulator.endpoint, credentials });
  try {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "feed", ExternalId }),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken ?? "",
    };
  } finally {
    sts.destroy();
  }
}

describe("a reader that the partner's file names", () => {
  let s3: S3Client;

  beforeAll(async () => {
    s3 = s3Of(await assume(reader, "feed-7"));
  });
  afterAll(() => {
    s3.destroy();
  });

  test.each(["current/feed.tsv", "out/a/1/files/x"])("reads %s", async (Key) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    expect(await Body?.transformToString()).toBe(`content of ${Key}`);
  });

  test.each(["quarantine/acme/a/1/files/x", "other"])("does not read %s", async (Key) => {
    await expect(s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).rejects.toThrow(
      "Access Denied",
    );
  });

  test("writes nothing", async () => {
    const put = new PutObjectCommand({ Bucket: BUCKET, Key: "current/feed.tsv", Body: "mine" });
    await expect(s3.send(put)).rejects.toThrow("Access Denied");
  });
});

test("another external id is refused", async () => {
  await expect(assume(reader, "feed-8")).rejects.toThrow(/is not authorized to perform: sts:/u);
});

test("a user whom nobody named is refused", async () => {
  await expect(assume(stranger, "feed-7")).rejects.toThrow(/is not authorized to perform: sts:/u);
});
