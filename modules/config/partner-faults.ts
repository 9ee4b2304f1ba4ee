import { idFault } from "../core";
import { chainFaults } from "./chain-faults";
import { expectationFaults } from "./expectations";
import type { Fault } from "./fault";
import { flowFaults } from "./flow-faults";
import { lambdaFaults } from "./lambda-faults";
import { notificationFaults } from "./notifications";
import type { Partner } from "./partner-schema";
import { processFaults } from "./process-faults";
import { readerFaults } from "./reader-faults";
import { stableKeyFaults } from "./stable-keys";
import { stepFaults } from "./step-faults";
import { triggerFaults } from "./trigger-faults";
import { unpackFaults } from "./unpack-faults";

/** Everything that can be wrong within a partner file beyond the form of its values. */
export function partnerFaults(partner: Partner): Fault[] {
  const idWrong = idFault("partner", partner.id);
  return [
    ...(idWrong === undefined ? [] : [{ path: ["id"], message: idWrong }]),
    ...chainFaults(partner),
    ...stepFaults(partner),
    ...flowFaults(partner),
    ...triggerFaults(partner),
    ...unpackFaults(partner),
    ...lambdaFaults(partner),
    ...processFaults(partner),
    ...stableKeyFaults(partner),
    ...readerFaults(partner),
    ...notificationFaults(partner.notifications),
    ...expectationFaults(partner.expectations),
  ];
}
