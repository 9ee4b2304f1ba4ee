export * from "./compute-environment";
export * from "./compute-pool";
export * from "./fargate-sizes";
export * from "./host-role";
export * from "./host-template";
export * from "./instance-families";
export * from "./job-definition";
export * from "./job-queue";
