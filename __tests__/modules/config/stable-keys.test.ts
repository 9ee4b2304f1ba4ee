import { type Statement } from "../../../modules/iam";
import { messageOf, partnerInput, testPartner } from "../../support/partner";
import { partnerTemplate } from "../../support/partner-template";

const { fetch } = partnerInput().steps;
if (fetch === undefined) throw new Error("the smallest partner fetches");
const steps = (
  stable: Readonly<Record<string, string>>,
  prefix = "out/",
): Parameters<typeof testPartner>[0] => ({
  steps: { fetch, publish: { kind: "publish", after: ["fetch"], prefix, stable } },
});

test.each([
  ["", 'must be a key that does not begin or end with "/"'],
  ["/feed", 'must be a key that does not begin or end with "/"'],
  ["current/*", "must be a key without *, ?, $ and control characters"],
  ["x".repeat(1025), "must be a key of at most 1024 bytes of UTF-8"],
  ["quarantine/feed", 'must not lie below "quarantine/", which readers are never granted'],
  [
    "out/feed",
    'must not lie below the step\'s prefix "out/", where deliveries have keys of their own',
  ],
])("a stable key is refused (%#)", (key, fault) => {
  expect(messageOf(() => testPartner(steps({ [key]: "feed.tsv" })))).toContain(fault);
});

test("a stable key is granted literally, and nothing beside it", () => {
  const template = partnerTemplate(steps({ "current/feed.tsv": "feed.tsv" }));
  const stable = template
    .policy("aws_iam_role_policy", "job_publish")
    .Statement.filter(({ Sid }: Statement) => /^Stable(?:Read|Write)$/u.test(Sid ?? ""));
  expect(stable).toHaveLength(2);
  for (const { Resource } of stable)
    expect([Resource ?? []].flat().map((arn) => arn.slice(arn.indexOf("/") + 1))).toEqual([
      "current/feed.tsv",
    ]);
});
