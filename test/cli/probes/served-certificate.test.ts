import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";

import { servedCertificate } from "../../../cli/probes/served-certificate";
import { selfSigned } from "../../support/certificate";

describe("the certificate that a host shows", () => {
  it("is read for the name that is asked for, whether clients would trust it or not", async () => {
    const until = new Date("2027-03-04T05:06:07Z");
    const asked: string[] = [];
    const server = createServer({
      ...selfSigned("web.example.com", new Date("2026-01-01T00:00:00Z"), until),
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;

    const shown = await servedCertificate("127.0.0.1", "web.example.com", port);
    server.close();

    expect(shown).toEqual({ expiresAt: until, distrust: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(asked).toEqual(["web.example.com"]);
    await expect(servedCertificate("127.0.0.1", "web.example.com", port)).rejects.toThrow("ECONNREFUSED");
  });
});
