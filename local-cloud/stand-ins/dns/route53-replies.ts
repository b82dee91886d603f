import { type Answer, xmlAnswer } from "../../answer";
import { renderXml } from "../../xml";

export const space = ' xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';
export const invalid = "InvalidInput";

export function reply(
  name: string,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Answer {
  return xmlAnswer(renderXml(name, value, space), status, headers);
}
