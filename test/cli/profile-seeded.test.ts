/** `profile` names the function that takes most time, and the one that takes most memory, where both are known. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ProfileReport } from "../../src/protocol/profile.js";
import { TestCli } from "../support/cli.js";
import { TARGET } from "../support/pass-questions.js";
import { runTool, skipWithout } from "../support/llvm-tools.js";

const ORDINARY = 40;

/** Small functions, like most of a program's. */
function ordinary(index: number): string {
  return `define i32 @ordinary${index}(i32 %x) { %y = mul i32 %x, ${index + 3} %z = call i32 @outside(i32 %y) ret i32 %z }`;
}

/** Many loops, one after another: passes over loops and their analyses take long, and little memory. */
function slow(loops: number): string {
  const loop = (index: number): string => `
l${index}:
  %i${index} = phi i64 [ 0, %${index === 0 ? "entry" : `e${index - 1}`} ], [ %n${index}, %l${index} ]
  %p${index} = getelementptr i32, ptr %p, i64 %i${index}
  %v${index} = load i32, ptr %p${index}
  %w${index} = call i32 @outside(i32 %v${index})
  store i32 %w${index}, ptr %p${index}
  %n${index} = add i64 %i${index}, ${index + 1}
  %c${index} = icmp slt i64 %n${index}, %n
  br i1 %c${index}, label %l${index}, label %e${index}
e${index}:
  br label %${index + 1 === loops ? "end" : `l${index + 1}`}`;
  const all = Array.from({ length: loops }, (_, index) => loop(index));
  return `define void @slow(ptr %p, i64 %n) {\nentry:\n  br label %l0${all.join("")}\nend:\n  ret void\n}`;
}

/** One very long block of independent work. */
function large(instructions: number): string {
  const lines = Array.from(
    { length: instructions },
    (_, index) => `  %p${index} = getelementptr i32, ptr %p, i64 ${index * 3}\n  store i32 ${index}, ptr %p${index}`,
  );
  return `define void @large(ptr %p) {\n${lines.join("\n")}\n  ret void\n}`;
}

describe("profile", { skip: skipWithout("opt-22") }, () => {
  let scratch = "";
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-profile-"));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  const profiled = async (name: string, seeded: string, options: readonly string[] = [], exit = 0): Promise<ProfileReport> => {
    const functions = [TARGET, "declare i32 @outside(i32)", ...Array.from({ length: ORDINARY }, (_, index) => ordinary(index)), seeded];
    await writeFile(join(scratch, `${name}.ll`), functions.join("\n"));
    runTool("opt-22", ["-thinlto-bc", `${name}.ll`, "-o", `${name}.bc`], scratch);
    return new TestCli(join(scratch, "store")).report<ProfileReport>(
      ["profile", join(scratch, `${name}.bc`), "--llvm", "system", ...options],
      exit,
    );
  };

  it("names a slow function first", async () => {
    const { costliest, passes } = await profiled("slow", slow(120));
    assert.equal(costliest[0]?.symbol, "slow");
    const loops = passes.filter(({ pass }) => /^(?:Loop|LICM|IndVar)/.test(pass));
    assert.ok(loops.length > 3 && loops.slice(0, 3).every(({ most }) => most?.symbol === "slow"));
  });

  it("names the function that takes most memory first", async () => {
    const { largest } = await profiled("large", large(4000));
    assert.equal(largest[0]?.symbol, "large");
    assert.ok((largest[0].peakBytes ?? 0) > 500_000);
  });

  it("says what was in progress when a time limit is reached", async () => {
    const { notAvailable, modules } = await profiled("endless", slow(8000), ["--time-limit", "2"], 1);
    // Where it is after two seconds depends on the machine.
    assert.match(
      notAvailable[0]?.why ?? "",
      /^The time limit of 2 s was reached (?:in \w+Pass(?: on the function \w+)?|in the stage [\w-]+|before its turn)\.$/,
    );
    assert.deepEqual(modules, []);
  });
});
