import { found, type JsonObject, type JsonOperation } from "../../toolkit";

export const invalid = "InvalidArgumentException";

export type Operations = Record<string, JsonOperation>;
export type Shelf = Map<string, JsonObject>;

export function below(shelf: Shelf, arn: unknown): JsonObject[] {
  return [...shelf].filter(([key]) => key.startsWith(`${String(arn)}/`)).map(([, resource]) => resource);
}

export function at(shelf: Shelf, arn: unknown, noun: string): JsonObject {
  return found(shelf.get(String(arn)), `${noun}NotFoundException`, `${noun} ${String(arn)} was not found`);
}
