import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";

/** Props of {@link LogGroup}. */
export interface LogGroupProps {
  readonly naming: Naming;
  /** Partner id or `platform`. */
  readonly owner: string;
  /** Last part of the name. */
  readonly thing: string;
  readonly retentionDays: number;
  /** True when the group may be destroyed with what is in it. */
  readonly disposable: boolean;
  readonly logicalId: string;
}

/**
 * A log group with a retention, made before whoever writes to it, so that nobody needs the right to create one.
 * Creates `aws_cloudwatch_log_group`.
 */
export class LogGroup extends Construct {
  readonly group: CloudwatchLogGroup;
  readonly groupName: string;
  /** Literal; its streams are `<arn>:*`. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const { naming, owner, thing } = props;
    this.groupName = naming.logGroup(owner, thing);
    this.arn = naming.logGroupArn(owner, thing);
    this.group = withLogicalId(
      new CloudwatchLogGroup(this, "Group", {
        name: this.groupName,
        retentionInDays: props.retentionDays,
        ...(props.disposable ? {} : { lifecycle: { preventDestroy: true } }),
      }),
      props.logicalId,
    );
  }
}
