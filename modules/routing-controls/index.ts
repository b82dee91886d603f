export * from "./evacuation-role";
export * from "./routing-controls";
