/** A fixed number of mutations of every file that the product writes and reads again: each is read, or refused with an error that names the file. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { makeCorpus, thinOut, type Corpus, type CorpusProgram } from "../../bench/faults/disk/corpus.js";
import { FORMATS, type Format } from "../../bench/faults/disk/formats.js";
import { judge } from "../../bench/faults/disk/judge.js";
import { mutate, restore } from "../../bench/faults/disk/mutate.js";
import { seedOf } from "../../bench/faults/part.js";
import { Random } from "../../bench/faults/random.js";
import { createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { repository } from "../support/repository.js";
import { skipWithoutRust } from "../support/cli.js";
import { BARE_DEMO, layOut } from "../support/programs.js";

/** Per format; the campaign (bench/faults) has thousands. */
const MUTATIONS = 40;

/** The same for everybody, so that a failure can be reproduced. */
const SEED = 20;

/** Everything but the bitcode is like in a program with the standard library, whose LTO takes six times as long. */
const PROGRAM: CorpusProgram = {
  name: "demo",
  prepare: (folder) => layOut(BARE_DEMO, folder),
  edit: { file: "demo/src/other.rs", function: "other::twice", from: "wrapping_mul(2)", to: "wrapping_mul(7)" },
};

/** @returns what the product did wrong with the file */
async function takeMutations(format: Format, corpus: Corpus, core: CoreContext): Promise<string[]> {
  const files = await format.files(corpus, core);
  const wrong = new Set<string>();
  for (let index = 0; index < MUTATIONS; index += 1) {
    const random = new Random(seedOf(SEED, index));
    const file = random.pick(files);
    const pristine = await fs.readFile(file);
    const how = mutate(file, pristine, format.kind, random);
    for (const use of format.uses(corpus, core, file)) {
      try {
        await use();
      } catch (error) {
        const { bad } = judge(error, format.anonymous === true ? undefined : file);
        if (bad !== undefined) wrong.add(`case ${index}, ${how}: ${bad}`);
      }
    }
    restore(file, pristine);
  }
  return [...wrong];
}

if (skipWithoutRust === false) {
  describe("disk formats, mutated", () => {
    let work = "";
    let corpus: Corpus;
    let core: CoreContext;

    before(async () => {
      work = await fs.mkdtemp(path.join(tmpdir(), "lto-inspector-formats-"));
      corpus = await makeCorpus({ cli: path.join(repository, "dist", "cli.js"), work, program: PROGRAM });
      await thinOut(corpus);
      core = createCore({ storeRoot: corpus.store });
    });

    after(async () => {
      await core.engines.close();
      await fs.rm(work, { recursive: true, force: true });
    });

    for (const format of FORMATS) {
      it(`${format.name}: ${MUTATIONS} mutations`, async () => {
        assert.deepEqual(await takeMutations(format, corpus, core), []);
      });
    }
  });
} else {
  it("disk formats, mutated", (t) => {
    t.skip(String(skipWithoutRust));
  });
}
