/** What a capture keeps of a staticlib: its members in order, and where each comes from. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { keepArchiveList } from "../../src/core/producers/rust/capture/archive-list.js";

describe("the members of a staticlib", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-archive-"));
  const [build, target] = ["build", "capture"].map((name) => path.join(folder, name)) as [string, string];
  const at = (name: string): string => path.join(build, name);
  const objects = { a: { file: "rustc/a.o", source: at("a.rcgu.o") } };
  const keep = (): ReturnType<typeof keepArchiveList> =>
    keepArchiveList({ archive: at("libout.a"), target, objects, libraries: [at("libno.rlib"), at("libone.rlib"), at("libtwo.rlib")] });

  before(() => {
    fs.mkdirSync(build);
    fs.writeFileSync(
      at("libone.rlib"),
      archive([
        ["x.o", "xx"],
        ["twice.o", "first"],
        ["y.o", "other"],
      ]),
    );
    fs.writeFileSync(
      at("libtwo.rlib"),
      archive([
        ["twice.o", "again"],
        ["y.o", "yy"],
      ]),
    );
    fs.writeFileSync(at("own.rcgu.o"), "own");
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it("are objects of modules, members of libraries with the same bytes, and rustc's other objects", async () => {
    const members = [
      ["a.rcgu.o", "A"],
      ["own.rcgu.o", "own"],
      ["twice.o", "again"],
      ["twice.o", "first"],
      ["y.o", "yy"],
    ] as const;
    fs.writeFileSync(at("libout.a"), archive(members));
    const list = await keep();
    assert.ok(typeof list === "object");
    const from = (name: string, file: string, text: string): object => ({ name, from: at(file), sha256: sha256(text) });
    assert.deepEqual(list.members, [
      { name: "a.rcgu.o", module: "a" },
      from("own.rcgu.o", "own.rcgu.o", "own"),
      from("twice.o", "libtwo.rlib", "again"),
      from("twice.o", "libone.rlib", "first"),
      from("y.o", "libtwo.rlib", "yy"),
    ]);
    assert.equal(list.source, at("libout.a"));
    assert.ok(fs.readFileSync(path.join(target, list.output)).equals(archive(members)));
  });

  it("are not kept if one comes from nowhere", async () => {
    fs.writeFileSync(at("libout.a"), archive([["x.o", "changed"]]));
    const why = await keep();
    assert.ok(typeof why === "string");
    assert.match(why, /no library of the build has the member x\.o/);
  });

  it("are not kept if there is no archive", async () => {
    fs.rmSync(at("libout.a"));
    assert.equal(await keep(), undefined);
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function archive(members: readonly (readonly [name: string, content: string])[]): Buffer {
  const parts = members.map(([name, content]) => {
    const header = `${`${name}/`.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"644".padEnd(8)}${String(content.length).padEnd(10)}\`\n`;
    return header + content + (content.length % 2 === 0 ? "" : "\n");
  });
  return Buffer.from(`!<arch>\n${parts.join("")}`);
}
