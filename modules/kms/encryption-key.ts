import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import { policyJson, type Statement } from "../iam";
import { accountStatement } from "./key-statements";

/** Props of {@link EncryptionKey}. */
export interface EncryptionKeyProps {
  readonly naming: Naming;
  /** `platform` or `bootstrap`. */
  readonly owner: string;
  /** Last part of the alias. */
  readonly thing: string;
  readonly description: string;
  /** What others than roles of the account may do with it. */
  readonly statements?: readonly Statement[];
  /** True when what is encrypted with it may be lost. */
  readonly disposable: boolean;
  readonly logicalId: string;
}

/**
 * A key of the account with yearly rotation and an alias. The account's own policies decide who uses it; further
 * principals are AWS services with conditions. Creates `aws_kms_key` and `aws_kms_alias`.
 */
export class EncryptionKey extends Construct {
  readonly key: KmsKey;
  /** Known after apply. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const { naming, owner, thing, disposable, logicalId } = props;
    const kept = disposable ? {} : { lifecycle: { preventDestroy: true } };
    this.key = withLogicalId(
      new KmsKey(this, "Key", {
        description: props.description,
        enableKeyRotation: true,
        // The longest time to think again.
        deletionWindowInDays: disposable ? 7 : 30,
        policy: policyJson({
          Version: "2012-10-17",
          Statement: [accountStatement(naming), ...(props.statements ?? [])],
        }),
        ...kept,
      }),
      logicalId,
    );
    this.arn = this.key.arn;
    withLogicalId(
      new KmsAlias(this, "Alias", {
        name: `alias/${naming.pathName(owner, thing)}`,
        targetKeyId: this.key.keyId,
      }),
      logicalId,
    );
  }
}
