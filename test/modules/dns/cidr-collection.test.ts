import { type CidrCollectionProps, CidrCollection } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: CidrCollectionProps = {
  name: "offices",
  locations: { berlin: ["203.0.113.0/24", "198.51.100.0/24"], dublin: ["2001:db8::/48"] },
};

function stackWith(props: Partial<CidrCollectionProps> = {}) {
  const stack = emptyStack();
  const collection = new CidrCollection(stack, "Offices", { ...required, ...props });
  return { stack, collection };
}

const refuse = (props: Partial<CidrCollectionProps>): string => refusal(() => stackWith(props));

describe("CidrCollection", () => {
  it("holds a location for each list of networks", () => {
    const { stack, collection } = stackWith();

    expect(resourceAt(stack, "aws_route53_cidr_collection")).toEqual({ name: "offices" });
    expect(resourceAt(stack, "aws_route53_cidr_location", "Offices/Locations/berlin")).toEqual({
      name: "berlin",
      cidr_collection_id: "${aws_route53_cidr_collection.Offices_3204BD9C.id}",
      cidr_blocks: ["198.51.100.0/24", "203.0.113.0/24"],
    });
    expect(collection.locationNames).toEqual(["berlin", "dublin"]);
  });

  it("represents a known collection", () => {
    const attributes = { cidrCollectionId: "c1", locationNames: ["berlin"] };

    expect(CidrCollection.fromCidrCollectionAttributes(attributes)).toEqual(attributes);
  });

  it("refuses names that Route 53 does not take", () => {
    expect(refuse({ name: "my offices", locations: { "a-name-of-17-char": ["10.0.0.0/8"] } })).toBe(
      [
        "test/Offices: 'name' must be 1 to 64 letters, digits, '-' and '_', got \"my offices\"; shorten or rename it",
        "test/Offices: 'locations' must be named by 1 to 16 letters, digits, '-' and '_', " +
          'got ["a-name-of-17-char"]; rename the locations',
      ].join("\n"),
    );
  });

  it("refuses an empty location", () => {
    expect(refuse({ locations: { berlin: [] } })).toBe(
      "test/Offices: 'locations' must hold at least one network each, got [\"berlin\"]; remove the empty locations",
    );
  });

  it("refuses blocks that are too small or none", () => {
    expect(refuse({ locations: { berlin: ["203.0.113.0/25", "2001:db8::/64", "10.0.0.0", "x/8"] } })).toBe(
      "test/Offices: 'locations' must list CIDR blocks of /24 at most for IPv4 and /48 for IPv6, " +
        'got ["203.0.113.0/25","2001:db8::/64","10.0.0.0","x/8"]; widen or correct the blocks',
    );
  });

  it("refuses a network in two locations", () => {
    expect(refuse({ locations: { berlin: ["10.0.0.0/8"], dublin: ["10.0.0.0/8"] } })).toBe(
      "test/Offices: 'locations' must list each network once, got [\"10.0.0.0/8\"]; " +
        "leave it in the one location that its users belong to",
    );
  });

  it("refuses more networks than a collection holds", () => {
    const blocks = Array.from({ length: 1001 }, (_, number) => `10.${number >> 8}.${number & 255}.0/24`);

    expect(refuse({ locations: { berlin: blocks } })).toBe(
      "test/Offices: 'locations' must list at most 1000 networks together, got 1001; join neighbouring blocks",
    );
  });
});
