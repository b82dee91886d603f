import { matching, type Form } from "./form";

const tag = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
const digest = "sha256:[0-9a-f]{64}";
const words = "[a-z0-9]+(?:[._-][a-z0-9]+)*";
const path = `${words}(?:/${words})*`;

/** Tag of an image. @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html */
export const imageTag = matching(
  new RegExp(`^${tag}$`),
  "be a tag of at most 128 letters, digits, '.', '_' and '-'",
  'write the version that was pushed, such as "1.4.2"',
);

/** Digest of an image. */
export const imageDigest = matching(
  new RegExp(`^${digest}$`),
  "be 'sha256:' and 64 hexadecimal digits",
  "copy the digest that the registry shows",
);

/** An image of a registry that is named, with the build that is meant. */
export const imageUri = matching(
  new RegExp(`^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+(:${tag}|@${digest})$`),
  "be a registry, a repository and a tag or digest",
  'write it like "public.ecr.aws/nginx/nginx:1.29.1"',
);

/** Any image whose build is named; without a registry it is one of Docker Hub. */
export const pinnedImage = matching(
  new RegExp(`[^/:@](:${tag}|@${digest})$`),
  "end in a tag or a digest",
  "name the build, such as ':1.4.2'",
);

/**
 * Name of a repository of ECR, or a part of it.
 *
 * @param longest - longest length: 256 for a name, 30 for the prefix of a cache.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export function repositoryName(longest = 256): Form {
  const pattern = new RegExp(`^(?=.{2,${longest}}$)${path}$`);
  return matching(
    pattern,
    `be 2 to ${longest} lower-case letters and digits, separated by single '.', '_', '-' or '/'`,
    "use the name that the image is pushed under",
  );
}
