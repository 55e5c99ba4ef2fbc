// What `npm start` shows: captures the example workspace, edits it and captures it again, replays Thin LTO on it, and compares the result with
// rustc's own. Uses only dist/cli.js, as a user would. Writes everything below .cache/demo.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { cache, dist, inRoot, root } from "./lib/paths.mjs";
import { PlainError, seconds } from "./lib/run.mjs";

const scratch = path.join(cache, "demo");
const workspace = path.join(scratch, "rust");
const store = path.join(scratch, "store");

/** @param {string} text */
function heading(text) {
  console.log(`\n=== ${text}`);
}

/**
 * Runs a program in the workspace, with its output going straight to the terminal. Ctrl-C reaches it too.
 *
 * @param {string} shown the command as the user would type it
 * @param {readonly string[]} args of node
 * @param {"show" | "collect"} stdout
 * @returns {Promise<string>} its stdout, if that is collected
 */
function runNode(shown, args, stdout) {
  console.log(`$ ${shown}`);
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: workspace,
      env: { ...process.env, LTO_INSPECTOR_STORE: store },
      stdio: ["ignore", stdout === "show" ? "inherit" : "pipe", "inherit"],
    });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== 0) {
        reject(new PlainError(`\`${shown}\` ended with ${code ?? signal ?? "an unknown status"}.`));
        return;
      }
      console.log(`(${seconds(started)})`);
      resolve(output);
    });
  });
}

/** @param {readonly string[]} args @param {"show" | "collect"} [stdout] */
function inspector(args, stdout = "show") {
  return runNode(`lto-inspector ${args.join(" ")}`, [path.join(dist, "cli.js"), ...args], stdout);
}

/** @returns {Promise<string>} the id of the primary unit, which `capture` prints last */
async function capture() {
  const output = await inspector(["capture"], "collect");
  const unit = output.trim().split("\n").at(-1)?.trim();
  if (!unit) throw new PlainError("`lto-inspector capture` named no unit.");
  return unit;
}

/**
 * Runs the whole demonstration.
 *
 * @returns {Promise<{ workspace: string, store: string }>} the captured workspace, and the store with its captures
 * @throws {PlainError} at the first command that fails
 */
export async function demo() {
  fs.rmSync(scratch, { recursive: true, force: true });
  fs.mkdirSync(scratch, { recursive: true });
  fs.cpSync(inRoot("examples", "rust"), workspace, {
    recursive: true,
    filter: (source) => path.basename(source) !== "target",
  });

  heading(`Build examples/rust (a copy in ${path.relative(root, workspace)}) and keep the inputs of LTO`);
  await capture();
  heading("Edit one function body, and build again");
  await runNode("node edit.mjs --apply .", ["edit.mjs", "--apply", "."], "show");
  const unit = await capture();
  heading("Run Thin LTO on what the second build left: which CGUs are re-used, which are re-compiled, and every stage");
  await inspector(["thin", unit]);
  heading("Compare every stage, key and decision with rustc's own");
  await inspector(["verify", unit]);

  heading("Explore further");
  console.log(`export LTO_INSPECTOR_STORE=${store}`);
  for (const line of [`discover ${path.relative(root, workspace)}`, `find ${unit} main`, "--help"]) console.log(`node dist/cli.js ${line}`);
  return { workspace, store };
}
