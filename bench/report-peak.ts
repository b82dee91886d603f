/** Loaded before a measured program: says at its end how much memory it took at most. */
process.once("exit", () => {
  process.stderr.write(`PEAK_KIB=${process.resourceUsage().maxRSS}\n`);
});
