import { BodyPool } from "../../../../images/worker/src/unpack/body-pool";

const MIB = 1024 * 1024;

test("a body holds the content, whose own memory is free", async () => {
  const content = Buffer.alloc(MIB, "a");
  const seen = await new BodyPool().lend(content, (body) => Promise.resolve(Buffer.from(body)));
  expect(seen.equals(Buffer.alloc(MIB, "a"))).toBe(true);
  expect(content.buffer.byteLength).toBe(0);
});

test("a buffer is used again when the work with it is over, also when that failed", async () => {
  const pool = new BodyPool();
  const memory: ArrayBufferLike[] = [];
  const work = (body: Buffer): Promise<void> => {
    memory.push(body.buffer);
    return memory.length === 1 ? Promise.reject(new Error("not written")) : Promise.resolve();
  };
  await expect(pool.lend(Buffer.alloc(MIB), work)).rejects.toThrow("not written");
  await pool.lend(Buffer.alloc(MIB - 1), work);
  expect(memory[1]).toBe(memory[0]);
});

test("bodies that are under way at the same time share nothing", async () => {
  const pool = new BodyPool();
  const seen = await Promise.all(
    ["a", "b", "c"].map((letter) =>
      pool.lend(Buffer.alloc(MIB, letter), async (body) => {
        await new Promise(setImmediate);
        return body.every((byte) => byte === letter.charCodeAt(0));
      }),
    ),
  );
  expect(seen).toEqual([true, true, true]);
});

test("small content is its own body", async () => {
  const content = Buffer.from("small");
  expect(await new BodyPool().lend(content, (body) => Promise.resolve(body))).toBe(content);
});
