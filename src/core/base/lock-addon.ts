/**
 * Loads the lock addon: flock(2), which Node lacks. It needs no libLLVM, so unlike the engine's addon it is loaded in every program that takes
 * locks.
 */
import { LtoError, messageOf } from "./errors.js";
import { ownFile } from "./own-files.js";

/** `addon/binding/lock_module.cpp` */
interface LockAddon {
  /** @returns 0, or the number of the system's error */
  tryLock(descriptor: number, shared: boolean): number;
}

let loaded: LockAddon | undefined;

/** @throws LtoError NoAddon */
export function lockAddon(): LockAddon {
  loaded ??= load(ownFile("lto_inspector_lock.node"));
  return loaded;
}

function load(file: string): LockAddon {
  const module: { exports: Partial<LockAddon> } = { exports: {} };
  try {
    process.dlopen(module, file);
  } catch (error) {
    throw missing(file, messageOf(error));
  }
  const { tryLock } = module.exports;
  if (tryLock === undefined) throw missing(file, `${file} has no tryLock`);
  return { tryLock };
}

function missing(file: string, why: string): LtoError {
  return new LtoError({
    name: "NoAddon",
    message: `The lock addon could not be loaded: ${why}.`,
    file,
    help: "Build it with `npm run build:addon`, or install LTO Inspector again.",
  });
}
