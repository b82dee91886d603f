export { durationOf } from "./clock";
export { Engine } from "./engine";
