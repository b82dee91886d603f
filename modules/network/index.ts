export type { FlowLogOptions } from "./flow-log";
export type { NetworkAttributes } from "./imported-network";
export { interfaceEndpointServices, type InterfaceEndpointBundle } from "./interface-endpoints";
export { Network, type NatGatewayMode, type NetworkProps } from "./network";
export { blockedCidrBlockLimit, dualStackBlockedCidrBlockLimit } from "./network-acl-rules";
