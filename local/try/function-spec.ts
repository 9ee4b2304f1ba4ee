import { text } from "node:stream/consumers";
import { openPromise } from "yauzl";
import { type PartnerSpec } from "../../modules/contract";
import { AssumptionError } from "../../modules/core";

/** Reads the partner's spec out of the trigger's deployment package: what the deployed code goes by. */
export async function readSpec(zipFile: string): Promise<PartnerSpec> {
  const zip = await openPromise(zipFile);
  try {
    for await (const entry of zip.eachEntry())
      if (entry.fileName === "spec.json")
        return JSON.parse(await text(await zip.openReadStreamPromise(entry))) as PartnerSpec;
  } finally {
    zip.close();
  }
  throw new AssumptionError(`${zipFile} holds no spec.json`);
}
