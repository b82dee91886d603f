import { DynamodbContributorInsights } from "@cdktf/provider-aws/lib/dynamodb-contributor-insights";
import { DynamodbTable, type DynamodbTableReplica } from "@cdktf/provider-aws/lib/dynamodb-table";
import { DynamodbTableReplicaA } from "@cdktf/provider-aws/lib/dynamodb-table-replica";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { ValidationError, type IGrantable } from "../../core";
import { policyDocument } from "../parts";
import { followUse } from "./private/auto-scaling";
import { TableAlarms } from "./private/table-alarms";
import { keyAttributesOf, tableProblems } from "./private/table-rules";
import type { GlobalTableProps } from "./global-table-props";
import { tableArnIn, tablePermissions, tablePolicyName, type TableAccessKind } from "./table-permissions";

/**
 * A DynamoDB table that is written to and read from in several regions.
 *
 * Creates the table, a replica for each further region, point-in-time recovery of 35 days in each,
 * auto scaling where capacity is provisioned, and in every region alarms on replication latency,
 * throttling and errors of DynamoDB.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
 */
export class GlobalTable extends Construct {
  /** The table of the provider, for settings that this module does not model. */
  public readonly resource: DynamodbTable;
  /** The replicas of the provider by region; empty with strong consistency, where they are the table's own. */
  public readonly replicas: Readonly<Record<string, DynamodbTableReplicaA>>;
  /** The table's name, the same in every region. */
  public readonly tableName: string;
  /** ARN of the home region's stream of old and new images. */
  public readonly streamArn: string;
  /** All regions that hold items, the home region first. */
  public readonly regions: readonly string[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: GlobalTableProps,
  ) {
    super(scope, id);
    const problems = tableProblems(this.node.path, props);
    if (problems.length > 0) {
      throw new ValidationError(problems);
    }

    this.regions = [props.homeRegion, ...Object.keys(props.replicas).sort()];
    this.resource = this.createTable();
    this.tableName = this.resource.name;
    this.streamArn = this.resource.streamArn;
    const scaling =
      props.capacity?.kind === "provisioned" ? followUse(this, this.tableName, props.capacity) : undefined;
    this.replicas = props.consistency?.kind === "strong" ? {} : this.createReplicas(scaling);
    this.watch();
  }

  /** The table's ARN in a region. */
  public tableArn(region: string): string {
    const { account, name } = this.props;
    return tableArnIn({ tableName: name, account, region });
  }

  /**
   * Lets a role read items in some regions.
   *
   * @param id - Construct id of the policy, unique in the table.
   * @param regions - The regions; all of the table's unless given.
   */
  public grantRead(id: string, grantee: IGrantable, regions: readonly string[] = this.regions): void {
    this.grant(id, "read", grantee, regions);
  }

  /**
   * Lets a role read and write items in some regions.
   *
   * @param id - Construct id of the policy, unique in the table.
   * @param regions - The regions; all of the table's unless given.
   */
  public grantReadWrite(id: string, grantee: IGrantable, regions: readonly string[] = this.regions): void {
    this.grant(id, "read-write", grantee, regions);
  }

  private grant(id: string, access: TableAccessKind, grantee: IGrantable, regions: readonly string[]): void {
    const unknown = regions.find((region) => !this.regions.includes(region));
    if (unknown !== undefined) {
      throw new ValidationError([
        {
          where: `${this.node.path}/${id}`,
          property: "regions",
          expected: `be among the table's, ${this.regions.join(", ")}`,
          got: unknown,
          remedy: "add a replica there, or grant less",
        },
      ]);
    }
    new IamRolePolicy(this, id, {
      role: grantee.roleName,
      name: tablePolicyName(this.props.name, access),
      policy: policyDocument(
        tablePermissions({
          access,
          regions,
          tableArns: regions.map((region) => this.tableArn(region)),
          indexNames: Object.keys(this.props.globalSecondaryIndexes ?? {}),
          keyArns: regions.flatMap((region) => this.kmsKeyArnOf(region) ?? []),
        }),
      ),
    });
  }

  private kmsKeyArnOf(region: string): string | undefined {
    const { homeRegion, kmsKeyArn, replicas } = this.props;
    return region === homeRegion ? kmsKeyArn : replicas[region]?.kmsKeyArn;
  }

  private createTable(): DynamodbTable {
    const { props } = this;
    const { deletionProtection = true, kmsKeyArn, ttlAttributeName } = props;
    return new DynamodbTable(this, "Resource", {
      name: props.name,
      ...this.renderCapacity(),
      hashKey: props.partitionKey.name,
      rangeKey: props.sortKey?.name,
      attribute: keyAttributesOf(props),
      globalSecondaryIndex: this.renderIndexes(),
      // Global tables replicate by their streams, which must carry both images.
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: ttlAttributeName === undefined ? undefined : { attributeName: ttlAttributeName, enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: kmsKeyArn === undefined ? undefined : { enabled: true, kmsKeyArn },
      deletionProtectionEnabled: deletionProtection,
      ...this.renderConsistency(deletionProtection),
      lifecycle: { preventDestroy: deletionProtection, ignoreChanges: this.ignoredArguments() },
    });
  }

  private renderCapacity() {
    const { capacity } = this.props;
    return capacity?.kind === "provisioned"
      ? {
          billingMode: "PROVISIONED",
          readCapacity: capacity.read.minimum,
          writeCapacity: capacity.write.minimum,
        }
      : { billingMode: "PAY_PER_REQUEST" };
  }

  private renderConsistency(deletionProtection: boolean) {
    const { consistency } = this.props;
    if (consistency?.kind !== "strong") {
      return {};
    }
    const { witnessRegion } = consistency;
    return {
      replica: this.renderStrongReplicas(deletionProtection),
      globalTableWitness: witnessRegion === undefined ? undefined : { regionName: witnessRegion },
    };
  }

  private ignoredArguments(): string[] {
    const { capacity, consistency } = this.props;
    return [
      // Replicas are resources of their own, which alone can be protected and follow auto scaling.
      ...(consistency?.kind === "strong" ? [] : ["replica"]),
      // Auto scaling changes these.
      ...(capacity?.kind === "provisioned" ? ["read_capacity", "write_capacity"] : []),
    ];
  }

  private renderIndexes() {
    const indexes = Object.entries(this.props.globalSecondaryIndexes ?? {});
    return indexes.map(([name, { partitionKey, sortKey, projection = "ALL" }]) => ({
      name,
      hashKey: partitionKey.name,
      rangeKey: sortKey?.name,
      projectionType: typeof projection === "string" ? projection : "INCLUDE",
      nonKeyAttributes: typeof projection === "string" ? undefined : [...projection],
    }));
  }

  private renderStrongReplicas(deletionProtection: boolean): DynamodbTableReplica[] {
    return Object.entries(this.props.replicas).map(([regionName, { kmsKeyArn }]) => ({
      regionName,
      consistencyMode: "STRONG",
      kmsKeyArn,
      pointInTimeRecovery: true,
      deletionProtectionEnabled: deletionProtection,
      propagateTags: true,
    }));
  }

  private createReplicas(
    scaling: ITerraformDependable[] | undefined,
  ): Readonly<Record<string, DynamodbTableReplicaA>> {
    const parent = new Construct(this, "Replicas");
    const made: Record<string, DynamodbTableReplicaA> = {};
    // AWS makes no replica of provisioned capacity that nothing scales, and only one at a time.
    let after: ITerraformDependable[] | undefined = scaling;
    for (const [region, { provider, kmsKeyArn }] of Object.entries(this.props.replicas).sort()) {
      const replica: DynamodbTableReplicaA = new DynamodbTableReplicaA(parent, region, {
        provider,
        globalTableArn: this.resource.arn,
        kmsKeyArn,
        pointInTimeRecovery: true,
        deletionProtectionEnabled: this.props.deletionProtection ?? true,
        dependsOn: after,
      });
      made[region] = replica;
      after = [replica];
    }
    return made;
  }

  private watch(): void {
    const { props } = this;
    const parent = new Construct(this, "Alarms");
    for (const region of this.regions) {
      const replica = props.replicas[region];
      const resource = this.replicas[region];
      const dependsOn = resource === undefined ? undefined : [resource];
      new TableAlarms(parent, region, {
        tableName: this.tableName,
        region,
        // Strong consistency has no latency of its own: a write ends when it is in a second region.
        otherRegions:
          props.consistency?.kind === "strong" ? [] : this.regions.filter((each) => each !== region),
        provider: replica?.provider,
        alarmTopic: region === props.homeRegion ? props.alarmTopic : replica?.alarmTopic,
        thresholds: props.alarmThresholds ?? {},
      });
      if (props.contributorInsights === true) {
        new DynamodbContributorInsights(this, `ContributorInsights-${region}`, {
          provider: replica?.provider,
          tableName: this.tableName,
          dependsOn,
        });
      }
    }
  }
}
