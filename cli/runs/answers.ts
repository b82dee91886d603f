import type { Answer, AskUrl } from "../base/answer";
import { httpStatus } from "../probes/http-status";
import type { StandingStack } from "../state/standing";

const patienceMilliseconds = 5000;

/** Asks with a plain GET, as a browser would; a redirection is an answer. */
export const askUrl: AskUrl = (url) => httpStatus(url, patienceMilliseconds, { "user-agent": "meridian" });

/** So many addresses are asked; an environment has seldom more, and a deploy is over by now. */
const asked = 20;

/** Asks each address in the outputs of stacks once, all at the same time. */
export function answersOf(stacks: readonly StandingStack[], ask: AskUrl): Promise<Answer[]> {
  const addresses = stacks.flatMap(({ stack, outputs }) =>
    Object.entries(outputs).flatMap(([output, { value, sensitive }]) =>
      sensitive === true ? [] : urlsIn(value).map((url) => ({ url, stack: stack.name, output })),
    ),
  );
  const known = new Map(addresses.map((each) => [each.url, each]));
  return Promise.all(
    [...known.values()].slice(0, asked).map(async (address) => {
      try {
        return { ...address, status: await ask(address.url) };
      } catch (error) {
        return { ...address, why: reasonOf(error) };
      }
    }),
  );
}

function urlsIn(value: unknown): string[] {
  const texts = Array.isArray(value) ? (value as unknown[]) : [value];
  // A pattern such as https://*.example.com/ is nobody's address.
  return texts.filter(
    (text): text is string =>
      typeof text === "string" && /^https?:\/\/[^\s*{}]+$/.test(text) && URL.canParse(text),
  );
}

/** What went wrong, in words: `fetch` says only that it failed, its cause says why. */
function reasonOf(error: unknown): string {
  const { name, cause = error } = error as { name?: string; cause?: unknown };
  const { code = "", message = String(cause) } = cause as { code?: string; message?: string };
  if (name === "TimeoutError") {
    return `no answer within ${patienceMilliseconds / 1000} s`;
  }
  return Object.hasOwn(reasons, code) ? (reasons[code] ?? code) : message;
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name is not known here yet",
  EAI_AGAIN: "no name server answers",
  ECONNREFUSED: "the connection is refused",
  ECONNRESET: "the connection is cut off",
  UND_ERR_CONNECT_TIMEOUT: "no connection within some seconds",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};
