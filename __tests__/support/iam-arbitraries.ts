import fc from "fast-check";
import type { IamRequest } from "../../modules/iam";
import {
  ACCOUNT,
  BUCKET,
  KEY,
  neighbour,
  OTHER_ACCOUNT,
  QUEUE,
  role,
  ROLE,
  service,
  type StatementInput,
  visitor,
  type WorldInput,
} from "./iam-world";

/* Worlds and requests by chance, of so few names that they often meet. */

export const ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"];
export const RESOURCES = [`${BUCKET}/a/x`, `${BUCKET}/b/x`, QUEUE, KEY];
const KEYS = ["aws:SecureTransport", "aws:SourceAccount", "kms:ViaService"];
const VALUES = ["true", "false", ACCOUNT, OTHER_ACCOUNT];

const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });

const condition = fc
  .tuple(
    fc.constantFrom(
      "StringEquals",
      "StringNotEquals",
      "StringLike",
      "StringEqualsIfExists",
      "ForAllValues:StringEquals",
      "ForAnyValue:StringEquals",
    ),
    fc.constantFrom(...KEYS),
    some([...VALUES, "*", "1*"]),
  )
  .map(([operator, key, values]) => ({ Condition: { [operator]: { [key]: values } } }));

const patterns = [...RESOURCES, "*", `${BUCKET}/*`, `${BUCKET}/?/x`, "arn:aws:kms:*"];

export const statement: fc.Arbitrary<StatementInput> = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    Action: some([...ACTIONS, "s3:*", "*"]),
    Resource: some(patterns),
    more: fc.oneof(fc.constant({}), condition),
  })
  .map(({ more, ...rest }) => ({ ...rest, ...more }));

const principal = fc.constantFrom<unknown>(
  { AWS: ROLE },
  { AWS: ACCOUNT },
  { AWS: OTHER_ACCOUNT },
  { Service: "events.amazonaws.com" },
);

const resourceStatement = fc
  .tuple(statement, principal)
  .map(([one, Principal]) => ({ ...one, Principal }));

export const statements = fc.array(statement, { maxLength: 4 });

export const worldInput: fc.Arbitrary<WorldInput> = fc.record(
  {
    identity: statements,
    boundary: statements,
    organisation: fc.array(statements, { maxLength: 2 }),
    resource: fc.record({
      [BUCKET]: fc.array(resourceStatement, { maxLength: 3 }),
      [QUEUE]: fc.array(resourceStatement, { maxLength: 3 }),
      [KEY]: fc.array(resourceStatement, { maxLength: 3 }),
    }),
  },
  { requiredKeys: ["identity", "resource"] },
);

export const request: fc.Arbitrary<IamRequest> = fc.record({
  caller: fc.constantFrom(role, role, role, visitor, neighbour, service("events")),
  action: fc.constantFrom(...ACTIONS),
  resource: fc.constantFrom(...RESOURCES),
  context: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)),
});
