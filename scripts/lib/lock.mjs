// One set-up at a time: `npm start` and `npm test` in two terminals must not build over each other.
//
// The lock is the kernel's (flock), held by util-linux's program of that name, which every Debian has before any our package is there: Node alone cannot
// take one. It holds the lock until its standard input is closed, which happens too when this process is killed; nobody has to guess whether the
// holder lives.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { cache } from "./paths.mjs";
import { PlainError } from "./run.mjs";

/** What says that the lock is held. */
const HELD = "held";

/**
 * @param {string} file
 * @returns {Promise<() => Promise<void>>} gives the lock back
 * @throws {PlainError} where there is no `flock`
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
        if (words.includes("waiting")) console.log("set-up: waiting for another process, which is setting up the same folder");
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
 * Does work while no other process of this repository does such work.
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
