/** A process of the campaign that reads mutated files as the product does. It is killed if a case does not end. */
import fs from "node:fs/promises";
import { createCore } from "../../../src/core/engine/core-context.js";
import { messageOf } from "../../../src/core/base/errors.js";
import { seedOf } from "../part.js";
import { Random } from "../random.js";
import { FORMATS, type Format, type Use } from "./formats.js";
import { judge } from "./judge.js";
import type { Job, Told } from "./messages.js";
import { mutate, restore } from "./mutate.js";

function tell(told: Told): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(told, () => {
      resolve();
    });
  });
}

async function work({ corpus, format: name, seed, cases }: Job): Promise<void> {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format === undefined) throw new Error(`There is no format ${name}.`);
  const core = createCore({ storeRoot: corpus.store });
  const files = await format.files(corpus, core);
  const pristine = new Map(await Promise.all(files.map(async (file) => [file, await fs.readFile(file)] as const)));
  await tell({ kind: "ready" });
  for (const index of cases) {
    const random = new Random(seedOf(seed, index));
    const file = random.pick(files);
    const content = pristine.get(file) ?? Buffer.alloc(0);
    const how = mutate(file, content, format.kind, random);
    await tell({ kind: "begin", index, what: how });
    const { outcome, bad } = await readAs(format, format.uses(corpus, core, file), file);
    restore(file, content);
    await tell({ kind: "end", index, outcome, bad: bad.map((text) => `${how}: ${text}`) });
  }
  await core.engines.close();
  await tell({ kind: "done" });
}

async function readAs({ anonymous }: Format, uses: readonly Use[], file: string): Promise<{ outcome: string; bad: string[] }> {
  let outcome = "read";
  const bad = new Set<string>();
  for (const use of uses) {
    try {
      await use();
    } catch (error) {
      const judged = judge(error, anonymous === true ? undefined : file);
      outcome = judged.outcome;
      if (judged.bad !== undefined) bad.add(judged.bad);
    }
  }
  return { outcome: bad.size > 0 ? "wrong" : outcome, bad: [...bad] };
}

process.once("message", (job: Job) => {
  work(job).then(
    () => {
      process.disconnect();
    },
    (error: unknown) => {
      console.error(messageOf(error));
      process.exit(1);
    },
  );
});
