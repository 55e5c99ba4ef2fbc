// `npm run test:unit` and the like: one tier of tests, with the set-up that it needs. Arguments choose tests by parts of file names and test names
// (scripts/lib/test-choice.mjs).
import { main } from "./lib/main.mjs";
import { setUp } from "./lib/setup.mjs";
import { readChoice } from "./lib/test-choice.mjs";
import { tiers } from "./lib/tiers.mjs";

await main(async () => {
  const { tier: name, choice } = readChoice(
    process.argv.slice(2),
    tiers.map((candidate) => candidate.name),
  );
  for (const tier of tiers.filter((candidate) => candidate.name === name)) {
    await setUp(tier.needs);
    const { counts, problem } = await tier.run(choice);
    if (problem !== undefined) console.log(`${tier.name}: ${problem}`);
    if (counts.failed > 0) process.exitCode = 1;
  }
});
