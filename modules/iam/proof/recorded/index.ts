export * from "./recording";
export { isCaller, shapeOf, workOf } from "./shape";
