export { type Ability, type AccessRole, deploys, type Trusted } from "./access-role";
export { accessClaims } from "./claims";
export { deployPolicies, type DeployRequest, deployRequests } from "./deploy-requests";
export { peopleCalls } from "./people-calls";
