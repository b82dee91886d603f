import { ssm } from "../../../../local-cloud/stand-ins/management/ssm";
import { GatewayUnderTest } from "../../support/cloud";

const ubuntu = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
const arm = "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id";

describe("Systems Manager", () => {
  let cloud: GatewayUnderTest;

  afterEach(() => {
    cloud.stop();
  });

  /** moto without any parameter, with Ubuntu for x86_64 and another image for arm64. */
  const start = async () => {
    cloud = await GatewayUnderTest.start(
      ({ body }) => {
        if (body.includes("Action=DescribeImages")) {
          const filters = new URLSearchParams(body);
          const isUbuntu = filters.get("Filter.1.Value.1") === "ubuntu/images/*";
          const isArm = filters.get("Filter.2.Value.1") === "arm64";
          const ids = isArm ? (isUbuntu ? [] : ["ami-0c"]) : isUbuntu ? ["ami-0b", "ami-0a"] : [];
          return { text: ids.map((id) => `<imageId>${id}</imageId>`).join("") };
        }
        return body.includes("Names")
          ? { text: '{"Parameters":[],"InvalidParameters":["/mine","' + ubuntu + '"]}' }
          : { status: 400, text: '{"__type":"ParameterNotFound"}' };
      },
      [ssm()],
    );
  };
  const ask = (action: string, input: object) => cloud.json("ssm", `AmazonSSM.${action}`, input);

  it.each([
    [ubuntu, "ami-0a"],
    [arm, "ami-0c"],
  ])("answers %s with an image of its architecture", async (name, image) => {
    await start();

    expect(await ask("GetParameter", { Name: name })).toMatchObject({
      status: 200,
      output: { Parameter: { Name: name, Value: image, Type: "String", DataType: "aws:ec2:image" } },
    });
  });

  it("leaves parameters that name no image to moto", async () => {
    await start();

    expect(await ask("GetParameter", { Name: "/mine" })).toMatchObject({
      status: 400,
      output: { __type: "ParameterNotFound" },
    });
  });

  it("answers several names at once, and says which are not there", async () => {
    await start();

    expect((await ask("GetParameters", { Names: ["/mine", ubuntu] })).output).toMatchObject({
      Parameters: [{ Name: ubuntu, Value: "ami-0a" }],
      InvalidParameters: ["/mine"],
    });
  });
});
