import { freeMemory, freeWhenFull } from "../../../../images/worker/src/archive/free-memory";

const KIB = 1024;

test("memory of a large buffer is gone at once", () => {
  const bytes = Buffer.allocUnsafeSlow(64 * KIB);
  freeMemory(bytes.subarray(5, 10));
  expect(bytes.buffer.byteLength).toBe(0);
});

test("small buffers are left alone: they share their memory", () => {
  const bytes = Buffer.from("small");
  freeMemory(bytes);
  expect(bytes.toString()).toBe("small");
});

test("what other threads see as well is left alone", () => {
  const bytes = Buffer.from(new SharedArrayBuffer(128 * KIB));
  freeMemory(bytes);
  expect(bytes.length).toBe(128 * KIB);
});

test("a piece frees the memory only when nothing can come behind it", () => {
  const bytes = Buffer.allocUnsafeSlow(128 * KIB);
  freeWhenFull(bytes.subarray(0, 128 * KIB - 1));
  expect(bytes.buffer.byteLength).toBe(128 * KIB);
  freeWhenFull(bytes.subarray(128 * KIB - 1));
  expect(bytes.buffer.byteLength).toBe(0);
});
