import { Construct } from "constructs";
import {
  ENV,
  FUNCTION_JOB_ID,
  UNPACK_MAX_EVENT_AGE_SECONDS,
  UNPACK_TIMEOUT_SECONDS,
  type StepFunction,
} from "../contract";
import { terraformText } from "../core";
import type { Grant } from "../iam";
import { type FunctionPackage, IngestFunction, invokeFunction } from "../lambda";
import { putObjects } from "../s3";
import { ledgerRef } from "./bucket-refs";
import type { ResolvedPartner, ResolvedStep } from "./resolved-partner";
import { jobGrants } from "./step-grants";
import { stepSettings } from "./step-settings";

const MIB = 1024 ** 2;
const THING = "unpack";

/** A step that the partner's file gives to a function where the object is small. */
type LambdaStep = ResolvedStep & {
  readonly settings: { readonly kind: "unpack"; readonly lambda: { readonly memoryMib: number } };
};

/** The step of an order that a function does for small objects. */
export function lambdaStep({ order }: ResolvedPartner): LambdaStep | undefined {
  return order.find(
    (step): step is LambdaStep =>
      step.settings.kind === "unpack" && step.settings.lambda !== undefined,
  );
}

/** What the trigger is told of the function of a step. */
export function functionOf(
  { partner, naming }: ResolvedPartner,
  { settings }: ResolvedStep,
): { function?: StepFunction } {
  if (settings.kind !== "unpack" || settings.lambda === undefined) return {};
  return {
    function: {
      arn: naming.functionArn(partner.id, THING),
      upToBytes: settings.lambda.upToMib * MIB,
    },
  };
}

/** What the trigger may do for it: ask the function, and say that it could not be asked. */
export function askGrants(resolved: ResolvedPartner, from: string): Grant[] {
  const { naming, partner } = resolved;
  if (lambdaStep(resolved) === undefined) return [];
  return [
    invokeFunction(
      naming.functionArn(partner.id, THING),
      "have small objects unpacked without waiting for a host",
      from,
    ),
    ...putObjects(
      ledgerRef(resolved),
      [`${partner.id}/runs/*/steps/*/${FUNCTION_JOB_ID}.FAILED.json`],
      { id: "NotAsked", why: "say that the function could not be asked, so that Batch is", from },
    ),
  ];
}

/** Props of {@link UnpackFunction}. */
export interface UnpackFunctionProps {
  readonly resolved: ResolvedPartner;
  readonly step: LambdaStep;
  readonly code: FunctionPackage;
  readonly boundaryArn: string;
}

/**
 * The function that unpacks small objects in the place of a job: the worker's code, with what the job's role may do and no
 * more than to tell of itself. It is asked once; what fails is Batch's.
 */
export class UnpackFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { resolved, step, code, boundaryArn }: UnpackFunctionProps,
  ) {
    super(scope, id);
    const { naming, partner, environment, facts } = resolved;
    new IngestFunction(this, "Function", {
      naming,
      owner: partner.id,
      thing: THING,
      description: `Unpacks small objects of ${partner.id}`,
      code,
      environment: {
        [ENV.partner]: partner.id,
        [ENV.ledgerBucket]: facts.ledgerBucket,
        [ENV.stepSettings]: terraformText(
          JSON.stringify({ ...stepSettings(resolved, step), verifyFirst: true }),
        ),
      },
      grants: functionGrants(resolved, step),
      boundaryArn,
      timeoutSeconds: UNPACK_TIMEOUT_SECONDS,
      memoryMib: step.settings.lambda.memoryMib,
      logRetentionDays: environment.logRetentionDays,
      disposable: environment.disposable,
      once: {
        maxEventAgeSeconds: UNPACK_MAX_EVENT_AGE_SECONDS,
        onError: "Batch does the step then; read its log for what it lacked",
      },
      alertsTopicArn: facts.alertsTopicArn,
    });
  }
}

/** What the job's role may do, and to tell how far it is as Batch tells it of a job. */
function functionGrants(resolved: ResolvedPartner, step: ResolvedStep): Grant[] {
  return [
    ...jobGrants(resolved, step),
    ...putObjects(
      ledgerRef(resolved),
      [`${resolved.partner.id}/runs/*/steps/${step.name}/*/${FUNCTION_JOB_ID}.*.json`],
      { id: "Status", why: "tell how far it is, as Batch tells it of a job", from: step.from },
    ),
  ];
}
