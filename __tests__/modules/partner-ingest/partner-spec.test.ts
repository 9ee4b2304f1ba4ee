import { specFaults } from "../../../functions/runs-core/spec-check";
import { manual, s3Object, schedule } from "../../../modules/config";
import { shareIdentifier } from "../../../modules/core";
import { partnerSpec } from "../../../modules/partner-ingest";
import { testEnvironment } from "../../support/environment";
import { partnerInput, testResolved } from "../../support/partner";

const resolved = testResolved(
  {
    triggers: {
      dropped: s3Object({ bucket: "landing", prefix: "orders/", suffix: ".order" }),
      byHand: manual(),
      look: schedule({ cron: "rate(1 hour)", timezone: "Asia/Seoul", starts: "discovery" }),
    },
    discovery: {
      look: {
        kind: "list",
        program: ["/opt/acme/list"],
        isolation: { sharedHost: "our own program" },
      },
    },
    steps: {
      // Written in another order than they run in.
      publish: { kind: "publish", after: ["fetch"], compute: { priority: 500 } },
      fetch: partnerInput().steps["fetch"] as never,
    },
  },
  testEnvironment({ tags: { "cost-center": "42" } }),
);

test("the spec tells the trigger all that it must know, in the order of submission", () => {
  const queues = {
    standard:
      "arn:aws:batch:eu-central-1:111122223333:job-queue/acme--test--platform--general-standard",
    onDemand:
      "arn:aws:batch:eu-central-1:111122223333:job-queue/acme--test--platform--general-on-demand",
  };
  const definition = (step: string): string =>
    `arn:aws:batch:eu-central-1:111122223333:job-definition/acme--test--acme--${step}`;
  const { hash8 } = resolved.naming;
  expect(partnerSpec(resolved)).toEqual({
    schemaVersion: 1,
    partner: "acme",
    environment: "test",
    account: "111122223333",
    region: "eu-central-1",
    ledgerBucket: `acme--test--platform--ledger--${hash8}`,
    shareIdentifier: shareIdentifier("acme"),
    jobTags: {
      "cost-center": "42",
      "partner-ingest:environment": "test",
      "partner-ingest:owner": "acme",
    },
    triggers: [
      { name: "byHand", kind: "manual", starts: "order" },
      {
        name: "dropped",
        kind: "s3",
        starts: "order",
        bucket: `acme--test--acme--landing--${hash8}`,
        prefix: "orders/",
        suffix: ".order",
      },
      { name: "look", kind: "schedule", starts: "discovery", timezone: "Asia/Seoul" },
    ],
    chains: {
      order: [
        {
          name: "fetch",
          after: [],
          jobDefinition: definition("fetch"),
          queues,
          schedulingPriority: 100,
        },
        {
          name: "publish",
          after: ["fetch"],
          jobDefinition: definition("publish"),
          queues,
          schedulingPriority: 500,
          delivers: true,
        },
      ],
      discovery: [
        {
          name: "look",
          after: [],
          jobDefinition: definition("look"),
          queues,
          schedulingPriority: 100,
        },
      ],
    },
  });
});

test("the trigger finds nothing wrong with it", () => {
  expect(specFaults(partnerSpec(resolved))).toEqual([]);
});
