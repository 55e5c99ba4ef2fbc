/** Irregular files: opening one blocks, or it has no end, or it is far too large. */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export const ODD_FILES = ["fifo", "socket", "folder", "device", "dangling link", "link to itself", "sparse file of 50 GB"] as const;

export type OddFile = (typeof ODD_FILES)[number];

const LISTEN_AND_DIE = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';

/** Replaces a file by an irregular one. */
export function putOddFile(kind: OddFile, file: string): void {
  fs.rmSync(file, { force: true, recursive: true });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  switch (kind) {
    case "fifo":
      execFileSync("mkfifo", [file]);
      return;
    case "socket":
      // A process that is killed binds it, so that the file stays. The path is relative, because names of sockets are short.
      spawnSync(process.execPath, ["-e", LISTEN_AND_DIE, path.basename(file)], { cwd: path.dirname(file) });
      return;
    case "folder":
      fs.mkdirSync(file);
      return;
    case "device":
      fs.symlinkSync("/dev/zero", file);
      return;
    case "dangling link":
      fs.symlinkSync("nowhere", file);
      return;
    case "link to itself":
      fs.symlinkSync(path.basename(file), file);
      return;
    case "sparse file of 50 GB":
      fs.closeSync(fs.openSync(file, "w"));
      fs.truncateSync(file, 50e9);
      return;
  }
}
