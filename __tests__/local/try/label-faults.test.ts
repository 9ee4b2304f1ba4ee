import { type LabelFault } from "../../../images/teleport/stand-in/label-server";
import { tryPartner, type TryResult } from "../../../local/try";
import { type Project } from "../../../modules/app";
import { definePartner, type PartnerInput } from "../../../modules/config";
import { label, projectIn, temporary } from "./setup";

const place = temporary();

afterAll(() => {
  place.remove();
});

/** Runs an order at a label with faults. */
function run(
  faults: readonly LabelFault[],
  change?: (fetch: FetchStep) => FetchStep,
): Promise<TryResult> {
  const standIn = label({ faults });
  const project = projectIn(place.directory);
  return tryPartner({
    project: change === undefined ? project : withFetch(project, change),
    environment: "local",
    partner: "universal-music",
    fresh: true,
    findStandIn: (image) => (image === "teleport" ? standIn : undefined),
  });
}

type FetchStep = Extract<PartnerInput["steps"][string], { kind: "fetch" }>;

function withFetch(project: Project, change: (fetch: FetchStep) => FetchStep): Project {
  return {
    ...project,
    partners: project.partners
      .filter(({ id }) => id === "universal-music")
      .map((partner) =>
        definePartner({
          ...partner,
          steps: { ...partner.steps, fetch: change(partner.steps["fetch"] as FetchStep) },
        }),
      ),
  };
}

test("a connection that breaks once is resumed by the program", async () => {
  const result = await run([{ kind: "truncate", path: "audio/02 Été à Séoul.flac", times: 1 }]);
  expect(result).toMatchObject({
    outcome: "delivered",
    orders: [{ deliveries: [{ bytes: 305_417 }] }],
  });
});

describe("ends as a failed run with the reason:", () => {
  test.each<[what: string, faults: LabelFault[], exitName: string, said: string]>([
    [
      "a file that always stays partial",
      [{ kind: "truncate", path: "release.xml" }],
      "programFailed",
      'teleport: "release.xml" broke off 4 times at',
    ],
    [
      "a wrong checksum, which the program sees",
      [{ kind: "corrupt", path: "release.xml" }],
      "programFailed",
      'teleport: wrong checksum twice: "release.xml"',
    ],
    [
      "a server that is down",
      [{ kind: "unavailable" }],
      "tryLater",
      "teleport: server is unavailable: HTTP 503",
    ],
  ])("%s", async (_what, faults, exitName, said) => {
    const result = await run(faults);
    expect(result.outcome).toBe("failed");
    const [order] = result.orders;
    expect(order).toMatchObject({
      outcome: "failed",
      deliveries: [],
      jobs: [
        { step: "fetch", status: "FAILED", attempts: [{ exitName }] },
        { step: "publish", status: "FAILED", statusReason: "Dependent Job failed", attempts: [] },
      ],
    });
    expect(order?.jobs[0]?.programSaid).toContain(said);
    expect(result.reasons).toHaveLength(1);
    expect(result.reasons[0]).toMatch(
      new RegExp(`^order "ORDER-1": step fetch: the program .*\\(${exitName}\\)$`, "u"),
    );
  });

  test("a wrong checksum that the program does not look at: nothing is published", async () => {
    const result = await run([{ kind: "corrupt", path: "release.xml" }], (fetch) => ({
      ...fetch,
      program: [...fetch.program, "--no-verify"],
    }));
    expect(result).toMatchObject({
      outcome: "failed",
      orders: [
        {
          deliveries: [],
          jobs: [
            { step: "fetch", status: "SUCCEEDED" },
            { step: "publish", status: "FAILED", attempts: [{ exitName: "badDelivery" }] },
          ],
        },
      ],
    });
    expect(result.reasons[0]).toContain("release.xml");
  });

  test("a program that hangs is ended when it makes no progress", async () => {
    const result = await run([{ kind: "hang", path: "release.xml" }], (fetch) => ({
      ...fetch,
      noProgressSeconds: 10,
    }));
    expect(result).toMatchObject({
      outcome: "failed",
      orders: [{ jobs: [{ step: "fetch", attempts: [{ exitName: "noProgress" }] }, {}] }],
    });
  });

  test("a program that ends with a code of its own", async () => {
    const result = await run([], (fetch) => ({
      ...fetch,
      program: ["/opt/teleport/bin/teleport", "no-such-command"],
    }));
    expect(result.orders[0]?.jobs[0]).toMatchObject({
      attempts: [{ exitName: "programFailed" }],
      programSaid: expect.stringContaining("usage: teleport") as string,
    });
  });
});
