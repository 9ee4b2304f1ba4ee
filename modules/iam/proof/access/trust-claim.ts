import { type Caller, evaluate, type World } from "../../evaluate";
import type { Statement } from "../../policy-document";
import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import type { AccessRole, Trusted } from "./access-role";

const OTHER_ACCOUNT = "999999999999";

interface Question {
  readonly caller: Caller;
  readonly action: "sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity";
  readonly context: Readonly<Record<string, string>>;
  readonly expected: boolean;
  readonly say: string;
}

/**
 * Each role of people and CI is taken on by those whom the settings name, in the way that the settings ask for, and by nobody
 * else. Asked by examples, and read off the documents: no pattern, and no principal that is not named.
 */
export function accessTrustClaim({ environment, world, access }: Deployment): Claim {
  const asked = access.flatMap((role) =>
    questions(world, role.trusted).map((question) => ({ role, ...question })),
  );
  const answers = asked.flatMap(({ role, caller, action, context, expected, say }) => {
    const { decision } = evaluate(world, { caller, action, resource: role.arn, context });
    if ((decision === "Allowed") === expected) return [];
    return [`${role.name} ${expected ? "can not" : "can"} be taken on by ${say}`];
  });
  return {
    id: `${environment}/trust/people-and-ci`,
    environment,
    kind: "trust",
    say: "each role of people and CI is taken on by those whom the settings name, as they ask for it, and by nobody else",
    known: "modelled",
    checked: asked.length + access.length,
    faults: [...answers, ...access.flatMap((role) => unnamed(world, role))],
  };
}

function questions(world: World, trusted: Trusted): Question[] {
  const own = trusted.kind === "ci" ? byToken(world, trusted) : byPeople(world, trusted);
  return [...own, ...byStrangers(world, trusted)];
}

/** What a person's request of a session tells. */
const fresh = ({ region }: World, age = 60): Record<string, string> => ({
  "aws:MultiFactorAuthPresent": "true",
  "aws:MultiFactorAuthAge": String(age),
  "aws:RequestedRegion": region,
});

function byPeople(world: World, trusted: Exclude<Trusted, { kind: "ci" }>): Question[] {
  const ask = (
    arn: string,
    context: Readonly<Record<string, string>>,
    expected: boolean,
    say: string,
  ): Question => ({
    caller: { kind: "outsider", arn },
    action: "sts:AssumeRole",
    context,
    expected,
    say,
  });
  if (trusted.kind === "users")
    return trusted.users.flatMap((user) => {
      const without = Object.fromEntries(
        Object.entries(fresh(world)).filter(([key]) => key !== "aws:MultiFactorAuthPresent"),
      );
      return [
        ask(user, fresh(world), true, `${user} with MFA`),
        ask(user, without, false, `${user} without MFA`),
        ask(user, fresh(world, trusted.withinSeconds), false, `${user} with MFA of long ago`),
        ask(
          user,
          { ...fresh(world), "aws:RequestedRegion": "af-south-1" },
          false,
          `${user} in a region that is not the environment's`,
        ),
        ask(`${user}2`, fresh(world), false, "a user whose name begins so"),
      ];
    });
  return trusted.principals.flatMap((principal) => {
    if (!/^\d{12}$/u.test(principal)) return [ask(principal, {}, true, principal)];
    const user = `arn:${world.partition}:iam::${principal}:user/somebody`;
    return [
      ask(user, fresh(world), true, `a user of account ${principal} with MFA`),
      ask(user, {}, false, `a user of account ${principal} without MFA`),
      ask(
        user,
        { "aws:MultiFactorAuthPresent": "false" },
        false,
        `a user of account ${principal} who has no MFA`,
      ),
    ];
  });
}

function byToken(world: World, trusted: Extract<Trusted, { kind: "ci" }>): Question[] {
  const { host, audience, subject } = trusted;
  const ask = (
    tokenHost: string,
    token: Readonly<Record<string, string>>,
    expected: boolean,
    say: string,
  ): Question => ({
    caller: {
      kind: "federated",
      provider: `arn:${world.partition}:iam::${world.account}:oidc-provider/${tokenHost}`,
    },
    action: "sts:AssumeRoleWithWebIdentity",
    context: Object.fromEntries(
      Object.entries(token).map(([key, value]) => [`${tokenHost}:${key}`, value]),
    ),
    expected,
    say,
  });
  const other = host === "gitlab.com" ? "token.actions.githubusercontent.com" : "gitlab.com";
  return [
    ask(host, { aud: audience, sub: subject }, true, subject),
    ...strangersTo(trusted).map((sub) => ask(host, { aud: audience, sub }, false, sub)),
    ask(host, { aud: "another", sub: subject }, false, `${subject} for another audience`),
    ask(host, { sub: subject }, false, `${subject} for no audience`),
    ask(host, { aud: audience }, false, "a token without subject"),
    ask(other, { aud: audience, sub: subject }, false, `${subject} of ${other}`),
  ];
}

/** Subjects that are not the one, but near it: other repositories, branches, environments, tags, pull requests. */
function strangersTo({ provider, subject }: Extract<Trusted, { kind: "ci" }>): string[] {
  const near = [
    `${subject}2`,
    `x${subject}`,
    subject.replace(/[^:]*$/u, "*"),
    subject.slice(0, -1),
  ];
  if (provider === "gitlab")
    return [
      ...near,
      subject.replace(/project_path:[^:]*/u, "project_path:other/project"),
      subject.replace(/project_path:([^:]*)/u, "project_path:$1-fork"),
      subject.replace("ref_type:branch", "ref_type:tag"),
    ];
  const [, repository = ""] = subject.split(":");
  return [
    ...near,
    subject.replace(repository, "other/repository"),
    subject.replace(repository, `${repository}-fork`),
    subject.replace(repository.split("/")[0] ?? "", "other"),
    `repo:${repository}:pull_request`,
    `repo:${repository}:ref:refs/heads/other-branch`,
    `repo:${repository}:ref:refs/tags/v1`,
    `repo:${repository}:environment:other-environment`,
  ];
}

function byStrangers(world: World, trusted: Trusted): Question[] {
  const { account, partition, principals } = world;
  const named = trusted.kind === "people" ? trusted.principals : [];
  const assume = (caller: Caller, say: string): Question => ({
    caller,
    action: "sts:AssumeRole",
    // As good as a stranger's sign-in can be.
    context: fresh(world),
    expected: false,
    say,
  });
  const outsider = (arn: string, say: string): Question[] =>
    named.includes(arn.split(":")[4] ?? "") ? [] : [assume({ kind: "outsider", arn }, say)];
  const inAccount = (who: string, what: string): string => `arn:${partition}:iam::${who}:${what}`;
  return [
    ...outsider(inAccount(account, "role/anybody"), "any role of this account"),
    ...outsider(inAccount(account, "user/anybody"), "any user of this account"),
    ...outsider(inAccount(OTHER_ACCOUNT, "role/anybody"), "a role of another account"),
    ...outsider(inAccount(OTHER_ACCOUNT, "user/anybody"), "a user of another account"),
    assume({ kind: "anonymous" }, "everybody"),
    ...["batch", "ec2", "ecs-tasks", "events", "lambda", "scheduler"].map((service) =>
      assume({ kind: "service", service: `${service}.amazonaws.com` }, `${service}.amazonaws.com`),
    ),
    ...(named.includes(account)
      ? []
      : principals.map(({ arn, name }) => assume({ kind: "role", arn }, `role ${name}`))),
  ];
}

/** For all principals there may be: the documents name nobody else, and nothing in them is a pattern. */
function unnamed(world: World, { arn, name, trusted }: AccessRole): string[] {
  const trust = world.principals.find((role) => role.arn === arn)?.trust;
  if (trust === undefined) return [`${name} is asked for by the settings and is in no stack`];
  const allowed = new Set(principalsOf(world, trusted));
  return trust.Statement.filter(({ Effect }) => Effect === "Allow").flatMap((statement) => [
    ...namesIn(statement)
      .filter((principal) => !allowed.has(principal))
      .map((principal) => `${name} trusts ${principal}, which no setting names`),
    ...Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      /Like|IfExists|Not/u.test(operator)
        ? [`${name} trusts by ${operator} of ${Object.keys(keys).join(", ")}: name the values`]
        : [],
    ),
  ]);
}

function principalsOf({ partition, account }: World, trusted: Trusted): string[] {
  switch (trusted.kind) {
    case "ci":
      return [`arn:${partition}:iam::${account}:oidc-provider/${trusted.host}`];
    case "users":
      return [...trusted.users];
    case "people":
      return trusted.principals.map((one) =>
        /^\d{12}$/u.test(one) ? `arn:${partition}:iam::${one}:root` : one,
      );
  }
}

const namesIn = ({ Principal = {} }: Statement): string[] =>
  typeof Principal === "string" ? [Principal] : Object.values(Principal).flat();
