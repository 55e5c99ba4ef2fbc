/** Whether a process is still there; one that belongs to somebody else is. */
import { systemCode } from "./errors.js";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
