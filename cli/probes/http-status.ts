/**
 * The HTTP status that a URL answers with, under a valid certificate. A redirection is an answer: it is not
 * followed.
 *
 * @throws TypeError of `fetch` when nobody answers, and a `TimeoutError` when nobody does in time.
 */
export async function httpStatus(
  url: string,
  milliseconds: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(url, {
    redirect: "manual",
    headers,
    signal: AbortSignal.timeout(milliseconds),
  });
  await response.body?.cancel();
  return response.status;
}
