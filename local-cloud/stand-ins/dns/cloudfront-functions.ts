import { ServiceError, xmlAnswer } from "../../answer";
import { account, found, required, type RestOperation } from "../../toolkit";
import { element, textOf, type XmlElement } from "../../xml";
import { checkVersion, newEtag, reply, root, withEtag } from "./cloudfront-replies";

interface EdgeFunction {
  readonly name: string;
  readonly createdTime: string;
  config: XmlElement;
  code: Buffer;
  etag: string;
  live?: { readonly config: XmlElement; readonly code: Buffer; readonly etag: string };
}

export function functionOperations(): Record<string, RestOperation> {
  const functions = new Map<string, EdgeFunction>();
  const at = (name = "") =>
    found(functions.get(name), "NoSuchFunctionExists", `The function ${name} does not exist`, 404);
  const staged = (name: string | undefined, stage: string | null) => {
    const edge = at(name);
    return stage === "LIVE"
      ? found(edge.live, "NoSuchFunctionExists", `The function ${edge.name} is not published`, 404)
      : edge;
  };
  const summary = (edge: EdgeFunction, stage: string | null, config: XmlElement) => ({
    Name: edge.name,
    Status: edge.live === undefined ? "UNPUBLISHED" : "DEPLOYED",
    FunctionConfig: config,
    FunctionMetadata: {
      FunctionARN: `arn:aws:cloudfront::${account}:function/${edge.name}`,
      Stage: stage ?? "DEVELOPMENT",
      CreatedTime: edge.createdTime,
      LastModifiedTime: edge.createdTime,
    },
  });
  return {
    [`POST ${root}/function`]: ({ xml }) => {
      const { Name } = required(xml, "InvalidArgument", "Name", "FunctionConfig", "FunctionCode");
      if (functions.has(Name)) {
        throw new ServiceError("FunctionAlreadyExists", `A function ${Name} already exists`, 409);
      }
      const edge: EdgeFunction = {
        name: Name,
        createdTime: new Date().toISOString(),
        config: element(xml.FunctionConfig),
        code: Buffer.from(textOf(xml.FunctionCode) ?? "", "base64"),
        etag: newEtag(),
      };
      functions.set(Name, edge);
      const location = `https://cloudfront.amazonaws.com${root}/function/${Name}`;
      return reply("FunctionSummary", summary(edge, null, edge.config), 201, { etag: edge.etag, location });
    },
    [`GET ${root}/function`]: () =>
      reply("FunctionList", {
        MaxItems: 1000,
        Quantity: functions.size,
        Items: { FunctionSummary: [...functions.values()].map((edge) => summary(edge, null, edge.config)) },
      }),
    [`GET ${root}/function/{name}/describe`]: ({ path, query }) => {
      const { config, etag } = staged(path.name, query.get("Stage"));
      return withEtag("FunctionSummary", summary(at(path.name), query.get("Stage"), config), etag);
    },
    [`GET ${root}/function/{name}`]: ({ path, query }) => {
      const { code, etag } = staged(path.name, query.get("Stage"));
      return { status: 200, headers: { "content-type": "application/octet-stream", etag }, body: code };
    },
    [`PUT ${root}/function/{name}`]: ({ path, xml }, context) => {
      const edge = at(path.name);
      checkVersion(context, edge.etag);
      edge.config = element(xml.FunctionConfig);
      edge.code = Buffer.from(textOf(xml.FunctionCode) ?? "", "base64");
      edge.etag = newEtag();
      const answer = withEtag("FunctionSummary", summary(edge, null, edge.config), edge.etag);
      return { ...answer, headers: { ...answer.headers, ettag: edge.etag } };
    },
    [`POST ${root}/function/{name}/publish`]: ({ path }, context) => {
      const edge = at(path.name);
      checkVersion(context, edge.etag);
      edge.live = { config: edge.config, code: edge.code, etag: newEtag() };
      return reply("FunctionSummary", summary(edge, "LIVE", edge.config));
    },
    [`DELETE ${root}/function/{name}`]: ({ path }, context) => {
      const edge = at(path.name);
      checkVersion(context, edge.etag);
      functions.delete(edge.name);
      return xmlAnswer("", 204);
    },
  };
}
