import { ConfigError } from "../../../modules/core/errors";
import type { OperationName } from "../http/router";
import type { Fault, FaultPlan, FaultRule, HardFault } from "./plan";

/** What a rule looks at. */
export interface FaultTarget {
  readonly operation: OperationName;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly partNumber: number | undefined;
}

/** What goes wrong with a request. */
export interface InjectedFault {
  readonly milliseconds: number;
  readonly fault: HardFault | undefined;
  /** For the log. */
  readonly name: string;
}

interface RuleState {
  readonly rule: FaultRule;
  readonly key: RegExp | undefined;
  matched: number;
  hit: number;
}

/** Decides, by a plan, which requests go wrong. */
export class FaultInjector {
  readonly #rules: RuleState[];
  readonly #random: () => number;

  constructor(plan: FaultPlan) {
    checkPlan(plan);
    this.#random = seededRandom(plan.seed ?? 1);
    this.#rules = plan.rules.map((rule) => ({
      rule,
      key: rule.key === undefined ? undefined : wildcard(rule.key),
      matched: 0,
      hit: 0,
    }));
  }

  /** Says what goes wrong with a request. Every rule counts it, whether or not another rule hits it too. */
  decide(target: FaultTarget): InjectedFault | undefined {
    const hits: Fault[] = [];
    for (const state of this.#rules) if (this.#hits(state, target)) hits.push(state.rule.fault);
    const first = hits[0];
    if (first === undefined) return undefined;
    let milliseconds = 0;
    let hard: HardFault | undefined;
    for (const fault of hits)
      if (fault.kind === "latency") milliseconds += fault.milliseconds;
      else hard ??= fault;
    return { milliseconds, fault: hard, name: faultName(hard ?? first) };
  }

  #hits(state: RuleState, target: FaultTarget): boolean {
    const { rule } = state;
    if (!matches(rule, state.key, target)) return false;
    state.matched += 1;
    if (rule.nth !== undefined && ![rule.nth].flat().includes(state.matched)) return false;
    if (rule.times !== undefined && state.hit >= rule.times) return false;
    if (rule.probability !== undefined && this.#random() >= rule.probability) return false;
    state.hit += 1;
    return true;
  }
}

function matches(rule: FaultRule, key: RegExp | undefined, target: FaultTarget): boolean {
  return (
    (rule.operation === undefined || [rule.operation].flat().includes(target.operation)) &&
    (rule.bucket === undefined || rule.bucket === target.bucket) &&
    (key === undefined || (target.key !== undefined && key.test(target.key))) &&
    (rule.partNumber === undefined || rule.partNumber === target.partNumber)
  );
}

function wildcard(pattern: string): RegExp {
  const text = pattern
    .split("*")
    .map((literal) => literal.replace(/[\\^$.|?+()[\]{}/]/gu, String.raw`\$&`))
    .join(".*");
  return new RegExp(`^${text}$`, "su");
}

function faultName(fault: Fault): string {
  if (fault.kind === "error" || fault.kind === "error-in-200") return `${fault.kind} ${fault.code}`;
  return "at" in fault ? `${fault.kind} at ${fault.at}` : fault.kind;
}

function checkPlan({ rules }: FaultPlan): void {
  const faults: string[] = [];
  rules.forEach(({ probability, times, nth }, index) => {
    const path = `faults.rules[${String(index)}]`;
    if (probability !== undefined && !(probability >= 0 && probability <= 1))
      faults.push(`${path}.probability must be between 0 and 1, got ${String(probability)}`);
    for (const [name, value] of [["times", times], ...[nth].flat().map((n) => ["nth", n])] as const)
      if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 1))
        faults.push(`${path}.${String(name)} must be a whole number from 1, got ${String(value)}`);
  });
  if (faults.length > 0) throw new ConfigError(faults);
}

/** Random numbers that a seed fixes (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
