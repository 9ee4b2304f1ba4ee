import { BootstrapStack } from "../../../modules/bootstrap";
import { checkPeopleRole } from "../../../modules/bootstrap/people-faults";
import { testEnvironment } from "../../support/environment";
import { messageOf } from "../../support/partner";
import { Template } from "../../support/template";

test("more people than a trust policy takes", () => {
  const principals = Array.from(
    { length: 60 },
    (_, n) => `arn:aws:iam::111122223333:role/person-${String(n)}`,
  );
  const text = messageOf(() =>
    Template.of(
      (app) => new BootstrapStack(app, testEnvironment({ people: { onCall: { principals } } })),
    ),
  );
  const size = /of (\d+) characters/u.exec(text)?.[1] ?? "";
  expect(Number(size)).toBeGreaterThan(2048);
  expect(text).toBe(
    `environments/test.people.onCall.principals makes a trust policy of ${size} characters, and AWS takes 2048, white space not counted; name an account or one role of a group instead of each person`,
  );
});

test("grants are checked as those of workloads", () => {
  const grant = {
    id: "See",
    actions: ["batch:ListJob"],
    resources: { any: true, reason: "no-resource-types" },
    why: "see jobs",
    from: "people.viewer",
  } as const;
  const trust = { Version: "2012-10-17", Statement: [] } as const;
  expect(
    messageOf(() => {
      checkPeopleRole("environments/test.people.viewer", "viewer", { grants: [grant], trust });
    }),
  ).toBe(
    'grant "See" of role "viewer" (needed by people.viewer) has the action "batch:ListJob", which does not exist; it may be meant for "batch:ListJobs"',
  );
});
