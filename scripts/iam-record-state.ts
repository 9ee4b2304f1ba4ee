import type { Ids } from "./iam-record-reduce";

interface State {
  readonly resources?: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes?: Readonly<Record<string, unknown>> }[];
  }[];
}

/** Attributes that hold an id which AWS made up. */
const ID_ATTRIBUTES = ["id", "key_id", "allocation_id", "association_id", "default_route_table_id"];

/** An id that is made up: a kind and hex digits, or a UUID. Names are ours and stay. */
const MADE_UP = /^([a-z]+-[0-9a-f]{8,17}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/u;

/** Ids in the states of stacks, longest first, with `<stack>:<address>` of what they belong to. */
export function idsOf(states: readonly (readonly [stack: string, state: unknown])[]): Ids {
  const found = states.flatMap(([stack, state]) =>
    ((state as State | undefined)?.resources ?? []).flatMap(({ type, name, instances }) =>
      instances.flatMap(({ attributes = {} }) =>
        ID_ATTRIBUTES.flatMap((attribute) => {
          const id = attributes[attribute];
          return typeof id === "string" && MADE_UP.test(id)
            ? [[id, `${stack}:${type}.${name}`] as const]
            : [];
        }),
      ),
    ),
  );
  return new Map(owningLast(found).sort(([a], [b]) => b.length - a.length));
}

/** A policy has the id of what it is attached to; the id belongs to the latter, whose type has the shortest name. */
function owningLast(found: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return [...found].sort(([, a], [, b]) => typeLength(b) - typeLength(a));
}

const typeLength = (address: string): number =>
  (address.split(":")[1] ?? "").split(".")[0]?.length ?? 0;
