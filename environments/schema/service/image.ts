import { z } from "zod";

import { section, text } from "../fields";

/** An image of any registry. */
export const imageUri = text(
  /^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$/,
  "be a registry, a repository and a tag or digest",
  'write it like "public.ecr.aws/nginx/nginx:1.29.1"',
);

const repositoryName = text(
  /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
  "be 2 to 256 lower-case letters and digits, separated by single '.', '_', '-' or '/'",
  "use the name that the image is pushed under",
);

const imageTag = text(
  /^(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  "be the immutable tag of one build, at most 128 letters, digits, '.', '_' and '-', and not 'latest'",
  'write the version that was pushed, such as "1.4.2"',
);

const imageDigest = text(
  /^sha256:[0-9a-f]{64}$/,
  "be 'sha256:' and 64 hexadecimal digits",
  "copy the digest that the registry shows",
);

/** Where a service's image comes from. */
export const imageSchema = z.union([
  section({
    /** The environment's own repository, replicated from the home region to every region. */
    repository: repositoryName,
    /** The tag that was pushed. Tags are immutable, so `latest` is refused. */
    tag: imageTag,
  }),
  section({
    /** The environment's own repository, replicated from the home region to every region. */
    repository: repositoryName,
    /** The digest of the image, `sha256:` and 64 hexadecimal digits. */
    digest: imageDigest,
  }),
  section({
    /** An image of another registry, with its tag or digest. */
    uri: imageUri,
  }),
]);

/** Where a service's image comes from. */
export type ServiceImage = z.output<typeof imageSchema>;
