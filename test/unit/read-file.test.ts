/** Only regular files of a fitting size are opened. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { bitcodeMembers, memberNames } from "../../src/core/producers/rust/capture/archive.js";
import { copyFileNew } from "../../src/core/base/atomic-file.js";
import { makeFolder } from "../../src/core/base/folders.js";
import { digestFile, digestIfEqual } from "../../src/core/base/file-digest.js";
import { copyRegularFile, fileIncludes, readRegularFile, readTextFile } from "../../src/core/base/read-file.js";
import { ODD_FILES, putOddFile } from "../support/odd-files.js";

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

  it("reads a file without a size only up to the limit of its kind", async (t) => {
    if (!fs.existsSync("/proc/kallsyms")) {
      t.skip("there is no /proc/kallsyms");
      return;
    }
    await assert.rejects(readRegularFile("/proc/kallsyms", 10_000), /a file of this kind has at most 10000/);
  });

  it("passes on the system's own error if there is no file", async () => {
    await assert.rejects(readTextFile(path.join(folder, "none")), { code: "ENOENT" });
  });
});

describe("files that need not be in memory", () => {
  let folder = "";
  const at = (name: string): string => path.join(folder, name);
  const STEP = 1024 * 1024;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-large-file-"));
    const content = Buffer.alloc(2 * STEP + 10);
    content.write("word", STEP - 2);
    fs.writeFileSync(at("large"), content);
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it("are searched even if a word spans two steps", async () => {
    assert.equal(await fileIncludes(at("large"), ["absent", "word"]), true);
    assert.equal(await fileIncludes(at("large"), ["words"]), false);
  });

  it("are compared and digested", async () => {
    await copyRegularFile(at("large"), at("copy"));
    assert.equal(await digestIfEqual(at("large"), at("copy")), await digestFile(at("large")));
    fs.writeFileSync(at("copy"), Buffer.concat([fs.readFileSync(at("large")).subarray(0, -1), Buffer.from("x")]));
    assert.equal(await digestIfEqual(at("large"), at("copy")), undefined);
  });

  it("are not read, copied or taken for archives if they are not regular", async () => {
    for (const kind of ODD_FILES) {
      const file = at(kind);
      putOddFile(kind, file);
      for (const use of [
        () => copyRegularFile(file, at("target")),
        () => digestIfEqual(file, file),
        () => fileIncludes(file, ["x"]),
        () => memberNames(file),
        () => bitcodeMembers(file),
      ]) {
        await assert.rejects(use, (error) => error instanceof Error, kind);
      }
      assert.equal(fs.existsSync(at("target")), false);
    }
  });

  it("are damaged archives if a member claims an impossible size", async () => {
    const header = (name: string, size: number): string => `${name.padEnd(48)}${String(size).padEnd(10)}\x60\n`;
    const archive = (name: string, size: number, length: number): string => {
      const file = at(`lib${size}.rlib`);
      fs.writeFileSync(file, `!<arch>\n${header(name, size)}`);
      fs.truncateSync(file, length);
      return file;
    };
    await assert.rejects(bitcodeMembers(archive("a.o/", 9_999_999_999, 1000)), /is truncated/);
    await assert.rejects(memberNames(archive("//", 1_000_000_000, 1_100_000_000)), /table of names/);
    await assert.rejects(memberNames(archive("#1/900000000", 900_000_001, 1_100_000_000)), /name of the member/);
  });
});

describe("copyFileNew", () => {
  it("replaces nothing, not even a link that leads nowhere, and leaves no temporary file", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-copy-new-"));
    const at = (name: string): string => path.join(folder, name);
    fs.writeFileSync(at("from"), "new", { mode: 0o755 });
    fs.writeFileSync(at("there"), "old");
    fs.symlinkSync(at("nowhere"), at("link"));
    await copyFileNew(at("from"), at("made/to"));
    assert.deepEqual([fs.readFileSync(at("made/to"), "utf8"), fs.statSync(at("made/to")).mode & 0o777], ["new", 0o755]);
    for (const name of ["there", "link"]) await assert.rejects(copyFileNew(at("from"), at(name)), { code: "EEXIST" });
    assert.equal(fs.readFileSync(at("there"), "utf8"), "old");
    assert.deepEqual(fs.readdirSync(folder).sort(), ["from", "link", "made", "there"]);
    assert.deepEqual(fs.readdirSync(at("made")), ["to"]);
    fs.rmSync(folder, { recursive: true });
  });
});

describe("makeFolder", () => {
  it("creates parent folders, and fails where nothing can be created", async (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-folders-"));
    await makeFolder(path.join(folder, "a", "b"));
    await makeFolder(path.join(folder, "a", "b"));
    assert.ok(fs.statSync(path.join(folder, "a", "b")).isDirectory());
    fs.writeFileSync(path.join(folder, "file"), "");
    await assert.rejects(makeFolder(path.join(folder, "file")), { code: "EEXIST" });
    await assert.rejects(makeFolder(path.join(folder, "file", "below")), { code: "ENOTDIR" });
    fs.rmSync(folder, { recursive: true });
    if (process.platform !== "linux") {
      t.skip("there is no /proc");
      return;
    }
    await assert.rejects(makeFolder("/proc/x/y"), { code: "ENOENT" });
  });
});
