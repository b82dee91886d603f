/** `meridian` as a process of its own, on the environments of `demo-platform.ts`: it dies like any other. */
import { realContext } from "../../../cli/main";
import { run } from "../../../cli/program";
import {
  firstEnvironment,
  firstPlatform,
  killedEnvironment,
  killedNames,
  killedPlatform,
} from "./demo-platform";
import { writeStacks } from "./fixture-stacks";

const [directory = "", ...args] = process.argv.slice(2);

const context = realContext(directory);

void run(
  {
    ...context,
    environments: () => Promise.resolve([...killedNames.map(killedEnvironment), firstEnvironment]),
    synthesize: (name, target) => {
      writeStacks(target, name === firstEnvironment.name ? firstPlatform() : killedPlatform(name));
      return Promise.resolve();
    },
  },
  args,
).then((exitCode) => {
  process.exitCode = exitCode;
  if (context.interrupts.stopped) {
    process.exit();
  }
});
