export * from "./grants";
export * from "./image-repository";
