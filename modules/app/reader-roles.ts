import { readerArns, readerPlaces } from "../config";
import type { ReaderRole } from "../iam/proof";
import { bucketOf, readerThing, type ResolvedPartner } from "../partner-ingest";

/**
 * The roles of readers that a partner's file asks for, spelled out from the settings alone: what the proof finds in the
 * Terraform is compared with it.
 */
export function readerRoles(resolved: ResolvedPartner): readonly ReaderRole[] {
  const { partner, naming } = resolved;
  return Object.entries(partner.readers).map(([name, reader]) => ({
    arn: naming.roleArn(partner.id, readerThing(name)),
    name: naming.name("role", partner.id, readerThing(name)),
    owner: partner.id,
    principals: readerArns(reader, naming.partition),
    externalId: reader.externalId,
    bucket: bucketOf(resolved, reader.from).name,
    places: readerPlaces(partner, reader),
  }));
}
