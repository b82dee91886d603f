import { ServiceError } from "../../answer";
import { objectAt, type Store, textAt, type JsonObject } from "../../toolkit";

/** How long App Runner holds on to a connector whose service is gone. AWS names no bound. */
const heldMilliseconds = 10_000;

/**
 * Which VPC connectors are used: App Runner deletes none that a service uses, nor, on a bad day, one that a service
 * used a moment ago.
 *
 * @see https://github.com/aws/apprunner-roadmap/issues/161
 */
export class ConnectorUse {
  /** When each was last let go of, by its ARN. */
  private readonly endedAt = new Map<string, number>();

  constructor(
    private readonly services: Store<JsonObject>,
    private readonly isHeldOn: () => boolean,
    private readonly now: () => number = Date.now,
  ) {}

  /** Notes that a service, as it was, uses its connector no longer. */
  noteEnd(service: JsonObject): void {
    const arn = connectorOf(service);
    if (arn !== undefined) {
      this.endedAt.set(arn, this.now());
    }
  }

  /** Refuses to delete a connector that is used. */
  refuseDeletion(arn: string, region: string): void {
    const isUsed = [...this.services.in(region).values()].some((service) => connectorOf(service) === arn);
    const isHeld = this.isHeldOn() && (this.endedAt.get(arn) ?? -Infinity) + heldMilliseconds > this.now();
    if (isUsed || isHeld) {
      throw new ServiceError(
        "InvalidRequestException",
        `Provided VPC connector arn is being used by other services. ARN: ${arn}`,
      );
    }
  }
}

function connectorOf(service: JsonObject): string | undefined {
  const egress = objectAt(objectAt(service, "NetworkConfiguration"), "EgressConfiguration");
  return textAt(egress, "VpcConnectorArn");
}
