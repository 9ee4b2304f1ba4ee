import { z } from "zod";

/** Schema of `limits` of a partner file. */
export const limitsSchema = z.strictObject({
  /** Orders under way at the same time; further ones wait, oldest first. @default no limit */
  concurrentOrders: z.number().int().min(1).max(10000).optional(),
});
