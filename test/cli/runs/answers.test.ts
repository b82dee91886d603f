import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stripVTControlCharacters } from "node:util";

import { answersOf, askUrl } from "../../../cli/runs/answers";
import type { Stack } from "../../../cli/stacks/manifest";
import { answersReport, type StandingStack } from "../../../cli/state/standing";

function standing(outputs: StandingStack["outputs"]): StandingStack {
  return { stack: { name: "dev-eu" } as Stack, region: "eu-west-1", resources: 1, outputs };
}

describe("answersOf", () => {
  it("asks every address of the outputs once, and none that is sensitive or a pattern", async () => {
    const asked: string[] = [];
    const answers = await answersOf(
      [
        standing({
          url: { value: "https://eu.example.com/" },
          again: { value: ["https://eu.example.com/", "https://api.example.com/"] },
          secret: { value: "https://user:word@example.com/", sensitive: true },
          pattern: { value: "https://*.example.com/" },
          count: { value: 3 },
        }),
      ],
      (url) => {
        asked.push(url);
        return Promise.resolve(200);
      },
    );

    expect(asked).toEqual(["https://eu.example.com/", "https://api.example.com/"]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("gets the status of a real server, follows no redirection, and says why nobody answers", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(302, { location: "http://127.0.0.1:9/" }).end("moved");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;

    const [first] = await answersOf([standing({ url: { value: url } })], askUrl);
    await new Promise((resolve) => server.close(resolve));
    const [second] = await answersOf([standing({ url: { value: url } })], askUrl);

    expect(first).toEqual({ url, stack: "dev-eu", output: "url", status: 302 });
    expect(second).toEqual({ url, stack: "dev-eu", output: "url", why: "the connection is refused" });
  });
});

describe("answersReport", () => {
  it("says what answered, what did not, and what to do next", () => {
    const text = answersReport("dev", [
      { url: "https://eu.example.com/", stack: "dev-eu", output: "url", status: 200 },
      {
        url: "https://us.example.com/",
        stack: "dev-us",
        output: "url",
        why: "the name is not known here yet",
      },
    ]);

    expect(stripVTControlCharacters(text)).toBe(`Answer  Address                  From
200     https://eu.example.com/  dev-eu url
-       https://us.example.com/  the name is not known here yet (dev-us url)

Next: \`meridian output dev\` shows all outputs, \`meridian plan dev\` what somebody else changed since.
1 of 2 did not answer successfully. A new name takes minutes to resolve: try again (\`curl -i <address>\`) before you look for a cause.
`);
  });
});
