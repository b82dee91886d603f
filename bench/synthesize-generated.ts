import { validateEnvironments } from "../environments";
import { buildApp } from "../stacks/app";
import { generatedEnvironment } from "./generated-environment";

const [regionCount = 20, serviceCount = 40] = process.argv.slice(2).map(Number);
const input = generatedEnvironment(regionCount, serviceCount);
const environments = validateEnvironments([{ file: "bench", input }]);
buildApp({ environments, outdir: process.env.OUT }).synth();
