import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isLtoError } from "../../src/core/base/errors.js";
import { ASSEMBLY_SCHEMA, KeptAssembly } from "../../src/core/replay/kept-assembly.js";

describe("kept assembly", () => {
  let scratch = "";
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-kept-assembly-"));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  const functionLine = (symbol: string, text: string): string => {
    const figures = { stackBytes: null, spills: 0, reloads: 0, spillBytes: 0, instructions: 1, mix: [["retq", 1]] };
    return `${JSON.stringify({ symbol, text, code: null, ...figures })}\n`;
  };
  /** Non-ASCII text, because lines are counted in bytes. */
  const LINES = [functionLine("first", "first: # é\n\tretq\n"), functionLine("second", "second:\n\tretq\n")];
  const head = (lines: readonly string[], symbols: readonly string[]): string => {
    const functions = lines.map((line, index) => [symbols[index] ?? "", Buffer.byteLength(line)]);
    return `${JSON.stringify({ schema: ASSEMBLY_SCHEMA, module: "m", comment: "#", files: [], functions, symbols, notAssembled: null })}\n`;
  };
  const opened = async (text: string): Promise<KeptAssembly> => {
    const file = join(scratch, "assembly");
    await writeFile(file, text);
    return KeptAssembly.open({ what: "A module's assembly", file, help: "Remove it." });
  };

  it("is read function by function", async () => {
    const kept = await opened(head(LINES, ["first", "second"]) + LINES.join(""));
    assert.deepEqual(kept.symbols, ["first", "second"]);
    const texts = async (...wanted: string[]) => (await kept.functions(new Set(wanted))).map(({ text }) => text);
    assert.deepEqual(await texts("second"), ["second:\n\tretq\n"]);
    assert.deepEqual(await texts("second", "first", "third"), ["first: # é\n\tretq\n", "second:\n\tretq\n"]);
  });

  it("has a first line of any length", async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `a_function_with_a_long_name_${index}`);
    const lines = names.map((name) => functionLine(name, `${name}:`));
    const kept = await opened(head(lines, names) + lines.join(""));
    assert.deepEqual(
      (await kept.functions(new Set([names.at(-1) ?? ""]))).map(({ symbol }) => symbol),
      [names.at(-1)],
    );
  });

  it("can have the text of some functions only", async () => {
    const kept = await opened(head(LINES.slice(0, 1), ["first", "second"]) + LINES.slice(0, 1).join(""));
    assert.deepEqual([kept.symbols, kept.has("first"), kept.has("second")], [["first", "second"], true, false]);
  });

  it("is refused if it is cut or of another form", async () => {
    const refused = (error: unknown): boolean => isLtoError(error, "UnreadableFile");
    const whole = head(LINES, ["first", "second"]) + LINES.join("");
    await assert.rejects(opened(whole.slice(0, 50)), refused);
    await assert.rejects(opened("{}\n"), refused);
    const cut = await opened(whole.slice(0, -5));
    await assert.rejects(cut.functions(new Set(["second"])), refused);
  });
});
