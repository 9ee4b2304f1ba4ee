import type { TriggerConfig } from "../../../functions/trigger/config";
import { specDigest, type PartnerSpec } from "../../../modules/contract";
import { configOf, SPEC, step } from "../trigger/support/fixtures";

/** A span of minutes since the beginning of a history. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What comes from outside in a history; all times are minutes since its beginning. */
export interface Plan {
  /** Whether an array job stands between fetch and publish. */
  readonly array: boolean;
  readonly concurrentOrders?: number | undefined;
  /** For each order, when copies of its event come. */
  readonly events: readonly (readonly number[])[];
  readonly reruns: readonly {
    readonly at: number;
    readonly order: number;
    readonly from?: string;
  }[];
  readonly cancels: readonly { readonly at: number; readonly order: number }[];
  /** When the partner's server is down. */
  readonly outages: readonly Span[];
  /** When the reconciler does not run. */
  readonly withoutReconciler: readonly Span[];
  /** When a person holds the partner's new orders. @default never */
  readonly pauses?: readonly Span[];
  /** When every machine of the fetch step is taken away, on demand too. @default never */
  readonly machinesLost?: readonly Span[];
  /** How many children the array job has. @default 4 */
  readonly children?: number;
  /** No event of a job comes, and Lambda repeats nothing. @default false */
  readonly silent?: boolean;
  /** How long a job waits for its machine beside what is drawn. @default 1 */
  readonly runnableMinutes?: number;
  /** The least that an attempt of a job takes. */
  readonly jobMinutes: number;
  /** How long Batch remembers ended jobs. */
  readonly remembersMinutes: number;
}

/** Children of the array job. */
export const CHILDREN = 4;

const NEVER = 7 * 24 * 60;

/** A plan in which nothing comes from outside but one event for each order. */
export const plainPlan = (orders = 1, rest: Partial<Plan> = {}): Plan => ({
  array: false,
  events: Array.from({ length: orders }, () => [0]),
  reruns: [],
  cancels: [],
  outages: [],
  withoutReconciler: [],
  jobMinutes: 1,
  remembersMinutes: NEVER,
  ...rest,
});

/** Draws a plan; 0 is the plain choice everywhere. */
export function drawnPlan(draw: (count: number) => number, orders: number): Plan {
  const array = draw(3) === 1;
  const limit = draw(4);
  const sometimes = <T>(chance: number, make: () => T): T[] => (draw(chance) === 1 ? [make()] : []);
  const names = ["fetch", ...(array ? ["convert"] : []), "publish"];
  return {
    array,
    concurrentOrders: limit === 1 || limit === 2 ? limit : undefined,
    events: Array.from({ length: orders }, () =>
      Array.from({ length: 1 + draw(3) }, () => draw(10)),
    ),
    reruns: [
      ...sometimes(3, () => rerun(draw, orders, names)),
      ...sometimes(6, () => rerun(draw, orders, names)),
    ],
    cancels: sometimes(3, () => ({ at: draw(draw(2) === 0 ? 15 : 150), order: draw(orders) })),
    outages: sometimes(5, () => span(draw(60), 30 + draw(400))),
    withoutReconciler: sometimes(5, () => span(draw(60), 60 + draw(300))),
    jobMinutes: draw(4) === 1 ? 100 : 1,
    remembersMinutes: draw(5) === 1 ? 150 : NEVER,
    pauses: sometimes(5, () => span(draw(20), 5 + draw(200))),
    machinesLost: sometimes(6, () => span(draw(30), 100 + draw(300))),
  };
}

const span = (from: number, length: number): Span => ({ from, to: from + length });

function rerun(
  draw: (count: number) => number,
  orders: number,
  names: readonly string[],
): Plan["reruns"][number] {
  const from = names[draw(names.length + 1) - 1];
  return { at: 10 + draw(240), order: draw(orders), ...(from === undefined ? {} : { from }) };
}

/** What is deployed for the partner of a plan. */
export function configOfPlan({ array, children, concurrentOrders }: Plan): TriggerConfig {
  const convert = { ...step("convert", ["fetch"]), arraySize: children ?? CHILDREN };
  const order = array
    ? [step("fetch"), convert, step("publish", ["convert"])]
    : [step("fetch"), step("publish", ["fetch"])];
  const spec: PartnerSpec = {
    ...SPEC,
    chains: { ...SPEC.chains, order },
    ...(concurrentOrders === undefined ? {} : { limits: { concurrentOrders } }),
  };
  const config = configOf(spec, { fetch: 3, convert: 5, publish: 7, list: 1 });
  return { ...config, digest: specDigest(spec) };
}
