import { createHash } from "node:crypto";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Construct } from "constructs";
import { currentSpecKey, specJson } from "../contract";
import { withLogicalId } from "../core";
import { writeWithStack } from "../lambda";
import { partnerSpec } from "./partner-spec";
import type { ResolvedPartner } from "./resolved-partner";

/**
 * The partner's spec in the ledger, as it is deployed now: the platform's functions learn from it what a partner promises
 * that never sent anything. Creates `aws_s3_object`; a destroyed partner is expected no more.
 */
export class CurrentSpec extends Construct {
  constructor(scope: Construct, id: string, resolved: ResolvedPartner) {
    super(scope, id);
    const spec = specJson(partnerSpec(resolved));
    withLogicalId(
      new S3Object(this, "Object", {
        bucket: resolved.facts.ledgerBucket,
        key: currentSpecKey(resolved.partner.id),
        // A file, because Terraform would take "${" in a partner's texts for an expression.
        source: writeWithStack(this, "spec.json", Buffer.from(spec)),
        sourceHash: createHash("sha256").update(spec).digest("hex"),
        contentType: "application/json",
      }),
      "current_spec",
    ).addOverride("override_provider", {
      // S3 takes ten tags for an object, and asks for a permission of its own.
      default_tags: { tags: {} },
    });
  }
}
