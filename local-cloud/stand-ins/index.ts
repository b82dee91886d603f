import type { StandIn } from "../toolkit";
import { Unkindness } from "../unkind";
import { acm } from "./dns/acm";
import { appRunner } from "./compute/apprunner";
import { applicationAutoScaling } from "./compute/application-autoscaling";
import { batch } from "./compute/batch";
import { budgets } from "./management/budgets";
import { cloudFront } from "./dns/cloudfront";
import { cloudWatch } from "./management/cloudwatch";
import { dataSync } from "./data/datasync";
import { directConnect } from "./network/direct-connect";
import { dynamodb } from "./data/dynamodb";
import { ec2 } from "./compute/ec2";
import { ecr } from "./compute/ecr";
import { ecs } from "./compute/ecs";
import { fsx } from "./data/fsx";
import { globalAccelerator } from "./network/globalaccelerator";
import { imageBuilder } from "./compute/imagebuilder";
import { instances } from "./compute/instances";
import { kms } from "./management/kms";
import { linkedRoles } from "./management/linked-roles";
import { managedPrefixLists } from "./network/managed-prefix-lists";
import { ram } from "./network/ram";
import { routePropagation } from "./network/route-propagation";
import { route53 } from "./dns/route53";
import { route53Resolver } from "./dns/route53resolver";
import { RoutingControls, routingControls } from "./dns/routing-controls";
import { s3 } from "./data/s3";
import { s3Locks } from "./data/s3-locks";
import { s3Versioning } from "./data/s3-versioning";
import { securityGroupRules } from "./network/security-group-rules";
import { serviceQuotas } from "./management/service-quotas";
import { sqs } from "./management/sqs";
import { ssm } from "./management/ssm";
import { subnets } from "./network/subnets";

/** A fresh set of all stand-ins, each with an empty store; those that can be unkind get the switches. */
export function standIns(unkind = new Unkindness()): StandIn[] {
  const controls = new RoutingControls();
  return [
    acm(unkind),
    applicationAutoScaling(),
    appRunner(unkind),
    batch(),
    budgets(),
    cloudFront(),
    cloudWatch(),
    dataSync(),
    directConnect(),
    dynamodb(),
    ec2(),
    ecr(),
    ecs(unkind),
    fsx(),
    globalAccelerator(),
    imageBuilder(),
    instances(),
    kms(),
    linkedRoles(),
    managedPrefixLists(),
    ram(),
    routePropagation(),
    route53(controls),
    route53Resolver(),
    ...routingControls(controls, unkind),
    s3Locks(),
    s3Versioning(),
    s3(),
    securityGroupRules(),
    serviceQuotas(unkind),
    sqs(),
    ssm(),
    subnets(),
  ];
}
