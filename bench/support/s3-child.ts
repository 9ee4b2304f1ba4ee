import { startS3 } from "../../local/s3";
import type { S3Order } from "./s3-process";

process.once("message", (order: S3Order) => {
  void startS3({
    buckets: [{ name: "bench" }, { name: "ledger" }],
    region: "eu-west-1",
    withoutPayloadHashCheck: true,
    ...(order.discardAbove === undefined ? {} : { discardAbove: order.discardAbove }),
    ...(order.tls === undefined ? {} : { tls: order.tls }),
  }).then(({ endpoint }) => process.send?.(endpoint));
});
