import { bucketCases } from "./conformance/buckets";
import { checksumCases } from "./conformance/checksums";
import { conditionalCases } from "./conformance/conditional";
import { copyCases } from "./conformance/copies";
import { keyCases } from "./conformance/keys";
import { listingCases } from "./conformance/listing";
import { multipartCases } from "./conformance/multipart";
import { multipartChecksumCases } from "./conformance/multipart-checksums";
import { objectCases } from "./conformance/objects";
import { type ConformanceCase } from "./conformance/probe";
import { readCases } from "./conformance/reads";
import { versionCases } from "./conformance/versions";

export { type ConformanceCase, Probe } from "./conformance/probe";

/** What an S3 server does. Each case knows the server by its endpoint only, so that any server can be asked. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...bucketCases,
  ...objectCases,
  ...readCases,
  ...keyCases,
  ...copyCases,
  ...checksumCases,
  ...conditionalCases,
  ...multipartCases,
  ...multipartChecksumCases,
  ...listingCases,
  ...versionCases,
];
