// One set-up at a time: `npm start` and `npm test` in two terminals must not build over each other.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cache } from "./paths.mjs";

const file = path.join(cache, "set-up.lock");

/** @returns {number | undefined} the process that holds the lock; undefined when it is free or its holder has died */
function holder() {
  try {
    const pid = Number(fs.readFileSync(file, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM" ? 0 : undefined;
  }
}

/** Writes the lock with its content in one step, so that nobody reads it empty. @returns {boolean} whether it is ours now */
function take() {
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, file);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(own);
  }
}

/**
 * Does work while no other process of this repository does such work.
 *
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  fs.mkdirSync(cache, { recursive: true });
  let told = false;
  while (!take()) {
    const other = holder();
    if (other === undefined) {
      fs.rmSync(file, { force: true });
      continue;
    }
    if (!told) console.log(`set-up: waiting for process ${other}, which is setting up the same folder`);
    told = true;
    await sleep(500);
  }
  try {
    await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}
