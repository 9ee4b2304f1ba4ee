import type {
  Caller,
  Decision,
  IamRequest,
  NamedPolicy,
  PolicyDocument,
  Principal,
  Statement,
  World,
} from "../../modules/iam";

export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/acme/test/one/worker`;
export const OTHER_ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/visitor`;
export const BUCKET = "arn:aws:s3:::inbox";
export const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1234abcd`;
export const QUEUE = `arn:aws:sqs:eu-central-1:${ACCOUNT}:letters`;

/** A statement as AWS takes it, complete or not: tests also give what must be refused. */
export type StatementInput = Readonly<Record<string, unknown>>;

/** A policy document of statements. */
export const policy = (...statements: readonly StatementInput[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements as unknown as readonly Statement[],
});

export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  more: StatementInput = {},
): StatementInput => ({ Effect: "Allow", Action, Resource, ...more });

export const deny = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  more: StatementInput = {},
): StatementInput => ({ Effect: "Deny", Action, Resource, ...more });

/** What a test says of its world; the rest is empty. */
export interface WorldInput {
  readonly identity?: readonly StatementInput[];
  readonly boundary?: readonly StatementInput[];
  readonly trust?: readonly StatementInput[];
  readonly resource?: Readonly<Record<string, readonly StatementInput[]>>;
  /** Things of role one beside the bucket and the queue. */
  readonly resources?: World["resources"];
  readonly endpoint?: readonly StatementInput[];
  readonly organisation?: readonly (readonly StatementInput[])[];
}

/** A world of one role, one bucket, one queue, and what else a test gives. */
export function testWorld(input: WorldInput): World {
  return {
    partition: "aws",
    account: ACCOUNT,
    region: "eu-central-1",
    principals: [testPrincipal(input)],
    resources: [
      { arn: BUCKET, type: "aws_s3_bucket", owner: "one" },
      { arn: QUEUE, type: "aws_sqs_queue", owner: "one" },
      ...(input.resources ?? []),
    ],
    resourcePolicies: Object.fromEntries(
      Object.entries(input.resource ?? {}).map(([arn, statements]) => [arn, policy(...statements)]),
    ),
    ...(input.endpoint ? { endpointPolicies: { s3: policy(...input.endpoint) } } : {}),
    ...(input.organisation
      ? {
          serviceControlPolicies: input.organisation.map((level, index): NamedPolicy[] => [
            { name: `level ${String(index)}`, document: policy(...level) },
          ]),
        }
      : {}),
  };
}

function testPrincipal({ identity = [], boundary, trust = [] }: WorldInput): Principal {
  return {
    arn: ROLE,
    name: "worker",
    owner: "one",
    trust: policy(...trust),
    policies: [{ name: "grants", document: policy(...identity) }],
    ...(boundary ? { boundary: { name: "limit", document: policy(...boundary) } } : {}),
  };
}

export const role: Caller = { kind: "role", arn: ROLE };
export const visitor: Caller = { kind: "outsider", arn: OTHER_ROLE };
export const neighbour: Caller = { kind: "outsider", arn: `arn:aws:iam::${ACCOUNT}:role/admin` };
export const service = (name: string): Caller => ({
  kind: "service",
  service: `${name}.amazonaws.com`,
});

/** A request of the role. */
export function request(
  action: string,
  resource: string,
  more: Partial<IamRequest> = {},
): IamRequest {
  return { caller: role, action, resource, ...more };
}

/** A decision in one word: what it lacks where nothing allows it. */
export function inShort({ decision, lacks }: Decision): string {
  return lacks === undefined ? decision : `no ${lacks}`;
}
