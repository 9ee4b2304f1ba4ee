export * from "./break-glass-rule";
export * from "./job-state-rule";
export * from "./object-created-pattern";
export * from "./object-rule";
export * from "./schedules";
export * from "./step-fact-rule";
