import { type Caller, evaluate, type World } from "../../evaluate";
import type { Statement } from "../../policy-document";
import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import type { ReaderRole } from "./reader-role";

const OTHER_ACCOUNT = "999999999999";

interface Question {
  readonly caller: Caller;
  /** What the caller says as external id. */
  readonly externalId?: string | undefined;
  readonly expected: boolean;
  readonly say: string;
}

/**
 * Each reader's role is taken on by those whom the partner's file names, with the external id where it asks for one, and by
 * nobody else. Asked by examples, and read off the documents: no pattern, no principal that is not named.
 */
export function readersTrustClaim({ environment, world, readers }: Deployment): Claim {
  const asked = readers.flatMap((role) =>
    questions(world, role).map((question) => ({ role, ...question })),
  );
  const answers = asked.flatMap(({ role, caller, externalId, expected, say }) => {
    const context = externalId === undefined ? {} : { "sts:ExternalId": externalId };
    const request = { caller, action: "sts:AssumeRole", resource: role.arn, context };
    if ((evaluate(world, request).decision === "Allowed") === expected) return [];
    return [`${role.name} ${expected ? "can not" : "can"} be taken on by ${say}`];
  });
  return {
    id: `${environment}/trust/readers`,
    environment,
    kind: "trust",
    say: "each reader's role is taken on by those whom the partner's file names, as it asks for it, and by nobody else",
    known: "modelled",
    checked: asked.length + readers.length,
    faults: [...answers, ...readers.flatMap((role) => unnamed(world, role))],
  };
}

function questions(world: World, role: ReaderRole): Question[] {
  return [
    ...role.principals.flatMap((principal) => byPrincipal(principal, role)),
    ...byStrangers(world, role),
  ];
}

function byPrincipal(principal: string, { externalId, principals }: ReaderRole): Question[] {
  const arn = principal.replace(/:root$/u, ":user/somebody");
  const ask = (who: string, id: string | undefined, expected: boolean, say: string): Question => ({
    caller: { kind: "outsider", arn: who },
    externalId: id,
    expected,
    say,
  });
  const near = `${arn}2`;
  const [, , , , account = ""] = principal.split(":");
  const whole = principals.some((one) => one.endsWith(`:${account}:root`));
  return [
    ask(arn, externalId, true, arn),
    ...(externalId === undefined
      ? []
      : [
          ask(arn, undefined, false, `${arn} without the external id`),
          ask(arn, `${externalId}2`, false, `${arn} with another external id`),
        ]),
    ...(whole || principals.includes(near)
      ? []
      : [ask(near, externalId, false, "one whose name begins so")]),
  ];
}

const SERVICES = ["batch", "ec2", "ecs-tasks", "events", "lambda", "s3", "scheduler"] as const;

function byStrangers(world: World, { arn: self, principals, externalId }: ReaderRole): Question[] {
  const { account, partition } = world;
  const ask = (caller: Caller, say: string): Question => ({
    caller,
    // As good as a stranger's request can be.
    externalId,
    expected: false,
    say,
  });
  const trusted = (who: string): boolean =>
    principals.includes(`arn:${partition}:iam::${who}:root`);
  const outsiders = (who: string, words: string): Question[] =>
    trusted(who)
      ? []
      : ["role", "user"].map((kind) =>
          ask(
            { kind: "outsider", arn: `arn:${partition}:iam::${who}:${kind}/anybody` },
            `a ${kind} of ${words}`,
          ),
        );
  return [
    ...outsiders(account, "this account"),
    ...outsiders(OTHER_ACCOUNT, "another account"),
    ask({ kind: "anonymous" }, "everybody"),
    ...SERVICES.map((service) => `${service}.amazonaws.com`).map((service) =>
      ask({ kind: "service", service }, service),
    ),
    ask(
      {
        kind: "federated",
        provider: `arn:${partition}:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      },
      "an identity provider",
    ),
    ...world.principals
      .filter(({ arn }) => arn !== self)
      .map(({ arn, name }) => ask({ kind: "role", arn }, `role ${name}`)),
  ];
}

/** For all principals there may be: the document names those of the settings, all of them, and asks for what they ask. */
function unnamed(world: World, { arn, name, principals, externalId }: ReaderRole): string[] {
  const trust = world.principals.find((role) => role.arn === arn)?.trust;
  if (trust === undefined) return [`${name} is asked for by the settings, and is in no stack`];
  const condition = JSON.stringify(
    externalId === undefined ? {} : { StringEquals: { "sts:ExternalId": externalId } },
  );
  return trust.Statement.filter(({ Effect }) => Effect === "Allow").flatMap((statement) => [
    ...namesIn(statement)
      .filter((principal) => !principals.includes(principal))
      .map((principal) => `${name} trusts ${principal}, which no setting names`),
    ...(JSON.stringify(statement.Condition ?? {}) === condition
      ? []
      : [`${name} trusts under other conditions than its settings ask for`]),
    ...[statement.Action]
      .flat()
      .filter((action) => action !== "sts:AssumeRole")
      .map((action) => `${name} is trusted with ${action}`),
  ]);
}

const namesIn = ({ Principal = {} }: Statement): string[] =>
  typeof Principal === "string" ? [Principal] : Object.values(Principal).flat();
