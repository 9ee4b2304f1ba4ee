import { allActions } from "../../catalog";
import { evaluate, type IamRequest, type World } from "../../evaluate";
import { matches } from "../../glob";
import { decide, RoleView, type ScanResource } from "../../scan";
import { type AccessRole, deploys } from "../access/access-role";
import { accessLimitsClaim } from "../access/limits-claim";
import { accessLivenessClaim } from "../access/liveness-claim";
import { accessTrustClaim } from "../access/trust-claim";
import { declaredCalls, requestsOf } from "../calls";
import { formClaims } from "../claims/form";
import { trustClaim } from "../claims/trust";
import type { Deployment } from "../deployment";
import { boundaryRows, sampleResources, statedRows } from "../lock";
import { readersLimitsClaim } from "../readers/limits-claim";
import { readersTrustClaim } from "../readers/trust-claim";
import type { Mutant } from "./operators";

/** Which claim notices a mutant; nobody where its permissions are the same for all requests there may be. */
export type Verdict =
  "closed world" | "escalation" | "form" | "liveness" | "separation" | "trust" | "equivalent";

type Question = readonly [verdict: Verdict, faults: (deployment: Deployment) => readonly string[]];

/**
 * Asks the claims about mutants, and of each claim only what a mutant can change: the roles that it is about, and the actions
 * of the statement that was changed. What is the same for all mutants is asked once.
 */
export class Judge {
  readonly #samples: readonly ScanResource[];
  readonly #requests: ReadonlyMap<string, readonly IamRequest[]>;
  readonly #access: ReadonlyMap<string, AccessRole>;
  readonly #known = new Map<string, ReadonlySet<string>>();
  readonly #views = new Map<string, RoleView>();

  constructor(private readonly deployment: Deployment) {
    const { access, world } = deployment;
    this.#access = new Map(access.map((role) => [role.arn, role]));
    this.#samples = sampleResources({
      ...world,
      principals: world.principals.filter(({ arn }) => !this.#isStated(arn)),
    });
    const requests = new Map<string, IamRequest[]>();
    for (const call of declaredCalls(deployment))
      requests.set(call.role, [
        ...(requests.get(call.role) ?? []),
        ...requestsOf(call, deployment),
      ]);
    this.#requests = requests;
  }

  /** The first claim that tells of it, the cheapest first; what speaks against a claim without the mutant does not count. */
  judge(mutant: Mutant): Verdict {
    const changed = { ...this.deployment, world: mutant.world };
    for (const role of mutant.roles)
      for (const [verdict, faults] of this.#questions(role)) {
        const known = this.#before(`${verdict} ${role}`, faults);
        if (faults(changed).some((fault) => !known.has(fault))) return verdict;
      }
    return this.#differs(mutant) ? "closed world" : "equivalent";
  }

  /** What is cheap to ask about a role. */
  #questions(role: string): readonly Question[] {
    const access = this.#access.get(role);
    const about = (deployment: Deployment): Deployment => ({
      ...deployment,
      uses: deployment.uses.filter((use) => use.role === role),
      access: access === undefined ? [] : [access],
      readers: deployment.readers.filter(({ arn }) => arn === role),
    });
    const form: Question = [
      "form",
      (one) =>
        formClaims({
          ...one,
          world: {
            ...one.world,
            principals: one.world.principals.filter(({ arn }) => arn === role),
          },
        }).flatMap(({ faults }) => faults),
    ];
    if (access === undefined)
      return [
        form,
        [
          "trust",
          (one) => [...trustClaim(about(one)).faults, ...readersTrustClaim(about(one)).faults],
        ],
        ["liveness", ({ world }) => this.#refused(role, world)],
        ["separation", (one) => readersLimitsClaim(about(one)).faults],
      ];
    return [
      form,
      ["trust", (one) => accessTrustClaim(about(one)).faults],
      ["liveness", (one) => accessLivenessClaim(about(one)).faults],
      ["escalation", (one) => accessLimitsClaim(about(one)).faults],
    ];
  }

  #refused(role: string, world: World): string[] {
    return (this.#requests.get(role) ?? []).flatMap((request, index) =>
      evaluate(world, request).decision === "Allowed" ? [] : [String(index)],
    );
  }

  #before(key: string, faults: Question[1]): ReadonlySet<string> {
    const known = this.#known.get(key) ?? new Set(faults(this.deployment));
    this.#known.set(key, known);
    return known;
  }

  /** Whether the lock tells of it. */
  #differs(mutant: Mutant): boolean {
    const { boundary, roles } = mutant;
    if (boundary !== undefined && this.#boundaryDiffers(mutant, boundary)) return true;
    const actions = allActions()
      .map(({ name }) => name)
      .filter((name) => mutant.actions.some((pattern) => matches(lower(pattern), lower(name))));
    return roles.some((role) =>
      this.#isStated(role)
        ? this.#stated(this.deployment.world, role) !== this.#stated(mutant.world, role)
        : this.#roleDiffers(role, mutant.world, actions),
    );
  }

  #roleDiffers(role: string, world: World, actions: readonly string[]): boolean {
    const before = this.#views.get(role) ?? new RoleView(this.deployment.world, role);
    this.#views.set(role, before);
    const after = new RoleView(world, role);
    return actions
      .filter((action) => before.mayAllow(action) || after.mayAllow(action))
      .some((action) =>
        this.#samples.some(
          (resource) =>
            JSON.stringify(decide(before, action, resource)) !==
            JSON.stringify(decide(after, action, resource)),
        ),
      );
  }

  #boundaryDiffers({ roles }: Mutant, boundary: NonNullable<Mutant["boundary"]>): boolean {
    const { world } = this.deployment;
    const before = world.principals.find(({ arn }) => arn === roles[0])?.boundary;
    if (before === undefined) return true;
    const rows = (one: typeof boundary): string =>
      JSON.stringify(
        roles.some((role) => this.#access.has(role))
          ? statedRows([one])
          : boundaryRows(world, one, this.#samples),
      );
    return rows(before) !== rows(boundary);
  }

  /** Of whoever deploys each statement stands in the lock as it is. */
  #isStated(role: string): boolean {
    const access = this.#access.get(role);
    return access !== undefined && deploys(access);
  }

  #stated({ principals }: World, role: string): string {
    return JSON.stringify(statedRows(principals.find(({ arn }) => arn === role)?.policies ?? []));
  }
}

const lower = (text: string): string => text.toLowerCase();
