export * from "./announcements-queue";
export * from "./dead-letter-queue";
