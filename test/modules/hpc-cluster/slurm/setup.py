#!/usr/bin/env python3
"""Makes in the local cloud what Terraform makes in AWS: the table, the zone, and a launch template a resource."""

import json
import sys

import boto3

path = sys.argv[1]
fleet = json.load(open(path, encoding="utf-8"))
boto3.client("dynamodb", region_name=fleet["region"]).create_table(
    TableName=fleet["table"], BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("Id", "InstanceId")],
    GlobalSecondaryIndexes=[{"IndexName": "InstanceId", "KeySchema": [{"AttributeName": "InstanceId", "KeyType": "HASH"}],
                             "Projection": {"ProjectionType": "ALL"}}])
zone = boto3.client("route53").create_hosted_zone(Name=fleet["domain"], CallerReference="test")
fleet["hostedZoneId"] = zone["HostedZone"]["Id"].rsplit("/", 1)[1]
ec2 = boto3.client("ec2", region_name=fleet["region"])
subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
for queue, resources in fleet["queues"].items():
    for name, resource in resources.items():
        template = ec2.create_launch_template(LaunchTemplateName=f"{queue}-{name}", LaunchTemplateData={
            "ImageId": image, "InstanceType": resource["instanceTypes"][0]})
        resource["subnetIds"] = [subnet]
        resource["launchTemplateId"] = template["LaunchTemplate"]["LaunchTemplateId"]
json.dump(fleet, open(path, "w", encoding="utf-8"), indent=2)
