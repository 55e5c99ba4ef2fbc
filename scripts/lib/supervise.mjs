// Runs a program and leaves nothing of it behind: `node supervise.mjs VARIABLE VALUE PROGRAM ARGUMENT…`, with VARIABLE=VALUE in the environment.
// The program is told to end when standard input is closed, which also happens when the parent of this process is killed. Kills every process that
// has the mark and outlives the program, and finally names each of them in one line on standard output.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { processesWith, signalProcess } from "./processes.mjs";

/** How long the program may take to end, and then its descendants. A busy machine gives them little time. */
const GRACE_MILLIS = 60_000;
const POLL_MILLIS = 50;

const [variable = "", value = "", program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
let ended = false;

const others = () => processesWith(variable, value).filter(({ pid }) => pid !== process.pid);

/** @param {() => boolean} condition */
async function waitFor(condition) {
  const end = Date.now() + GRACE_MILLIS;
  while (!condition() && Date.now() < end) await sleep(POLL_MILLIS);
}

/** @param {number} code */
async function sweep(code) {
  ended = true;
  await waitFor(() => others().length === 0);
  const leftovers = others();
  for (const { pid } of leftovers) signalProcess(pid, "SIGKILL");
  // If processes cannot be looked up, only their group is known.
  if (child.pid !== undefined) signalProcess(-child.pid, "SIGKILL");
  process.stdout.write(`\nleftovers: ${JSON.stringify(leftovers)}\n`, () => process.exit(code));
}

async function end() {
  if (ended || child.pid === undefined) return;
  signalProcess(child.pid, "SIGTERM");
  await waitFor(() => ended);
  if (child.exitCode === null && child.signalCode === null) signalProcess(child.pid, "SIGKILL");
}

child.on("error", (error) => {
  console.error(error.message);
  void sweep(1);
});
child.on("exit", (code) => void sweep(code ?? 1));
process.stdin.on("close", () => void end()).resume();
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => void end());
// The reader of standard output may already be gone.
process.stdout.on("error", () => process.exit(1));
