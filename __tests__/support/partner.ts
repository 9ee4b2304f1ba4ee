import {
  definePartner,
  type Environment,
  type ImagesLock,
  manual,
  type Partner,
  type PartnerInput,
} from "../../modules/config";
import { resolvePartner, type ResolvedPartner } from "../../modules/partner-ingest";
import { fixedFacts } from "../../modules/platform";
import { testEnvironment } from "./environment";

/** The smallest settings of a partner; each test changes what it is about. */
export function partnerInput(changes: Partial<PartnerInput> = {}): PartnerInput {
  return {
    id: "acme",
    owner: "feeds@example.com",
    source: { company: "Acme" },
    triggers: { byHand: manual() },
    compute: { pool: "general" },
    steps: {
      fetch: {
        kind: "fetch",
        program: ["/opt/acme/fetch", "{orderId}", "{staging}"],
        isolation: { sharedHost: "our own program, reviewed" },
      },
      publish: { kind: "publish", after: ["fetch"] },
    },
    ...changes,
  };
}

/** A partner; each test changes what it is about. */
export const testPartner = (changes: Partial<PartnerInput> = {}): Partner =>
  definePartner(partnerInput(changes));

/** Digests of all images of an environment. */
export function testImagesLock(environment: Environment): ImagesLock {
  const images = environment.images.map((image, index) => [
    image,
    { digest: `sha256:${String(index).repeat(64)}`, origin: "pushed" as const },
  ]);
  return {
    schemaVersion: 1,
    environments: {
      [environment.id]: Object.fromEntries(images) as ImagesLock["environments"][string],
    },
  };
}

/** A partner with all that its environment says. */
export function testResolved(
  changes: Partial<PartnerInput> = {},
  environment: Environment = testEnvironment(),
): ResolvedPartner {
  return resolvePartner({
    partner: testPartner(changes),
    environment,
    facts: fixedFacts(environment),
    imagesLock: testImagesLock(environment),
  });
}

/** The message of what a function throws. */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing was thrown");
}
