import type { StandIn } from "../toolkit";
import { Unkindness } from "../unkind";
import { acm } from "./acm";
import { appRunner } from "./apprunner";
import { applicationAutoScaling } from "./application-autoscaling";
import { batch } from "./batch";
import { budgets } from "./budgets";
import { cloudFront } from "./cloudfront";
import { cloudWatch } from "./cloudwatch";
import { dataSync } from "./datasync";
import { directConnect } from "./direct-connect";
import { dynamodb } from "./dynamodb";
import { ec2 } from "./ec2";
import { ecr } from "./ecr";
import { ecs } from "./ecs";
import { fsx } from "./fsx";
import { globalAccelerator } from "./globalaccelerator";
import { imageBuilder } from "./imagebuilder";
import { instances } from "./instances";
import { kms } from "./kms";
import { linkedRoles } from "./linked-roles";
import { managedPrefixLists } from "./managed-prefix-lists";
import { ram } from "./ram";
import { routePropagation } from "./route-propagation";
import { route53 } from "./route53";
import { route53Resolver } from "./route53resolver";
import { RoutingControls, routingControls } from "./routing-controls";
import { s3 } from "./s3";
import { s3Locks } from "./s3-locks";
import { s3Versioning } from "./s3-versioning";
import { securityGroupRules } from "./security-group-rules";
import { serviceQuotas } from "./service-quotas";
import { sqs } from "./sqs";
import { ssm } from "./ssm";
import { subnets } from "./subnets";

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
