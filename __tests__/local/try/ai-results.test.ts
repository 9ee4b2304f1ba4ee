import { tryPartner } from "../../../local/try";
import { projectIn, temporary } from "./setup";

const place = temporary();

afterAll(() => {
  place.remove();
});

test("a dropped zip is unpacked to the user's own keys, names of Korean Windows included", async () => {
  const { outcome, orders } = await tryPartner({
    project: projectIn(place.directory),
    environment: "local",
    partner: "ai-results",
    fresh: true,
  });
  expect(outcome).toBe("delivered");
  expect(orders.map(({ orderId }) => orderId)).toEqual(["user-4711"]);
  const [delivery] = orders[0]?.deliveries ?? [];
  expect(delivery?.files.map(({ key }) => key).sort()).toEqual([
    "user-4711/result/images/overview.png",
    "user-4711/result/report.txt",
    "user-4711/result/scores/scores.json",
    "user-4711/result/결과.csv",
  ]);
});
