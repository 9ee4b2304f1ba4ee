import type { AwsCall, SdkCall } from "../calls/call";
import type { Deployment } from "../deployment";
import file from "./calls.json";
import { type Caller, isCaller, shapeOf, workOf } from "./shape";

/** Calls that runs on one machine made, by what made them, without what is of one run. Made by `npm run iam:calls`. */
export interface CallRecording {
  readonly schemaVersion: 1;
  readonly calls: Readonly<Record<string, readonly string[]>>;
}

/** The committed recording. */
export const RECORDING: CallRecording = file as CallRecording;

/** A call as it was recorded, with the role that made it. */
export interface RoleCall {
  readonly use: Caller;
  readonly call: SdkCall;
}

/** Reduces what was recorded to what is the same in every run. */
export function reduceCalls(
  calls: readonly RoleCall[],
  specs: Deployment["specs"],
): CallRecording["calls"] {
  const found = new Map<string, Set<string>>();
  for (const { use, call } of calls) {
    const work = workOf(use, specs);
    const shapes = found.get(work) ?? new Set();
    found.set(work, shapes.add(shapeOf(call, use, specs)));
  }
  return Object.fromEntries(
    [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([work, all]) => [work, [...all].sort()]),
  );
}

/** Says of each call whether the recording holds it. */
export function markRecorded(
  calls: readonly AwsCall[],
  { uses, specs }: Deployment,
  recording: CallRecording = RECORDING,
): readonly AwsCall[] {
  const callers = uses.filter(isCaller);
  return calls.map((one) => {
    const { call } = one;
    if (!("command" in call)) return one;
    const seen = callers
      .filter(({ role }) => role === one.role)
      .some((use) => recording.calls[workOf(use, specs)]?.includes(shapeOf(call, use, specs)));
    return seen ? { ...one, known: "recorded" } : one;
  });
}

/** A call that was recorded of some work, and whether it is among those asked about. */
export interface Coverage {
  readonly role: string;
  readonly work: string;
  readonly shape: string;
  readonly asked: boolean;
}

/** For each role, whether all that its work was recorded to call is among the calls that are asked about. */
export function coverageOf(
  calls: readonly AwsCall[],
  { uses, specs }: Deployment,
  recording: CallRecording = RECORDING,
): readonly Coverage[] {
  return uses.filter(isCaller).flatMap((use) => {
    const own = new Set(
      calls.flatMap(({ role, call }) =>
        role === use.role && "command" in call ? [shapeOf(call, use, specs)] : [],
      ),
    );
    const work = workOf(use, specs);
    return (recording.calls[work] ?? []).map((shape) => ({
      role: use.role,
      work,
      shape,
      asked: own.has(shape),
    }));
  });
}
