/** Only regular files of a fitting size are opened. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { readRegularFile, readTextFile } from "../../src/core/read-file.js";

describe("readRegularFile", () => {
  let folder = "";
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-read-file-"));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it("reads a file, also through a link", async () => {
    const file = path.join(folder, "plain");
    fs.writeFileSync(file, "text");
    fs.symlinkSync(file, path.join(folder, "link"));
    assert.equal(await readTextFile(file), "text");
    assert.equal(await readTextFile(path.join(folder, "link")), "text");
  });

  it("refuses a FIFO at once", async () => {
    const file = path.join(folder, "fifo");
    execFileSync("mkfifo", [file]);
    await assert.rejects(readTextFile(file), /fifo is not a regular file/);
  });

  it("refuses a folder and a device", async () => {
    for (const file of [folder, "/dev/zero"]) await assert.rejects(readTextFile(file), /is not a regular file/);
  });

  it("refuses a socket", async () => {
    const file = path.join(folder, "socket");
    const server = net.createServer().listen(file);
    try {
      await assert.rejects(readTextFile(file));
    } finally {
      server.close();
    }
  });

  it("refuses a file that is larger than its kind allows, without reading it", async () => {
    const file = path.join(folder, "sparse");
    fs.closeSync(fs.openSync(file, "w"));
    fs.truncateSync(file, 50e9);
    await assert.rejects(readRegularFile(file, 1024), /sparse has 50000000000 bytes; a file of this kind has at most 1024/);
  });

  it("leaves the system's own error where there is no file", async () => {
    await assert.rejects(readTextFile(path.join(folder, "none")), { code: "ENOENT" });
  });
});
