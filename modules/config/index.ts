export * from "./define-partner";
export * from "./environment";
export * from "./facts";
export * from "./images-lock";
export * from "./partner-schema";
export * from "./triggers";
