// `npm run lint` (and `npm run format`: the same with what can be fixed fixed).
import { lintChecks, runChecks } from "./lib/checks.mjs";
import { main } from "./lib/main.mjs";

await main(async () => {
  const counts = await runChecks(lintChecks(), { fix: process.argv.includes("--fix") });
  if (counts.failed > 0) process.exitCode = 1;
});
