"use strict";
/**
 * Runs Node.js handlers over the Lambda runtime API, on Node's own modules only.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
const { existsSync } = require("node:fs");
const http = require("node:http");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { format } = require("node:util");

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const endOfInvocation = "\u0000meridian-end\n";
let requestId = "";

for (const [method, level] of Object.entries({
  debug: "DEBUG",
  error: "ERROR",
  info: "INFO",
  log: "INFO",
  trace: "TRACE",
  warn: "WARN",
})) {
  console[method] = (...values) => {
    const line = format(...values).replaceAll("\n", "\r");
    process.stdout.write(`${new Date().toISOString()}\t${requestId || "undefined"}\t${level}\t${line}\n`);
  };
}

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    http
      .request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ headers: response.headers, body: Buffer.concat(chunks).toString("utf8") }),
        );
        response.on("error", reject);
      })
      .on("error", reject)
      .end(body);
  });
}

function describe(error) {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

async function report(path, error) {
  const description = describe(error);
  console.error(
    `${path === "init/error" ? "Uncaught Exception" : "Invoke Error"} \t${JSON.stringify(description)}`,
  );
  finish();
  await call("POST", path, JSON.stringify(description), {
    "content-type": "application/json",
    "lambda-runtime-function-error-type": description.errorType,
  });
}

function finish() {
  process.stdout.write(endOfInvocation);
  process.stderr.write(endOfInvocation);
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

async function load() {
  const [, modulePath = "", exported = ""] = /^(.*\/?[^.]*)\.(.+)$/.exec(process.env._HANDLER) ?? [];
  const base = join(process.env.LAMBDA_TASK_ROOT, modulePath);
  const file = [base, `${base}.js`, `${base}.mjs`, `${base}.cjs`].find(
    (each) => /\.[cm]?js$/.test(each) && existsSync(each),
  );
  if (file === undefined) {
    throw named("Runtime.ImportModuleError", `Error: Cannot find module '${modulePath}'`);
  }
  const loaded = await required(file);
  const handler =
    exported.split(".").reduce((value, key) => value?.[key], loaded) ?? loaded.default?.[exported];
  if (typeof handler !== "function") {
    throw named("Runtime.HandlerNotFound", `${process.env._HANDLER} is undefined or not exported`);
  }
  return handler;
}

async function required(file) {
  if (!file.endsWith(".mjs")) {
    try {
      return require(file);
    } catch (error) {
      if (error.code !== "ERR_REQUIRE_ESM") {
        throw error;
      }
    }
  }
  return import(pathToFileURL(file).href);
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parsed = (name) => (headers[name] === undefined ? undefined : JSON.parse(headers[name]));
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    clientContext: parsed("lambda-runtime-client-context"),
    identity: parsed("lambda-runtime-cognito-identity"),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** A handler answers by a promise, or by its callback. */
function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, value) =>
      error === undefined || error === null ? resolve(value) : reject(error);
    Object.assign(context, { done: callback, succeed: resolve, fail: reject });
    const returned = handler(event, context, callback);
    if (typeof returned?.then === "function") {
      returned.then(resolve, reject);
    } else if (handler.length < 3) {
      resolve(returned);
    }
  });
}

async function main() {
  let handler;
  try {
    handler = await load();
  } catch (error) {
    await report("init/error", error);
    process.exit(1);
  }
  for (;;) {
    const { headers, body } = await call("GET", "invocation/next");
    requestId = headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
    const path = `invocation/${requestId}`;
    try {
      const value = await run(handler, JSON.parse(body), contextOf(headers));
      const answer = JSON.stringify(value === undefined ? null : value);
      finish();
      await call("POST", `${path}/response`, answer, { "content-type": "application/json" });
    } catch (error) {
      await report(`${path}/error`, error);
    }
  }
}

// Without the runtime API nobody is left to work for.
main().catch(() => process.exit(1));
