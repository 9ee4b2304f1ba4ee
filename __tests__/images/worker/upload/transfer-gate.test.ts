import { TransferGate, type Lease } from "../../../../images/worker/src/upload/transfer-gate";

const KIB = 1024;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("admits as many requests as allowed, the others in their order", async () => {
  const gate = new TransferGate({ requests: 2, bytes: 1024 * KIB });
  const order: number[] = [];
  const leases: Lease[] = [];
  for (const number of [1, 2, 3, 4])
    void gate.enter(10).then((lease) => {
      order.push(number);
      leases.push(lease);
    });
  await settled();
  expect(order).toEqual([1, 2]);
  leases[0]?.release();
  // A lease that is given back twice frees no second place.
  leases[0]?.release();
  await settled();
  expect(order).toEqual([1, 2, 3]);
});

test("begins with few requests and admits one more for every sixteen that have ended", async () => {
  const gate = new TransferGate({ requests: 4, firstRequests: 2, bytes: 1024 * KIB });
  const open: Lease[] = [];
  let admitted = 0;
  const enter = (): void =>
    void gate.enter(10).then((lease) => {
      admitted += 1;
      open.push(lease);
    });
  for (let number = 0; number < 80; number += 1) enter();
  const atOnce: number[] = [];
  for (let ended = 0; ended < 60; ended += 1) {
    await settled();
    atOnce.push(admitted - ended);
    open.shift()?.release();
  }
  expect(atOnce).toEqual(
    Array.from({ length: 60 }, (_, ended) => Math.min(4, 2 + Math.floor(ended / 16))),
  );
});

test("holds back a large body until its memory is free, and lets no small one pass it", async () => {
  const gate = new TransferGate({ requests: 9, bytes: 256 * KIB });
  const small = await gate.enter(64 * KIB);
  const order: string[] = [];
  void gate.enter(256 * KIB).then(() => order.push("large"));
  void gate.enter(1).then(() => order.push("small"));
  await settled();
  expect(order).toEqual([]);
  small.release();
  await settled();
  expect(order).toEqual(["large"]);
});

test("hands out the same memory again", async () => {
  const gate = new TransferGate({ requests: 9, bytes: 256 * KIB });
  const first = await gate.enter(100 * KIB);
  expect(first.buffer).toHaveLength(128 * KIB);
  first.release();
  const second = await gate.enter(70 * KIB);
  expect(second.buffer).toBe(first.buffer);
});

test("keeps no memory of other sizes beyond its limit", async () => {
  const gate = new TransferGate({ requests: 9, bytes: 256 * KIB });
  const large = await gate.enter(256 * KIB);
  large.release();
  const small = await gate.enter(1);
  small.release();
  const again = await gate.enter(256 * KIB);
  expect(again.buffer).not.toBe(large.buffer);
});

test("fails when a body can never pass", async () => {
  const gate = new TransferGate({ requests: 1, bytes: 64 * KIB });
  await expect(gate.enter(65 * KIB)).rejects.toThrow(
    "a body of 66560 bytes does not fit through the gate",
  );
});
