import { xmlAnswer } from "../../answer";
import type { StandIn } from "../../toolkit";

const suspended =
  '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Suspended</Status></VersioningConfiguration>';

/**
 * S3: moto is not told that versioning was suspended. It could no longer delete an object that has
 * delete markers then, and so no bucket that Terraform empties after suspending it.
 */
export function s3Versioning(): StandIn {
  const suspendedBuckets = new Set<string>();
  return {
    service: "s3",
    concerns: (url) => url.searchParams.has("versioning"),
    answer: (call, forward) => {
      const bucket = call.url.pathname;
      if (call.method === "PUT" && call.body.includes("<Status>Suspended</Status>")) {
        suspendedBuckets.add(bucket);
        return xmlAnswer("");
      }
      if (call.method === "PUT") {
        suspendedBuckets.delete(bucket);
      }
      return suspendedBuckets.has(bucket) ? xmlAnswer(suspended) : forward(call);
    },
  };
}
