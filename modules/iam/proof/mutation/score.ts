import type { World } from "../../evaluate";
import { formClaims } from "../claims/form";
import { livenessClaims } from "../claims/liveness";
import { trustClaim } from "../claims/trust";
import type { Deployment } from "../deployment";
import { lockRows, sampleResources } from "../lock";
import type { Mutant } from "./operators";

/** Which claim notices a mutant; nobody where its permissions are the same for all requests there may be. */
export type Verdict = "closed world" | "form" | "liveness" | "trust" | "equivalent";

/** Claims that are cheap to ask about. */
const CHEAP: readonly (readonly [Verdict, (deployment: Deployment) => readonly string[]])[] = [
  ["form", (deployment) => formClaims(deployment).flatMap(({ faults }) => faults)],
  ["trust", (deployment) => trustClaim(deployment).faults],
  ["liveness", (deployment) => livenessClaims(deployment).flatMap(({ faults }) => faults)],
];

/** Asks the claims about mutants; what is the same for all mutants is asked once. */
export class Judge {
  readonly #samples: ReturnType<typeof sampleResources>;
  readonly #faults = new Map<Verdict, ReadonlySet<string>>();
  readonly #rows = new Map<string, string>();

  constructor(private readonly deployment: Deployment) {
    this.#samples = sampleResources(deployment.world);
  }

  /** The first claim that tells of it, the cheapest first; what speaks against a claim without the mutant does not count. */
  judge({ world, role }: Mutant): Verdict {
    const mutant = { ...this.deployment, world };
    for (const [verdict, faults] of CHEAP) {
      const known = this.#known(verdict);
      if (faults(mutant).some((fault) => !known.has(fault))) return verdict;
    }
    const roles = role === undefined ? world.principals.map(({ arn }) => arn) : [role];
    return roles.some((arn) => this.#text(world, arn) !== this.#before(arn))
      ? "closed world"
      : "equivalent";
  }

  #known(verdict: Verdict): ReadonlySet<string> {
    const known =
      this.#faults.get(verdict) ??
      new Set(CHEAP.find(([name]) => name === verdict)?.[1](this.deployment));
    this.#faults.set(verdict, known);
    return known;
  }

  #before(role: string): string {
    const known = this.#rows.get(role) ?? this.#text(this.deployment.world, role);
    this.#rows.set(role, known);
    return known;
  }

  #text(world: World, role: string): string {
    return JSON.stringify(lockRows(world, role, this.#samples));
  }
}
