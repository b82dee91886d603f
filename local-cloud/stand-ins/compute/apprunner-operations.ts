import type { JsonOperation } from "../../toolkit";

export const invalid = "InvalidRequestException";
export const notFound = "ResourceNotFoundException";

export type Operations = Record<string, JsonOperation>;
