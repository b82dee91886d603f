import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";

import type { IGrantable } from "../../core";
import { accountId } from "../../core/forms";
import { hasForm, policyDocument, validate, type ValidationRule } from "../parts";
import { tableArnIn, tablePermissions, tablePolicyName, type TableAccessKind } from "./table-permissions";

/** Settings of a {@link TableAccess}. */
export interface TableAccessProps {
  /** The table's name, the same in every region. */
  readonly tableName: string;
  /** The table's account, 12 digits. */
  readonly account: string;
  /** The region whose copy is used. */
  readonly region: string;
  /** Who uses it. */
  readonly grantee: IGrantable;
  /** What is allowed. */
  readonly access: TableAccessKind;
  /**
   * Names of the table's indexes.
   *
   * @default - it has none
   */
  readonly indexNames?: readonly string[];
  /**
   * ARN of the KMS key that encrypts the copy.
   *
   * @default - a key that DynamoDB owns
   */
  readonly kmsKeyArn?: string;
}

const rules: readonly ValidationRule<TableAccessProps>[] = [hasForm("account", accountId)];

/** Lets a role use one region's copy of a table that another stack made. */
export class TableAccess extends Construct {
  /** The policy, for settings that this module does not model. */
  public readonly resource: IamRolePolicy;

  public constructor(scope: Construct, id: string, props: TableAccessProps) {
    super(scope, id);
    validate(this, rules, props);

    const { tableName, account, region, grantee, access } = props;
    this.resource = new IamRolePolicy(this, "Resource", {
      role: grantee.roleName,
      name: tablePolicyName(tableName, access),
      policy: policyDocument(
        tablePermissions({
          access,
          regions: [region],
          tableArns: [tableArnIn({ tableName, account, region })],
          indexNames: props.indexNames,
          keyArns: props.kmsKeyArn === undefined ? [] : [props.kmsKeyArn],
        }),
      ),
    });
  }
}
