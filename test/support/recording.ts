import path from "node:path";

/** Names this test file in the recordings of local clouds that it starts, itself or through programs. */
process.env.MERIDIAN_RECORD_LABEL = path.relative(
  path.resolve(__dirname, "../.."),
  expect.getState().testPath ?? "",
);
