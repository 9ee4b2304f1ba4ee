import { NodeHttpHandler } from "@smithy/node-http-handler";
import { unpackByEvent } from "../../../functions/unpack/handler";
import { SlicingHandler } from "../../../images/worker/src/aws/slicing-handler";
import { lockKey } from "../../../modules/contract";
import { type Lab, startLab } from "./setup";

// Lambda keeps the process from order to order, and allows it 1,024 open files: what an order leaves open adds up.

const before = { ...process.env };
let lab: Lab;

afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...before };
  await lab.close();
});

test("every client that an order has used is ended with it", async () => {
  lab = await startLab();
  Object.assign(process.env, lab.environment);
  const order = await lab.drop("user-1", Buffer.from("archive"));
  const holder = { ...order.ref, generation: 2, jobId: "job", batchAttempt: 1, nonce: "n" };
  await lab.put("ledger", lockKey(order.ref), JSON.stringify(holder));
  const used = jest.spyOn(SlicingHandler.prototype, "handle");
  const ended = jest.spyOn(NodeHttpHandler.prototype, "destroy");
  const ports = { environment: lab.environment, write: () => undefined, now: () => new Date() };
  await expect(unpackByEvent(ports, order.event, 60_000)).resolves.toEqual({
    outcome: "superseded",
  });
  const clients = new Set<unknown>(used.mock.contexts);
  // One tells how far the function is, the other does the step.
  expect(clients.size).toBe(2);
  const left = [...clients].filter((client) => !new Set<unknown>(ended.mock.contexts).has(client));
  expect(left.length).toBe(0);
});
