import { AssumptionError } from "../../core";
import { coversResource, namesCaller } from "../evaluate/applies";
import { type CompiledWorld, compileWorld } from "../evaluate/compiled-world";
import { policyHolder, requestContext } from "../evaluate/context";
import type { CompiledStatement } from "../evaluate/parse";
import type { NamedAs } from "../evaluate/principals";
import { canBeOpen, isAssuming } from "../evaluate/services";
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
  /** Whether the resource is in the world, so that a policy that is not there is none. */
  readonly known: boolean;
  /** Another account's, of which nothing is known. */
  readonly foreign: boolean;
}

const NOTHING: Say = { allow: [], deny: [] };

/** The policies around a role, found by action. */
export class RoleView {
  readonly #compiled: CompiledWorld;
  readonly #caller: Caller;
  readonly #identity: ActionIndex;
  /** Of the boundary, and of each level of the organisation. */
  readonly #limits: readonly ActionIndex[];
  /** Statements of all resources that allow this role something whatever its own policies say. */
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
    this.#limits = [
      ...(found.boundary ? [found.boundary] : []),
      ...this.#compiled.organisation,
    ].map(actionIndex);
    const naming = [...this.#compiled.resourcePolicies.values()].flatMap((statements) =>
      // Where a policy names the account, it is the role's own policies that must allow.
      statements.filter((one) => {
        const named = one.effect === "Allow" ? this.#names(one) : undefined;
        return named === "direct" || named === "anyone";
      }),
    );
    this.#ofResources = actionIndex(naming);
  }

  /** Whether any policy that could allow something is about an action: most are denied by this alone. */
  mayAllow(action: string): boolean {
    if (this.isNamedFor(action)) return true;
    const name = action.toLowerCase();
    const allows = (index: ActionIndex): boolean =>
      index.find(name).some(({ effect }) => effect === "Allow");
    if (!allows(this.#identity)) return false;
    // What is open to everybody is so within no limits.
    return canBeOpen(action) || this.#limits.every(allows);
  }

  /** Whether the policy of any resource allows an action to this role, or to everybody. */
  isNamedFor(action: string): boolean {
    return this.#ofResources.find(action.toLowerCase()).length > 0;
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
    return this.#limits.map((index) => this.#say(index, action, resource));
  }

  /** What the resource's own policy says. */
  resource(action: string, resource: ScanResource): ResourceSay {
    const holder = policyHolder(resource.arn);
    const policy = this.#compiled.resourcePolicies.get(holder);
    const known = this.#compiled.resources.has(holder);
    const own = this.accountOf(resource) === this.world.account;
    const layer = isAssuming(action) ? "trust" : "resource";
    const say = (way?: NamedAs): Say =>
      policy === undefined
        ? NOTHING
        : this.#say(actionIndex(policy), action, resource, (statement) => {
            const named = statement.ref.layer === layer ? this.#names(statement) : undefined;
            return way === undefined ? named !== undefined : named === way;
          });
    return {
      ...say(),
      allowAs: {
        direct: say("direct").allow,
        anyone: say("anyone").allow,
        account: say("account").allow,
      },
      exists: policy !== undefined,
      known,
      foreign: !own && policy === undefined && !known,
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
