import { type Atom, atomsOf } from "./atoms";
import { type AtomChange, type ChangeKind, compareAtoms } from "./compare";
import { type Risk, riskOf, worstRisk } from "./risk";
import { type DiffResource, type Subject, subjectsOf } from "./subject";

/** What changed for one role, managed policy or resource. */
export interface IamDelta {
  /** Name of the role or policy, else stack and address of the resource with the policy. */
  readonly principal: string;
  readonly principalKind: Subject["kind"];
  readonly part: "permissions" | "trust" | "boundary" | "attached";
  readonly kind: DeltaKind;
  /** Whether more is possible than before. */
  readonly widens: boolean;
  /** What the change lets one do at worst; `none` where less is possible. */
  readonly risk: Risk;
  readonly before?: Atom | string;
  readonly after?: Atom | string;
}

/** How something differs. */
export type DeltaKind = ChangeKind | "trust-changed" | "changed" | "unknown";

/** Everything that differs between two deployments. */
export interface IamDiff {
  readonly deltas: readonly IamDelta[];
  readonly widens: boolean;
  readonly risk: Risk;
}

/** Compares who may do what in two deployments. Order, splitting and ways of writing are no difference. */
export function diffIam(before: readonly DiffResource[], after: readonly DiffResource[]): IamDiff {
  const old = new Map(subjectsOf(before).map((one) => [`${one.kind} ${one.name}`, one]));
  const now = new Map(subjectsOf(after).map((one) => [`${one.kind} ${one.name}`, one]));
  const deltas = [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .flatMap((key) => compareSubjects(old.get(key), now.get(key)));
  return {
    deltas,
    widens: deltas.some(({ widens }) => widens),
    risk: worstRisk(deltas.map(({ risk }) => risk)),
  };
}

function compareSubjects(before: Subject | undefined, after: Subject | undefined): IamDelta[] {
  const subject = after ?? before;
  if (subject === undefined) return [];
  const base = { principal: subject.name, principalKind: subject.kind };
  const permissions = compareAtoms(
    (before?.documents ?? []).flatMap(atomsOf),
    (after?.documents ?? []).flatMap(atomsOf),
  );
  const trust = compareAtoms(atomsOf(before?.trust), atomsOf(after?.trust));
  // A role that comes or goes as a whole is told by its permissions.
  const isNew = before === undefined;
  return [
    ...permissions.map((change) => ({ ...base, part: "permissions" as const, ...rated(change) })),
    ...trust.map((change) => ({
      ...base,
      part: "trust" as const,
      ...rated(change),
      ...(isNew || after === undefined ? {} : { kind: "trust-changed" as const }),
    })),
    ...boundary(before, after).map((delta) => ({ ...base, ...delta })),
    ...attached(before, after).map((delta) => ({ ...base, ...delta })),
    ...(after?.unknown ?? []).map((what) => ({
      ...base,
      part: "permissions" as const,
      kind: "unknown" as const,
      widens: true,
      risk: "escalation" as const,
      after: what,
    })),
  ];
}

const OPENING: ReadonlySet<ChangeKind> = new Set([
  "added",
  "widened",
  "condition-removed",
  "condition-changed",
]);
const CLOSING: ReadonlySet<ChangeKind> = new Set([
  "removed",
  "narrowed",
  "condition-added",
  "condition-changed",
]);

/** A denial that is gone opens, one that is new closes. */
function rated(change: AtomChange): AtomChange & Pick<IamDelta, "widens" | "risk"> {
  const atom = change.after ?? change.before;
  const widens = (atom?.effect === "Deny" ? CLOSING : OPENING).has(change.kind);
  return { ...change, widens, risk: widens && atom !== undefined ? riskOf(atom) : "none" };
}

type Part = Omit<IamDelta, "principal" | "principalKind">;

function boundary(before: Subject | undefined, after: Subject | undefined): Part[] {
  const [old, now] = [before?.boundary, after?.boundary];
  if (old === now || before?.kind !== "role" || after === undefined) {
    const open = before === undefined && after?.kind === "role" && now === undefined;
    return open
      ? [
          {
            part: "boundary",
            kind: "removed",
            widens: true,
            risk: "escalation",
            before: "none: the role is new and has no boundary",
          },
        ]
      : [];
  }
  return [
    {
      part: "boundary",
      kind: now === undefined ? "removed" : old === undefined ? "added" : "changed",
      // Another boundary may be wider; what it says may stand elsewhere.
      widens: old !== undefined,
      risk: now === undefined ? "escalation" : old === undefined ? "none" : "permissions",
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    },
  ];
}

function attached(before: Subject | undefined, after: Subject | undefined): Part[] {
  const [old, now] = [before?.attached ?? [], after?.attached ?? []];
  return [
    ...now
      .filter((arn) => !old.includes(arn))
      .map((arn): Part => ({
        part: "attached",
        kind: "added",
        widens: true,
        // What AWS's own policies hold changes without us.
        risk: arn.includes(":iam::aws:") ? "escalation" : "permissions",
        after: arn,
      })),
    ...old
      .filter((arn) => !now.includes(arn))
      .map((arn): Part => ({
        part: "attached",
        kind: "removed",
        widens: false,
        risk: "none",
        before: arn,
      })),
  ];
}
