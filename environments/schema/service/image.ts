import { z } from "zod";

import * as forms from "../../../core/forms";
import { section, textOf } from "../fields";

/** An image of any registry. */
export const imageUri = textOf(forms.imageUri);

const repositoryName = textOf(forms.repositoryName());

/** A tag may not move: two regions that pull at different times would run different images. */
const imageTag = textOf({
  accepts: (value) => forms.imageTag.accepts(value) && value !== "latest",
  expected:
    "be the immutable tag of one build, at most 128 letters, digits, '.', '_' and '-', and not 'latest'",
  remedy: forms.imageTag.remedy,
});

const imageDigest = textOf(forms.imageDigest);

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
