import type { Naming } from "../../core";
import type { Grant } from "../grant";
import { own } from "./conditions";
import { redriving } from "./dead-letters";
import { operating } from "./operating";
import { NO_PLACES, type Places } from "./places";
import { deciding, releasing } from "./quarantine";
import { viewing } from "./viewing";

/** Roles of people. */
export type PeopleRole = "viewer" | "onCall" | "breakGlass";

/**
 * What people may do: viewers see state and logs, who is on call also re-runs, cancels and releases, and who breaks the glass
 * reads what is delivered, too, and releases nothing. What changes infrastructure is no grant: those are the deployer's
 * policies.
 */
export function peopleGrants(
  naming: Naming,
  role: PeopleRole,
  places: Places = NO_PLACES,
): readonly Grant[] {
  const of = role === "onCall" ? places : NO_PLACES;
  return role === "viewer"
    ? viewing(naming)
    : [
        ...viewing(naming),
        ...operating(naming, of),
        ...deciding(naming, of),
        ...redriving(naming),
        ...(role === "onCall" ? releasing(naming, of) : readingAll(naming)),
      ];
}

/** Whoever mends at night must see what came in; what was delivered is never changed or deleted by hand. */
function readingAll(naming: Naming): Grant[] {
  const { prefix, environment } = naming.scope;
  const buckets = naming.bucketArn(`${prefix}--${environment}--*`);
  const rest = { conditions: own(naming), why: "see what came in and what went out" };
  const from = "people.breakGlass";
  return [
    { id: "ListFiles", actions: ["s3:ListBucket"], resources: [buckets], from, ...rest },
    { id: "ReadFiles", actions: ["s3:GetObject"], resources: [`${buckets}/*`], from, ...rest },
  ];
}
