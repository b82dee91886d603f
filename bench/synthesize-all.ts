import { environments } from "../environments";
import { buildApp } from "../stacks/app";

buildApp({ environments, outdir: process.env.OUT }).synth();
