/** `meridian` as a process of its own, on the environment whose runs are killed: it dies like any other. */
import { realContext } from "../../../cli/main";
import { run } from "../../../cli/program";
import { killedEnvironment, killedPlatform } from "./demo-platform";
import { writeStacks } from "./fixture-stacks";

const [directory = "", ...args] = process.argv.slice(2);

void run(
  {
    ...realContext(directory),
    environments: () => Promise.resolve([killedEnvironment]),
    synthesize: (_environment, target) => {
      writeStacks(target, killedPlatform());
      return Promise.resolve();
    },
  },
  args,
).then((exitCode) => {
  process.exitCode = exitCode;
});
