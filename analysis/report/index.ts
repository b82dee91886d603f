export * from "./attribute-lines";
export * from "./budget";
export * from "./markdown";
export * from "./parity";
export * from "./report";
export * from "./text";
export * from "./section";
export * from "./terminal";
