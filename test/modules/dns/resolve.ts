import { type TerraformStack, DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";

/** A value of a construct as Terraform will read it. */
export function resolve(stack: TerraformStack, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope: stack, resolver, preparing: false });
}
