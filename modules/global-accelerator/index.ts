export * from "./accelerator";
export * from "./accelerator-props";
export * from "./accelerators-for";
export * from "./cross-account-attachment";
export * from "./custom-routing-accelerator";
export * from "./custom-routing-accelerator-props";
export * from "./flow-logs";
export * from "./listener";
