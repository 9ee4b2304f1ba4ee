import { catalogOf } from "../../../images/catalog/stand-in/shop";
import { tryPartner } from "../../../local/try";
import type { RerunEvent } from "../../../modules/contract";
import { projectIn, temporary } from "./setup";

const place = temporary();

afterAll(() => {
  place.remove();
});

test("a day's catalog becomes a feed and pictures, side by side", async () => {
  const { outcome, orders } = await tryPartner({
    project: projectIn(place.directory),
    environment: "local",
    partner: "catalog-feed",
    fresh: true,
  });
  expect(outcome).toBe("delivered");
  const deliveries = orders[0]?.deliveries ?? [];
  const paths = (prefix: string): readonly string[] =>
    deliveries
      .filter(({ manifestKey }) => manifestKey.startsWith(prefix))
      .flatMap(({ files }) => files.map(({ path }) => path))
      .sort();
  expect(paths("catalogs/")).toEqual(["SHA256SUMS", ...Object.keys(catalogOf(1)).sort()]);
  expect(paths("feeds/")).toEqual(["feed.tsv"]);
  // Six of seven pictures are different.
  expect(paths("pictures/")).toHaveLength(7);
  expect(orders[0]?.jobs.map(({ step }) => step).sort()).toEqual([
    "album",
    "collect",
    "feed",
    "generate",
    "pictures",
  ]);

  // What was delivered is compared by the steps that delivered it; nothing is collected, generated or drawn again.
  const verify = {
    kind: "rerun",
    orderKey: orders[0]?.orderKey ?? "",
    verify: true,
    reason: "the medium asks whether its feed is whole",
    by: "somebody",
  } satisfies RerunEvent;
  const again = await tryPartner({
    project: projectIn(place.directory),
    environment: "local",
    partner: "catalog-feed",
    handOver: [{ to: "trigger", body: JSON.stringify(verify) }],
  });
  expect(again.outcome).toBe("delivered");
  expect(again.orders[0]?.attempt).toBe(2);
  expect(again.orders[0]?.jobs.map(({ step }) => step).sort()).toEqual([
    "album",
    "collect",
    "feed",
  ]);
});
