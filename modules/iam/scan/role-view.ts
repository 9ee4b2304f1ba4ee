import { AssumptionError } from "../../core";
import { coversResource, namesCaller } from "../evaluate/applies";
import { type CompiledWorld, compileWorld } from "../evaluate/compiled-world";
import { policyHolder, requestContext } from "../evaluate/context";
import type { CompiledStatement } from "../evaluate/parse";
import type { NamedAs } from "../evaluate/principals";
import { isAssuming } from "../evaluate/services";
import type { Caller, World } from "../evaluate/world";
import { type ActionIndex, actionIndex } from "./action-index";
import { both, type Conjunction, given } from "./conditions";
import type { ScanResource } from "./scan";

/** What a list of policies says about one action on one resource: conditions of each statement. */
export interface Say {
  readonly allow: readonly Conjunction[];
  readonly deny: readonly Conjunction[];
}

/** What the policy of a resource says, by the way in which it names the role. */
export interface ResourceSay extends Say {
  readonly allowAs: Readonly<Record<NamedAs, readonly Conjunction[]>>;
  /** Whether there is a policy at all. */
  readonly exists: boolean;
  /** Another account's, of which nothing is known. */
  readonly foreign: boolean;
}

/** The policies around a role, found by action. */
export class RoleView {
  readonly #compiled: CompiledWorld;
  readonly #caller: Caller;
  readonly #identity: ActionIndex;
  readonly #boundary: ActionIndex | undefined;
  readonly #levels: readonly ActionIndex[];
  /** Statements of all resources that allow this role something. */
  readonly #ofResources: ActionIndex;

  constructor(
    readonly world: World,
    role: string,
  ) {
    this.#compiled = compileWorld(world);
    this.#caller = { kind: "role", arn: role };
    const found = this.#compiled.principals.get(role);
    if (found === undefined) throw new AssumptionError(`${role} is no role of the world`);
    this.#identity = actionIndex(found.identity);
    this.#boundary = found.boundary && actionIndex(found.boundary);
    this.#levels = this.#compiled.organisation.map(actionIndex);
    const naming = [...this.#compiled.resourcePolicies.values()].flatMap((statements) =>
      statements.filter((one) => one.effect === "Allow" && this.#names(one) !== undefined),
    );
    this.#ofResources = actionIndex(naming);
  }

  /** Whether any policy that could allow something is about an action: most are denied by this alone. */
  mayAllow(action: string): boolean {
    const name = action.toLowerCase();
    return this.#identity.find(name).length > 0 || this.#ofResources.find(name).length > 0;
  }

  /** The account that a resource is in. */
  accountOf({ arn, account }: ScanResource): string {
    const inArn = arn.split(":")[4] ?? "";
    return (
      account ??
      (inArn === "" ? this.#compiled.resources.get(policyHolder(arn))?.account : inArn) ??
      this.world.account
    );
  }

  /** What the role's own policies say. */
  identity(action: string, resource: ScanResource): Say {
    return this.#say(this.#identity, action, resource);
  }

  /** What limits the role whatever its policies say: boundary, and each level of the organisation. */
  limits(action: string, resource: ScanResource): readonly Say[] {
    return [...(this.#boundary ? [this.#boundary] : []), ...this.#levels].map((index) =>
      this.#say(index, action, resource),
    );
  }

  /** What the resource's own policy says. */
  resource(action: string, resource: ScanResource): ResourceSay {
    const holder = policyHolder(resource.arn);
    const known = this.#compiled.resourcePolicies.get(holder);
    const policy = known ?? [];
    const layer = isAssuming(action) ? "trust" : "resource";
    const own = this.accountOf(resource) === this.world.account;
    const named = (way?: NamedAs) => (statement: CompiledStatement) =>
      statement.ref.layer === layer &&
      (way === undefined ? this.#names(statement) !== undefined : this.#names(statement) === way);
    const ways = (way: NamedAs): readonly Conjunction[] =>
      this.#say(actionIndex(policy), action, resource, named(way)).allow;
    return {
      ...this.#say(actionIndex(policy), action, resource, named()),
      allowAs: { direct: ways("direct"), anyone: ways("anyone"), account: ways("account") },
      exists: known !== undefined,
      foreign: !own && known === undefined && !this.#compiled.resources.has(holder),
    };
  }

  #names(statement: CompiledStatement): NamedAs | undefined {
    return namesCaller(statement, this.#caller);
  }

  #say(
    index: ActionIndex,
    action: string,
    resource: ScanResource,
    about: (statement: CompiledStatement) => boolean = () => true,
  ): Say {
    const request = { caller: this.#caller, action, resource: resource.arn };
    const known = requestContext(request, this.accountOf(resource));
    const found = index
      .find(action.toLowerCase())
      .filter((statement) => coversResource(statement, resource.arn) && about(statement));
    const conditions = (effect: "Allow" | "Deny"): Conjunction[] =>
      found
        .filter((statement) => statement.effect === effect)
        .flatMap((statement) => {
          const rest = given(statement.conditions, known);
          const possible = rest && both(rest, []);
          return possible === undefined ? [] : [possible];
        });
    return { allow: conditions("Allow"), deny: conditions("Deny") };
  }
}
