export { boundaryMutants, denialMutants, type Mutant, roleMutants } from "./operators";
export { Judge, type Verdict } from "./score";
