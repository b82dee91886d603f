export type { FlowLogOptions } from "../parts/vpc-flow-log";
export type { NetworkAttributes } from "./imported-network";
export { interfaceEndpointServices, type InterfaceEndpointBundle } from "./interface-endpoints";
export { Network } from "./network";
export { type NatGatewayMode } from "./network-props";
export { type NetworkProps } from "./network-props";
export { blockedCidrBlockLimit, dualStackBlockedCidrBlockLimit } from "./network-acl-rules";
