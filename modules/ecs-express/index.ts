export {
  EcsExpressService,
  ecsExpressProviderVersion,
  type EcsExpressScaling,
  type EcsExpressServiceProps,
} from "./ecs-express-service";
