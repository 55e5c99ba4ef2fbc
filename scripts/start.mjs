// `npm start`: all set-up, the demonstration, and its result in VS Code.
import { parseArgs } from "node:util";
import { demo } from "./demo.mjs";
import { main } from "./lib/main.mjs";
import { needsToOpen, openVscode } from "./lib/open-vscode.mjs";
import { PlainError, seconds } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { vsixFile } from "./lib/vsix.mjs";

const USAGE = `usage: npm start [-- OPTION]

  --open      show the result in VS Code (the default in a terminal): in \`code\` on a desktop that has it,
              otherwise in a VS Code server on this machine, whose address is printed and which runs until Ctrl-C
  --no-open   end after the demonstration (the default without a terminal: a pipe, CI)
  --help      print this and end`;

/** @returns {{ open: boolean, help: boolean }} */
function readOptions() {
  try {
    const { values } = parseArgs({
      allowNegative: true,
      options: { open: { type: "boolean" }, help: { type: "boolean", default: false } },
    });
    return { open: values.open ?? (process.stdout.isTTY && !process.env["CI"]), help: values.help };
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

await main(async () => {
  const { open, help } = readOptions();
  if (help) {
    console.log(USAGE);
    return;
  }
  const started = Date.now();
  await setUp(["npm", "addon", "bundles", "rust"]);
  console.log(`set-up: ready after ${seconds(started)}`);
  const { workspace, store } = await demo();
  if (!open) {
    console.log("npm start -- --open          # the same in VS Code");
    return;
  }
  console.log("\n=== Open it in VS Code");
  await setUp(["vsix", ...needsToOpen()]);
  await openVscode({ folder: workspace, vsix: vsixFile(), env: { LTO_INSPECTOR_STORE: store } });
});
