/** Importing this gives a test process and its children their own state folder, so that captures are not noted in the user's. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-inspector-state-"));
process.env["XDG_STATE_HOME"] = folder;
process.on("exit", () => {
  fs.rmSync(folder, { recursive: true, force: true });
});
