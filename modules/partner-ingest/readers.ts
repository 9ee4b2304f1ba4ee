import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { type Reader, readerArns, readerPlaces } from "../config";
import { snakeCase, withLogicalId } from "../core";
import { WorkloadRole } from "../iam";
import { readerGrants } from "./reader-grants";
import { bucketOf, type ResolvedPartner } from "./resolved-partner";

/** Props of {@link Readers}. */
export interface ReadersProps {
  readonly resolved: ResolvedPartner;
  readonly boundaryArn: string;
}

/** What a reader needs to know; the output `readers` tells it of each, by name. */
export interface ReaderPlace {
  /** Role that the reader takes on. */
  readonly roleArn: string;
  readonly bucket: string;
  /** Folders, which end in `/`, and keys. */
  readonly prefixes: readonly string[];
}

/**
 * A role for each reader of a partner, trusted by whom its settings name and nobody else, to list and read what they
 * name. Creates `aws_iam_role` and `aws_iam_role_policy` for each, and the output `readers`.
 */
export class Readers extends Construct {
  readonly places: Readonly<Record<string, ReaderPlace>>;

  constructor(scope: Construct, id: string, props: ReadersProps) {
    super(scope, id);
    const { readers } = props.resolved.partner;
    this.places = Object.fromEntries(
      Object.entries(readers).map(([name, reader]) => [name, this.addReader(props, name, reader)]),
    );
    if (Object.keys(readers).length === 0) return;
    withLogicalId(
      new TerraformOutput(this, "Places", {
        description: "The role that each reader takes on, and what it reads",
        value: this.places,
      }),
      "readers",
    );
  }

  private addReader(
    { resolved, boundaryArn }: ReadersProps,
    name: string,
    reader: Reader,
  ): ReaderPlace {
    const { naming, partner } = resolved;
    const role = new WorkloadRole(this, name, {
      naming,
      owner: partner.id,
      thing: readerThing(name),
      trust: {
        principals: readerArns(reader, naming.partition),
        externalId: reader.externalId,
      },
      grants: readerGrants(resolved, name, reader),
      boundaryArn,
      description: `What reader ${name} of ${partner.id} may do`,
      logicalId: `reader_${snakeCase(name)}`,
    });
    return {
      roleArn: role.arn,
      bucket: bucketOf(resolved, reader.from).name,
      prefixes: readerPlaces(partner, reader),
    };
  }
}

/** Last part of the name of a reader's role. */
export const readerThing = (name: string): string => `reader-${name}`;
