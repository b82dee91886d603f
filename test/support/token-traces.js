/**
 * cdktf notes for each token where it was made, down to the last frame. Jest would map every frame
 * to its source, which takes most of the time of a synthesis; errors keep their traces.
 */
const { prepareStackTrace } = Error;
Error.prepareStackTrace = (error, frames) =>
  error instanceof Error ? prepareStackTrace?.(error, frames) : "";
