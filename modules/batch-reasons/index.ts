export * from "./cause";
export * from "./classify";
export * from "./exit-causes";
export * from "./reasons";
