import type { Call } from "../call";
import { type Answer, plain, xmlAnswer } from "../http/answer";
import { receiveText } from "../http/body";
import { planBody } from "../http/body-plan";
import { S3Error } from "../http/s3-error";
import { canonicalUser } from "../ids";
import type { BucketRecord } from "../store/records";
import { childText, malformed, readDocument } from "../xml/read";
import { element } from "../xml/write";
import { bucketNameFault } from "./bucket-name";
import { limitOf } from "./list-parameters";
import { bucketOf } from "./lookup";

const MAX_XML_BYTES = 64 * 1024;

/** The region in which CreateBucket needs no location. */
const HOME_REGION = "us-east-1";

async function bodyXml(call: Call): Promise<string> {
  const { headers } = call.request;
  // The body of CreateBucket is optional, and with it its length.
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined)
    return "";
  return (await receiveText(call.body, planBody(headers), MAX_XML_BYTES)).text;
}

/** CreateBucket. */
export async function createBucket(call: Call): Promise<Answer> {
  const name = call.request.bucket ?? "";
  if (bucketNameFault(name) !== undefined)
    throw new S3Error("InvalidBucketName", { details: { BucketName: name } });
  const region = requestedRegion(await bodyXml(call), call.service.region);
  const { store } = call.service;
  if (store.buckets.has(name)) {
    // An old habit of this one region.
    if (call.service.region === HOME_REGION) return plain(200, { location: `/${name}` });
    throw new S3Error("BucketAlreadyOwnedByYou", { details: { BucketName: name } });
  }
  const record: BucketRecord = { name, region, created: Date.now(), eventBridge: false };
  store.commit({ type: "bucket", record });
  return plain(200, { location: `/${name}` });
}

function requestedRegion(xml: string, region: string): string {
  let wanted: string | undefined;
  if (xml !== "") {
    const document = readDocument(xml, "CreateBucketConfiguration", ["LocationConstraint", "Tags"]);
    wanted = childText(document, "LocationConstraint");
  }
  if (wanted === undefined || wanted === "") {
    if (region === HOME_REGION) return region;
    throw illegalLocation("unspecified");
  }
  if (wanted !== region && region !== HOME_REGION) throw illegalLocation(wanted);
  return wanted;
}

function illegalLocation(wanted: string): S3Error {
  return new S3Error("IllegalLocationConstraintException", {
    message: `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}

/** HeadBucket. */
export function headBucket(call: Call): Answer {
  const { region } = bucketOf(call).record;
  return plain(200, { "x-amz-bucket-region": region, "x-amz-access-point-alias": "false" });
}

/** DeleteBucket. */
export function deleteBucket(call: Call): Answer {
  const bucket = bucketOf(call);
  // Versions and delete markers count; uploads under way do not, and go with the bucket.
  if (bucket.keys.size > 0)
    throw new S3Error("BucketNotEmpty", { details: { BucketName: bucket.record.name } });
  call.service.store.commit({ type: "drop-bucket", bucket: bucket.record.name });
  return plain(204);
}

/** ListBuckets. */
export function listBuckets(call: Call): Answer {
  const { query } = call.request;
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const limit = limitOf(query, "max-buckets", 10_000);
  const all = [...call.service.store.buckets.values()]
    .map(({ record }) => record)
    .filter(({ name }) => name.startsWith(prefix) && name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = all.slice(0, limit);
  return xmlAnswer(
    element("ListAllMyBucketsResult", [
      element("Owner", [element("ID", canonicalUser(call.service.account))]),
      element(
        "Buckets",
        page.map(({ name, created, region }) =>
          element("Bucket", [
            element("Name", name),
            element("CreationDate", new Date(created).toISOString()),
            element("BucketRegion", region),
          ]),
        ),
      ),
      element("Prefix", query.has("prefix") ? prefix : undefined),
      element("ContinuationToken", all.length > page.length ? page.at(-1)?.name : undefined),
    ]),
  );
}

/** GetBucketLocation. */
export function getBucketLocation(call: Call): Answer {
  const { region } = bucketOf(call).record;
  return xmlAnswer(element("LocationConstraint", region === HOME_REGION ? "" : region));
}

/** GetBucketVersioning. */
export function getBucketVersioning(call: Call): Answer {
  const { versioning } = bucketOf(call).record;
  return xmlAnswer(element("VersioningConfiguration", [element("Status", versioning)]));
}

/** PutBucketVersioning. */
export async function putBucketVersioning(call: Call): Promise<Answer> {
  const { record } = bucketOf(call);
  const document = readDocument(await bodyXml(call), "VersioningConfiguration", [
    "Status",
    "MfaDelete",
  ]);
  const versioning = childText(document, "Status");
  if (versioning !== "Enabled" && versioning !== "Suspended") throw malformed();
  call.service.store.commit({ type: "bucket", record: { ...record, versioning } });
  return plain(200);
}
