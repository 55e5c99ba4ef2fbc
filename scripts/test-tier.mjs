// `npm run test:unit` and the like: one tier of tests, with the set-up that it needs. Arguments choose tests by parts of their names.
import { main } from "./lib/main.mjs";
import { PlainError } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { tiers } from "./lib/tiers.mjs";

await main(async () => {
  const [name, ...filters] = process.argv.slice(2);
  const tier = tiers.find((candidate) => candidate.name === name);
  if (!tier) throw new PlainError(`usage: test-tier.mjs ${tiers.map((candidate) => candidate.name).join("|")} [PART OF A NAME…]`);
  await setUp(tier.needs);
  const { counts, problem } = await tier.run(filters);
  if (problem !== undefined) console.log(`${tier.name}: ${problem}`);
  if (counts.failed > 0) process.exitCode = 1;
});
