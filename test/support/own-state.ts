/** Importing this gives the tests of a process, and what they start, a state folder of their own: captures are noted there, and not in the user's. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-inspector-state-"));
process.env["XDG_STATE_HOME"] = folder;
process.on("exit", () => {
  fs.rmSync(folder, { recursive: true, force: true });
});
