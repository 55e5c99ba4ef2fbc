// One set-up at a time: `npm start` and `npm test` in two terminals must not build at the same time. The lock is the kernel's (flock). Node cannot
// take one without an addon, so util-linux's program `flock` holds it, which every Debian has. It holds the lock until its standard input is
// closed, which also happens when this process is killed, so nothing has to guess whether the holder is alive.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { cache } from "./paths.mjs";
import { PlainError } from "./run.mjs";

/** The output that confirms that the lock is held. */
const HELD = "held";

/**
 * @param {string} file
 * @returns {Promise<() => Promise<void>>} releases the lock
 * @throws {PlainError} if there is no `flock`
 */
async function take(file) {
  const script = `flock --nonblock 9 || { echo waiting; flock 9; } && echo ${HELD} && exec cat`;
  const holder = spawn("/bin/sh", ["-c", `(${script}) 9>>"$1"`, "sh", file], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(holder, "close");
  let output = "";
  holder.stdin.on("error", () => undefined);
  holder.stderr.on("data", (/** @type {Buffer} */ text) => (output += text.toString()));
  const held = await /** @type {Promise<boolean>} */ (
    new Promise((resolve) => {
      holder.stdout.on("data", (/** @type {Buffer} */ text) => {
        const words = text.toString();
        if (words.includes("waiting")) console.log("set-up: waiting for another process that is setting up the same folder");
        if (words.includes(HELD)) resolve(true);
      });
      holder.on("close", () => resolve(false));
    })
  );
  if (!held) throw new PlainError(`The lock ${file} cannot be taken: ${output.trim()}. It needs \`flock\`, of the package util-linux.`);
  return async () => {
    holder.stdin.end();
    await ended;
  };
}

/**
 * Runs work while no other process in this repository runs such work.
 *
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  fs.mkdirSync(cache, { recursive: true });
  const release = await take(path.join(cache, "set-up.lock"));
  try {
    await work();
  } finally {
    await release();
  }
}
